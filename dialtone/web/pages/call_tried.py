"""A call that is tried on a page, without a call: to a phone menu, a hunt group or a queue, at any time, from anybody; and what becomes
of calls over that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.numbers import queries as numbers
from dialtone.services import queue_services
from dialtone.services.call_day import Span, day_of
from dialtone.services.destinations import destination
from dialtone.services.menu_shape import KEYS
from dialtone.services.models import CallGroup, SiteService
from dialtone.services.walk import Place, Reached, Step, from_reached
from dialtone.web import refusals
from dialtone.web import service_words as words

MOST_YEARS = 10  # that a call may be away from now
# Before which of a queue's services callers hear something, by the name of the step.
_HEARD = {
    "holiday_service": queue_services.HOLIDAY,
    "night_service": queue_services.NIGHT,
    "forced_forward": queue_services.FORCED,
}


def tried(request: HttpRequest, found: SiteService, place: Place) -> dict[str, Any]:
    """What the page shows of a call to `found`, by what its address asks: when (`at`, by the clock there), who calls (`from`), and
    what is dialled in menus (`keys`)."""
    at, is_wrong = _moment_asked(request, found.time_zone)
    entries = [entry for entry in request.GET.get("keys", "")[:200].split() if set(entry) <= set(KEYS)][:20]
    caller, why_not = _caller_asked(request)
    line = numbers.lines_of_owner([found.id]).get(found.id)
    dialled = (line.number.e164 if line.number else line.extension) if line else ""
    reached = Reached(found.SUBJECT, str(found.id), found.name, str(found.location_id))
    way = {"caller": caller, "dialled": dialled}
    walk = from_reached(place, reached, at, entries, **way)
    local = at.astimezone(ZoneInfo(found.time_zone))
    typed = request.GET.get("from", "")[:40]
    asked = {"keys": " ".join(entries), "from": typed}
    tone, sentence, whom = words.end_word(walk.end)
    return {
        "at": _written(local),
        "zone": found.time_zone,
        "is_wrong": is_wrong,
        "from": typed,
        "why_not": why_not,
        "entries": asked["keys"],
        "steps": [_told(step, place, at) for step in walk.steps],
        "end": {"tone": tone, "sentence": sentence, "whom": whom},
        "keypad": [
            {"key": key, "url": _address(local, {**asked, "keys": f"{asked['keys']} {key}".strip()})}
            for key in KEYS
        ]
        if walk.waits
        else (),
        "day": local.date(),
        "spans": list(
            _spans(day_of(place, reached, local.date(), found.time_zone, entries, **way), found, at, asked)
        ),
        "yesterday": _address(_other(local, -1), asked),
        "tomorrow": _address(_other(local, 1), asked),
    }


def _moment_asked(request: HttpRequest, zone: str) -> tuple[datetime, bool]:
    """The instant of the call, by the clock there; now, and True, when what was typed is no time."""
    typed = request.GET.get("at", "")
    if not typed:
        return clock.now(), False
    try:
        told = datetime.fromisoformat(typed[:16])
    except ValueError:
        return clock.now(), True
    if abs(told.year - clock.now().year) > MOST_YEARS:
        return clock.now(), True
    return told.replace(tzinfo=ZoneInfo(zone)), False


def _caller_asked(request: HttpRequest) -> tuple[str, str]:
    """The number of whoever calls, "" for nobody known; and why what was typed is none."""
    try:
        return destination(request.GET.get("from", ""), "/from", is_needed=False) or "", ""
    except Problem as problem:
        return "", refusals.text(problem)


def _other(local: datetime, days: int) -> datetime:
    """The same time on another day."""
    return local + timedelta(days=days)


def _written(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M")


def _address(local: datetime, asked: dict[str, str]) -> str:
    told = {"at": _written(local), **{name: value for name, value in asked.items() if value}}
    return f"?{urlencode(told)}#call"


def _spans(
    spans: list[Span], found: SiteService, at: datetime, asked: dict[str, str]
) -> Iterator[dict[str, Any]]:
    here = ZoneInfo(found.time_zone)
    for each in spans:
        tone, sentence, whom = words.end_word(each.walk.end)
        yield {
            "begin": each.begin.astimezone(here).strftime("%H:%M"),
            "end": "24:00" if each is spans[-1] else each.end.astimezone(here).strftime("%H:%M"),
            "url": _address(each.begin.astimezone(here), asked),
            "is_now": each.begin <= at < each.end,
            "why": [words.step_word(step) for step in each.walk.steps if step.what in words.REASONS],
            "tone": tone,
            "sentence": sentence,
            "whom": whom,
        }


def _told(step: Step, place: Place, at: datetime) -> dict[str, Any]:
    """A step in words; where something of the customer's own is heard, the recordings, too."""
    ids: list[str] = []
    if step.what.startswith("menu_") or step.what in ("repeat", "no_input"):
        file = place.menus[step.menu_id].offer(at)["audioAnnouncementFile"]
        ids = [file["id"]] if file else []
    elif what := _HEARD.get(step.what):
        queue = CallGroup.objects.filter(id=step.owner_id).first()
        ids = queue_services.heard_before(queue, what) if queue else []
    urls = [reverse("announcement-audio", args=[each]) for each in ids]
    return {"words": words.step_word(step), "about": step.about, "audio": urls}
