"""Change the prices of a list: the plan is shown first, and applied by one person, or by a second one when it is large (H15).

    version = propose(price_list, content)      reads the file, says what it would change, changes nothing
    apply(version)                              adds its prices; refused when the list has changed meanwhile
    ask(version)                                asks a second person, whose consent applies it

A file names what changes; what it does not name stays. Prices are only ever added: a newer row of a prefix takes over from
its beginning on. A price begins in the past only where there was none, or calls would have been rated differently (M7).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from dialtone.base import alone, clock, jobs, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.money import check_currency
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import approvals
from dialtone.people.models import Approval, Organisation
from dialtone.rates import rules
from dialtone.rates.models import (
    CallPrice,
    ChargePrice,
    PriceList,
    PriceVersion,
    UnpricedCall,
    WholesaleParked,
)
from dialtone.rates.prices import KINDS
from dialtone.rates.reading import CallLine, ChargeLine, read

PROPOSED, APPLIED = "proposed", "applied"
BY_TWO = "change_prices"
SHOWN = 50
SUSPICIOUS = Decimal("0.5")
_COLUMNS = (
    "id, partner_id, customer_id, price_list_id, prefix, destination, per_minute, connection_fee,"
    " first_seconds, next_seconds, free_minutes, from_at, list_version, is_ended"
)

Line = CallLine | ChargeLine


@dataclass
class Plan:
    """What a file would change. `jumps` are the prices that move by more than half: key, before, after."""

    existing: int = 0
    added: int = 0
    changed: int = 0
    ended: int = 0
    same: int = 0
    largest: Decimal | None = None
    jumps: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def touched(self) -> int:
        return self.added + self.changed + self.ended

    def to_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("existing", "added", "changed", "ended", "same")}
        return {**counts, "suspicious": len(self.jumps), "jumps": self.jumps[:SHOWN]}


@dataclass(frozen=True)
class Known:
    """What a key costs now; None where it has ended. `terms` are the fee, increments and free minutes."""

    price: Decimal | None
    terms: tuple[Any, ...] = ()


def create_list(
    name: str, currency: str, owner: Organisation | None = None, *, is_wholesale: bool = False
) -> PriceList:
    """A new, empty list: of a partner, of a customer, or of the operator for all; wholesale, of the operator for one partner. Raises
    Problem money.currency, rates.list_known, rates.wholesale_list, text.*. The operator's scope, or the partner's for its own and its
    customers'."""
    check_currency(currency)
    name = clean(name, field="/name", limit=120)
    if is_wholesale and not _may_be_wholesale(owner):
        raise Problem("rates.wholesale_list", field="/owner")
    of: dict[str, Any] = {
        "partner_id": owner and owner.partner_id,
        "customer_id": owner and owner.customer_id,
        "is_wholesale": is_wholesale,
    }
    alone.until_commit("price list", currency, *of.values())
    if PriceList.objects.filter(currency=currency, **of).exists():
        raise Problem("rates.list_known", field="/currency", values={"currency": currency})
    made = PriceList.objects.create(name=name, currency=currency, created_at=clock.now(), **of)
    record.change(made, "price_list_created", name=made.name, facts={"currency": currency})
    return made


def _may_be_wholesale(owner: Organisation | None) -> bool:
    is_operator = tenancy.current().level is tenancy.Level.OPERATOR
    return is_operator and owner is not None and owner.kind == "partner" and not owner.is_house_partner


def propose(price_list: PriceList, content: bytes) -> PriceVersion:
    """Read a file and keep it with its plan. Raises Problem or Problems rates.* naming the lines. The operator's scope, or that
    of the partner whose list it is."""
    now = clock.now()
    lines = read(content, price_list.currency, KINDS, now)
    _check_offered(price_list, lines)
    known = _known(price_list, lines)
    reaches_back = check_past(lines, known, now)
    plan = planned(lines, known)
    version = PriceVersion.objects.create(
        partner_id=price_list.partner_id,
        customer_id=price_list.customer_id,
        price_list=price_list,
        based_on=price_list.version,
        state=PROPOSED,
        content=zlib.compress(content),
        content_hash=hashlib.sha256(content).hexdigest(),
        plan=plan.to_json(),
        needs_second_person=bool(reaches_back and known)
        or rules.needs_second_person(existing=plan.existing, touched=plan.touched, largest_jump=plan.largest),
        proposed_at=now,
        proposed_by=_who(),
    )
    record.change(price_list, "prices_proposed", name=price_list.name, facts=version.plan)
    return version


def apply(version_id: UUID) -> PriceVersion:
    """Put a proposed change into force that takes no second person. Raises Problem not_found, rates.second_person (see `ask`),
    rates.decided, rates.past. The scope of `propose`."""
    version, price_list = _proposed(version_id)
    if version.needs_second_person:
        raise Problem("rates.second_person", values={"who": version.proposed_by.partition(" ")[2]})
    return _apply(version, price_list)


def ask(version_id: UUID) -> Approval:
    """Ask a second person to consent to a large change (H15): that puts it into force. The scope of `propose`.

    Raises Problem not_found, rates.decided, rates.one_is_enough, permission.missing for whoever has no name.
    """
    version, price_list = _proposed(version_id)
    if not version.needs_second_person:
        raise Problem("rates.one_is_enough")
    touched = sum(version.plan[each] for each in ("added", "changed", "ended"))
    asked = {"version": str(version.id), "list": price_list.name, "currency": price_list.currency}
    return approvals.ask(BY_TWO, asked, touched)


def _carry_out(asked: Mapping[str, Any]) -> None:
    _apply(*_proposed(UUID(asked["version"])))


approvals.register(BY_TWO, "edits_prices", _carry_out)


def _proposed(version_id: UUID) -> tuple[PriceVersion, PriceList]:
    version: PriceVersion | None = PriceVersion.objects.select_for_update().filter(id=version_id).first()
    if version is None:
        raise Problem("not_found")
    price_list = PriceList.objects.select_for_update().get(id=version.price_list_id)
    if version.state != PROPOSED or version.based_on != price_list.version:
        raise Problem("rates.decided")
    return version, price_list


def _apply(version: PriceVersion, price_list: PriceList) -> PriceVersion:
    now = clock.now()
    lines = read(zlib.decompress(version.content), price_list.currency, KINDS, now)
    check_past(lines, _known(price_list, lines), now)
    number = price_list.version + 1
    _add_calls([line for line in lines if isinstance(line, CallLine)], price_list, number)
    _add_charges([line for line in lines if isinstance(line, ChargeLine)], price_list, number)
    version.state, version.number = APPLIED, number
    version.decided_at, version.decided_by = now, _who()
    version.save()
    price_list.version = number
    if any(each.objects.filter(settled_at=None).exists() for each in (UnpricedCall, WholesaleParked)):
        price_list.charge_due_at = now
        jobs.wake("due")
    price_list.save()
    record.change(
        price_list, "prices_changed", name=price_list.name, facts={**version.plan, "version": number}
    )
    return version


def load_first(price_list: PriceList, *contents: bytes) -> None:
    """Fill a new list: each file is proposed and applied at once; nothing in it can be a large change yet."""
    for content in contents:
        price_list.refresh_from_db()
        apply(propose(price_list, content).id)


def check_past(lines: Sequence[Line], known: Mapping[tuple[str, ...], Known], now: datetime) -> bool:
    """Whether some price begins in the past, which is for what this list had no price for at all: calls parked for want of
    one can be rated then, and no other call would cost otherwise. Pure. Raises Problem rates.past naming the line."""
    late = [line for line in lines if line.from_at < now]
    for line in late:
        if any(key in known for key in covering(line)):
            raise Problem("rates.past", field="/file", values={"line": line.line})
    return bool(late)


def covering(line: Line) -> list[tuple[str, ...]]:
    """The keys whose price may hold where the line's would: its own and those of shorter prefixes, or of any country and type."""
    if isinstance(line, CallLine):
        return [(line.prefix[:length],) for length in range(1, len(line.prefix) + 1)]
    return [(line.kind, *each) for each in rules.specific(line.country, line.number_type)]


def planned(lines: Sequence[Line], known: Mapping[tuple[str, ...], Known]) -> Plan:
    """What the lines change, against what each key costs now. Pure."""
    plan = Plan(existing=sum(each.price is not None for each in known.values()))
    latest = dict(known)
    for line in sorted(lines, key=lambda each: each.from_at):
        before, after = latest.get(line.key, Known(None)), _told(line)
        latest[line.key] = after
        if before == after:
            plan.same += 1
        elif after.price is None:
            plan.ended += 1
        elif before.price is None:
            plan.added += 1
        else:
            plan.changed += 1
            share = rules.jump(before.price, after.price)
            plan.largest = max(share, plan.largest or Decimal(0))
            if share > SUSPICIOUS:
                plan.jumps.append((" ".join(line.key).strip(), _shown(before.price), _shown(after.price)))
    return plan


def _check_offered(price_list: PriceList, lines: Sequence[Line]) -> None:
    """A partner prices what its operator offers: each line needs a price there that may hold where it does.
    Raises Problem rates.not_offered naming the line."""
    if tenancy.current().level is not tenancy.Level.PARTNER:
        return
    house = PriceList._base_manager.filter(
        partner_id=None, customer_id=None, currency=price_list.currency
    ).first()
    offered = _known(house, lines) if house else {}
    for line in lines:
        if not any(key in offered for key in covering(line)):
            shown = " ".join(part for part in line.key if part)
            raise Problem("rates.not_offered", field="/file", values={"line": line.line, "value": shown})


def _shown(price: Decimal) -> str:
    return f"{price.normalize():f}"


def _told(line: Line) -> Known:
    if isinstance(line, ChargeLine):
        return Known(line.amount)
    if line.per_minute is None:
        return Known(None)
    return Known(line.per_minute, (line.connection_fee, line.first, line.following, line.free_minutes))


def _known(price_list: PriceList, lines: Sequence[Line]) -> dict[tuple[str, ...], Known]:
    """By key the price that was set last, be it in force already or from a later day; of the kind that the lines are of."""
    if isinstance(lines[0], ChargeLine):
        charges = ChargePrice._base_manager.filter(price_list=price_list).order_by("from_at", "list_version")
        return {(row.kind, row.country, row.number_type): Known(row.amount) for row in charges}
    known: dict[tuple[str, ...], Known] = {}
    calls = CallPrice._base_manager.filter(price_list=price_list).order_by("from_at", "list_version")
    names = (
        "prefix",
        "is_ended",
        "per_minute",
        "connection_fee",
        "first_seconds",
        "next_seconds",
        "free_minutes",
    )
    for prefix, is_ended, price, *terms in calls.values_list(*names):
        known[(prefix,)] = Known(None) if is_ended else Known(price, tuple(terms))
    return known


def _add_calls(lines: Sequence[CallLine], price_list: PriceList, number: int) -> None:
    """By COPY into a table of this transaction, since COPY itself is refused under row-level security."""
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE new_prices ON COMMIT DROP AS SELECT {_COLUMNS} FROM rates_callprice LIMIT 0"
        )
        with cursor.copy(f"COPY new_prices ({_COLUMNS}) FROM STDIN") as copy:
            for line in lines:
                copy.write_row(
                    (
                        uuid7(),
                        price_list.partner_id,
                        price_list.customer_id,
                        price_list.id,
                        line.prefix,
                        line.destination,
                        line.per_minute or Decimal(0),
                        line.connection_fee,
                        line.first,
                        line.following,
                        line.free_minutes,
                        line.from_at,
                        number,
                        line.per_minute is None,
                    )
                )
        cursor.execute(f"INSERT INTO rates_callprice ({_COLUMNS}) SELECT {_COLUMNS} FROM new_prices")
        cursor.execute("DROP TABLE new_prices")


def _add_charges(lines: Sequence[ChargeLine], price_list: PriceList, number: int) -> None:
    ChargePrice.objects.bulk_create(
        [
            ChargePrice(
                partner_id=price_list.partner_id,
                customer_id=price_list.customer_id,
                price_list=price_list,
                kind=line.kind,
                country=line.country,
                number_type=line.number_type,
                amount=line.amount,
                from_at=line.from_at,
                list_version=number,
            )
            for line in lines
        ],
        batch_size=2000,
    )


def _who() -> str:
    """Who acts, so that two uploads by one person are seen to be by one."""
    actor = tenancy.actor()
    return f"{actor.id or ''} {actor.name}".strip()[:200]
