"""Invoice a month for all customers, and after them for the partners to which the operator sells: begin, go on after whatever happened, try again those that could not be invoiced.

First the calls that wait are rated (`calls.charge`); then each customer is one transaction under the lock of the run, in the order of its position: killed at any point, the run goes on with
the next one that waits, and what it makes is the same to the byte (M1, M4, D3). The due time of the run's row wakes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from dialtone.base import clock, jobs, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.billing import ask_taxes, states
from dialtone.billing.days import Month
from dialtone.billing.issue import issue
from dialtone.billing.issue_wholesale import issue_wholesale
from dialtone.billing.models import Invoice, Run, RunPart
from dialtone.calls import charge
from dialtone.people import queries as people
from dialtone.people.models import Organisation, tenant_of
from dialtone.rates import resale

TASK = "billing.run"
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
    latest = Run.objects.order_by("-month").first()
    if latest is not None:
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


def carry_on(run_id: UUID, *, most: int | None = None) -> None:
    """Have the calls rated, then invoice the customers that wait, one after the other, at most so many. Opens its own scopes; two at
    once do no harm."""
    if not _rated(run_id):
        return
    done = 0
    while most is None or done < most:
        step = _next(run_id)
        if isinstance(step, ask_taxes.Wanted):
            if not _ask(run_id, step):
                return
        elif not step:
            return
        else:
            done += 1


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


def _rated(run_id: UUID) -> bool:
    """Whether the calls are rated, after doing it; False while somebody else is at it, whose end the run waits for."""
    with tenancy.operator_scope(SYSTEM):
        found = Run.objects.filter(id=run_id, state=states.RUNNING).first()
    if found is None:
        return False
    if found.rated_at is None:
        try:
            charge.charge(found.rating_version)
        except charge.Busy:
            return False
        with tenancy.operator_scope(SYSTEM):
            Run.objects.filter(id=run_id).update(rated_at=clock.now())
    return True


def _next(run_id: UUID) -> bool | ask_taxes.Wanted:
    """One customer or partner; False when none waits or somebody else is at it; what its invoice waits for where a tax service is to be asked."""
    with tenancy.operator_scope(SYSTEM):
        run = Run.objects.select_for_update(skip_locked=True).filter(id=run_id, state=states.RUNNING).first()
        if run is None:
            return False
        part = RunPart.objects.filter(run=run, state=states.WAITING).order_by("position").first()
        if part is None:
            _finish(run)
            return False
        crashpoint("billing.before_customer")
        try:
            with transaction.atomic():
                made = _issue(run, part)
        except ask_taxes.TaxesWantedError as waits:
            ask_taxes.keep(waits.wanted)
            return waits.wanted
        except (Problem, Problems) as problem:
            first = problem.problems[0] if isinstance(problem, Problems) else problem
            part.state, part.code, part.message = states.FAILED, first.code, first.sentence()[:500]
        else:
            part.code = part.message = ""
            part.state, part.invoice = (states.INVOICED, made) if made else (states.NOTHING, None)
        part.save()
        crashpoint("billing.after_customer")
    return True


def _issue(run: Run, part: RunPart) -> Invoice | None:
    told: dict[str, Any] = {"issued_on": run.issued_on, "rating_version": run.rating_version}
    if part.customer_id is not None:
        return issue(people.organisation(part.customer_id), Month.of(run.month), **told)
    own = RunPart.objects.filter(run=run, partner_id=part.partner_id, customer_id__isnull=False)
    failed = own.filter(state=states.FAILED).order_by("position").first()
    if failed is not None:
        raise Problem("billing.customer_first", values={"who": people.organisation(failed.customer_id).name})
    return issue_wholesale(people.organisation(part.partner_id), Month.of(run.month), **told)


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


def _finish(run: Run) -> None:
    have = progress(run)
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
