"""The porting side of the sandbox carrier: takes orders on, answers from the script, knows who has a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from itertools import compress
from typing import Any

from dialtone.base import clock, tenancy
from dialtone.carriers import event_keys, sealed_pin
from dialtone.carriers.models import SandboxPort, SandboxRecord
from dialtone.carriers.protocol import Ask, LookedUp, Outcome, PortHistory, Receipt
from dialtone.carriers.sandbox.gaining import GOES_AT
from dialtone.carriers.sandbox.losing import (
    DISTINCTIVE,
    Csr,
    LosingCarrier,
    account_of,
    carrier_of,
    carrier_of_area,
    carriers,
    numbers_on_record,
)
from dialtone.carriers.sandbox.port_script import Asked, Change, script
from dialtone.carriers.statements import COMPLETED, Said

KINDS = ("port_submit", "port_cancel", "port_move")
WITH_US = "with_us"


def take(ask: Ask) -> Receipt:
    """Take on an order, a cancellation or a move; a reference that is known changes nothing."""
    if ask.kind == "port_submit":
        SandboxPort.objects.get_or_create(
            reference=ask.reference,
            defaults={
                "order_ref": ask.facts["order_ref"],
                "attempt": ask.facts["attempt"],
                "asked": dict(ask.facts),
                "received_at": clock.now(),
                "push_due_at": clock.now() if event_keys.living("sandbox") else None,
            },
        )
    else:
        _change(ask)
    outcomes = tuple(Outcome(e164, True) for e164 in ask.facts.get("numbers", []))
    return Receipt(ask.reference, "done", outcomes, extra={"simulated": True})


def history(order_ref: str) -> PortHistory | None:
    """All that has been said by now about an order, and when the next word is due."""
    now = clock.now()
    with tenancy.operator_scope():
        known = list(SandboxPort.objects.filter(order_ref=order_ref).order_by("attempt"))
        if not known:
            return None
        everything = [said for port in known for said in _script(port)]
        _note_moved([said for said in everything if said.at <= now])
    later = [said.at for said in everything if said.at > now]
    return PortHistory(tuple(said for said in everything if said.at <= now), min(later, default=None))


def look_up(e164s: Sequence[str], country: str, kinds: Sequence[str]) -> dict[str, LookedUp]:
    """Who has each number, and what is known about it before any order (the neutral database, not the carrier's own)."""
    found = in_books(e164s, country, kinds)
    with tenancy.operator_scope():
        moved = _with_us(list(e164s))
    for e164 in moved:
        if found[e164].carrier:
            found[e164] = replace(found[e164], carrier_name="Dialtone")
    return found


def in_books(e164s: Sequence[str], country: str, kinds: Sequence[str]) -> dict[str, LookedUp]:
    """What the sandbox's data alone says of each number. Numbers that share their first digits share their answer, unless
    they stand on a record."""
    found: dict[str, LookedUp] = {}
    present = dict.fromkeys(kinds)
    for kind in present:
        those = list(compress(e164s, (its == kind for its in kinds))) if len(present) > 1 else e164s
        starts = [e164[:DISTINCTIVE] for e164 in those]
        one_of = dict(zip(starts, those, strict=True))
        answers = {start: _by_area(e164, country, kind) for start, e164 in one_of.items()}
        found.update(zip(those, map(answers.__getitem__, starts), strict=True))
    for e164 in numbers_on_record().keys() & found.keys():
        found[e164] = _on_record(numbers_on_record()[e164], e164)
    return found


def remove_feature(e164: str) -> bool:
    """The losing carrier takes a special feature off a number, as its customer asked (ERR-13); answers whether it had one."""
    csr = account_of(e164)
    if csr is None or e164 not in csr.quirk("features"):
        return False
    with tenancy.operator_scope():
        record, _made = SandboxRecord.objects.get_or_create(e164=e164, defaults={"since": clock.now()})
        record.facts = {**record.facts, "feature_off": True}
        record.save(update_fields=["facts"])
    return True


def record_of(e164: str) -> Csr | None:
    """The record of a number as it stands today: without features that were taken off."""
    csr = account_of(e164)
    if csr is None or not csr.quirk("features"):
        return csr
    off = set(
        SandboxRecord.objects.filter(
            e164__among=list(csr.quirk("features")), facts__feature_off=True
        ).values_list("e164", flat=True)
    )
    left = {number: what for number, what in csr.quirk("features").items() if number not in off}
    return replace(csr, quirks={**csr.quirks, "features": left})


def _change(ask: Ask) -> None:
    port = (
        SandboxPort.objects.select_for_update()
        .filter(order_ref=ask.facts["order_ref"], attempt=ask.facts["attempt"])
        .first()
    )
    if port is None or any(change["reference"] == ask.reference for change in port.changes):
        return
    port.changes = [
        *port.changes,
        {
            "reference": ask.reference,
            "kind": "cancel" if ask.kind == "port_cancel" else "move",
            "at": clock.now().isoformat(),
            "day": ask.facts.get("day"),
            "time": ask.facts.get("time"),
        },
    ]
    if event_keys.living("sandbox"):
        port.push_due_at = clock.now()
    port.save(update_fields=["changes", "push_due_at"])


def _script(port: SandboxPort) -> list[Said]:
    told = port.asked
    numbers = tuple(told["numbers"])
    asked = Asked(
        attempt=port.attempt,
        numbers=numbers,
        account=told["account"],
        country=told["country"],
        zone=told["zone"],
        received_at=port.received_at,
        subdivision=told.get("subdivision") or None,
        wished_on=_day(told.get("wished_on")),
        wished_at=_time(told.get("wished_at")),
        window_opens=_time(told.get("window_opens")) or time(8),
        earliest_on=_day(told.get("earliest_on")),
        pin=sealed_pin.from_text(told.get("sealed_pin", ""), port.order_ref),
        bill=told.get("bill"),
        signer=told.get("signer", ""),
        method=told.get("method", ""),
        support_reference=told.get("support_reference", ""),
    )
    records = _records(numbers)
    carrier = _carrier(port, records)
    return script(asked, records, carrier, [_change_of(change) for change in port.changes])


def told_of(port: SandboxPort) -> tuple[list[Said], bool]:
    """All that will be said about one submission, and whether its carrier is confused. In the operator's scope."""
    return _script(port), _carrier(port, _records(tuple(port.asked["numbers"]))).confused


def _carrier(port: SandboxPort, records: Mapping[str, Csr | None]) -> LosingCarrier:
    told = port.asked
    named = next((csr.carrier for csr in records.values() if csr), None)
    kind = told.get("kind", "standard")
    return named or carrier_of(told["numbers"][0], told["country"], kind) or carriers()["crossroads"]


def _records(numbers: Sequence[str]) -> dict[str, Csr | None]:
    known: dict[str, Csr] = {}
    found: dict[str, Csr | None] = {}
    for number in numbers:
        csr = account_of(number)
        if csr is not None and csr.id not in known:
            known[csr.id] = record_of(number) or csr
        found[number] = known[csr.id] if csr is not None else None
    return found


def _by_area(e164: str, country: str, kind: str) -> LookedUp:
    carrier = carrier_of_area(e164, country, kind)
    return _looked_up(carrier) if carrier else LookedUp(portable=False, why="unknown_carrier")


def _on_record(csr: Csr, e164: str) -> LookedUp:
    if e164 in csr.quirk("known_inactive"):
        return _looked_up(csr.carrier, "not_in_service")
    return _looked_up(csr.carrier, "rate_center" if e164 in csr.quirk("known_rate_center") else "")


@cache
def _looked_up(carrier: LosingCarrier, why: str = "") -> LookedUp:
    return LookedUp(
        carrier.code, carrier.name, not why, why, needs=carrier.needs, lead=carrier.lead, most=carrier.most
    )


def _note_moved(said: Sequence[Said]) -> None:
    """Numbers that have moved are ours in the sandbox's books from now on."""
    moved = {number for each in said if each.kind == COMPLETED for number in each.numbers}
    fresh = moved - _with_us(list(moved))
    known = {row.e164: row for row in SandboxRecord.objects.filter(e164__among=list(fresh))}
    for e164, row in known.items():
        row.facts = {**{name: value for name, value in row.facts.items() if name != GOES_AT}, WITH_US: True}
        SandboxRecord.objects.filter(e164=e164).update(facts=row.facts)
    SandboxRecord.objects.bulk_create(
        [SandboxRecord(e164=e164, since=clock.now(), facts={WITH_US: True}) for e164 in fresh - set(known)],
        ignore_conflicts=True,
        batch_size=500,
    )


def _with_us(e164s: list[str]) -> set[str]:
    rows = SandboxRecord.objects.filter(e164__among=e164s, facts__has_key=WITH_US)
    return set(rows.values_list("e164", flat=True))


def _change_of(told: dict[str, Any]) -> Change:
    return Change(
        told["kind"], datetime.fromisoformat(told["at"]), _day(told.get("day")), _time(told.get("time"))
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
