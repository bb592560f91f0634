"""Compatible calls: reports, which are made at once and fetched as a ZIP with one CSV in it (docs/api.md, operations)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import call_records
from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import own_locations
from dialtone.api.wire import Answer, Compatible, Paging, into, iso, not_offered, outside, paged, reached_at
from dialtone.base.period import parse_day
from dialtone.base.tables import csv_line, write_csv
from dialtone.calls import make_report, queries
from dialtone.calls.make_report import TEMPLATES
from dialtone.calls.models import Report
from dialtone.locations import queries as locations

routes = router("Reports")

SERVICE = "Webex Calling"
UTC = ("UTC", "Etc/UTC", "GMT")


class Template(Answer):
    id: int = Field(alias="Id")
    title: str
    service: str
    max_days: int
    identifier: str


class TemplateList(Answer):
    items: list[Template]


class ReportAnswer(Answer):
    id: str = Field(alias="Id")
    title: str
    service: str
    start_date: date
    end_date: date
    created: str
    created_by: str | None
    schedule_from: str
    status: str
    download_url: str = Field(alias="downloadURL")


class ReportList(Answer):
    items: list[ReportAnswer]


class ReportMade(Answer):
    """One object, not a list: as clients expect it."""

    items: dict[str, str]


class ReportAsked(Compatible):
    template_id: int
    start_date: str = Field(max_length=40)
    end_date: str = Field(max_length=40)
    time_zone: str | None = Field(None, description="UTC: days and times are counted so")
    site_list: str | None = Field(None, description="Refused: there are no sites here")


class ReportFilter(Paging):
    report_id: str = Field("", alias="reportId")
    service: str = ""
    template_id: int | None = Field(None, alias="templateId")
    since: str = Field("", alias="from", description="The day from which on reports were made")
    until: str = Field("", alias="to", description="The day before which they were made")


@routes.get(
    "/report/templates",
    response=TemplateList,
    operation_id="listReportTemplates",
    summary="Kinds of reports",
)
@needs("sees_calls", compatible=True)
def list_templates(request: HttpRequest) -> Any:
    return TemplateList(
        items=[
            Template(
                Id=each.id,
                title=each.title,
                service=SERVICE,
                max_days=make_report.MOST_DAYS,
                identifier="calling_cdr",
            )
            for each in TEMPLATES.values()
        ]
    )


@routes.get("/reports", response=ReportList, operation_id="listReports", summary="Reports, newest first")
@needs("sees_calls", compatible=True)
def list_reports(request: HttpRequest, response: HttpResponse, wanted: Query[ReportFilter]) -> Any:
    customer_of(request)
    found = queries.reports()
    if wanted.report_id:
        found = found.filter(id=into("REPORT", wanted.report_id))
    if wanted.template_id is not None:
        found = found.filter(template=wanted.template_id)
    if wanted.service and wanted.service != SERVICE:
        found = found.none()
    if wanted.since:
        found = found.filter(created_at__date__gte=parse_day(wanted.since, "/from"))
    if wanted.until:
        found = found.filter(created_at__date__lt=parse_day(wanted.until, "/to"))
    return ReportList(items=paged(request, response, found, lambda each: _worded(request, each), wanted))


@routes.post(
    "/reports", response=ReportMade, operation_id="createReport", summary="Ask for a report of some days"
)
@needs("sees_calls", compatible=True)
def create_report(request: HttpRequest, wanted: ReportAsked) -> Any:
    """Both days are included, counted in UTC."""
    customer_of(request)
    not_offered("timeZone", wanted.time_zone not in (None, "", *UTC))
    not_offered("siteList", bool(wanted.site_list))
    made = make_report.make(
        wanted.template_id,
        parse_day(wanted.start_date, "/startDate"),
        parse_day(wanted.end_date, "/endDate"),
    )
    return ReportMade(items={"Id": outside("REPORT", made.id)})


@routes.get("/reports/{report_id}", response=ReportList, operation_id="getReport", summary="One report")
@needs("sees_calls", compatible=True)
def get_report(request: HttpRequest, report_id: str) -> Any:
    return ReportList(items=[_worded(request, _report(request, report_id))])


@routes.delete(
    "/reports/{report_id}", response={204: None}, operation_id="deleteReport", summary="Delete a report"
)
@needs("sees_calls", compatible=True)
def delete_report(request: HttpRequest, report_id: str) -> Any:
    make_report.drop(_report(request, report_id).id)


@routes.get("/reports/{report_id}/download", operation_id="downloadReport", summary="A report's file")
@needs("sees_calls", compatible=True)
def download_report(request: HttpRequest, report_id: str) -> HttpResponse:
    """A ZIP with one CSV of the calls as the feed words them."""
    found = _report(request, report_id)
    packed = io.BytesIO()
    name = TEMPLATES[found.template].file
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w") as sheet:
        for line in _lines(request, found):
            sheet.write(line)
    answer = HttpResponse(packed.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="report-{found.from_on}-{found.until_on}.zip"'
    return answer


def _lines(request: HttpRequest, found: Report) -> Iterator[bytes]:
    """The file line by line; an administrator of some locations reads the calls of those."""
    word = call_records.worder(customer_of(request), list(own_locations(request, locations.list_all())))
    yield write_csv(call_records.COLUMNS, [])
    for call in make_report.calls_of(found, caller_of(request).own_location_ids):
        yield csv_line(list(word(call).values())).encode()


def _report(request: HttpRequest, report_id: str) -> Report:
    customer_of(request)
    return queries.report(into("REPORT", report_id))


def _worded(request: HttpRequest, found: Report) -> ReportAnswer:
    id = outside("REPORT", found.id)
    return ReportAnswer(
        Id=id,
        title=TEMPLATES[found.template].title,
        service=SERVICE,
        start_date=found.from_on,
        end_date=found.until_on,
        created=iso(found.created_at) or "",
        created_by=outside("PEOPLE", found.created_by) if found.created_by else None,
        schedule_from="api",
        status="done",
        downloadURL=f"{reached_at(request)}/v1/reports/{id}/download",
    )
