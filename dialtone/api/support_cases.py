"""Support cases and the forms that are handed out; what the compatible API lacks, in its style (SUP-09, ORD-47)."""

from __future__ import annotations

import base64
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query
from ninja.files import UploadedFile

from dialtone.api.app import caller_of, needs, router
from dialtone.api.wire import Answer, Paging, Strict, into, iso, outside, paged, with_examples
from dialtone.base import keeping, tenancy
from dialtone.base.models import Document
from dialtone.base.problems import Problem
from dialtone.base.text import one_of
from dialtone.support import answer_case, attachments, close_case, open_case, queries, routing, states, words
from dialtone.support import forms as blank
from dialtone.support.models import BlankForm, Case

routes = router("Support")
KIND = "CASE"
ALL = "/supportCases"
ONE = f"{ALL}/{{case_id}}"


class CaseWanted(Strict):
    model_config = with_examples(
        {
            "situation": "call_quality",
            "title": "Echo in Oslo",
            "text": "Since Monday callers hear themselves.",
        }
    )

    situation: str = Field(description="One of GET /v1/supportSituations; it decides who answers")
    title: str
    text: str


class MessageGiven(Strict):
    text: str


class CasePaperAnswer(Answer):
    id: str
    name: str
    media_type: str
    size: int
    state: str = Field(description="clean, held (it could do harm) or erased")


class CaseMessage(Answer):
    id: str
    at: str
    author: str
    from_desk: bool
    text: str
    attachments: list[CasePaperAnswer]


class CaseSummary(Answer):
    id: str
    number: str
    situation: str
    division: str
    title: str
    state: str = Field(description="open, answered or closed")
    acts_next: str = Field(description="operator, customer or nobody")
    opened: str
    due: str | None = None
    closed: str | None = None
    version: int


class CaseAnswer(CaseSummary):
    facts: dict[str, str] = Field(description="What was sent along: an order's number, an error's code")
    messages: list[CaseMessage]


class CaseList(Answer):
    items: list[CaseSummary]


class Situation(Answer):
    situation: str
    division: str
    answered_within_hours: int


class SituationList(Answer):
    items: list[Situation]


class FormAnswer(Answer):
    id: str
    country: str
    paper: str
    name: str
    size: int
    content: str | None = Field(None, description="The PDF in base64; only of one form")


class FormList(Answer):
    items: list[FormAnswer]


def _summary(case: Case) -> dict[str, Any]:
    return {
        "id": outside(KIND, case.id),
        "number": case.number,
        "situation": case.situation,
        "division": case.division,
        "title": case.title,
        "state": case.state,
        "acts_next": states.ACTS_NEXT[case.state] or "nobody",
        "opened": str(iso(case.opened_at)),
        "due": iso(case.due_at) if case.state == states.OPEN else None,
        "closed": iso(case.closed_at),
        "version": case.version,
    }


def _worded(case: Case) -> CaseAnswer:
    papers = attachments.of_messages(case)
    return CaseAnswer(
        **_summary(case),
        facts={name: text for name, value in case.facts.items() if (text := words.fact_text(value))},
        messages=[
            CaseMessage(
                id=outside("CASE_MESSAGE", each.id),
                at=str(iso(each.at)),
                author=each.author_name,
                from_desk=each.from_desk,
                text=each.text,
                attachments=[_paper(paper) for paper in papers.get(each.id, [])],
            )
            for each in queries.messages(case.id)
        ],
    )


def _paper(paper: Document) -> CasePaperAnswer:
    return CasePaperAnswer(
        id=outside("CASE_ATTACHMENT", paper.id),
        name=paper.name,
        media_type=paper.media_type,
        size=paper.size,
        state=paper.state,
    )


@routes.get(
    "/supportSituations",
    response=SituationList,
    operation_id="listSupportSituations",
    summary="What a case can be about, and who answers",
)
@needs("sees_cases")
def situations(request: HttpRequest) -> Any:
    return SituationList(
        items=[
            Situation(
                situation=each.situation,
                division=each.division,
                answered_within_hours=int(each.within.total_seconds() // 3600),
            )
            for each in routing.routes().values()
        ]
    )


@routes.get(ALL, response=CaseList, operation_id="listSupportCases", summary="Cases, newest first")
@needs("sees_cases")
def list_cases(
    request: HttpRequest,
    response: HttpResponse,
    paging: Query[Paging],
    state: str = Query("", description="open, answered or closed; empty for all"),
) -> Any:
    found = queries.cases()
    if state:
        found = found.filter(state=one_of(state, states.ACTS_NEXT, "/state"))
    return CaseList(items=paged(request, response, found, lambda case: CaseSummary(**_summary(case)), paging))


@routes.post(
    ALL, response={201: CaseAnswer}, operation_id="openSupportCase", summary="Ask; it goes to who answers"
)
@needs("opens_cases")
def open_one(request: HttpRequest, wanted: CaseWanted) -> Any:
    """Needs an Idempotency-Key."""

    def effect() -> tuple[int, dict[str, Any]]:
        made = open_case.open_case(wanted.situation, wanted.title, wanted.text)
        return 201, _worded(made).model_dump(mode="json", by_alias=True)

    return keeping.answered(
        person_id=caller_of(request).person_id,
        key=request.headers.get("Idempotency-Key"),
        operation="openSupportCase",
        body=request.body,
        effect=effect,
    )


@routes.get(ONE, response=CaseAnswer, operation_id="getSupportCase", summary="One case with what was said")
@needs("sees_cases")
def get_one(request: HttpRequest, case_id: str) -> Any:
    return _worded(_case(case_id))


def _speaking(request: HttpRequest) -> AbstractContextManager[object]:
    """The operator answers as the desk, also where an orgId says whose case it is: nobody else would be told."""
    caller = caller_of(request)
    return tenancy.operator_scope(caller.actor()) if caller.role == "operator" else nullcontext()


@routes.post(
    f"{ONE}/messages",
    response={201: CaseAnswer},
    operation_id="answerSupportCase",
    summary="Say something more; from the operator it is the desk's answer",
)
@needs("opens_cases")
def say(request: HttpRequest, case_id: str, told: MessageGiven) -> Any:
    with _speaking(request):
        answer_case.answer_case(_case(case_id).id, told.text)
    return 201, _worded(_case(case_id))


@routes.post(
    f"{ONE}/attachments",
    response={201: CaseAnswer},
    operation_id="attachToSupportCase",
    summary="Send a file with a message",
)
@needs("opens_cases")
def attach(
    request: HttpRequest,
    case_id: str,
    document: File[UploadedFile | None] = None,
    text: Form[str] = "",
) -> Any:
    """multipart/form-data. PDF, PNG or JPEG; kept encrypted, and erased 90 days after the case is closed."""
    case = _case(case_id)
    if document is None:
        raise Problem("field.required", field="/document", values={"field": "document"})
    file = attachments.File(
        str(document.name or "document")[:120], document.read(), document.content_type or ""
    )
    with _speaking(request):
        answer_case.answer_case(case.id, text, [file])
    return 201, _worded(_case(case_id))


@routes.post(
    f"{ONE}/actions/close/invoke",
    response=CaseAnswer,
    operation_id="closeSupportCase",
    summary="Close a case that is settled",
)
@needs("opens_cases")
def close(request: HttpRequest, case_id: str) -> Any:
    return _worded(close_case.close_case(_case(case_id).id))


@routes.get(
    "/telephony/pstn/forms",
    response=FormList,
    operation_id="listForms",
    summary="Forms to be filled in, by country and paper",
)
@needs("sees_home")
def list_forms(request: HttpRequest, country: str = "") -> Any:
    found = blank.handed_out()
    return FormList(items=[_form(each) for each in found if country in ("", each.country)])


@routes.get(
    "/telephony/pstn/forms/{form_id}",
    response=FormAnswer,
    operation_id="getForm",
    summary="One form with its PDF",
)
@needs("sees_home")
def get_form(request: HttpRequest, form_id: str) -> Any:
    found = blank.form(into("FORM", form_id))
    return _form(found, base64.b64encode(bytes(found.content)).decode())


def _form(found: BlankForm, content: str | None = None) -> FormAnswer:
    return FormAnswer(
        id=outside("FORM", found.id),
        country=found.country,
        paper=found.paper,
        name=found.name,
        size=found.size,
        content=content,
    )


def _case(case_id: str) -> Case:
    return queries.case(into(KIND, case_id))
