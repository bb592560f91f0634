"""Signing in as people do it: password and app, passkey, recovery code, invitation, sessions, step-up (T21)."""

from __future__ import annotations

import base64
import email
import hashlib
import re
import time
from email import policy
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.plugins.identity_provider import CLIENT_ID, SECRET, Provider
from tests.plugins.served import Served
from tests.plugins.walk import Walk

HALF_MINUTE = 30


def code_of(secret: str) -> str:
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // HALF_MINUTE))


def say_once_more(walk: Walk, who: str) -> None:
    """Step-up: the password, once more."""
    walk.reads("Is it you?")
    walk.look("is-it-you")
    walk.page.fill("input[name=password]", walk.served.known[who]["password"])
    walk.press("Go on")


def sign_out(walk: Walk) -> None:
    walk.go("/account/logout/")
    walk.page.locator("main").get_by_role("button", name="Sign out").click()
    walk.reads("You are signed out.")


def letter_to(served: Served, address: str, subject: str) -> str:
    """The text of the newest letter to somebody, as soon as the worker has posted it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for file in sorted((served.data_dir / "mail").glob("*.eml"), reverse=True):
            letter = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            if letter["To"] == address and subject in str(letter["Subject"]):
                body = letter.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
        time.sleep(0.2)
    raise AssertionError(f"no letter to {address} about {subject}")


def virtual_passkeys(page: Any) -> tuple[Any, str]:
    """A device that keeps passkeys and is always touched: (its control, its id)."""
    control = page.context.new_cdp_session(page)
    control.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = control.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return control, made["authenticatorId"]


@pytest.mark.browser
def test_a_passkey_lets_in_alone_and_a_cancelled_one_says_so(browser_page: Any, served: Served) -> None:
    who = served.newcomer("Passkey Bakery")
    page = browser_page
    control, device = virtual_passkeys(page)
    walk = Walk(page, served, by_name=True)
    walk.sign_in(who)
    walk.visit("/account/2fa/", "second-factor")
    walk.follow("Add a passkey")
    say_once_more(walk, who)
    walk.look("add-passkey")
    page.fill("input[name=name]", "Oven")
    walk.press("Make the passkey")
    walk.reads("Each lets you in once")
    walk.look("recovery-codes")
    assert page.locator("#codes li").count() == 10
    walk.follow("I have saved them")
    walk.follow("See the passkeys")
    walk.look("passkeys")
    assert "Oven" in page.inner_text("main")
    walk.follow("Rename")
    walk.look("passkey-rename")
    page.fill("input[name=name]", "Big oven")
    walk.press("Save the name")
    walk.visit("/account/2fa/recovery-codes/", "codes-only-once")
    assert page.locator("#codes").count() == 0
    sign_out(walk)
    control.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    walk.press("Sign in with a passkey")
    page.get_by_text("The passkey was not used").wait_for()
    control.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    walk.press("Sign in with a passkey")
    page.wait_for_url(f"{walk.url}/")
    # The passkey is the second factor after a password too, and it is taken away only by who has just proven who they are.
    sign_out(walk)
    walk.enter(who)
    walk.look("second-step")
    walk.press("Use a passkey")
    page.wait_for_url(f"{walk.url}/")
    walk.go("/account/2fa/webauthn/")
    walk.follow("Remove")
    walk.reads("Is it you?")
    walk.follow("Use a passkey")
    walk.look("is-it-you-passkey")
    walk.press("Use a passkey")
    walk.reads("Remove this passkey?")
    walk.look("passkey-remove")
    walk.press("Remove the passkey")
    walk.reads("You have no passkey.")
    assert control.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]


@pytest.mark.soak
@pytest.mark.browser
def test_an_app_and_a_recovery_code_with_the_keyboard_only(browser_page: Any, served: Served) -> None:
    who = served.newcomer("Keyboard Works")
    page = browser_page
    walk = Walk(page, served)
    known = served.known[who]
    walk.go("/account/login/")
    page.keyboard.type(known["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(known["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{walk.url}/")
    walk.go("/account/2fa/totp/activate/")
    page.keyboard.type(known["password"])
    page.keyboard.press("Enter")
    walk.reads("Set up an authenticator app")
    walk.look("app")
    secret = page.locator(".secret input").input_value()
    page.locator("input[name=code]").focus()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    walk.reads("Incorrect code.")
    walk.look("app-wrong")
    assert page.locator(".secret input").input_value() == secret
    page.locator("input[name=code]").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(code_of(secret))
    page.keyboard.press("Enter")
    walk.reads("Each lets you in once")
    codes = page.locator("#codes li").all_inner_texts()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file").focus()
        page.keyboard.press("Enter")
    assert saved.value.path().read_text().split() == codes
    sign_out(walk)
    walk.enter(who)
    assert "/account/2fa/authenticate/" in page.url
    walk.look("second-step-code")
    page.keyboard.type(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{walk.url}/")
    sign_out(walk)
    walk.enter(who)
    page.keyboard.type(codes[0])
    page.keyboard.press("Enter")
    walk.reads("Incorrect code.")


@pytest.mark.browser
def test_an_invitation_leads_to_a_password_on_a_phone(browser_page: Any, served: Served) -> None:
    who = served.newcomer("Phone Orchard")
    page = browser_page
    walk = Walk(page, served)
    walk.sign_in(who)
    walk.go("/people/new/")
    address = f"nina.{int(time.time())}@orchard.example"
    page.fill("input[name=email]", address)
    page.fill("input[name=first_name]", "Nina")
    walk.press("Add the person")
    letter = letter_to(served, address, "invited")
    sign_out(walk)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(re.search(r"http\S+", letter)[0])  # type: ignore[index]
    assert page.input_value("input[name=email]") == address
    walk.look("ask-for-password")
    walk.press("Mail me the link")
    walk.reads("Look into your mail")
    walk.look("look-into-mail")
    link = re.search(r"http\S+/key/\S+", letter_to(served, address, "password"))[0]  # type: ignore[index]
    page.goto(link)
    walk.reads("Set your password")
    page.fill("input[name=password1]", "Password1")
    page.fill("input[name=password2]", "Password1")
    walk.press("Set the password and sign in")
    walk.reads("your attention")
    walk.look("password-too-weak")
    page.fill("input[name=password1]", "orchard of nine pears")
    page.fill("input[name=password2]", "orchard of nine pears")
    walk.press("Set the password and sign in")
    page.wait_for_url(f"{walk.url}/")
    walk.look("home-of-nina")
    page.goto(link)
    walk.reads("This link no longer works")
    walk.look("link-used")


@pytest.mark.soak
@pytest.mark.browser
def test_sessions_are_ended_from_elsewhere_in_the_dark(browser_page: Any, served: Served) -> None:
    who = served.newcomer("Night Shift")
    page = browser_page
    walk = Walk(page, served)
    page.context.add_cookies([{"name": "dialtone_theme", "value": "dark", "url": served.url}])
    walk.sign_in(who)
    elsewhere = page.context.browser.new_context()
    other = Walk(elsewhere.new_page(), served)
    other.sign_in(who)
    walk.visit("/account/sessions/", "sessions-dark")
    assert page.locator("main tbody tr").count() == 2
    walk.press("Sign out there")
    walk.reads("Signed out in 1 place.")
    other.go("/people/")
    assert "/account/login/" in other.page.url
    for path in ("/account/password/change/", "/account/2fa/", "/account/logout/", "/me/", "/me/tokens/"):
        walk.visit(path, path.strip("/").replace("/", "-"))
    elsewhere.close()


@pytest.mark.soak
@pytest.mark.browser
def test_a_program_is_registered_let_in_and_shut_out(browser_page: Any, served: Served) -> None:
    """OAuth in the browser: code with PKCE, the page that asks, scopes, and the person's way to end it (T21)."""
    who = served.newcomer("Program Mill")
    page = browser_page
    walk = Walk(page, served)
    walk.sign_in(who)
    walk.visit("/people/directory/", "directory")
    walk.visit("/integrations/", "integrations")
    walk.follow("Register an integration")
    say_once_more(walk, who)
    page.fill("input[name=name]", "Acme")
    # The program waits on this machine; the page shows what came back in the address.
    back = f"{served.url.replace('localhost', '127.0.0.1')}/healthz"
    page.fill("textarea[name=redirect_uris]", back)
    for scope in ("openid", "sees_people"):
        page.check(f"input[name=scopes][value={scope}]")
    walk.look("integration-new")
    page.locator("main").get_by_role("button", name="Register an integration").click()
    walk.reads("I have saved it")
    walk.look("integration-secret")
    client_id = page.locator("#client-id").inner_text().strip()
    secret = re.search(r"dti_[\w-]+", page.content())[0]  # type: ignore[index]
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = urlencode({
        "response_type": "code", "client_id": client_id, "redirect_uri": back, "scope": "openid sees_people",
        "state": "s1", "code_challenge": challenge, "code_challenge_method": "S256",
    })  # fmt: skip
    walk.visit(f"/identity/o/authorize?{asked}", "let-in")
    walk.reads("See people")
    page.locator("main").get_by_role("button", name="Let it in").click()
    page.wait_for_url(f"{back}?*")
    told = parse_qs(urlsplit(page.url).query)
    assert told["state"] == ["s1"]
    got = httpx.post(
        f"{served.url}/identity/o/api/token",
        data={
            "grant_type": "authorization_code", "code": told["code"][0], "redirect_uri": back,
            "code_verifier": verifier, "client_id": client_id, "client_secret": secret,
        },
        timeout=60,
    ).json()  # fmt: skip
    bearer = {"Authorization": f"Bearer {got['access_token']}"}

    def status(path: str) -> int:
        return httpx.get(f"{served.url}/v1{path}", headers=bearer, timeout=60).status_code

    assert (status("/people"), status("/telephony/config/numbers")) == (200, 403)
    walk.visit("/me/tokens/", "programs")
    walk.follow("Shut it out")
    page.get_by_role("button", name="Shut it out").click()
    walk.reads("Acme can do nothing here any more.")
    assert status("/people") == 401


@pytest.mark.soak
@pytest.mark.browser
def test_a_company_lets_its_people_in_from_home(browser_page: Any, served: Served, home: Provider) -> None:
    """Its administrator enters the provider, tries it and connects the own account; then the sign-in page knows the way."""
    who = served.newcomer("Home Mill")
    walk = Walk(browser_page, served)
    walk.sign_in(who)
    walk.go("/integrations/")
    walk.follow("Sign-in by your company")
    say_once_more(walk, who)
    walk.look("company-empty")
    walk.page.fill("input[name=name]", "Acme")
    walk.page.fill("input[name=issuer]", home.address + "?a=b")
    walk.page.fill("input[name=client_id]", CLIENT_ID)
    walk.page.fill("input[name=client_secret]", SECRET)
    walk.press("Save")
    walk.reads("This cannot be the issuer of an identity provider.")
    assert walk.page.input_value("input[name=name]") == "Acme", "what was typed is there"
    walk.page.fill("input[name=issuer]", home.address)
    walk.page.fill("input[name=client_secret]", SECRET)
    walk.press("Save")
    walk.reads("Nobody has signed in by it yet")
    walk.look("company-set")
    home.person = {"sub": "pairwise-1", "name": "Robin at Acme"}
    walk.follow("Try it")
    walk.reads("Connect the account Robin at Acme?")
    walk.look("company-connect")
    walk.press("Connect")
    walk.reads("You sign in with Acme.")
    walk.look("company-connected")
    sign_out(walk)
    walk.go("/account/login/?next=/people/")
    walk.look("company-login")
    walk.follow("Sign in with Acme")
    walk.page.wait_for_url("**/people/")
    walk.go("/integrations/company/")
    walk.reads("Is it you?")
    walk.follow("Use Acme")
    walk.page.wait_for_url("**/integrations/company/")
    walk.look("company-tried")
