"""Every numbering plan of the world as one sorted table: which country and kind is a number, by one search.

The patterns of libphonenumber's metadata compile exactly into disjoint ranges of numbers of equal length (performance.md,
"prefixes become disjoint ranges"); where countries share a calling code, the package's own order decides. Compiling takes
seconds, so the table is kept in a file beside the installed packages that it comes from. Knows no Django.
"""

from __future__ import annotations

import os
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType

NOWHERE = (
    "001"  # calling codes of no country: satellites, international networks, premium numbers without a home
)
SHARED_BY_PREFIX = 5  # digits that are enough to tell countries with "leading digits" apart

KINDS = {
    PhoneNumberType.FIXED_LINE: "standard",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "standard",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "non_geographic",
    PhoneNumberType.VOICEMAIL: "voicemail",
}

Segment = tuple[int, int, int, int]
"""First number, end (not included), rank of its country among those that share the calling code, meaning."""


class Meaning(msgspec.Struct, frozen=True):
    """A country by its ISO code ("001": none) and the kind of number (see KINDS)."""

    country: str
    kind: str


class WorldPlan(msgspec.Struct, frozen=True):
    """The table. `starts[length]` and `which[length]` run in parallel: from here on, numbers mean this; -1 is nothing."""

    version: str
    meanings: list[Meaning]
    starts: dict[int, list[int]]
    which: dict[int, list[int]]

    def find(self, digits: str) -> Meaning | None:
        """What an E.164 number means, given without its plus; None for one that no plan knows.

        >>> world_plan().find("442079460000")
        Meaning(country='GB', kind='standard')
        """
        starts = self.starts.get(len(digits))
        if starts is None:
            return None
        found = self.which[len(digits)][bisect_right(starts, int(digits)) - 1]
        return None if found < 0 else self.meanings[found]


@dataclass
class _Meanings:
    """Meanings by number, each once."""

    listed: list[Meaning]
    places: dict[Meaning, int]

    def number_of(self, country: str, kind: int) -> int:
        meaning = Meaning(country, KINDS[kind])
        place = self.places.setdefault(meaning, len(self.listed))
        if place == len(self.listed):
            self.listed.append(meaning)
        return place


@cache
def world_plan(kept_in: Path = Path(sys.prefix) / "var") -> WorldPlan:
    """The table of the installed metadata; read from `kept_in` when it is there, else compiled and kept there."""
    file = kept_in / f"worldplan-{phonenumbers.__version__}.bin"
    try:
        return msgspec.msgpack.decode(file.read_bytes(), type=WorldPlan)
    except (OSError, msgspec.MsgspecError):
        made = compile_plan()
    with suppress(OSError):  # a place that cannot be written costs some seconds at each start
        kept_in.mkdir(exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}")
        part.write_bytes(msgspec.msgpack.encode(made))
        part.replace(file)
    return made


def compile_plan(calling_codes: Iterable[int] | None = None) -> WorldPlan:
    """Compile the plans of these calling codes, by default all."""
    meanings = _Meanings([], {})
    segments: dict[int, list[Segment]] = {}
    for code in sorted(calling_codes or phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        for rank, region in enumerate(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]):
            for length, first, end, kind in _segments(code, region):
                segments.setdefault(length, []).append((first, end, rank, meanings.number_of(region, kind)))
    starts: dict[int, list[int]] = {}
    which: dict[int, list[int]] = {}
    for length, those in segments.items():
        starts[length], which[length] = _flattened(those)
    return WorldPlan(phonenumbers.__version__, meanings.listed, starts, which)


def _segments(code: int, region: str) -> Iterator[tuple[int, int, int, int]]:
    """(digits in all, first, end, type) of one region's numbers, the calling code included."""
    from dialtone.numbers.inventory.numberplan import INVALID, NumberPlan  # numpy: not for who only reads

    if region == NOWHERE:
        metadata = PhoneMetadata.metadata_for_nongeo_region(code, None)
        kind = PhoneNumberType.PREMIUM_RATE if metadata and metadata.premium_rate else PhoneNumberType.VOIP
        for length in metadata.general_desc.possible_length if metadata else ():  # type: ignore[union-attr]
            base = code * 10**length
            yield len(str(code)) + length, base, base + 10**length, kind
        return
    plan = NumberPlan(region)
    metadata = PhoneMetadata.metadata_for_region(region, None)
    leading = metadata.leading_digits if metadata else None
    for length in plan.lengths:
        base = code * 10**length
        for low, high in _with_leading(leading, length):
            for first, end, kind in plan.segments(low, high, length):
                if kind != INVALID:
                    yield len(str(code)) + length, base + first, base + end, kind


def _with_leading(leading: str | None, length: int) -> Iterator[tuple[int, int]]:
    """Ranges of national numbers whose first digits fit a region's leading digits; all where it has none."""
    if not leading:
        yield 0, 10**length
        return
    fits = re.compile(leading)
    width = min(SHARED_BY_PREFIX, length)
    step = 10 ** (length - width)
    begun: int | None = None
    for prefix in range(10**width + 1):
        good = prefix < 10**width and fits.match(f"{prefix:0{width}}") is not None
        if good and begun is None:
            begun = prefix
        elif not good and begun is not None:
            yield begun * step, prefix * step
            begun = None


def _flattened(segments: list[Segment]) -> tuple[list[int], list[int]]:
    """Overlapping segments as a list of starts and what holds from there: the lowest rank wins, -1 is nothing."""
    edges: list[tuple[int, bool, int, int]] = []
    for first, end, rank, meaning in segments:
        edges += [(first, True, rank, meaning), (end, False, rank, meaning)]
    starts, which = [0], [-1]
    active: list[tuple[int, int]] = []
    at = 0
    edges.sort()
    while at < len(edges):
        place = edges[at][0]
        while at < len(edges) and edges[at][0] == place:
            _, opens, rank, meaning = edges[at]
            if opens:
                active.append((rank, meaning))
            else:
                active.remove((rank, meaning))
            at += 1
        now = min(active)[1] if active else -1
        if now != which[-1]:
            if starts[-1] == place:
                which[-1] = now
            else:
                starts.append(place)
                which.append(now)
    return starts, which
