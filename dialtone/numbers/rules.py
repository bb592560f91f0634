"""Pure rules of numbers: what may be assigned, released, used as an extension. Facts in, verdict out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialtone.numbers.states import IN_SERVICE


@dataclass(frozen=True)
class Verdict:
    """Allowed, or refused with a code."""

    allowed: bool
    code: str = ""


YES = Verdict(True)


# NUM-09: whom a service number may serve; there is no contact centre on calling plans (`services/contact_centers.py`, USE-07).
SERVICE_OWNERS = frozenset({"phone_menu", "queue", "contact_center"})


NEVER_SERVICE = frozenset({"toll_free", "mobile"})  # NUM-04


def may_assign(
    kind: str,
    number_country: str,
    location_country: str,
    *,
    usage: str = "standard",
    owner_kind: str = "person",
) -> Verdict:
    """A standard number serves a location of its own country (BAD-ORD-29); a toll-free number of +1 serves the US and Canada.
    A service number serves a phone menu, a queue or a contact centre only (NUM-09).

    >>> may_assign("standard", "GB", "US").code, may_assign("standard", "US", "US", usage="service").code
    ('numbers.other_country', 'numbers.service_only')
    """
    if usage == "service" and owner_kind not in SERVICE_OWNERS:
        return Verdict(False, "numbers.service_only")
    if number_country == location_country:
        return YES
    if kind == "toll_free" and {number_country, location_country} <= {"US", "CA"}:
        return YES
    return Verdict(False, "numbers.other_country")


def may_be_extension(extension: str, emergency_codes: Sequence[str]) -> Verdict:
    """2 to 6 digits, and never the beginning of an emergency code or a code with more digits behind it (9911 is read as
    911 after an outside line, H18).

    >>> may_be_extension("1001", ["911"]).allowed, may_be_extension("911", ["911"]).code
    (True, 'numbers.extension_reserved')
    """
    if not (extension.isascii() and extension.isdigit() and 2 <= len(extension) <= 6):
        return Verdict(False, "numbers.extension_shape")
    for code in emergency_codes:
        if extension.startswith(code) or code.startswith(extension) or extension[1:].startswith(code):
            return Verdict(False, "numbers.extension_reserved")
    return YES


def may_release(
    *,
    in_block: bool,
    whole_block: bool,
    is_main: bool,
    main_needed: bool,
    assigned_to: str,
    is_pending: bool = False,
    is_leaving: bool = False,
) -> Verdict:
    """Whether a number may be given back (NUM-02, NUM-14, H10). One that is still on its way is the order's matter.

    >>> may_release(in_block=True, whole_block=False, is_main=False, main_needed=False, assigned_to="").code
    'numbers.part_of_block'
    """
    if is_pending:
        return Verdict(False, "numbers.not_delivered")
    if is_leaving:
        return Verdict(False, "numbers.is_leaving")
    if in_block and not whole_block:
        return Verdict(False, "numbers.part_of_block")
    if assigned_to:
        return Verdict(False, "numbers.in_use")
    if is_main and main_needed:
        return Verdict(False, "numbers.is_main")
    return YES


def may_have_service_numbers(
    connection: str, *, is_offered: bool | None, is_paid: bool, has_licence: bool
) -> Verdict:
    """Whether a location may have service numbers. `is_offered`: its provider has them, None where none is named.

    A provider that has none decides (ORD-34); calling plans need the licence (ORD-31, NUM-05); an integrated provider that
    has them is enough (ORD-29); everywhere else the subscription has to be a paid one (ORD-30).

    >>> may_have_service_numbers("non_integrated_ccp", is_offered=False, is_paid=True, has_licence=True).code
    'numbers.service_not_offered'
    >>> may_have_service_numbers("premises", is_offered=None, is_paid=False, has_licence=False).code
    'numbers.service_paid'
    """
    if is_offered is False:
        return Verdict(False, "numbers.service_not_offered")
    if connection == "calling_plan":
        return YES if has_licence else Verdict(False, "numbers.service_licence")
    if connection == "integrated_ccp" and is_offered:
        return YES
    return YES if is_paid else Verdict(False, "numbers.service_paid")


def may_change_usage(
    usage: str,
    *,
    kind: str,
    assigned_to: str,
    is_main: bool,
    may_serve: Verdict,
) -> Verdict:
    """Any unassigned number that is neither mobile nor toll-free may become a service number (NUM-04), where the location may
    have some (`may_serve`), and back (H9). An ELIN is a number to call back, so never the main number's job.

    >>> may_change_usage("service", kind="mobile", assigned_to="", is_main=False, may_serve=YES).code
    'numbers.usage_kind'
    """
    if kind in NEVER_SERVICE:
        return Verdict(False, "numbers.usage_kind")
    if assigned_to:
        return Verdict(False, "numbers.in_use")
    if is_main and usage != "service":
        return Verdict(False, "numbers.usage_main")
    return may_serve if usage == "service" else YES


def usage_as_taken(usage: str, kind: str) -> str:
    """What a number of a list that is ordered or ported as `usage` becomes: toll-free and mobile numbers stay what they are,
    whatever was chosen for the list (ORD-33).

    >>> usage_as_taken("service", "toll_free"), usage_as_taken("service", "standard")
    ('standard', 'service')
    """
    return "standard" if kind in NEVER_SERVICE else usage


def may_move(
    state: str, *, assigned_to: str, is_main: bool, same_connection: bool, same_country: bool
) -> Verdict:
    """Whether a number may move to another location: in service, nobody's, no main number, and the same provider there
    (webex-api section 6; NUM-11).

    >>> may_move("active", assigned_to="", is_main=True, same_connection=True, same_country=True).code
    'numbers.move_main'
    """
    if state not in IN_SERVICE:
        return Verdict(False, "numbers.move_inactive")
    if assigned_to:
        return Verdict(False, "numbers.in_use")
    if is_main:
        return Verdict(False, "numbers.move_main")
    if not same_connection or not same_country:
        return Verdict(False, "numbers.move_provider")
    return YES
