"""Our own calls: which price lists there are, and their change. A file is read and its plan shown; then it is put into force, by a second person's consent
where it is large (BILL-10, H15). The operator changes every list, a partner its own and its customers'."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from dialtone.api.app import caller_of, needs, router
from dialtone.api.approvals import ApprovalAnswer, worded
from dialtone.api.wire import Answer, Paging, Strict, into, iso, outside, paged
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.people import queries as people
from dialtone.people.models import Organisation
from dialtone.rates import load, queries
from dialtone.rates.models import CallPrice, PriceList, PriceVersion

routes = router("Prices")

PRICE_LIST, VERSION = "PRICE_LIST", "PRICE_VERSION"
ALL = "/telephony/pstn/priceLists"
ONE = f"{ALL}/{{list_id}}"
UPLOAD = "/telephony/pstn/priceVersions/{price_version_id}"


class PriceListAnswer(Answer):
    """A price list; `level` is operator, partner or customer. `wholesale`: what the operator takes from the partner."""

    id: str
    name: str
    level: str
    currency: str
    version: int
    created: str | None = None
    simulated: bool
    wholesale: bool


class PriceLists(Answer):
    items: list[PriceListAnswer]


class ListWanted(Strict):
    name: str = Field(max_length=120)
    currency: str = Field(max_length=3, description="ISO 4217, such as USD")
    org_id: str | None = Field(
        None, max_length=200, description="Only for this customer or partner; without it for all of one's own"
    )
    wholesale: bool = Field(
        False, description="What the operator takes from this partner; only the operator begins such a list"
    )


class JumpAnswer(Answer):
    """A price that moves by more than half."""

    key: str
    before: str
    after: str


class PricePlanAnswer(Answer):
    """What a file changes, in prices. `jumps` are the first 50 of `suspicious`."""

    existing: int
    added: int
    changed: int
    ended: int
    same: int
    suspicious: int
    jumps: list[JumpAnswer]


class VersionAnswer(Answer):
    """One upload. `state` is proposed, applied, or overtaken when its list has changed meanwhile; `number` is the list's version that
    it made. `needsSecondPerson` says that another person has to consent."""

    id: str
    price_list_id: str
    state: str
    number: int | None = None
    needs_second_person: bool
    plan: PricePlanAnswer
    content_hash: str
    proposed: str | None = None
    decided: str | None = None


class VersionList(Answer):
    items: list[VersionAnswer]


class RowsAsked(Schema):
    on: date | None = Field(None, description="The day; without it, now")
    q: str = Field("", max_length=40, description="The first digits, or a part of the destination's name")


class RowAnswer(Answer):
    prefix: str
    destination: str
    per_minute: str
    connection_fee: str
    increments: str
    free_minutes: int
    in_force_from: str | None = None
    version: int


class RowList(Answer):
    items: list[RowAnswer]


@routes.get(
    ALL,
    response=PriceLists,
    operation_id="listPstnPriceLists",
    summary="The price lists of the operator, of partners and of customers",
)
@needs("edits_prices")
def list_price_lists(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        return PriceLists(items=paged(request, response, queries.price_lists(), _list, paging))


@routes.post(
    ALL,
    response={201: PriceListAnswer},
    operation_id="createPstnPriceList",
    summary="Begin a price list; one a currency for each customer, each partner and the operator",
)
@needs("edits_prices")
def create_list(request: HttpRequest, wanted: ListWanted) -> Any:
    caller = caller_of(request)
    with caller.home_scope():
        owner: Organisation | None = None
        if wanted.org_id is not None:
            owner = people.organisation(into("ORGANIZATION", wanted.org_id, field="/orgId"))
        elif caller.home_kind == "partner":
            owner = people.organisation(caller.home_id)
        if owner is not None and owner.kind == "operator":
            if caller.home_kind != "operator":
                raise Problem("not_found", field="/orgId")
            owner = None
        return 201, _list(
            load.create_list(wanted.name, wanted.currency, owner, is_wholesale=wanted.wholesale)
        )


@routes.get(
    f"{ONE}/prices",
    response=RowList,
    operation_id="listPstnPrices",
    summary="What calls cost by a list on a day",
)
@needs("edits_prices")
def list_prices(
    request: HttpRequest, response: HttpResponse, list_id: str, paging: Query[Paging], asked: Query[RowsAsked]
) -> Any:
    with caller_of(request).home_scope():
        found = queries.price_list(into(PRICE_LIST, list_id))
        rows = queries.call_prices(found, queries.moment_of(asked.on), asked.q)

        def row(each: CallPrice) -> RowAnswer:
            return _row(each, found.currency)

        return RowList(items=paged(request, response, rows, row, paging))


@routes.post(
    f"{ONE}/versions",
    response={201: VersionAnswer},
    operation_id="uploadPstnPrices",
    summary="Send a file of prices; its plan is answered, nothing is changed",
)
@needs("edits_prices")
def upload(request: HttpRequest, list_id: str, file: File[UploadedFile | None] = None) -> Any:
    """multipart/form-data with the CSV as `file`. A file names what changes; what it does not name stays."""
    with caller_of(request).home_scope():
        found = queries.to_change(into(PRICE_LIST, list_id))
        if file is None:
            raise Problem("field.required", field="/file", values={"field": "file"})
        return 201, _version(load.propose(found, file.read()))


@routes.get(
    f"{ONE}/versions",
    response=VersionList,
    operation_id="listPstnPriceVersions",
    summary="What was uploaded to a list, newest first",
)
@needs("edits_prices")
def list_versions(request: HttpRequest, response: HttpResponse, list_id: str, paging: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        found = queries.to_change(into(PRICE_LIST, list_id))
        rows = queries.versions(found).select_related("price_list").defer("content")
        return VersionList(items=paged(request, response, rows, _version, paging))


@routes.get(
    UPLOAD, response=VersionAnswer, operation_id="getPstnPriceVersion", summary="One upload with its plan"
)
@needs("edits_prices")
def get_version(request: HttpRequest, price_version_id: str) -> Any:
    with caller_of(request).home_scope():
        return _version(queries.version(into(VERSION, price_version_id)))


@routes.post(
    f"{UPLOAD}/actions/apply/invoke",
    response=VersionAnswer,
    operation_id="applyPstnPrices",
    summary="Put an upload into force that takes no second person",
)
@needs("edits_prices")
def apply_version(request: HttpRequest, price_version_id: str) -> Any:
    with caller_of(request).home_scope():
        return _version(load.apply(_to_change(price_version_id).id))


@routes.post(
    f"{UPLOAD}/actions/askForConsent/invoke",
    response={201: ApprovalAnswer},
    operation_id="askToChangePstnPrices",
    summary="Ask a second person to consent to a large change, which puts it into force",
)
@needs("edits_prices")
def ask_for_consent(request: HttpRequest, price_version_id: str) -> Any:
    with caller_of(request).home_scope():
        return 201, worded(load.ask(_to_change(price_version_id).id))


def _to_change(price_version_id: str) -> PriceVersion:
    version = queries.version(into(VERSION, price_version_id))
    queries.to_change(version.price_list_id)
    return version


def _version(found: PriceVersion) -> VersionAnswer:
    overtaken = found.state == load.PROPOSED and found.based_on != found.price_list.version
    jumps = [JumpAnswer(key=key, before=before, after=after) for key, before, after in found.plan["jumps"]]
    return VersionAnswer(
        id=outside(VERSION, found.id),
        price_list_id=outside(PRICE_LIST, found.price_list_id),
        state="overtaken" if overtaken else found.state,
        number=found.number,
        needs_second_person=found.needs_second_person,
        plan=PricePlanAnswer(**{**found.plan, "jumps": jumps}),
        content_hash=found.content_hash,
        proposed=iso(found.proposed_at),
        decided=iso(found.decided_at),
    )


def _row(found: CallPrice, currency: str) -> RowAnswer:
    return RowAnswer(
        prefix=f"+{found.prefix}",
        destination=found.destination,
        per_minute=Money(found.per_minute, currency).text,
        connection_fee=Money(found.connection_fee, currency).text,
        increments=f"{found.first_seconds}/{found.next_seconds}",
        free_minutes=found.free_minutes,
        in_force_from=iso(found.from_at),
        version=found.list_version,
    )


def _list(found: PriceList) -> PriceListAnswer:
    return PriceListAnswer(
        id=outside(PRICE_LIST, found.id),
        name=found.name,
        level="customer" if found.customer_id else "partner" if found.partner_id else "operator",
        currency=found.currency,
        version=found.version,
        created=iso(found.created_at),
        simulated=found.is_simulated,
        wholesale=found.is_wholesale,
    )
