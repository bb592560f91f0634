"""Bad inputs that take more than one request. Each function plays one in the standing world and asserts its outcome."""

from __future__ import annotations

import csv
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from dialtone.base import ids
from dialtone.base.problems import Problem
from dialtone.people.models import Person
from tests.plugins.standing import Standing, signed_in
from tests.plugins.world import as_customer, as_operator

SCRIPT = "<script>alert(1)</script>"
SITE = {
    "country": "US", "address1": "350 Fifth Avenue", "city": "New York", "state": "NY", "postal_code": "10118",
    "time_zone": "America/New_York", "language": "en", "business_days": ["0", "1"],
}  # fmt: skip


def _order(standing: Standing, body: dict[str, Any], key: str | None = None, who: str = "alice_admin") -> Any:
    headers = standing.headers(who, **{"Idempotency-Key": key or str(uuid4())})
    return Client().post(
        "/v1/telephony/pstn/orders", json.dumps(body), content_type="application/json", headers=headers
    )


def _location(standing: Standing, who: str = "alice") -> str:
    return ids.outside("LOCATION", standing.of[who].location.id)


def people_may_write_numbers_as_they_like(standing: Standing) -> None:
    """What a person typed comes back in the one form; what a program sends must have it."""
    typed = ["(212) 555-0102", "+1 212.555.0102", "2125550102", "1-212-555-0102"]
    for each in typed:
        answer = Client().post(
            "/v1/telephony/config/actions/validateNumbers/invoke",
            json.dumps({"phoneNumbers": [each]}),
            content_type="application/json",
            headers=standing.headers("alice_admin"),
        )
        assert answer.status_code == 200
        assert answer.json()["phoneNumbers"][0]["phoneNumber"] == "+12125550102", each


def a_script_as_a_name_is_dead_text_everywhere(standing: Standing) -> None:
    """In pages, lists, the search, exports, letters and what webhooks hear."""
    from dialtone.base.models import Letter
    from dialtone.locations.models import Location

    alice = standing.of["alice"]
    client = signed_in(alice.admin)
    assert client.post(f"/locations/new/{alice.draft.id}/", {**SITE, "name": SCRIPT}).status_code == 302
    with as_customer(alice.org):
        made = Location.objects.get(name=SCRIPT)
        from dialtone.locations import connect, contract

        connect.connect(made.id, "calling_plan")
        contract.make_contract(
            made.id, company_name=SCRIPT, first_name=SCRIPT, last_name="Signer", email="sam@example.com"
        )
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    for path in (
        "/locations/",
        f"/locations/{made.id}/",
        f"/locations/{made.id}/contract/",
        "/",
        "/orders/new/",
    ):
        text = client.get(path).content.decode()
        assert SCRIPT not in text, path
        assert escaped in text, path
    assert SCRIPT not in client.get("/search", {"q": SCRIPT}).content.decode()
    with as_operator():
        letter = Letter.objects.filter(template="contract_sign").latest("id")
    from dialtone.base.mail import wording

    assert SCRIPT not in wording.render(letter.template, "en", letter.facts).html


def sql_as_a_name_is_a_name(standing: Standing) -> None:
    name = "'; DROP TABLE numbers_number; --"
    alice = standing.of["alice"]
    client = signed_in(alice.admin)
    assert client.post(f"/locations/new/{alice.draft.id}/", {**SITE, "name": name}).status_code == 302
    answer = Client().get("/v1/locations", {"name": name}, headers=standing.headers("alice_admin"))
    assert [each["name"] for each in answer.json()["items"]] == [name]
    assert client.get("/numbers/").status_code == 200


def resting_taken_and_unknown_numbers_look_alike(standing: Standing) -> None:
    """One answer for a number that rests, one that Bob has, and one that nobody ever delivered (S4)."""
    from dialtone.numbers import release

    bob = standing.of["bob"]
    with as_customer(bob.org, bob.admin):
        from dialtone.emergency import deactivate

        deactivate.deactivate([bob.second_number.e164])
        release.release([bob.second_number.e164], ageing_days=lambda number: 45)
    answers = []
    for number in (bob.second_number.e164, bob.number.e164, "+13125550142"):
        answer = _order(standing, {"locationId": _location(standing), "phoneNumbers": [number]})
        assert answer.status_code == 409
        said = answer.json()
        said.pop("trackingId")
        answers.append(json.dumps(said).replace(number, "NUMBER"))
    assert len(set(answers)) == 1, answers


def part_of_a_block_cannot_be_released(standing: Standing) -> None:
    """All hundred stay as they are, and the refusal names the block."""
    from dialtone.numbers import release
    from dialtone.numbers.models import Number
    from tests.plugins.standing import _work

    alice = standing.of["alice"]
    block = {"first": "+12122070000", "size": 100}
    placed = _order(standing, {"locationId": _location(standing), "block": block})
    assert placed.status_code == 201, placed.content
    _work(6)
    with as_customer(alice.org, alice.admin):
        block_of_numbers = Number.objects.filter(e164__startswith="+1212207").order_by("e164")
        before = list(block_of_numbers.values_list("e164", "version"))
        assert len(before) == 100
        with pytest.raises(Problem) as refused:
            release.release(["+12122070050"], ageing_days=lambda number: 45)
        assert refused.value.code == "numbers.part_of_block"
        assert "+12122070000" in refused.value.sentence()
        assert list(block_of_numbers.values_list("e164", "version")) == before


def a_main_number_that_is_needed_cannot_be_released(standing: Standing) -> None:
    from dialtone.emergency import deactivate
    from dialtone.numbers import release, set_main

    alice = standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        main = set_main.set_main(alice.location.id, alice.second_number.e164)
        deactivate.deactivate([main.e164])
        with pytest.raises(Problem) as refused:
            release.release(
                [main.e164], ageing_days=lambda number: 45, location_name=lambda number: "Head office"
            )
    assert refused.value.code == "numbers.is_main"
    assert "Head office" in refused.value.sentence()


def a_foreign_number_cannot_be_released(standing: Standing) -> None:
    from dialtone.numbers import release

    alice = standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        for e164 in (standing.of["bob"].number.e164, "+13125550142"):
            with pytest.raises(Problem) as refused:
                release.release([e164], ageing_days=lambda number: 45)
            assert (refused.value.code, refused.value.field) == ("not_found", "/numbers/0")


def releasing_twice_is_releasing_once(standing: Standing) -> None:
    from dialtone.base.models import AuditRecord
    from dialtone.emergency import deactivate
    from dialtone.numbers import release

    alice = standing.of["alice"]
    e164 = alice.second_number.e164
    with as_customer(alice.org, alice.admin):
        deactivate.deactivate([e164])
        assert release.release([e164], ageing_days=lambda number: 45)
        assert release.release([e164], ageing_days=lambda number: 45) == []
        assert AuditRecord.objects.filter(action="numbers_released").count() == 1


def a_stale_version_overwrites_nothing(standing: Standing) -> None:
    """A reservation that somebody changed meanwhile is not ordered unseen; nor is a changed order cancelled."""
    alice = standing.of["alice"]
    reservation = ids.outside("RESERVATION", alice.cart.id)
    headers = {"If-Match": '"999"', "Idempotency-Key": str(uuid4())}
    answer = Client().post(
        "/v1/telephony/pstn/orders",
        json.dumps({"reservationId": reservation}),
        content_type="application/json",
        headers=standing.headers("alice_admin", **headers),
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (412, "version.stale")
    waiting = ids.outside("ORDER", alice.waiting_order.id)
    path = f"/v1/telephony/pstn/orders/{waiting}"
    stale = Client().post(
        f"{path}/actions/cancel/invoke", headers=standing.headers("alice_admin", **{"If-Match": '"999"'})
    )
    assert stale.status_code == 412
    read = Client().get(path, headers=standing.headers("alice_admin")).json()
    assert read["ended"] is None
    fresh = {"If-Match": f'"{read["version"]}"'}
    cancelled = Client().post(
        f"{path}/actions/cancel/invoke", headers=standing.headers("alice_admin", **fresh)
    )
    assert cancelled.status_code == 200


def an_order_takes_what_it_names_and_nothing_else(standing: Standing) -> None:
    """What the same person has put aside in a cart stays there: an order over the API takes only what it names."""
    from dialtone.orders import queries as orders

    alice = standing.of["alice"]
    placed = _order(standing, {"locationId": _location(standing), "quantity": 1, "areaCode": "212"})
    assert (placed.status_code, placed.json()["quantity"]) == (201, 1)
    with as_customer(alice.org, alice.admin):
        cart, lines = orders.cart(alice.cart.id)
    assert (cart.state, [line.id for line in lines]) == ("open", [alice.cart_line.id])


def a_lost_answer_is_given_again(standing: Standing) -> None:
    """The program asks again with the same key, and hears of the same one order."""
    from dialtone.orders.models import Order

    alice = standing.of["alice"]
    body = {"locationId": _location(standing), "quantity": 1, "areaCode": "212"}
    with as_customer(alice.org):
        before = Order.objects.count()
    answers = [_order(standing, body, key="lost answer").json() for _again in range(5)]
    with as_customer(alice.org):
        assert Order.objects.count() == before + 1
    assert all(answer == answers[0] for answer in answers), answers


def a_token_in_the_address_is_no_token(standing: Standing) -> None:
    secret = standing.secrets["alice_admin"]
    for query in ({"access_token": secret}, {"token": secret}, {"Authorization": f"Bearer {secret}"}):
        answer = Client().get("/v1/locations", query)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "auth.needed")
        assert secret not in answer.content.decode()


def asking_for_a_password_tells_nothing(standing: Standing) -> None:
    """The page says the same whether the address is known or not."""
    answers = []
    for email in ("alice.admin@example.com", "nobody@example.com"):
        answer = Client().post("/account/password/reset/", {"email": email}, follow=True)
        answers.append(
            (answer.status_code, answer.redirect_chain, answer.content.decode().replace(email, ""))
        )
    assert _words(answers[0][2]) == _words(answers[1][2])
    assert answers[0][:2] == answers[1][:2]


def _words(page: str) -> str:
    import re

    return re.sub(r'(value|name|nonce)="[^"]*"|ROUTER_\w+|\b\w{64}\b', "", page)


def stolen_and_endless_passwords_are_refused(standing: Standing) -> None:
    from dialtone.people import set_up

    alice = standing.of["alice"]
    with as_customer(alice.org):
        set_up.set_password(alice.admin, "a quiet lake 7")
    client = signed_in(alice.admin)
    for password, words in (
        ("Password1", "too common"),
        ("password12345", "common"),
        ("x" * 1_000_000, "at most"),
    ):
        answer = client.post(
            "/account/password/change/",
            {"oldpassword": "a quiet lake 7", "password1": password, "password2": password},
        )
        assert answer.status_code in (200, 422)
        assert words in answer.content.decode().lower(), (password[:20], answer.content.decode()[-3000:])
    with as_customer(alice.org):
        alice.admin.refresh_from_db()
    assert alice.admin.check_password("a quiet lake 7")


def a_search_finds_nothing_of_others(standing: Standing) -> None:
    """Neither what Bob calls his things, nor his numbers, nor how many there are."""
    bob = standing.of["bob"]
    client = signed_in(standing.of["alice"].admin)
    for text in (bob.canary, bob.number.e164, bob.order.number, bob.case.number):
        found = client.get("/search", {"q": text}).content.decode()
        nothing = client.get("/search", {"q": "Nosuchthing"}).content.decode()
        assert _words(found).replace(text, "") == _words(nothing).replace("Nosuchthing", ""), text
    for path, query in (
        ("/locations", {"name": bob.canary}),
        ("/people", {"displayName": bob.canary}),
        ("/telephony/config/numbers", {"phoneNumber": bob.number.e164}),
    ):
        answer = Client().get(f"/v1{path}", query, headers=standing.headers("alice_admin")).json()
        assert next(iter(answer.values())) == [], (path, answer)


def nothing_of_a_tenant_is_kept_on_the_way(standing: Standing) -> None:
    """No cache between us and the reader may keep a page or an answer, so none can hand it to somebody else."""
    client = signed_in(standing.of["bob"].admin)
    for path in ("/", "/orders/", "/numbers/", "/numbers/export.csv", "/account/sessions/"):
        assert "no-store" in client.get(path)["Cache-Control"], path
    for path in ("/v1/locations", "/v1/people/me"):
        answer = Client().get(path, headers=standing.headers("bob_admin"))
        assert "no-store" in answer["Cache-Control"], path
        assert "ETag" not in answer


def the_neighbour_of_an_id_is_nothing(standing: Standing) -> None:
    order = standing.of["alice"].order.id
    for step in (-1, 1):
        neighbour = ids.outside("ORDER", UUID(int=order.int + step))
        answer = Client().get(
            f"/v1/telephony/pstn/orders/{neighbour}", headers=standing.headers("alice_admin")
        )
        assert answer.status_code == 404


def a_form_for_what_is_gone(standing: Standing) -> None:
    """Somebody deletes the location while a colleague fills in its next step."""
    from dialtone.base.address import CivicAddress
    from dialtone.locations import create_location

    alice = standing.of["alice"]
    client = signed_in(alice.admin)
    with as_customer(alice.org, alice.admin):
        found = create_location.create_location(
            name="Short-lived",
            address=CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"),
            time_zone="America/New_York",
            calling_enabled=False,
        )
    path = f"/locations/{found.id}/setup/connection/"
    assert client.get(path).status_code == 200
    with as_customer(alice.org, alice.admin):
        create_location.delete_location(found.id)
    assert client.post(path, {"connection": "calling_plan"}).status_code == 404


def no_page_stands_in_a_foreign_frame(standing: Standing) -> None:
    client = signed_in(standing.of["alice"].admin)
    for path in ("/", "/orders/", "/account/login/", f"/sign/{standing.of['bob'].link}/", "/nowhere/"):
        answer = client.get(path)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], path
        assert answer["X-Frame-Options"] == "DENY", path


def prices_in_another_currency_charge_nobody(standing: Standing) -> None:
    """A customer who pays in euros is not invoiced at prices in dollars, nor at nothing: the run says what is missing."""
    from datetime import date

    from dialtone.billing.days import Month
    from dialtone.billing.issue import issue

    alice = standing.of["alice"]
    with as_operator():
        alice.org.currency = "EUR"
        with pytest.raises(Problem) as refused:
            issue(alice.org, Month(2026, 11), issued_on=date(2026, 12, 1), rating_version=1)
    assert (refused.value.code, refused.value.status) == ("billing.no_price", 409)
    assert refused.value.values["currency"] == "EUR"
    alice.org.currency = "USD"


def a_formula_as_a_name_stays_text(standing: Standing) -> None:
    """BAD-CSV-15: what goes out as a table computes nothing in a spreadsheet, and says the name."""
    formula = '=HYPERLINK("http://evil.example")'
    person = standing.world.people["alice_user"]
    with as_operator():
        Person.objects.filter(id=person.id).update(display_name=formula)
    told = (
        signed_in(standing.world.people["alice_admin"]).get("/people/export.csv").content.decode("utf-8-sig")
    )
    cells = {cell for row in csv.reader(told.splitlines()) for cell in row}
    assert f"'{formula}" in cells
    assert formula not in cells
