"""What takes two persons: asking for it, and consent, refusal or withdrawal; what the compatible API lacks, in its style (H15)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Answer, Paging, Strict, into, iso, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.emergency import give_back
from dialtone.people import approvals
from dialtone.people.models import Approval

routes = router("Consent of a second person")
KIND = "APPROVAL"
ALL = "/telephony/pstn/approvals"
ONE = f"{ALL}/{{approval_id}}"


class ReleaseWanted(Strict):
    phone_numbers: list[str] = Field(
        min_length=1, max_length=5000, description="E.164; more than one person may release at once"
    )


class Unwilling(Strict):
    note: str = ""


class ApprovalAnswer(Answer):
    id: str
    kind: str = Field(description="release_numbers, release_numbers_of_file, change_prices or credit_note")
    state: str = Field(description="waiting, approved, refused, withdrawn or expired")
    acts_next: str = Field(description="customer or nobody")
    phone_numbers: list[str] = Field(description="What a release is about")
    price_version_id: str | None = Field(None, description="The upload that change_prices puts into force")
    invoice_id: str | None = Field(None, description="The invoice that a credit_note is about")
    amount: str | None = None
    currency: str | None = None
    reason: str | None = None
    asked: str
    asked_by: str
    expires: str | None = None
    decided: str | None = None
    decided_by: str | None = None
    note: str | None = None
    version: int


class ApprovalList(Answer):
    items: list[ApprovalAnswer]


def worded(found: Approval) -> ApprovalAnswer:
    return ApprovalAnswer(
        id=outside(KIND, found.id),
        kind=found.kind,
        state=found.state,
        acts_next=approvals.ACTS_NEXT[found.state],
        phone_numbers=found.asked.get("numbers", []),
        price_version_id=_id("PRICE_VERSION", found, "version"),
        invoice_id=_id("INVOICE", found, "invoice"),
        amount=found.asked.get("amount"),
        currency=found.asked.get("currency"),
        reason=found.asked.get("reason"),
        asked=str(iso(found.asked_at)),
        asked_by=found.asked_by_name,
        expires=iso(found.due_at),
        decided=iso(found.decided_at),
        decided_by=found.decided_by_name or None,
        note=found.note or None,
        version=found.version,
    )


def _id(kind: str, found: Approval, name: str) -> str | None:
    return outside(kind, UUID(found.asked[name])) if name in found.asked else None


@routes.get(
    ALL, response=ApprovalList, operation_id="listApprovals", summary="What was asked for, newest first"
)
@needs("releases_numbers")
def list_approvals(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    kinds = approvals.kinds_for(caller_of(request).permissions)
    return ApprovalList(items=paged(request, response, approvals.approvals(kinds=kinds), worded, paging))


@routes.post(
    f"{ALL}/releaseNumbers",
    response={201: ApprovalAnswer},
    operation_id="askToReleaseNumbers",
    summary="Ask for the release of more than 100 numbers",
)
@needs("releases_numbers")
def ask_to_release(request: HttpRequest, wanted: ReleaseWanted) -> Any:
    """Nothing happens before another administrator consents, within seven days. The same numbers asked for again are the same
    matter."""
    customer_of(request)
    e164s = [
        PhoneNumber.parse_api(text, f"/phoneNumbers/{index}").e164
        for index, text in enumerate(wanted.phone_numbers)
    ]
    return 201, worded(give_back.ask(e164s, field="/phoneNumbers"))


@routes.get(ONE, response=ApprovalAnswer, operation_id="getApproval", summary="One matter for two persons")
@needs("releases_numbers")
def get_approval(request: HttpRequest, approval_id: str) -> Any:
    return worded(_named(request, approval_id))


@routes.post(
    f"{ONE}/actions/approve/invoke",
    response=ApprovalAnswer,
    operation_id="approve",
    summary="Consent, and have it carried out",
)
@needs("releases_numbers")
def approve(request: HttpRequest, approval_id: str) -> Any:
    """All or nothing. Whoever asked cannot consent, with whichever token."""
    return worded(approvals.approve(_named(request, approval_id).id))


@routes.post(
    f"{ONE}/actions/refuse/invoke", response=ApprovalAnswer, operation_id="refuse", summary="Do not consent"
)
@needs("releases_numbers")
def refuse(request: HttpRequest, approval_id: str, told: Unwilling) -> Any:
    return worded(approvals.refuse(_named(request, approval_id).id, told.note))


@routes.post(
    f"{ONE}/actions/withdraw/invoke",
    response=ApprovalAnswer,
    operation_id="withdraw",
    summary="Ask for it no longer",
)
@needs("releases_numbers")
def withdraw(request: HttpRequest, approval_id: str) -> Any:
    """Only for whoever asked."""
    return worded(approvals.withdraw(_named(request, approval_id).id))


def _named(request: HttpRequest, approval_id: str) -> Approval:
    found = approvals.approval(into(KIND, approval_id))
    caller_of(request).need(approvals.permission_of(found))
    return found
