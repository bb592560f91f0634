"""The contract of a location: who signs it, the letter that asks for it, the signature (LOC-06, SPK-07 to
SPK-09, SPK-21).

It is signed in the app by a full administrator of the customer, or by the named person through the link in the
letter. The link works once, for thirty days, and only its hash is kept with the contract.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.base.text import clean, clean_email, search_key
from dialtone.locations import states
from dialtone.locations.models import Contract, Location
from dialtone.people import queries as people

TEXT_VERSION = "2026-11"
LINK_LASTS = timedelta(days=30)


@dataclass(frozen=True)
class Prefill:
    """What the form for the contact starts with; the name is always entered by hand (SPK-07)."""

    company_name: str
    email: str


@dataclass(frozen=True)
class Linked:
    """What a link from a letter leads to: enough to open the customer's scope and name the signatory."""

    contract_id: UUID
    location_id: UUID
    customer_id: UUID
    partner_id: UUID
    signatory: str


def prefill() -> Prefill:
    """The customer's name, and the e-mail of the acting person if one of the customer, else of its first
    administrator."""
    customer_id = tenancy.current_customer_id()
    acting = people.reader(tenancy.actor().id)
    if acting is None or acting.customer_id != customer_id:
        acting = next(iter(people.full_admins(customer_id)), None)
    return Prefill(people.organisation(customer_id).name, acting.email if acting else "")


def make_contract(
    location_id: UUID,
    *,
    company_name: object,
    first_name: object,
    last_name: object,
    email: object,
    title: object = "",
    language: str = "en",
    again: bool = False,
) -> Contract:
    """Enter or change the contact and send the contract by mail; an earlier link ends. A signed contract stays
    as it is; so does one that was sent to the same person already, unless it is to be sent `again`.

    Raises Problems with every field that is wrong, and Problem not_found, locations.not_by_calling_plan.
    """
    location: Location | None = Location.objects.filter(id=location_id, deleted_at=None).first()
    if location is None:
        raise Problem("not_found")
    found = _locked(location_id)
    if found is not None and found.state == states.SIGNED:
        return found
    if location.connection != "calling_plan":
        raise Problem("locations.not_by_calling_plan", values={"name": location.name})
    contract = found or Contract(location=location, state="")
    known = _named(contract)
    _fill(contract, company_name, first_name, last_name, title, email)
    if found is not None and not again and known == _named(contract):
        return found
    contract.text_version = TEXT_VERSION
    before = contract.state
    following = states.decide(before, "sent")
    assert following is not None
    contract.state = following
    secret = secrets.token_urlsafe(24)
    contract.link_digest = _digest(secret)
    contract.sent_at = clock.now()
    contract.due_at = clock.now() + LINK_LASTS
    contract.version += 1 if found else 0
    contract.save()
    record.change(
        contract,
        "contract_sent",
        name=location.name,
        after={"to": contract.signatory_email, "company": contract.company_name},
        moves=[Moved("contract", contract.id, before, following, "sent")] if before != following else [],
        event="contract.sent",
    )
    mail.write(
        "contract_sign",
        to=contract.signatory_email,
        language=language,
        facts={
            "name": signatory(contract),
            "company": contract.company_name,
            "location": location.name,
            "path": f"/sign/{secret}/",
        },
        reference=f"contract:{contract.id}:{contract.version}",
    )
    return contract


def by_link(secret: str) -> Linked:
    """What the link of a letter leads to; asked at the door, before anybody is known. Raises Problem not_found,
    alike for a link that never was, was used, was replaced or has ended."""
    if not 20 <= len(secret) <= 64 or not secret.isascii():
        raise Problem("not_found")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM locations_contract_by_link(%s, %s)", [_digest(secret), clock.now()])
        row = cursor.fetchone()
    if row is None:
        raise Problem("not_found")
    return Linked(*row)


def sign_contract(
    location_id: UUID,
    *,
    name: object,
    title: object,
    agreed: bool,
    signer_is_admin: bool = False,
    link: str = "",
) -> Contract:
    """Sign: name, title and intent. Signing twice changes nothing. An administrator signs for the named person
    or under the own name; through the link only the named person signs.

    Raises Problem locations.not_signer, not_found, or Problems with every field that is wrong: locations.intent,
    locations.signature, field.*.
    """
    contract = _locked(location_id)
    if contract is None:
        raise Problem("not_found")
    if contract.state == states.SIGNED:
        return contract
    now = clock.now()
    by_letter = bool(link) and _is_its_link(contract, link)
    if not by_letter and not signer_is_admin:
        raise Problem("locations.not_signer")
    expected = [signatory(contract)]
    if not by_letter and tenancy.actor().name:
        expected.append(tenancy.actor().name)
    signed_name, signed_title = _signature(name, title, agreed, expected)
    contract.signed_name = signed_name
    contract.signed_title = signed_title
    contract.signed_at = now
    contract.signed_from = "letter" if by_letter else str(tenancy.actor().id or "")
    contract.state = states.SIGNED
    contract.link_digest = ""
    contract.due_at = None
    contract.version += 1
    contract.save()
    location = contract.location
    record.change(
        contract,
        "contract_signed",
        name=location.name,
        before={"state": states.SENT},
        after={"state": states.SIGNED, "name": signed_name, "title": signed_title},
        facts={"text_version": contract.text_version, "by_letter": by_letter},
        moves=[Moved("contract", contract.id, states.SENT, states.SIGNED, "signed")],
        event="contract.signed",
    )
    _tell(contract, location)
    return contract


def signatory(contract: Contract) -> str:
    """The full name of the person who has to sign."""
    return f"{contract.signatory_first_name} {contract.signatory_last_name}"


def of_location(location_id: UUID) -> Contract | None:
    """The location's contract, signed or not."""
    found: Contract | None = Contract.objects.filter(location_id=location_id).order_by("-id").first()
    return found


def is_signed(location_id: UUID) -> bool:
    """Whether orders of the location may be carried out (SPK-09)."""
    return Contract.objects.filter(location_id=location_id, state=states.SIGNED).exists()


def states_among(location_ids: Collection[UUID]) -> dict[UUID, str]:
    """The state of each location's contract, by location id; those without a contract are not there."""
    found = Contract.objects.filter(location_id__in=list(location_ids))
    return dict(found.values_list("location_id", "state"))


def signed_among(location_ids: Collection[UUID]) -> set[UUID]:
    """Those of the locations whose contract is signed."""
    return {each for each, state in states_among(location_ids).items() if state == states.SIGNED}


def _locked(location_id: UUID) -> Contract | None:
    found: Contract | None = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("location")
        .filter(location_id=location_id)
        .order_by("-id")
        .first()
    )
    return found


def _named(contract: Contract) -> tuple[str, ...]:
    """Company and contact, as the letter names them."""
    person = (contract.signatory_first_name, contract.signatory_last_name, contract.signatory_title)
    return (contract.company_name, *person, contract.signatory_email)


def _fill(
    contract: Contract,
    company_name: object,
    first_name: object,
    last_name: object,
    title: object,
    email: object,
) -> None:
    readers: dict[str, Callable[[], str]] = {
        "company_name": lambda: clean(company_name, field="/companyName", limit=160),
        "signatory_first_name": lambda: clean(first_name, field="/firstName", limit=80),
        "signatory_last_name": lambda: clean(last_name, field="/lastName", limit=80),
        "signatory_title": lambda: clean(title, field="/title", limit=80, required=False),
        "signatory_email": lambda: clean_email(email),
    }
    wrong = []
    for field, read in readers.items():
        try:
            setattr(contract, field, read())
        except Problem as problem:
            wrong.append(problem)
    if wrong:
        raise Problems(wrong)


def _signature(name: object, title: object, agreed: bool, expected: list[str]) -> tuple[str, str]:
    wrong = []
    signed_name = signed_title = ""
    try:
        signed_name = clean(name, field="/name", limit=160)
        if search_key(signed_name) not in [search_key(each) for each in expected]:
            wrong.append(Problem("locations.signature", field="/name", values={"name": expected[0]}))
    except Problem as problem:
        wrong.append(problem)
    try:
        signed_title = clean(title, field="/title", limit=80)
    except Problem as problem:
        wrong.append(problem)
    if not agreed:
        wrong.append(Problem("locations.intent", field="/agreed"))
    if wrong:
        raise Problems(wrong)
    return signed_name, signed_title


def _tell(contract: Contract, location: Location) -> None:
    facts = {
        "name": contract.signed_name,
        "company": contract.company_name,
        "location": location.name,
        "path": f"/locations/{location.id}/",
    }
    for reader in people.full_admins(contract.customer_id):
        mail.write(
            "contract_signed",
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts=facts,
            reference=f"contract:{contract.id}:signed",
        )


def _is_its_link(contract: Contract, secret: str) -> bool:
    is_in_time = contract.due_at is not None and clock.now() < contract.due_at
    return is_in_time and secrets.compare_digest(contract.link_digest, _digest(secret))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
