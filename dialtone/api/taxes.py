"""Our own calls: the table of taxes and fees, its change by CSV with the plan first, and which tax service is asked (BILL-03). The operator's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from dialtone.api.app import caller_of, needs, router
from dialtone.api.wire import Answer, Paging, Strict, paged
from dialtone.billing import choose_tax_service, set_taxes, tax_file, tax_services, taxes

routes = router("Invoices")

ALL, SERVICE = "/telephony/pstn/taxes", "/telephony/pstn/taxService"
LARGEST = 500_000  # letters of a file: some ten thousand lines


class TaxesAsked(Schema):
    country: str = Field("", max_length=2, description="Only the lines of a country, such as US")
    on: date | None = Field(None, description="Only the lines that hold on a day; without it, all")


class TaxLineAnswer(Answer):
    """A line of the table, in force from its day until a later one of the same name and place. `percent` of the charges, or `each` for every
    number in `currency`; `charges` says on which ones, and is empty for all."""

    country: str
    region: str
    name: str
    percent: str | None = None
    each: str | None = None
    currency: str | None = None
    charges: list[str]
    in_force_from: str
    source: str | None = None
    simulated: bool


class TaxTableAnswer(Answer):
    items: list[TaxLineAnswer]


class TaxFileWanted(Strict):
    file: str = Field(max_length=LARGEST, description=f"CSV with the columns {', '.join(tax_file.COLUMNS)}")


class TaxFileSeen(TaxFileWanted):
    seen: str = Field(max_length=64, description="`seen` of the plan: which table it was said of")


class TaxChangeAnswer(Answer):
    before: TaxLineAnswer
    after: TaxLineAnswer


class TaxPlanAnswer(Answer):
    """What the lines of a file change. `added` and `changed` are the first 200 of `addedCount` and `changedCount`."""

    added_count: int
    changed_count: int
    same_count: int
    added: list[TaxLineAnswer]
    changed: list[TaxChangeAnswer]
    seen: str | None = None


class TaxServiceAnswer(Answer):
    """`table` stands for the table of this installation. `version` goes with a change, so that nobody undoes another's unseen."""

    service: str
    known: list[str]
    version: int


class TaxServiceWanted(Strict):
    service: str = Field(max_length=40, description="One of `known`")


class TaxServiceChosen(TaxServiceWanted):
    version: int = Field(ge=0, description="`version` of the plan")


class TaxServicePlanAnswer(Answer):
    before: str
    after: str
    version: int


@routes.get(
    ALL,
    response=TaxTableAnswer,
    operation_id="listPstnTaxes",
    summary="The table of taxes and fees, by place and name, the newest line first",
)
@needs("runs_billing")
def list_taxes(
    request: HttpRequest, response: HttpResponse, asked: Query[TaxesAsked], paging: Query[Paging]
) -> Any:
    known = [each for each in tax_file.table(taxes.file_in_force()) if asked.country in ("", each["country"])]
    if asked.on is not None:
        known = _holding(known, asked.on)
    known.sort(key=lambda each: each["from"], reverse=True)
    known.sort(key=lambda each: (each["country"], str(each.get("region", "")), str(each["name"])))
    return TaxTableAnswer(items=paged(request, response, known, _line, paging))


@routes.post(
    f"{ALL}/plan",
    response=TaxPlanAnswer,
    operation_id="planPstnTaxes",
    summary="What lines of taxes would change; nothing is changed",
)
@needs("runs_billing")
def plan_taxes(request: HttpRequest, wanted: TaxFileWanted) -> Any:
    with caller_of(request).home_scope():
        plan, seen = set_taxes.propose(wanted.file)
        return _plan(plan, seen)


@routes.post(
    f"{ALL}/apply",
    response=TaxPlanAnswer,
    operation_id="applyPstnTaxes",
    summary="Put lines of taxes into force, as their plan was seen; the same lines again change nothing",
)
@needs("runs_billing")
def apply_taxes(request: HttpRequest, wanted: TaxFileSeen) -> Any:
    """Invoices that are made keep their taxes."""
    with caller_of(request).home_scope():
        return _plan(set_taxes.apply(wanted.file, seen=wanted.seen), None)


@routes.get(
    SERVICE,
    response=TaxServiceAnswer,
    operation_id="getPstnTaxService",
    summary="Where the taxes of invoices come from",
)
@needs("runs_billing")
def get_tax_service(request: HttpRequest) -> Any:
    with caller_of(request).home_scope():
        return _service()


@routes.post(
    f"{SERVICE}/plan",
    response=TaxServicePlanAnswer,
    operation_id="planPstnTaxService",
    summary="What choosing a tax service changes; nothing is changed",
)
@needs("runs_billing")
def plan_tax_service(request: HttpRequest, wanted: TaxServiceWanted) -> Any:
    with caller_of(request).home_scope():
        plan = choose_tax_service.propose(wanted.service)
        return TaxServicePlanAnswer(before=plan.before, after=plan.after, version=plan.version)


@routes.put(
    SERVICE,
    response=TaxServiceAnswer,
    operation_id="choosePstnTaxService",
    summary="Have the taxes of the next invoices come from there",
)
@needs("runs_billing")
def choose_service(request: HttpRequest, wanted: TaxServiceChosen) -> Any:
    """Invoices that are made keep their taxes."""
    with caller_of(request).home_scope():
        choose_tax_service.apply(wanted.service, version=wanted.version)
        return _service()


def _holding(lines: list[tax_file.Line], on: date) -> list[tax_file.Line]:
    """Of each name and place the newest line that has begun."""
    begun = sorted((each for each in lines if each["from"] <= on), key=lambda each: each["from"])
    newest = {(each["country"], str(each.get("region", "")), str(each["name"])): each for each in begun}
    return list(newest.values())


def _service() -> TaxServiceAnswer:
    code = choose_tax_service.chosen()
    version = choose_tax_service.version()
    return TaxServiceAnswer(service=code, known=tax_services.known(), version=version)


def _plan(plan: tax_file.Plan, seen: str | None) -> TaxPlanAnswer:
    return TaxPlanAnswer(
        added_count=len(plan.added),
        changed_count=len(plan.changed),
        same_count=plan.same,
        added=[_line(each) for each in plan.added[:200]],
        changed=[
            TaxChangeAnswer(before=_line(before), after=_line(after)) for before, after in plan.changed[:200]
        ],
        seen=seen,
    )


def _line(line: Mapping[str, Any]) -> TaxLineAnswer:
    return TaxLineAnswer(
        country=line["country"],
        region=str(line.get("region", "")),
        name=str(line["name"]),
        percent=str(line["percent"]) if "percent" in line else None,
        each=str(line["each"]) if "each" in line else None,
        currency=line.get("currency"),
        charges=list(line.get("charges") or ()),
        in_force_from=line["from"].isoformat(),
        source=line.get("source"),
        simulated=bool(line.get("simulated")),
    )
