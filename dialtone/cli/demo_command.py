"""Fill a sandbox with simulated organisations, people, plans and numbers, and write how to sign in to DATA/sandbox.json."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from typing import Any

from dialtone.cli import start

TERMS = {
    "en": "These are the terms of service of this sandbox.\n\nNumbers are supplied for your own use; they may not be leased or sold on."
    " Availability is never guaranteed until an order is provisioned. Emergency calls show the address of the location;"
    " keep it right. Calling plans are not for uses with high volume, high concurrency, or unusually short or long calls."
    " During a trial, emergency calling is for tests only.\n\nNothing here binds anybody: this is a simulation.",
}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--if-empty", action="store_true", help="do nothing when there are organisations already"
    )
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")


def run(told: argparse.Namespace) -> int:
    start.django()
    from django.conf import settings

    if not settings.SANDBOX:
        print("This is a real installation: it gets no simulated data.")
        return 1
    from dialtone.base import tenancy
    from dialtone.people.models import Organisation

    with tenancy.operator_scope():
        if Organisation.objects.exists():
            _address_again(settings.DATA_DIR, told.base_url)
            return 0
        known = build()
    known["base_url"] = told.base_url
    _write(settings.DATA_DIR, known)
    return 0


def build() -> dict[str, Any]:
    """Make the sandbox's world in the open operator's scope; answers what goes into sandbox.json."""
    from pathlib import Path

    from dialtone.base import clock, tenancy
    from dialtone.carriers import sandbox
    from dialtone.numbers.inventory import load
    from dialtone.people.create_customer import create_customer
    from dialtone.people.create_partner import create_partner
    from dialtone.people.enrol_partner import enrol
    from dialtone.people.set_up import create_operator
    from dialtone.plans import subscribe

    today = clock.today("UTC")
    operator = create_operator(name="Northern Lights Telephone", country="US", time_zone="America/New_York")
    house = create_partner(name="Direct customers", country="US", time_zone="America/New_York", house=True)
    partner = create_partner(name="Harbour Voice Partners", country="US", time_zone="America/New_York")
    partner_2 = create_partner(name="Meridian Telecom", country="US", time_zone="America/Chicago")
    for each in (house, partner, partner_2):
        enrol(each.id)
    subscribe.publish_terms("2026-11", TERMS)
    for ranges in sorted((Path(sandbox.__file__).parent / "ranges").glob("*.csv")):
        load.apply(load.plan_load(ranges.read_bytes(), ranges.name), simulated=True)

    def customer(name: str, of: Any) -> Any:
        return create_customer(name=name, country="US", time_zone="America/New_York", partner_id=of.id)

    acme, beta, trial = (
        customer("Acme Instruments", partner),
        customer("Beta Logistics", partner),
        customer("Tryout Studio", partner_2),
    )
    known = {
        "operator": _person(operator, "desk@northern.example", "Dana", "Desk", "operator"),
        "partner": _person(partner, "pat@harbour.example", "Pat", "Harbour", "partner"),
        "partner_2": _person(partner_2, "mia@meridian.example", "Mia", "Meridian", "partner"),
    }
    for org, kind in ((acme, "paid"), (beta, "paid"), (trial, "trial")):
        with tenancy.customer_scope(org.id, org.partner_id):
            if kind == "trial":
                subscribe.start_trial()
            else:
                subscribe.start_paid()
                subscribe.buy_licence("outbound_calling_plan", 50, today)
                subscribe.buy_licence("calling_professional", 100, today)
    with tenancy.customer_scope(acme.id, acme.partner_id):
        known["customer_admin"] = _person(acme, "ada@acme.example", "Ada", "Admin", "full")
        known["person"] = _person(acme, "pia@acme.example", "Pia", "Person", "person")
    with tenancy.customer_scope(beta.id, beta.partner_id):
        known["customer_admin_2"] = _person(beta, "bo@beta.example", "Bo", "Beta", "full")
    with tenancy.customer_scope(trial.id, trial.partner_id):
        known["customer_trial"] = _person(trial, "tom@tryout.example", "Tom", "Tryout", "full")
    return known


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
