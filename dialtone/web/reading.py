"""How moments, numbers and money are written for the reader: by the active language, always with weekday and zone.

Babel knows the customs (CLDR); this module only chooses which of its forms we show.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import dates, numbers

from dialtone.base.locales import reader_locale

# The first that fits: browsers claim to be their forerunners too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "macOS"),
    ("Windows", "Windows"),
    ("Linux", "Linux"),
)
# Of the two-letter codes that Unicode names, those that ISO 3166 gives to no country.
NO_COUNTRY = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
# Parts of the IANA list that are no places, or old names of some.
_OLD_ZONES = ("Etc/", "US/", "SystemV/", "posix/", "right/")
_CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Z]{3})(?=\d)")
_GAP_BEFORE_HAN = re.compile(r"(?<=\d) (?=[\u3040-\u9fff])")


def moment_text(moment: datetime, zone: str = "UTC") -> str:
    """`Wed, 26 Nov 2025, 14:00 UTC+1`: a moment in the zone of the place it concerns."""
    comma = " " if reader_locale().language in {"ja", "zh"} else ", "
    return f"{day_text(moment.astimezone(ZoneInfo(zone)).date())}{comma}{time_text(moment, zone)}"


def time_text(moment: datetime, zone: str = "UTC") -> str:
    """`14:00 UTC+1`. The offset, not an abbreviation: CST is three different zones."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{dates.format_skeleton('Hm', local, locale=reader_locale())} {offset_text(local)}"


def day_text(day: date) -> str:
    """`Wed, 26 Nov 2025`."""
    return dates.format_skeleton("yMMMEd", day, locale=reader_locale())


def weekday_text(day: int) -> str:
    """`Monday` for 0, as it stands inside a sentence: `mandag` in Danish."""
    return str(reader_locale().days["format"]["wide"][day])


def offset_text(local: datetime) -> str:
    """`UTC`, `UTC+1`, `UTC−3:30` for an aware moment."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def zone_text(zone: str) -> str:
    """`Copenhagen (Europe/Copenhagen)`: what the tag of a moment says when asked."""
    return f"{dates.get_timezone_location(ZoneInfo(zone), locale=reader_locale(), return_city=True)} ({zone})"


def zone_choices() -> list[tuple[str, str]]:
    """All places that have a time zone: `America/New York`, or `Europe/Copenhagen (København)` where it has another name."""
    return list(_zone_choices(str(reader_locale())))


def zones(*present: str) -> list[tuple[str, str]]:
    """The same with UTC, and with a zone that is in use but has an old name: a form must not lose it."""
    offered = [("UTC", "UTC"), *zone_choices()]
    known = {name for name, _words in offered}
    return [*((zone, zone) for zone in present if zone and zone not in known), *offered]


@cache
def _zone_choices(locale: str) -> tuple[tuple[str, str], ...]:
    found = []
    for zone in sorted(available_timezones()):
        if "/" not in zone or zone.startswith(_OLD_ZONES):
            continue
        place = zone.replace("_", " ")
        name = dates.get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)
        found.append((zone, place if place.endswith(f"/{name}") else f"{place} ({name})"))
    return tuple(found)


def distance_text(moment: datetime, now: datetime) -> str:
    """`in 3 hours`, `2 days ago`."""
    text = dates.format_timedelta(moment - now, add_direction=True, locale=reader_locale(), threshold=1.1)
    return _GAP_BEFORE_HAN.sub("", text)


def span_text(span: timedelta) -> str:
    """`3 hours`."""
    return _GAP_BEFORE_HAN.sub("", dates.format_timedelta(span, locale=reader_locale(), threshold=1.1))


def count_text(number: int | Decimal) -> str:
    """`12,345` or `12 345`: thousands by the reader's custom."""
    return numbers.format_decimal(number, locale=reader_locale())


def money_text(amount: Decimal, currency: str, decimals: bool = True) -> str:
    """`US$1,234.50` or `1 234,50 kr.`, with a real minus sign. `decimals=False` keeps further digits of a rate."""
    text = numbers.format_currency(
        amount, currency, locale=reader_locale(), currency_digits=decimals, decimal_quantization=decimals
    )
    return _CODE_BEFORE_DIGIT.sub("\u00a0", text).replace("-", "−")


def percent_text(percent: Decimal) -> str:
    """`6,25 %` or `6.25%`, by the reader's custom, with all its digits."""
    return numbers.format_percent(percent / 100, locale=reader_locale(), decimal_quantization=False)


def share_text(share: float) -> str:
    """`21.3%` or `21,3 %` for a part of 1: one digit behind the point for all, so that they stand below each other."""
    locale = reader_locale()
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return numbers.format_percent(share, pattern, locale=locale)


def countries() -> list[tuple[str, str]]:
    """All countries to choose from, by their names in the reader's language."""
    codes = (str(each) for each in reader_locale().territories)
    found = [(code, country_text(code)) for code in codes if len(code) == 2 and code not in NO_COUNTRY]
    return sorted(found, key=operator.itemgetter(1))


def country_text(code: str) -> str:
    """`Germany` for DE; what is no code of a country stays as it is."""
    return str(reader_locale().territories.get(code, code)) if len(code) == 2 else code


def list_text(words: Sequence[str]) -> str:
    """`Canada, Germany`; 、 between Japanese or Chinese words."""
    return ("、" if reader_locale().language in {"ja", "zh"} else ", ").join(words)


def browser_text(user_agent: str) -> str:
    """`Chrome, Linux` for what a browser calls itself; its first words when it is none of the usual ones."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    device = next((name for mark, name in _DEVICES if mark in user_agent), "")
    return ", ".join(part for part in (browser, device) if part) or user_agent[:40]


def zone_choice_text(zone: str, now: datetime) -> str:
    """`New York, UTC−5`: a time zone to choose, with what it is at this moment."""
    city = dates.get_timezone_location(ZoneInfo(zone), locale=reader_locale(), return_city=True)
    return list_text([city, offset_text(now.astimezone(ZoneInfo(zone)))])
