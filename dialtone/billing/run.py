"""Invoice a month for all customers, and after them for the partners to which the operator sells: begin, go on after whatever happened, try again those that could not be invoiced.

First the calls that wait are rated (`calls.charge`); then customers are taken by turns, each turn one transaction that holds the rows of its
customers. Processes take turns beside each other and prepare them, but a turn gets its numbers after all before it: whoever runs it, and
wherever it is killed, it goes on with those that wait, and what it makes is the same to the byte (M1, M4, D3). The due time of the run's
row wakes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, takewhile
from multiprocessing import get_context
from uuid import UUID

import django
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, QuerySet

from dialtone.base import clock, jobs, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.billing import ask_taxes, choose_tax_service, states, tax_service
from dialtone.billing.days import Month
from dialtone.billing.issue import Prepared, Turn, write
from dialtone.billing.issue_wholesale import issue_wholesale
from dialtone.billing.models import Invoice, Run, RunPart
from dialtone.calls import charge
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.people.models import Organisation, tenant_of
from dialtone.rates import resale

TASK = "billing.run"
TURN = 20  # customers of one transaction, with so many numbers together at most
NUMBERS = 20_000
ASK_AGAIN = timedelta(minutes=1)  # a tax service that did not answer
SYSTEM = tenancy.Actor(kind="job", name="Dialtone")


@dataclass(frozen=True)
class Progress:
    """How many customers of a run are in which state."""

    waiting: int
    invoiced: int
    nothing: int
    failed: int

    @property
    def total(self) -> int:
        return self.waiting + self.invoiced + self.nothing + self.failed

    @property
    def done(self) -> int:
        return self.total - self.waiting


def begin(month: Month, *, rating_version: int = 1) -> Run:
    """Begin a month and have the worker do it; one that was begun is answered as it is. Raises Problem billing.not_over,
    billing.order_of_months, billing.running. Operator's scope."""
    known: Run | None = Run.objects.filter(month=month.first).first()
    if known is not None:
        return known
    now = clock.now()
    if not month.is_over(now):
        raise Problem("billing.not_over", field="/month", values={"month": str(month)})
    latest: Run | None = Run.objects.order_by("-month").first()
    if latest is not None:
        if latest.month == month.first:  # somebody else began it in this very moment
            return latest
        following = Month.of(latest.month).next
        if latest.state != states.DONE:
            raise Problem("billing.running", values={"month": str(Month.of(latest.month))})
        if month != following:
            raise Problem("billing.order_of_months", field="/month", values={"month": str(following)})
    actor = tenancy.actor()
    made = Run(
        month=month.first,
        state=states.RUNNING,
        issued_on=now.date(),
        rating_version=rating_version,
        begun_at=now,
        begun_by=f"{actor.id or ''} {actor.name}".strip()[:200],
        due_at=now,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # somebody else began it in this very moment
        return Run.objects.get(month=month.first)
    # A partner comes after the last of its customers.
    buyers = [*people.customers().exclude(state="importing").order_by("id"), *_sold_through(month)]
    RunPart.objects.bulk_create(
        [
            RunPart(
                run=made,
                **tenant_of(each),
                position=position,
                state=states.WAITING,
            )
            for position, each in enumerate(buyers)
        ],
        batch_size=1000,
    )
    _changed(made, "invoice_run_begun", "", "begun")
    jobs.defer(TASK, once=f"{TASK}:{made.id}", run_id=made.id)
    return made


def _sold_through(month: Month) -> QuerySet[Organisation]:
    """The partners through which the operator sells in a month, or has sold: what came late may still be to charge."""
    known = {each.partner_id for each in resale.sold() if each.since <= month.first}
    return people.partners().filter(id__in=known).order_by("id")


def carry_on(run_id: UUID, *, most: int | None = None, processes: int = 1) -> None:
    """Have the calls rated, then invoice the customers that wait, at most so many. Opens its own scopes; two at once share the work.

    With `processes` above one, that many take turns, each with a connection of its own.
    """
    if not _rated(run_id, processes):
        return
    if processes > 1 and most is None and not connection.in_atomic_block:
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=django.setup) as pool:
            for each in [pool.submit(_turns_at, run_id, clock.frozen_at()) for _ in range(processes)]:
                each.result()
    else:
        _turns(run_id, most)


def retry(run_id: UUID) -> Run:
    """Try those again that could not be invoiced. Raises Problem not_found. Operator's scope."""
    found = Run.objects.select_for_update().filter(id=run_id).first()
    if found is None:
        raise Problem("not_found")
    if found.state == states.STOPPED:
        RunPart.objects.filter(run=found, state=states.FAILED).update(
            state=states.WAITING, code="", message=""
        )
        before, found.state, found.due_at = found.state, states.RUNNING, clock.now()
        _changed(found, "invoice_run_begun", before, "retried")
        jobs.defer(TASK, once=f"{TASK}:{found.id}", run_id=found.id)
    return found


def following_month() -> Month:
    """The next month to invoice: the one after the latest; before any, the last one that is over (operator's scope)."""
    latest = Run.objects.order_by("-month").first()
    if latest is not None:
        return Month.of(latest.month).next
    month = Month.of(clock.now().date()).before
    return month if month.is_over(clock.now()) else month.before


def named(run_id: UUID) -> Run:
    """One run. Raises Problem not_found. Operator's scope."""
    found: Run | None = Run.objects.filter(id=run_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def runs() -> QuerySet[Run]:
    """All runs, the latest month first (operator's scope)."""
    return Run.objects.order_by("-month")


def progress(found: Run) -> Progress:
    """How far a run is (operator's scope)."""
    rows = RunPart.objects.filter(run=found).values_list("state").annotate(count=Count("id")).order_by()
    have = dict(rows)
    return Progress(
        *(have.get(each, 0) for each in (states.WAITING, states.INVOICED, states.NOTHING, states.FAILED))
    )


def failures(found: Run) -> QuerySet[RunPart]:
    """The customers that could not be invoiced, with why (operator's scope)."""
    return RunPart.objects.filter(run=found, state=states.FAILED).order_by("position")


def _rated(run_id: UUID, processes: int) -> bool:
    """Whether the calls are rated, after doing it; False while somebody else is at it, whose end the run waits for."""
    with tenancy.operator_scope(SYSTEM):
        found = Run.objects.filter(id=run_id, state=states.RUNNING).first()
    if found is None:
        return False
    if found.rated_at is None:
        try:
            charge.charge(found.rating_version, processes=processes)
        except charge.Busy:
            return False
        with tenancy.operator_scope(SYSTEM):
            Run.objects.filter(id=run_id).update(rated_at=clock.now())
    return True


def _turns_at(run_id: UUID, frozen: datetime | None) -> None:
    """All turns, in a process of its own that was started under this clock."""
    with clock.frozen(frozen) if frozen else nullcontext():
        _turns(run_id)


def _turns(run_id: UUID, most: int | None = None) -> None:
    """One turn after the other, until nobody waits; at most so many customers."""
    done = 0
    while most is None or done < most:
        try:
            step = _next(run_id, TURN if most is None else min(TURN, most - done))
        except _NotYetError:
            continue
        if isinstance(step, ask_taxes.Wanted):
            if not _ask(run_id, step):
                return
        elif not step:
            return
        else:
            done += step


class _NotYetError(Exception):
    """A turn before this one was left undone by whoever had taken it, and comes first."""


def _next(run_id: UUID, most: int) -> int | ask_taxes.Wanted:
    """One turn: of how many customers it was, 0 when nobody waits; or what an invoice waits for where a tax service is to be asked. Raises
    _NotYetError."""
    with tenancy.operator_scope(SYSTEM):
        run = Run.objects.filter(id=run_id, state=states.RUNNING).first()
        if run is None:
            return 0
        parts = _taken(run, most)
        if not parts:
            _await_others(run)
            _finish(run_id)
            return 0
        wanted = (_customers if parts[0].customer_id else _partner)(run, parts)
        RunPart.objects.bulk_update(parts, ["state", "code", "message", "invoice"])
        crashpoint("billing.after_turn")
        return wanted or len(parts)


def _taken(run: Run, most: int) -> list[RunPart]:
    """The next who wait and whom nobody else has taken, without a gap, since a gap is somebody else's turn: customers, or one partner. One
    where taxes are asked for, between two turns."""
    if choose_tax_service.chosen() != tax_service.TABLE:
        most = 1
    waiting = RunPart.objects.select_for_update(skip_locked=True).filter(run=run, state=states.WAITING)
    free = list(waiting.order_by("position")[:most])
    parts = [part for at, part in enumerate(free) if part.position == free[0].position + at]
    customers = list(takewhile(lambda part: part.customer_id is not None, parts))
    return _read_at_once(customers) or parts[:1]


def _read_at_once(parts: Sequence[RunPart]) -> list[RunPart]:
    """The first of some customers, as far as their numbers are few enough to be read together; whoever has more is a turn alone."""
    held = numbers.held_by_customer([part.customer_id for part in parts if part.customer_id])
    so_far = accumulate(held.get(part.customer_id, 0) if part.customer_id else 0 for part in parts)
    return [part for part, together in zip(parts, so_far, strict=True) if together <= NUMBERS]


def _await_others(run: Run, before: RunPart | None = None) -> None:
    """Wait until whoever has taken an earlier turn than this one (or any) has ended, since numbers follow the order of the run. Raises
    _NotYetError where one was left undone.

    Nobody waits for a later turn, and the lock on what is done is one that many may have, so no two wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM billing_runpart WHERE run_id = %s AND state = %s AND position < coalesce(%s, position + 1)"
            " ORDER BY position LIMIT 1 FOR SHARE",
            [run.id, states.WAITING, before.position if before else None],
        )
        if cursor.rowcount:
            raise _NotYetError


def _customers(run: Run, parts: Sequence[RunPart]) -> ask_taxes.Wanted | None:
    """Prepare the invoices of some customers, then number them; what the next one waits for where its taxes are to be asked."""
    known = {
        each.id: each for each in people.organisations().filter(id__in=[part.customer_id for part in parts])
    }
    customers = [known[part.customer_id] for part in parts if part.customer_id]
    turn = Turn(customers, Month.of(run.month), run.rating_version)
    prepared: list[tuple[RunPart, Prepared]] = []
    wanted = None
    for part, customer in zip(parts, customers, strict=True):
        crashpoint("billing.before_customer")
        try:
            made = turn.prepare(customer)
        except ask_taxes.TaxesWantedError as waits:
            ask_taxes.keep(waits.wanted)
            wanted = waits.wanted
            break
        except (Problem, Problems) as problem:
            _refuse(part, problem)
        else:
            _settle(part, None)
            if made:
                prepared.append((part, made))
    if prepared:
        _number(run, turn, prepared, parts[0])
    return wanted


def _number(run: Run, turn: Turn, prepared: Sequence[tuple[RunPart, Prepared]], first: RunPart) -> None:
    """Write down what was prepared in a turn that begins with `first`."""
    invoices = [made for _part, made in prepared]
    write(invoices)
    _await_others(run, first)
    for (part, _made), invoice in zip(prepared, turn.number(invoices, run.issued_on), strict=True):
        _settle(part, invoice)


def _partner(run: Run, parts: Sequence[RunPart]) -> ask_taxes.Wanted | None:
    """Write down what one partner pays, which rests on what its customers were charged."""
    part = parts[0]
    _await_others(run, part)
    crashpoint("billing.before_customer")
    try:
        with transaction.atomic():
            made = _wholesale(run, part)
    except ask_taxes.TaxesWantedError as waits:
        ask_taxes.keep(waits.wanted)
        return waits.wanted
    except (Problem, Problems) as problem:
        _refuse(part, problem)
    else:
        _settle(part, made)
    return None


def _wholesale(run: Run, part: RunPart) -> Invoice | None:
    own = RunPart.objects.filter(run=run, partner_id=part.partner_id, customer_id__isnull=False)
    failed = own.filter(state=states.FAILED).order_by("position").first()
    if failed is not None:
        raise Problem("billing.customer_first", values={"who": people.organisation(failed.customer_id).name})
    return issue_wholesale(
        people.organisation(part.partner_id),
        Month.of(run.month),
        issued_on=run.issued_on,
        rating_version=run.rating_version,
    )


def _settle(part: RunPart, made: Invoice | None) -> None:
    part.code = part.message = ""
    part.state, part.invoice = (states.INVOICED, made) if made else (states.NOTHING, None)


def _refuse(part: RunPart, problem: Problem | Problems) -> None:
    first = problem.problems[0] if isinstance(problem, Problems) else problem
    part.state, part.code, part.message = states.FAILED, first.code, first.sentence()[:500]


def _ask(run_id: UUID, wanted: ask_taxes.Wanted) -> bool:
    """Have a tax service answer, between two transactions; False where it does not now: the run waits for a minute and asks again. A
    customer whose question it refuses could not be invoiced."""
    try:
        return ask_taxes.carry(wanted.reference)
    except Problem as problem:
        is_refused = problem.code == "billing.tax_service_refused"
        told = {"code": problem.code, "message": problem.sentence()[:500]}
        if is_refused:
            told["state"] = states.FAILED
        with tenancy.operator_scope(SYSTEM):
            mine = RunPart.objects.filter(run=run_id, **tenant_of(wanted.customer), state=states.WAITING)
            mine.update(**told)
            if not is_refused:
                Run.objects.filter(id=run_id, state=states.RUNNING).update(due_at=clock.now() + ASK_AGAIN)
        return is_refused


def waits_for_taxes(found: Run) -> bool:
    """Whether a run that goes on waits for a tax service that does not answer (operator's scope)."""
    return RunPart.objects.filter(run=found, state=states.WAITING, code="billing.tax_service_away").exists()


def _finish(run_id: UUID) -> None:
    """End a run of which nobody waits any more; once, and not while others are at it."""
    run = Run.objects.select_for_update(skip_locked=True).filter(id=run_id, state=states.RUNNING).first()
    if run is None:
        return
    have = progress(run)
    if have.waiting:
        return
    before, run.state = run.state, states.after(waiting=have.waiting, failed=have.failed)
    run.due_at, run.ended_at = None, clock.now()
    _changed(run, "invoice_run_ended", before, "ended")


def _changed(run: Run, action: str, before: str, event: str) -> None:
    run.version += 1
    run.save()
    record.change(
        run,
        action,
        name=str(Month.of(run.month)),
        after={"state": run.state},
        moves=[Moved("invoice_run", run.id, before, run.state, event)],
    )
