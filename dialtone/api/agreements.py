"""Who signs a location's contract, its signature, and the terms of service; what the compatible API lacks, in its style."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import location_named
from dialtone.api.wire import Answer, Strict, iso, outside
from dialtone.base.problems import Problem
from dialtone.locations import contract
from dialtone.locations.models import Contract, Location
from dialtone.orders import remind
from dialtone.plans import accept_terms as acceptance
from dialtone.plans import queries as plans

routes = router("Contracts and terms")
CONTRACT = "/telephony/pstn/locations/{location_id}/contract"
TERMS = "/telephony/pstn/termsOfService"


class ContactWanted(Strict):
    company_name: str
    first_name: str
    last_name: str
    email: str
    title: str = ""
    send_again: bool = Field(False, description="Send the letter also if nothing has changed")


class Signature(Strict):
    name: str = Field(description="The contact's name, or the own")
    title: str
    agreed: bool = Field(description="True: the signer means to sign")


class ContractAnswer(Answer):
    location_id: str
    state: str = Field(description="sent or signed")
    company_name: str
    first_name: str
    last_name: str
    title: str
    email: str
    text_version: str
    sent: str | None = None
    link_ends: str | None = Field(None, description="Until when the link of the letter signs")
    signed: str | None = None
    signed_name: str | None = None
    signed_title: str | None = None
    version: int


class Acceptance(Strict):
    version: str = Field(description="The version that was read")


class TermsAnswer(Answer):
    version: str
    text: str
    is_accepted: bool
    accepted: str | None
    accepted_by: str | None


def worded(found: Contract) -> ContractAnswer:
    return ContractAnswer(
        location_id=outside("LOCATION", found.location_id),
        state=found.state,
        company_name=found.company_name,
        first_name=found.signatory_first_name,
        last_name=found.signatory_last_name,
        title=found.signatory_title,
        email=found.signatory_email,
        text_version=found.text_version,
        sent=iso(found.sent_at),
        link_ends=iso(found.due_at),
        signed=iso(found.signed_at),
        signed_name=found.signed_name or None,
        signed_title=found.signed_title or None,
        version=found.version,
    )


@routes.get(
    CONTRACT,
    response=ContractAnswer,
    operation_id="getContract",
    summary="The contract of a location, and who signs it",
)
@needs("sees_locations")
def get_contract(request: HttpRequest, location_id: str) -> Any:
    """404 before there is a contact."""
    return worded(_contract(location_named(request, location_id)))


@routes.put(
    CONTRACT,
    response=ContractAnswer,
    operation_id="setContractContact",
    summary="Say who signs, and send the contract to them",
)
@needs("edits_locations")
def set_contact(request: HttpRequest, location_id: str, wanted: ContactWanted) -> Any:
    """Another contact gets a new link, and the one before ends. A signed contract stays as it is."""
    location = location_named(request, location_id)
    found = contract.make_contract(
        location.id,
        company_name=wanted.company_name,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        email=wanted.email,
        title=wanted.title,
        language=location.language,
        again=wanted.send_again,
    )
    return worded(found)


@routes.post(
    f"{CONTRACT}/actions/sign/invoke",
    response=ContractAnswer,
    operation_id="signContract",
    summary="Sign the contract as an administrator of the customer",
)
@needs("signs_contract")
def sign(request: HttpRequest, location_id: str, told: Signature) -> Any:
    """What waited for the signature goes on. Signing twice changes nothing."""
    location = location_named(request, location_id)
    signed = contract.sign_contract(
        location.id, name=told.name, title=told.title, agreed=told.agreed, signer_is_admin=True
    )
    remind.resume_waiting(_customer(request))
    return worded(signed)


@routes.get(
    TERMS,
    response=TermsAnswer,
    operation_id="getTermsOfService",
    summary="The terms of service in force, and who accepted them",
)
@needs("sees_orders")
def get_terms(request: HttpRequest) -> Any:
    return _terms(_customer(request))


@routes.post(
    f"{TERMS}/actions/accept/invoke",
    response=TermsAnswer,
    operation_id="acceptTermsOfService",
    summary="Accept the terms of service for the customer",
)
@needs("accepts_terms")
def accept(request: HttpRequest, told: Acceptance) -> Any:
    """Only a full administrator of the customer can; orders that waited for it go on. Accepting twice changes nothing."""
    caller, customer_id = caller_of(request), _customer(request)
    current = plans.current_terms()
    if told.version != current.version:
        raise Problem("plans.other_terms", field="/version", values={"version": current.version})
    acceptance.accept_terms(by=caller.person_id, by_name=caller.person_name, role=caller.role)
    remind.resume_waiting(customer_id)
    return _terms(customer_id)


def _terms(customer_id: UUID) -> TermsAnswer:
    current, accepted = plans.current_terms(), plans.acceptance(customer_id)
    return TermsAnswer(
        version=current.version,
        text=current.text,
        is_accepted=accepted is not None,
        accepted=iso(accepted.at) if accepted else None,
        accepted_by=accepted.by if accepted else None,
    )


def _contract(location: Location) -> Contract:
    found = contract.of_location(location.id)
    if found is None:
        raise Problem("not_found")
    return found


def _customer(request: HttpRequest) -> UUID:
    customer_id: UUID = customer_of(request)
    return customer_id
