"""Pure rules of this room: who may have a line, and what a line needs. Facts in, verdict out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

OCP = "outbound_calling_plan"


@dataclass(frozen=True)
class Kind:
    """A kind of line owner: the licence items it may have a unit of, and those of which one lets it have a line."""

    name: str
    items: frozenset[str]
    calling: frozenset[str]


PERSON = Kind("person", frozenset({"calling_professional", OCP}), frozenset({"calling_professional"}))
WORKSPACE = Kind(
    "workspace",
    frozenset({"calling_workspace", "calling_professional", OCP}),
    frozenset({"calling_workspace", "calling_professional"}),
)


@dataclass(frozen=True)
class Verdict:
    """Allowed, or refused with a code."""

    allowed: bool
    code: str = ""


YES = Verdict(True)
PORTED = "port"  # the source of a number that came from another carrier


def may_be_main(kind: str, source: str) -> Verdict:
    """Whether a number may be a main number: no toll-free one (SMB-08), none that was ported (SMB-14).

    >>> may_be_main("toll_free", "order").code, may_be_main("standard", PORTED).code
    ('services.main_toll_free', 'services.main_ported')
    """
    if kind == "toll_free":
        return Verdict(False, "services.main_toll_free")
    return Verdict(False, "services.main_ported") if source == PORTED else YES


@dataclass(frozen=True)
class Wanted:
    """What comes out: licence items, and a line somewhere. `had_line`: there was one before."""

    items: Collection[str]
    has_line: bool
    had_line: bool
    has_location: bool
    connection: str = ""
    calling_enabled: bool = False


def may_equip(wanted: Wanted, kind: Kind = PERSON) -> Verdict:
    """A new line needs a calling licence and a location with calling, and the other way round; an outbound calling plan
    needs a line at a calling-plan location. A line given without a licence before stays.

    >>> may_equip(Wanted({"calling_professional"}, False, False, True, calling_enabled=True)).code
    'services.line_needed'
    >>> may_equip(Wanted(set(), True, False, True, calling_enabled=True)).code
    'services.licence_needed'
    """
    if not kind.calling & set(wanted.items) and not (wanted.has_line and wanted.had_line):
        if OCP in wanted.items:
            return Verdict(False, "services.plan_needs_line")
        return Verdict(False, "services.licence_needed") if wanted.has_line else YES
    if not wanted.has_location:
        return Verdict(False, "services.location_needed")
    if not wanted.calling_enabled:
        return Verdict(False, "services.calling_disabled")
    if not wanted.has_line:
        return Verdict(False, "services.line_needed")
    if OCP in wanted.items and wanted.connection != "calling_plan":
        return Verdict(False, "services.plan_elsewhere")
    return YES
