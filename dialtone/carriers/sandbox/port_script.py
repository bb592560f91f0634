"""How a losing carrier of the sandbox answers one order: a pure function from what was asked and when, to what it says when.

Nothing is drawn by chance: the same order at the same time gets the same answers, each for a reason that stands on the
customer service record. Statements come in the carrier's own time:

1. at once: received;
2. after fifteen minutes: accepted, or refused for its papers (ERR-18, ERR-19);
3. at ten in the morning of the next business day: a FOC date, or everything that differs from the record (ERR-01 to ERR-17);
4. on the FOC date, half an hour after the window opens or at the wished time: completed.

Cancellations and moves that come meanwhile are answered within minutes and change what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dialtone.base.text import search_key
from dialtone.carriers.sandbox.addresses import street_key
from dialtone.carriers.sandbox.losing import Csr, LosingCarrier
from dialtone.carriers.statements import (
    ACCEPTED,
    CANCELED,
    COMMENT,
    COMPLETED,
    FAILED,
    FOC,
    RECEIVED,
    REJECTED,
    Reason,
    Said,
)
from dialtone.countries.calendar import business_days_after, is_business_day, next_business_day

LOOKS_AT_PAPERS = timedelta(minutes=15)
ANSWERS_AT = time(10)
HALF_AN_HOUR = timedelta(minutes=30)
ANSWERS_CHANGES = timedelta(minutes=2)
BETWEEN_PARTS = timedelta(hours=2)
BILL_DAYS = 30


@dataclass(frozen=True)
class Asked:
    """One submission as the losing carrier sees it. `pin` is plain here: only the carrier's side opens it."""

    attempt: int
    numbers: tuple[str, ...]
    account: Mapping[str, Any]
    country: str
    zone: str
    received_at: datetime
    subdivision: str | None = None
    wished_on: date | None = None
    wished_at: time | None = None
    window_opens: time = time(8)
    earliest_on: date | None = None
    pin: str = ""
    bill: Mapping[str, Any] | None = None
    signer: str = ""
    method: str = ""
    support_reference: str = ""


@dataclass(frozen=True)
class Change:
    """What came after the submission: a cancellation, or another day."""

    kind: str
    at: datetime
    day: date | None = None
    time: time | None = None


def script(
    asked: Asked, csr_of: Mapping[str, Csr | None], carrier: LosingCarrier, changes: Sequence[Change] = ()
) -> list[Said]:
    """Everything the carrier will say about this submission, in the order it happens, if nothing else comes."""
    said = _until_decided(asked, csr_of, carrier)
    if said[-1].kind == FOC:
        said += _moving(asked, csr_of, said[-1], said[-1].day, _hour(asked, None))
    for number, change in enumerate(sorted(changes, key=lambda each: each.at), start=1):
        said = _changed(asked, csr_of, carrier, said, change, number)
    return _muddled(asked, said) if carrier.confused else said


def _until_decided(asked: Asked, csr_of: Mapping[str, Csr | None], carrier: LosingCarrier) -> list[Said]:
    said = [_say(asked, "received", RECEIVED, asked.received_at)]
    looked = asked.received_at + LOOKS_AT_PAPERS
    papers = list(_papers(asked, csr_of, carrier))
    if papers:
        return [*said, _say(asked, "papers", REJECTED, looked, reasons=tuple(papers))]
    said.append(_say(asked, "accepted", ACCEPTED, looked))
    answered = answer_time(asked)
    reasons = list(differences(asked, csr_of, carrier))
    if reasons:
        return [*said, _say(asked, "refused", REJECTED, answered, reasons=tuple(reasons))]
    day = asked.wished_on or max(first_day(asked, carrier), asked.earliest_on or date.min)
    return [*said, _say(asked, "foc", FOC, answered, day=day)]


def answer_time(asked: Asked) -> datetime:
    """Ten in the morning of the next business day at the place of the numbers."""
    local = asked.received_at.astimezone(ZoneInfo(asked.zone)).date()
    day = business_days_after(local, 1, asked.country, asked.subdivision)
    return datetime.combine(day, ANSWERS_AT, ZoneInfo(asked.zone)).astimezone(UTC)


def first_day(asked: Asked, carrier: LosingCarrier) -> date:
    """The first day the carrier can let numbers go: its own lead time, and never the day it answers."""
    local = asked.received_at.astimezone(ZoneInfo(asked.zone)).date()
    received = next_business_day(local, asked.country, asked.subdivision)
    return business_days_after(received, max(carrier.lead, 1), asked.country, asked.subdivision)


def _papers(asked: Asked, csr_of: Mapping[str, Csr | None], carrier: LosingCarrier) -> Iterator[Reason]:
    bill = asked.bill
    if bill is not None:
        dated = bill.get("dated_on")
        today = asked.received_at.astimezone(ZoneInfo(asked.zone)).date()
        if dated and (today - date.fromisoformat(dated)).days > BILL_DAYS:
            yield Reason("BILL-INVALID", f"The bill of {dated} is older than {BILL_DAYS} days.")
        read = _plain(str(bill.get("account_number", "")))
        on_file = {_plain(csr.account_number) for csr in csr_of.values() if csr}
        if read and on_file and read not in on_file:
            yield Reason("BILL-INVALID", "The bill is of another account.")
    if carrier.strict_letter:
        names = {_words(csr.name) for csr in csr_of.values() if csr}
        if names and _words(asked.signer) not in names:
            yield Reason("LOA-INVALID", "The letter is not signed by the authorised person of the account.")


def differences(asked: Asked, csr_of: Mapping[str, Csr | None], carrier: LosingCarrier) -> Iterator[Reason]:
    """Everything in which the order differs from the records of its numbers, as the carrier's own codes."""
    yield from _needed(asked, carrier)
    csr = _main_record(asked, csr_of)
    if csr is not None:
        if csr.quirk("unknown_code") and not asked.support_reference:
            yield Reason(csr.quirk("unknown_code"), "Flag 77 on account; see supervisor.")
        yield from _account(asked, csr)
        yield from _numbers(asked, csr, csr_of)
        yield from _billing(asked, csr)
    day = asked.wished_on
    if day is not None and not _takes_day(asked, carrier, day):
        first = first_day(asked, carrier)
        yield Reason("DUE-DATE", f"Not possible on {day.isoformat()}; from {first.isoformat()} on.")


def _needed(asked: Asked, carrier: LosingCarrier) -> Iterator[Reason]:
    if "account_number" in carrier.needs and not asked.account.get("account_number"):
        yield Reason("ACCT-REQUIRED", "Account number required.")
    if "pin" in carrier.needs and not asked.pin:
        yield Reason("PIN-INVALID", "PIN required for wireless ports.")


def _account(asked: Asked, csr: Csr) -> Iterator[Reason]:
    told = asked.account
    number = _plain(str(told.get("account_number", "")))
    if number and number != _plain(csr.account_number):
        yield Reason("ACCT-MISMATCH", "Account number does not match CSR.")
    if _words(told.get("company_name", "")) != _words(csr.company):
        yield Reason("COMPANY-MISMATCH", "Company name does not match CSR.")
    if _words(told.get("authorized_name", "")) != _words(csr.name):
        yield Reason("NAME-MISMATCH", "Authorized name does not match CSR.")
    if asked.pin and csr.pin and asked.pin != csr.pin:
        yield Reason("PIN-INVALID", "PIN does not match.")
    address = told.get("service_address", {})
    if address:
        on_file = csr.address
        same_street = street_key(address.get("address1", "")) == street_key(on_file["address1"])
        same_city = _words(address.get("city", "")) == _words(on_file["city"])
        same_state = _plain(address.get("state", "")) == _plain(on_file.get("state", ""))
        if not (same_street and same_city and same_state):
            yield Reason("ADDRESS-MISMATCH", "Service address does not match CSR.")
        if _zip(address.get("postal_code", "")) != _zip(on_file["postal_code"]):
            yield Reason("ZIP-MISMATCH", "ZIP or postal code does not match CSR.")


def _numbers(asked: Asked, csr: Csr, csr_of: Mapping[str, Csr | None]) -> Iterator[Reason]:
    strangers = tuple(n for n in asked.numbers if (csr_of.get(n) or csr).id != csr.id)
    by_code = {
        "TN-NOT-YOURS": strangers,
        "PENDING-LSR": _those(asked, csr.quirk("pending")),
        "FEATURE": _those(asked, csr.quirk("features")),
        "TN-INACTIVE": _those(asked, [*csr.quirk("inactive"), *csr.quirk("known_inactive")]),
        "RATE-CENTER": _those(asked, [*csr.quirk("rate_center"), *csr.quirk("known_rate_center")]),
    }
    for code, numbers in by_code.items():
        if numbers:
            yield Reason(code, numbers=numbers)


def _billing(asked: Asked, csr: Csr) -> Iterator[Reason]:
    """The billing number, several of them, or one that would leave the others behind."""
    told = asked.account.get("billing_number", "")
    groups = {csr.billing_of[n] for n in asked.numbers if n in csr.billing_of}
    if len(groups) > 1:
        yield Reason("MULTI-BTN", "TNs belong to several BTNs; send one order for each.")
        return
    right = groups.pop() if groups else csr.btn
    if told and told != right:
        yield Reason("BTN-MISMATCH", "BTN does not match CSR.")
        return
    here = {n for n, btn in csr.billing_of.items() if btn == right}
    staying = here - set(asked.numbers)
    is_told = bool(asked.account.get("kept_action") and asked.account.get("new_billing_number"))
    if right in asked.numbers and staying and not is_told:
        yield Reason("MAIN-BTN", "BTN is ported and other TNs remain; remaining TN action missing.", (right,))


def _takes_day(asked: Asked, carrier: LosingCarrier, day: date) -> bool:
    return day >= first_day(asked, carrier) and is_business_day(day, asked.country, asked.subdivision)


def _moving(
    asked: Asked, csr_of: Mapping[str, Csr | None], foc: Said, day: date | None, hour: time
) -> list[Said]:
    """What happens on the FOC date."""
    assert day is not None
    at = datetime.combine(day, hour, ZoneInfo(asked.zone)).astimezone(UTC)
    at = max(at, foc.at + ANSWERS_CHANGES)
    csr = _main_record(asked, csr_of)
    lost = _those(asked, csr.quirk("lost")) if csr else ()
    rest = tuple(n for n in asked.numbers if n not in lost)
    suffix = "" if foc.id.endswith(":foc") else foc.id.rpartition(":")[2]
    said = []
    if csr and csr.quirk("in_parts") and len(rest) > 1:
        half = len(rest) // 2
        said.append(_say(asked, f"completed{suffix}", COMPLETED, at, numbers=rest[:half]))
        said.append(_say(asked, f"completed{suffix}-2", COMPLETED, at + BETWEEN_PARTS, numbers=rest[half:]))
    elif rest:
        said.append(_say(asked, f"completed{suffix}", COMPLETED, at, numbers=rest))
    if lost:
        reasons = (Reason("TN-LOST", "The number could not be found on the day.", lost),)
        said.append(_say(asked, f"failed{suffix}", FAILED, at + BETWEEN_PARTS, numbers=lost, reasons=reasons))
    return said


def _changed(
    asked: Asked,
    csr_of: Mapping[str, Csr | None],
    carrier: LosingCarrier,
    said: list[Said],
    change: Change,
    number: int,
) -> list[Said]:
    """What was said before the change stands; what would have come later is said anew."""
    before = [each for each in said if each.at <= change.at]
    answered = change.at + ANSWERS_CHANGES
    moved = {n for each in before if each.kind == COMPLETED for n in each.numbers}
    if change.kind == "cancel":
        left = tuple(n for n in asked.numbers if n not in moved)
        if not left or before[-1].kind == CANCELED:
            return said
        numbers = () if not moved else left
        return [*before, _say(asked, f"canceled{number}", CANCELED, answered, numbers=numbers)]
    assert change.day is not None
    if moved or not any(each.kind == FOC for each in before) or not _takes_day(asked, carrier, change.day):
        note = _say(
            asked, f"note{number}", COMMENT, answered, text=f"Not possible on {change.day.isoformat()}."
        )
        return sorted([*said, note], key=lambda each: each.at)
    foc = _say(asked, f"foc{number}", FOC, answered, day=change.day)
    return [*before, foc, *_moving(asked, csr_of, foc, change.day, _hour(asked, change.time))]


def _muddled(asked: Asked, said: list[Said]) -> list[Said]:
    """A carrier that repeats itself under new ids, takes words back that it has not meant, and mixes up the order."""
    found = []
    for each in said:
        again = _say(
            asked,
            f"{each.id.rpartition(':')[2]}-again",
            each.kind,
            each.at,
            each.numbers,
            each.day,
            each.reasons,
        )
        found += [again, each]
        if each.kind == FOC:
            earlier = each.at - timedelta(minutes=1)
            stale = (Reason("6A", "stale; disregard"),)
            found.insert(
                0, _say(asked, f"stale-{each.id.rpartition(':')[2]}", REJECTED, earlier, reasons=stale)
            )
            found.append(_say(asked, f"late-{each.id.rpartition(':')[2]}", ACCEPTED, each.at))
    return found


def _hour(asked: Asked, wished: time | None) -> time:
    at = wished or asked.wished_at
    if at is not None:
        return at
    opens = datetime.combine(date(2000, 1, 1), asked.window_opens) + HALF_AN_HOUR
    return opens.time()


def _main_record(asked: Asked, csr_of: Mapping[str, Csr | None]) -> Csr | None:
    """The record the order is about: that of the account number, else of most numbers."""
    records = [csr for number in asked.numbers if (csr := csr_of.get(number)) is not None]
    told = _plain(str(asked.account.get("account_number", "")))
    named = next((csr for csr in records if _plain(csr.account_number) == told), None)
    return named or (max(records, key=lambda csr: records.count(csr)) if records else None)


def _those(asked: Asked, quirky: Any) -> tuple[str, ...]:
    return tuple(n for n in asked.numbers if n in set(quirky))


def _say(
    asked: Asked,
    name: str,
    kind: str,
    at: datetime,
    numbers: tuple[str, ...] = (),
    day: date | None = None,
    reasons: tuple[Reason, ...] = (),
    text: str = "",
) -> Said:
    return Said(f"{asked.attempt}:{name}", kind, at, asked.attempt, numbers, day, "", reasons, text)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", search_key(text))


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", search_key(text)).split())


def _zip(text: str) -> str:
    """A postal code for comparing: without a country's letters before it, and of a ZIP code the first five digits."""
    code = re.sub(r"^[A-Za-z]{1,2}-", "", text.strip())
    return _plain(code)[:5] if re.fullmatch(r"\d{5}(-?\d{4})?", code) else _plain(code)
