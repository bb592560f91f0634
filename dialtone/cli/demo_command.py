"""Fill a sandbox with simulated organisations, people, plans and numbers, and write how to sign in to DATA/sandbox.json."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from typing import Any

from dialtone.cli import start

# Each language says the same: whoever accepts a translation accepts these terms.
TERMS = {
    "en": "These are the terms of service of this sandbox.\n\nNumbers are supplied for your own use; they may not be leased or sold on."
    " Availability is never guaranteed until an order is provisioned. Emergency calls show the address of the location;"
    " keep it right. Calling plans are not for uses with high volume, high concurrency, or unusually short or long calls."
    " During a trial, emergency calling is for tests only.\n\nNothing here binds anybody: this is a simulation.",
    "da": "Dette er tjenestevilkårene for denne sandkasse.\n\nNumre leveres til eget brug; de må ikke udlejes eller videresælges."
    " Det garanteres aldrig, at numre er ledige, før en ordre er klargjort. Nødopkald viser lokationens adresse; hold den rigtig."
    " Opkaldsplaner er ikke til brug med store mængder, mange samtidige eller usædvanligt korte eller lange opkald."
    " I en prøveperiode er nødopkald kun til test.\n\nIntet her binder nogen: dette er en simulering.",
    "nb": "Dette er tjenestevilkårene for denne sandkassen.\n\nNumre leveres til eget bruk; de kan ikke leies ut eller selges videre."
    " Det garanteres aldri at numre er ledige før en ordre er klargjort. Nødanrop viser lokasjonens adresse; hold den riktig."
    " Ringeplaner er ikke for bruk med store mengder, mange samtidige eller uvanlig korte eller lange anrop."
    " I en prøveperiode er nødanrop bare for testing.\n\nIngenting her binder noen: dette er en simulering.",
    "sv": "Det här är tjänstevillkoren för den här sandlådan.\n\nNummer levereras för eget bruk; de får inte hyras ut eller säljas"
    " vidare. Det garanteras aldrig att nummer är lediga förrän en beställning är driftsatt. Nödsamtal visar platsens adress; håll"
    " den riktig. Samtalsplaner är inte till för stora mängder, många samtidiga eller ovanligt korta eller långa samtal."
    " Under en provperiod är nödsamtal bara för test.\n\nInget här binder någon: det här är en simulering.",
    "ja": "これはこのサンドボックスの利用規約です。\n\n番号は自社での利用のために提供されるものであり、貸与または転売はできません。"
    "注文が開通するまで、番号の空きは保証されません。緊急通報では拠点の住所が表示されるため、正しく保ってください。"
    "通話プランは、大量の通話、多数の同時通話、極端に短いまたは長い通話には利用できません。"
    "トライアル中の緊急通報はテスト専用です。\n\nこれはシミュレーションであり、何ら拘束力を持ちません。",
    "zh-hant": "這是此沙箱的服務條款。\n\n號碼僅供自用，不得出租或轉售。訂單開通之前，不保證號碼可用。"
    "緊急電話會顯示據點的地址，請維持其正確。通話方案不適用於大量通話、大量同時通話，或異常短暫或冗長的通話。"
    "試用期間，緊急電話僅供測試。\n\n此處內容對任何人均無約束力：這是模擬。",
}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--if-empty", action="store_true", help="do nothing when there are organisations already"
    )
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument(
        "--newcomer", metavar="NAME", help="only add one more simulated customer, and print how to sign in"
    )
    parser.add_argument("--trial", action="store_true", help="the newcomer is on trial")


def run(told: argparse.Namespace) -> int:
    start.django()
    from django.conf import settings

    if not settings.SANDBOX:
        print("This is a real installation: it gets no simulated data.")
        return 1
    from dialtone.base import installation, tenancy
    from dialtone.config import checks, environment
    from dialtone.people.models import Organisation

    with tenancy.operator_scope():
        installation.begin()
        wrong = checks.of_owner(environment.load())
        if wrong:
            return start.refuse_all("This database belongs to another installation:", wrong)
        if told.newcomer:
            print(json.dumps(newcomer(told.newcomer, trial=told.trial)))
            return 0
        if Organisation.objects.exists():
            _address_again(settings.DATA_DIR, told.base_url)
            return 0
        known = build()
    known["base_url"] = told.base_url
    _write(settings.DATA_DIR, known)
    return 0


SELLER = {
    "legal_name": "Northern Lights Telephone Inc. (simulated)",
    "street": "1 Example Plaza",
    "city": "New York",
    "postal_code": "10001",
    "country": "US",
    "registration_id": "00-0000000",
}


def build() -> dict[str, Any]:
    """Make the sandbox's world in the open operator's scope; answers what goes into sandbox.json."""
    from pathlib import Path

    from dialtone.base import tenancy
    from dialtone.billing.set_party import set_party
    from dialtone.carriers import event_keys, sandbox
    from dialtone.numbers.inventory import load
    from dialtone.people.create_partner import create_partner
    from dialtone.people.enrol_partner import enrol
    from dialtone.people.set_up import create_operator
    from dialtone.plans import subscribe
    from dialtone.providers.simulate import simulate
    from dialtone.rates.simulate import simulate as simulate_prices

    operator = create_operator(name="Northern Lights Telephone", country="US", time_zone="America/New_York")
    house = create_partner(name="Direct customers", country="US", time_zone="America/New_York", house=True)
    partner = create_partner(name="Harbour Voice Partners", country="US", time_zone="America/New_York")
    partner_2 = create_partner(name="Meridian Telecom", country="US", time_zone="America/Chicago")
    for each in (house, partner, partner_2):
        enrol(each.id)
    subscribe.publish_terms("2026-11", TERMS)
    simulate()
    simulate_prices()
    set_party(operator, SELLER)
    event_keys.make("sandbox")
    for ranges in sorted((Path(sandbox.__file__).parent / "ranges").glob("*.csv")):
        load.apply(load.plan_load(ranges.read_bytes(), ranges.name), simulated=True)

    acme = _customer("Acme Instruments", partner)
    beta = _customer("Beta Logistics", partner)
    tryout = _customer("Tryout Studio", partner_2, trial=True)
    known = {
        "operator": _person(operator, "desk@northern.example", "Dana", "Desk", "operator"),
        "partner": _person(partner, "pat@harbour.example", "Pat", "Harbour", "partner"),
        "partner_2": _person(partner_2, "mia@meridian.example", "Mia", "Meridian", "partner"),
    }
    with tenancy.customer_scope(acme.id, acme.partner_id):
        known["customer_admin"] = _person(acme, "ada@acme.example", "Ada", "Admin", "full")
        known["person"] = _person(acme, "pia@acme.example", "Pia", "Person", "person")
    with tenancy.customer_scope(beta.id, beta.partner_id):
        known["customer_admin_2"] = _person(beta, "bo@beta.example", "Bo", "Beta", "full")
    with tenancy.customer_scope(tryout.id, tryout.partner_id):
        known["customer_trial"] = _person(tryout, "tom@tryout.example", "Tom", "Tryout", "full")
    return known


def newcomer(name: str, *, trial: bool = False) -> dict[str, Any]:
    """One more simulated customer, with nothing of its own yet; how its administrator and a person of it sign in."""
    from dialtone.base import tenancy
    from dialtone.base.ids import uuid7
    from dialtone.people.models import Organisation

    partner = Organisation.objects.get(kind="partner", name="Harbour Voice Partners")
    org = _customer(name, partner, trial=trial)
    domain = f"{uuid7().hex[-12:]}.example"
    with tenancy.customer_scope(org.id, org.partner_id):
        return {
            "admin": _person(org, f"ada@{domain}", "Ada", "Admin", "full"),
            "person": _person(org, f"pia@{domain}", "Pia", "Person", "person"),
        }


def _customer(name: str, partner: Any, *, trial: bool = False) -> Any:
    """A customer with a trial, or with a paid subscription and enough licences."""
    from dialtone.base import clock, tenancy
    from dialtone.people.create_customer import create_customer
    from dialtone.plans import subscribe

    org = create_customer(name=name, country="US", time_zone="America/New_York", partner_id=partner.id)
    with tenancy.customer_scope(org.id, org.partner_id):
        if trial:
            subscribe.start_trial()
            return org
        subscribe.start_paid()
        for item, quantity in (("outbound_calling_plan", 50), ("calling_professional", 100)):
            subscribe.buy_licence(item, quantity, clock.today("UTC"))
    return org


def _person(org: Any, email: str, first: str, last: str, role: str) -> dict[str, str]:
    from dialtone.base import ids
    from dialtone.people import set_up, tokens
    from dialtone.people.callers import caller_for
    from dialtone.people.invite_person import invite_person

    password = "-".join(secrets.token_hex(3) for _ in range(3))
    person = invite_person(
        org.id,
        email=email,
        first_name=first,
        last_name=last,
        role=role,
        by_role="operator",
        with_letter=False,
    )
    set_up.set_password(person, password)
    _token, secret = tokens.make(caller_for(person), name="sandbox")
    return {
        "email": email,
        "password": password,
        "token": secret,
        "org_id": ids.outside("ORGANIZATION", org.id),
    }


def _write(data_dir: Any, known: dict[str, Any]) -> None:
    file = data_dir / "sandbox.json"
    part = data_dir / ".sandbox.json.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(known, out, indent=2)
    part.rename(file)


def _address_again(data_dir: Any, base_url: str) -> None:
    """The address may have changed with --port; the rest of the file stays."""
    file = data_dir / "sandbox.json"
    if file.exists():
        known = json.loads(file.read_text())
        if known.get("base_url") != base_url:
            _write(data_dir, {**known, "base_url": base_url})
