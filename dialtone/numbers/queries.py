"""Lists of numbers, their counts, and single ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unicodedata import normalize
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from dialtone.base.problems import Problem
from dialtone.base.text import search_key
from dialtone.numbers import states
from dialtone.numbers.models import Block, Line, Number, UsageInterval


@dataclass(frozen=True)
class Filter:
    """What to list; empty values do not restrict. `prefix` is compared as a range on the C-collated column, which
    the index serves under row security (measured: 0.12). `text` is what somebody typed: a number in any spelling,
    a name, an extension. `region` is the state or province of a number's place. `former`: those that the tenant had and no longer
    has, instead; a name is then looked for among those who had them."""

    location_ids: Sequence[UUID] | None = None
    state: str = ""
    states: Sequence[str] = ()
    assigned: bool | None = None
    kind: str = ""
    not_kind: str = ""
    usage: str = ""
    not_usage: str = ""
    owner: str = ""
    owner_id: UUID | None = None
    owner_kind: str = ""
    extension: str = ""
    is_primary: bool | None = None
    prefix: str = ""
    text: str = ""
    region: str = ""
    block_id: UUID | None = None
    order_id: UUID | None = None
    former: bool = False
    e164s: Sequence[str] = field(default_factory=tuple)


def numbers(wanted: Filter) -> QuerySet[Number]:
    """Numbers that the scope's tenant holds (or held) and that pass the filter, in the order of their digits."""
    among = states.FORMER if wanted.former else states.HELD
    found = Number.objects.filter(state__in=among).select_related("block").order_by("e164")
    if wanted.location_ids is not None:
        found = found.filter(location_id__in=list(wanted.location_ids))
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.states:
        found = found.filter(state__in=list(wanted.states))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.not_kind:
        found = found.exclude(kind=wanted.not_kind)
    if wanted.usage:
        found = found.filter(usage=wanted.usage)
    if wanted.not_usage:
        found = found.exclude(usage=wanted.not_usage)
    if wanted.order_id:
        found = found.filter(order_id=wanted.order_id)
    if wanted.e164s:
        found = found.filter(e164__among=list(wanted.e164s))
    if wanted.block_id:
        found = found.filter(block_id=wanted.block_id)
    if wanted.region:
        found = found.filter(place__state=wanted.region)
    if wanted.text:
        found = found.filter(_matching(wanted.text, former=wanted.former))
    lines = Line.objects.filter(number=OuterRef("pk"))
    of_owner = _owned_as(lines, wanted)
    if of_owner is not lines:
        found = found.filter(Exists(of_owner))
    if wanted.assigned is not None:
        found = found.filter(Exists(lines)) if wanted.assigned else found.filter(~Exists(lines))
    return found.filter(_begins(wanted.prefix)) if wanted.prefix else found


def _begins(prefix: str) -> Q:
    """Numbers that begin so, as a range that the index serves: ":" follows "9" in code-point order."""
    return Q(e164__gte=prefix, e164__lt=f"{prefix}:")


def _matching(text: str, *, former: bool = False) -> Q:
    """Numbers whose digits, extension, or owner's name have what was typed in them; a plus means how they begin."""
    lines = Line.objects.filter(number=OuterRef("pk"))
    owners = UsageInterval.objects.filter(number=OuterRef("pk")) if former else lines
    found = Q(Exists(owners.filter(owner_name__icontains=text)))
    beginning = begun(text)
    if beginning:
        return found | _begins(beginning)
    for digits in spelt(text, least=1):
        found |= Q(e164__contains=digits) | Q(Exists(lines.filter(extension=digits)))
    return found


def begun(text: str) -> str:
    """How a number begins whose beginning somebody typed with its plus; empty for anything else.

    >>> begun("+1"), begun("+44 (0)20 7946"), begun("\uff0b81-3"), begun("212"), begun("+Pia")
    ('+1', '+44207946', '+813', '', '')
    """
    typed = _plain(text)
    return "+" + _digits(typed) if typed.startswith("+") and not any(map(str.isalpha, typed)) else ""


def spelt(text: str, *, least: int = 2) -> list[str]:
    """The digits that somebody may have meant, who typed a number or a part of it in any usual way: with a trunk
    prefix, or as dialled from abroad. Empty when there are fewer than `least` digits, or letters among them.

    >>> spelt("(212) 555-01"), spelt("020 7946"), spelt("00 44 (0)20"), spelt("Pia"), spelt("1", least=1)
    (['21255501'], ['0207946', '207946'], ['004420', '4420'], [], ['1'])
    """
    typed = _plain(text)
    if any(map(str.isalpha, typed)):
        return []
    digits = _digits(typed)
    found = [digits]
    for prefix in ("011", "00", "0"):
        if digits.startswith(prefix):
            found.append(digits.removeprefix(prefix))
            break
    return [each for each in found if len(each) >= least]


def _plain(text: str) -> str:
    """As a keyboard for Latin letters writes it, without the trunk prefix in brackets that is not dialled from abroad."""
    typed = normalize("NFKC", text).strip()
    return typed.replace("(0)", "") if typed.startswith(("+", "00", "011")) else typed


def _digits(typed: str) -> str:
    return "".join(char for char in typed if char.isascii() and char.isdigit())


def _owned_as(lines: QuerySet[Line], wanted: Filter) -> QuerySet[Line]:
    """Of these lines those whose owner, extension and rank are wanted; the very same query if nothing is."""
    found = lines
    if wanted.owner_id:
        found = found.filter(owner_id=wanted.owner_id)
    if wanted.owner:
        found = found.filter(owner_name__icontains=wanted.owner)
    if wanted.owner_kind:
        found = found.filter(owner_kind=wanted.owner_kind)
    if wanted.extension:
        found = found.filter(extension=wanted.extension)
    if wanted.is_primary is not None:
        found = found.filter(is_primary=wanted.is_primary)
    return found


def extension_lines(wanted: Filter) -> QuerySet[Line]:
    """Lines with an extension and no number that pass what the filter says of location, owner and extension."""
    found = extension_only_lines()
    if wanted.location_ids is not None:
        found = found.filter(location_id__in=list(wanted.location_ids))
    return _owned_as(found, wanted)


def census(location_ids: Sequence[UUID] | None = None) -> dict[str, int]:
    """Counts of all numbers held, as the list of numbers would show them; numbers on their way count, too."""
    found = Number.objects.filter(state__in=states.HELD)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    row = found.annotate(given=Exists(Line.objects.filter(number=OuterRef("pk")))).aggregate(
        total=Count("id"),
        assigned=Count("id", filter=Q(given=True)),
        unassigned=Count("id", filter=Q(given=False)),
        out_of_service=Count("id", filter=~Q(state__in=states.IN_SERVICE)),
        toll_free=Count("id", filter=Q(kind="toll_free")),
        service=Count("id", filter=Q(usage="service")),
        elin=Count("id", filter=Q(usage="elin")),
    )
    return {name: int(value) for name, value in row.items()}


def counts(location_ids: Sequence[UUID] | None = None) -> dict[str, int]:
    """How many numbers the tenant holds: total, by state, by kind, assigned and not (SPK-27, SPK-29)."""
    found = Number.objects.filter(state__in=states.HELD)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    assigned = Exists(Line.objects.filter(number=OuterRef("pk")))
    delivered = ~Q(state=states.PENDING)
    row = found.annotate(given=assigned).aggregate(
        total=Count("id"),
        pending=Count("id", filter=Q(state=states.PENDING)),
        inactive=Count("id", filter=Q(state=states.INACTIVE)),
        active=Count("id", filter=Q(state__in=states.IN_SERVICE)),
        assigned=Count("id", filter=delivered & Q(given=True)),
        unassigned=Count("id", filter=delivered & Q(given=False)),
        toll_free=Count("id", filter=Q(kind="toll_free")),
        service=Count("id", filter=Q(usage="service")),
        service_assigned=Count("id", filter=Q(usage="service", given=True)),
    )
    return {name: int(value) for name, value in row.items()}


def counts_by_order(order_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Per order how many of its numbers are pending, unassigned, assigned, and these three together (SPK-27)."""
    given = Exists(Line.objects.filter(number=OuterRef("pk")))
    held = Number.objects.filter(order_id__in=list(order_ids), state__in=states.HELD).annotate(given=given)
    pending = Q(state=states.PENDING)
    rows = held.values("order_id").annotate(
        pending=Count("id", filter=pending),
        unassigned=Count("id", filter=~pending & Q(given=False)),
        assigned=Count("id", filter=~pending & Q(given=True)),
        total=Count("id"),
    )
    return {row.pop("order_id"): dict(row) for row in rows}


def counts_by_location(location_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many numbers each location has."""
    held = Number.objects.filter(location_id__in=list(location_ids), state__in=states.HELD)
    return {row["location_id"]: row["n"] for row in held.values("location_id").annotate(n=Count("id"))}


def orders_of(digits: str) -> QuerySet[Number, UUID | None]:
    """Ids of the orders that asked for a number with these digits in it."""
    return Number.objects.filter(e164__contains=digits).values_list("order_id", flat=True)


def of_order(order_id: UUID) -> list[Number]:
    """All numbers that were ordered together, whatever became of them, in the order of their digits."""
    return list(Number.objects.filter(order_id=order_id).select_related("block").order_by("e164"))


def delivered_since(customer_ids: Collection[UUID], since: datetime) -> QuerySet[Number]:
    """The numbers that some customers had from a carrier of ours at some instant since, in the order of their digits: for what is
    charged from when."""
    found: QuerySet[Number] = Number.objects.filter(
        customer_id__in=customer_ids, provisioned_at__isnull=False, owned_during__endswith__gt=since
    ) | Number.objects.filter(
        customer_id__in=customer_ids, provisioned_at__isnull=False, owned_during__endswith__isnull=True
    )
    return found.exclude(source="brought").order_by("e164", "id")


def number_by_e164(e164: str) -> Number:
    """One held number. Raises Problem("not_found") alike for an unknown and a foreign one (S4)."""
    found = Number.objects.filter(e164=e164, state__in=states.HELD).select_related("block").first()
    if found is None:
        raise Problem("not_found")
    return found


def in_service(e164s: Sequence[str]) -> dict[str, Number]:
    """Those of the numbers that the customer has from a carrier of ours, delivered, by their E.164."""
    found = Number.objects.filter(e164__among=list(e164s), state__in=(states.INACTIVE, states.ACTIVE))
    return {number.e164: number for number in found.exclude(carrier="")}


def delivered(location_ids: Sequence[UUID] | None = None) -> QuerySet[Number]:
    """All numbers that the customer has from a carrier of ours, delivered, by their digits."""
    found = Number.objects.filter(state__in=(states.INACTIVE, states.ACTIVE)).exclude(carrier="")
    found = found if location_ids is None else found.filter(location_id__in=list(location_ids))
    return found.order_by("e164")


def lines_of(found: Sequence[Number]) -> dict[UUID, Line]:
    """The line of each number that is assigned, by number id."""
    return {line.number_id: line for line in Line.objects.filter(number__in=found) if line.number_id}


def lines_of_owner(owner_ids: Sequence[UUID]) -> dict[UUID, Line]:
    """The primary line of each owner, by owner id."""
    lines = Line.objects.filter(owner_id__in=list(owner_ids), is_primary=True).select_related("number")
    return {line.owner_id: line for line in lines}


def all_lines_of(owner_ids: Sequence[UUID]) -> dict[UUID, list[Line]]:
    """All lines of each owner, the first line first."""
    found: dict[UUID, list[Line]] = {}
    lines = Line.objects.filter(owner_id__in=list(owner_ids)).select_related("number")
    for line in lines.order_by("-is_primary", "assigned_at", "id"):
        found.setdefault(line.owner_id, []).append(line)
    return found


def owners_at(location_id: UUID, kind: str) -> QuerySet[Any]:
    """The ids of owners of a kind whose first line is at the location."""
    lines = Line.objects.filter(location_id=location_id, owner_kind=kind, is_primary=True)
    return lines.values_list("owner_id", flat=True)


def lines_with_numbers() -> QuerySet[Line]:
    """All lines of the scope, with their numbers."""
    return Line.objects.select_related("number").order_by("id")


def first_lines(kinds: Collection[str], *, text: str = "", dialled: str = "") -> QuerySet[Line]:
    """The first lines of owners of these kinds, found by a part of the name or by the beginning of what reaches them."""
    found = Line.objects.select_related("number").filter(owner_kind__in=list(kinds), is_primary=True)
    if text:
        found = found.filter(owner_name__icontains=text)
    return found.filter(owner_id__in=owners_dialled(dialled)) if dialled else found


def owners_dialled(dialled: str) -> QuerySet[Any]:
    """The ids of those whom a number or an extension reaches, by a beginning of its digits."""
    digits = "".join(char for char in dialled if char.isdigit())
    reached = Q(extension__startswith=digits) | Q(number__e164__contains=digits)
    return Line.objects.filter(reached if digits else Q(pk=None)).values("owner_id")


def extension_only_lines() -> QuerySet[Line]:
    """Lines with an extension and no number: rows of the compatible number list, too."""
    return Line.objects.filter(number=None).exclude(extension="").order_by("extension", "id")


def line_of_phone(name: str, customer_id: UUID) -> Line | None:
    """The line without a number of a customer whose phone registers under this name (its extension and its location's id), or the only one
    with this extension alone."""
    extension, _, location_id = name.strip().partition(".")
    lines = Line.objects.filter(customer_id=customer_id, number=None, extension=extension)
    found = [each for each in lines if extension and location_id in ("", str(each.location_id))]
    return found[0] if len(found) == 1 else None


def main_number(location_id: UUID) -> Number | None:
    return Number.objects.filter(location_id=location_id, is_main=True, state__in=states.HELD).first()


def main_numbers(location_ids: Sequence[UUID]) -> dict[UUID, Number]:
    """The main number of each of these locations that has one."""
    found = Number.objects.filter(location_id__in=list(location_ids), is_main=True, state__in=states.HELD)
    return {number.location_id: number for number in found}


def tenures(e164: str, location_ids: Sequence[UUID] | None = None) -> list[Number]:
    """Every time that the scope's tenant has or had this number, the latest first: it can be given back and come again."""
    found = Number.objects.filter(e164=e164, state__in=(*states.HELD, *states.FORMER))
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    return list(found.select_related("block").order_by("-id"))


def history(tenures: Sequence[Number]) -> list[UsageInterval]:
    """Who had a number in these times of it, newest first."""
    return list(UsageInterval.objects.filter(number__in=tenures).order_by("-from_at"))


def had_between(tenures: Sequence[Number], since: datetime, until: datetime) -> list[UsageInterval]:
    """Who had a number at any moment of a half-open span, in order; nobody at some of it leaves gaps."""
    found = UsageInterval.objects.filter(number__in=tenures, from_at__lt=until)
    return list(found.filter(Q(until_at=None) | Q(until_at__gt=since)).order_by("from_at"))


def block(block_id: UUID) -> Block:
    """One block. Raises Problem("not_found")."""
    found = Block.objects.filter(id=block_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def block_members(block: Block) -> list[Number]:
    """The numbers of a block that the customer still has."""
    return list(Number.objects.filter(block=block, state__in=states.HELD).order_by("e164"))


def regions(location_ids: Sequence[UUID] | None = None) -> list[str]:
    """The states or provinces that the customer's numbers are of."""
    found = Number.objects.filter(state__in=states.HELD)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    return sorted(each for each in found.values_list("place__state", flat=True).distinct() if each)


def held_count() -> int:
    """How many numbers count towards a trial's ten (ACC-08): all but toll-free ones, which no trial gets."""
    return Number.objects.filter(state__in=states.HELD).exclude(kind="toll_free").count()


def owner_counts(location_id: UUID) -> dict[str, int]:
    """How many owners of each kind have their first line at a location."""
    rows = Line.objects.filter(location_id=location_id, is_primary=True).values_list("owner_kind")
    return dict(rows.annotate(count=Count("id")).order_by())


def at_location(location_id: UUID) -> dict[str, int]:
    """What still hangs on a location: counts of numbers and lines, for its deletion."""
    return {
        "numbers": Number.objects.filter(location_id=location_id, state__in=states.HELD).count(),
        "lines": Line.objects.filter(location_id=location_id).count(),
    }


def free_at(location_id: UUID) -> int:
    """How many numbers of a location nobody has."""
    taken = Line.objects.filter(number__isnull=False).values("number_id")
    return Number.objects.filter(location_id=location_id, state__in=states.HELD).exclude(id__in=taken).count()


def search(text: str, location_ids: Sequence[UUID] | None = None, limit: int = 10) -> list[Number]:
    """Numbers whose digits contain what was typed or begin with it, or whose owner's name does; for the search box."""
    digits, beginning = "".join(char for char in text if char.isdigit()), begun(text)
    found: QuerySet[Any] = Number.objects.filter(state__in=states.HELD)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    condition = Q(
        Exists(Line.objects.filter(number=OuterRef("pk"), owner_name__icontains=search_key(text) or text))
    )
    if beginning:
        condition |= _begins(beginning)
    elif len(digits) >= 3:
        condition |= Q(e164__contains=digits)
    return list(found.filter(condition).order_by("e164")[:limit])


def held_by_customer(customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many numbers each of these customers holds, for who looks after several."""
    found = Number.objects.filter(customer_id__in=list(customer_ids), state__in=states.HELD)
    return dict(found.values_list("customer_id").annotate(count=Count("id")).order_by())


def given_back(e164s: Sequence[str]) -> list[str]:
    """Which of these numbers the tenant has had and given back (or let go to another carrier)."""
    found = Number.objects.filter(e164__among=list(e164s), state=states.RELEASED)
    return list(found.values_list("e164", flat=True))
