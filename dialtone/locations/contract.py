"""The contract of a location: who signs it, the letter that asks for it, the signature (LOC-06, SPK-07 to SPK-09, SPK-21)."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean, clean_email, search_key
from dialtone.locations.models import Contract, Location

TEXT_VERSION = "2026-11"


def make_contract(
    location_id: UUID,
    *,
    company_name: object,
    first_name: object,
    last_name: object,
    email: object,
    title: object = "",
    language: str = "en",
) -> Contract:
    """Enter or change the contact and send the contract by mail. A signed contract stays as it is."""
    location = Location.objects.filter(id=location_id, deleted_at=None).first()
    if location is None:
        raise Problem("not_found")
    contract = Contract.objects.select_for_update().filter(location=location).order_by("-id").first()
    if contract is not None and contract.state == "signed":
        return contract
    if contract is None:
        contract = Contract(location=location, text_version=TEXT_VERSION)
    contract.company_name = clean(company_name, field="/companyName", limit=160)
    contract.signatory_first_name = clean(first_name, field="/firstName", limit=80)
    contract.signatory_last_name = clean(last_name, field="/lastName", limit=80)
    contract.signatory_title = clean(title, field="/title", limit=80, required=False)
    contract.signatory_email = clean_email(email)
    secret = secrets.token_urlsafe(24)
    contract.link_digest = hashlib.sha256(secret.encode()).hexdigest()
    contract.state = "sent"
    contract.sent_at = clock.now()
    contract.save()
    record.change(
        contract,
        "contract_sent",
        name=location.name,
        after={"to": contract.signatory_email, "company": contract.company_name},
        event="contract.sent",
    )
    mail.write(
        "contract_sign",
        to=contract.signatory_email,
        language=language,
        facts={
            "name": f"{contract.signatory_first_name} {contract.signatory_last_name}",
            "company": contract.company_name,
            "location": location.name,
            "path": f"/locations/{location.id}/contract/",
        },
        reference=f"contract:{contract.id}",
    )
    return contract


def sign_contract(
    location_id: UUID, *, name: object, title: object, agreed: bool, signer_is_admin: bool
) -> Contract:
    """Sign in the app: name, title and intent. Signing twice changes nothing.

    Raises locations.not_signer, locations.intent, locations.signature, locations.contract_missing, not_found."""
    contract = Contract.objects.select_for_update().filter(location_id=location_id).order_by("-id").first()
    if contract is None:
        raise Problem("not_found")
    if contract.state == "signed":
        return contract
    if not signer_is_admin:
        raise Problem("locations.not_signer")
    if not agreed:
        raise Problem("locations.intent", field="/agreed")
    signed = clean(name, field="/name", limit=160)
    expected = f"{contract.signatory_first_name} {contract.signatory_last_name}"
    if search_key(signed) != search_key(expected):
        raise Problem("locations.signature", field="/name", values={"name": expected})
    contract.signed_name = signed
    contract.signed_title = clean(title, field="/title", limit=80)
    contract.signed_at = clock.now()
    contract.signed_from = str(tenancy.actor().id or "")
    contract.state = "signed"
    contract.version += 1
    contract.save()
    record.change(
        contract,
        "contract_signed",
        before={"state": "sent"},
        after={"state": "signed", "name": signed},
        event="contract.signed",
    )
    return contract


def of_location(location_id: UUID) -> Contract | None:
    return Contract.objects.filter(location_id=location_id).order_by("-id").first()


def is_signed(location_id: UUID) -> bool:
    """Whether orders of the location may be carried out (SPK-09)."""
    return Contract.objects.filter(location_id=location_id, state="signed").exists()
