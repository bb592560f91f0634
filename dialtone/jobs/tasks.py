"""The tasks of the queue: each opens the scope that its ids name and calls one verb. All may run twice, and in
any order.

Rooms defer them by name (`base.jobs.defer("orders.advance", ...)`), so that no room looks up here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from procrastinate.contrib.django import app

from dialtone.base import clock, tenancy

if TYPE_CHECKING:
    from dialtone.carriers.models import Command

# Every task by its name: the isolation matrix and the documentation read it.
TASKS: dict[str, Callable[..., None]] = {}
JOB = tenancy.Actor(kind="job", name="Dialtone")


def task(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a task under the name that rooms defer by."""

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        app.task(name=name, retry=3)(function)
        TASKS[name] = function
        return function

    return mark


@task("mail.send")
def mail_send(letter_id: str) -> None:
    from dialtone.base import mail

    mail.send(UUID(letter_id), _reader)


def _reader(person_id: UUID) -> tuple[str, str] | None:
    from dialtone.people import queries as people

    with tenancy.operator_scope(JOB):
        found = people.reader(person_id)
    return (found.email, found.language) if found else None


@task("webhooks.deliver")
def webhooks_deliver(delivery_id: str) -> None:
    from dialtone.base import webhooks

    webhooks.deliver(UUID(delivery_id))


@task("documents.erase")
def documents_erase(document_id: str, customer_id: str) -> None:
    """The end of a paper's retention (S9); without a customer of a partner's or the operator's own."""
    from dialtone.base import documents

    scope = (
        tenancy.customer_scope(UUID(customer_id), actor=JOB) if customer_id else tenancy.operator_scope(JOB)
    )
    with scope:
        documents.erase(UUID(document_id), reason="retention_ended")


@task("batches.run")
def batches_run(batch_id: str, customer_id: str) -> None:
    """Long work that somebody asked for."""
    from dialtone.jobs import batches

    batches.run(UUID(batch_id), UUID(customer_id))


@task("migration.run")
def migration_run(move_id: str, customer_id: str) -> None:
    """Locations that somebody chose to move to another PSTN connection."""
    from dialtone.migration import move_sites

    move_sites.run(UUID(move_id), UUID(customer_id))


@task("migration.by_hand")
def migration_by_hand(move_id: str, customer_id: str) -> None:
    """A step of a move by hand that somebody has begun."""
    from dialtone.migration import by_hand

    by_hand.run(UUID(move_id), UUID(customer_id))


@task("estate.work")
def estate_work(import_id: str) -> None:
    """What an import of an estate waits for: its plan, or its pieces one by one."""
    from dialtone.estate import work

    work.work(UUID(import_id))


@task("cases.close")
def cases_close(case_id: str) -> None:
    """An answered case that nobody came back to."""
    from dialtone.support import close_case, queries

    with tenancy.operator_scope(JOB):
        case = queries.case(UUID(case_id))
        with tenancy.owner_scope(case):
            close_case.close_due(case.id)


@task("approvals.expire")
def approvals_expire(approval_id: str) -> None:
    """What took two persons, and nobody decided in time."""
    from dialtone.people import approvals

    with tenancy.operator_scope(JOB):
        found = approvals.anybodys(UUID(approval_id))
        with tenancy.owner_scope(found):
            approvals.expire(found.id)


@task("carriers.send")
def carriers_send(code: str, reference: str) -> None:
    """Talk to the carrier; when it has an answer, tell the room that waits for it. A command that is done stays due until it was
    heard."""
    from dialtone.carriers import command

    command.send(code, reference)
    with tenancy.operator_scope(JOB):
        told = command.news(code, reference)
    if told is None:
        return
    if told.customer_id is not None and told.kind in _HEARD_BY:
        _HEARD_BY[told.kind](told.customer_id, told)
    with tenancy.operator_scope(JOB):
        command.heard(told)


def _order_hears(customer_id: UUID, told: Command) -> None:
    orders_advance(order_id=str(told.about_id), customer_id=str(customer_id))


def _emergency_hears(customer_id: UUID, told: Command) -> None:
    from dialtone.emergency import hear_registration

    with tenancy.customer_scope(customer_id, told.partner_id, actor=JOB):
        hear_registration.hear(told.carrier, told.reference)


def _port_hears(customer_id: UUID, told: Command) -> None:
    from dialtone.porting import poll

    assert told.about_id is not None
    poll.poll(told.about_id, customer_id)


# Who waits for the answer to a command, by its kind; nobody waits for that of a release or a port-out.
_HEARD_BY: dict[str, Callable[[UUID, Command], None]] = {
    "provision": _order_hears,
    "set_emergency_address": _emergency_hears,
    **dict.fromkeys(("port_submit", "port_cancel", "port_move"), _port_hears),
}


@task("orders.advance")
def orders_advance(order_id: str, customer_id: str) -> None:
    from dialtone.orders import advance

    with tenancy.customer_scope(UUID(customer_id), actor=JOB):
        advance.advance(UUID(order_id))


@task("orders.due")
def orders_due(order_id: str, customer_id: str) -> None:
    from dialtone.orders import remind

    with tenancy.customer_scope(UUID(customer_id), actor=JOB):
        remind.due(UUID(order_id))


@task("orders.erase_identity")
def orders_erase_identity(order_id: str, customer_id: str) -> None:
    """Who ordered by support case, when the papers go (H16)."""
    from dialtone.orders import case_identity

    with tenancy.customer_scope(UUID(customer_id), actor=JOB):
        case_identity.erase_due(UUID(order_id))


@task("carts.expire")
def carts_expire(cart_id: str, customer_id: str) -> None:
    from dialtone.orders import cart

    with tenancy.customer_scope(UUID(customer_id), actor=JOB):
        cart.expire(UUID(cart_id))


@task("inventory.sweep")
def inventory_sweep() -> None:
    from dialtone.numbers.inventory import claims

    with tenancy.operator_scope(JOB):
        claims.sweep(clock.now())


@task("inventory.deliver")
def inventory_deliver(delivery_id: str) -> None:
    """The next step of a delivery of numbers: read its file, or add its numbers."""
    from dialtone.numbers.inventory import deliver

    deliver.deliver(UUID(delivery_id), JOB)


@task("emergency.check_address")
def emergency_check_address(address_id: str, customer_id: str) -> None:
    from dialtone.emergency import enter_address

    with tenancy.customer_scope(UUID(customer_id), actor=JOB):
        enter_address.check_address(UUID(address_id))


@task("plans.end_trial")
def plans_end_trial(subscription_id: str, customer_id: str) -> None:
    """One step of the end of a trial; with the last one its numbers go back (H13)."""
    from dialtone.emergency import give_back
    from dialtone.plans import end_trial, states

    with tenancy.customer_scope(UUID(customer_id), actor=JOB):
        if end_trial.end_trial(UUID(subscription_id)).state == states.ENDED:
            give_back.give_all_back()


@task("plans.erase_sign_up")
def plans_erase_sign_up(sign_up_id: str) -> None:
    """A sign-up that nobody finished within its day is forgotten."""
    from dialtone.plans import sign_up

    with tenancy.operator_scope(actor=JOB):
        sign_up.erase(UUID(sign_up_id))


@task("rates.charge")
def rates_charge() -> None:
    """Call records that were taken in, and parked ones since prices were added."""
    from dialtone.calls import charge

    charge.charge_due()


@task("billing.run")
def billing_run(run_id: str) -> None:
    """The invoices of a month, one turn of customers after the other."""
    from dialtone.billing import run

    run.carry_on(UUID(run_id))


@task("installation.audit")
def installation_audit() -> None:
    """Once a day: every invariant and the audit chain (T20); then the carriers' books against ours (E5)."""
    from dialtone.base import installation
    from dialtone.emergency import compare

    installation.audit_now()
    compare.compare_all()


@task("emergency.compare")
def emergency_compare(code: str) -> None:
    """The books of a carrier that could not be read when they were to be compared (E5)."""
    from dialtone.emergency import compare

    compare.compare_all(only=code)


@task("porting.attend")
def porting_attend(order_id: str, customer_id: str) -> None:
    """A port order's due time: reminders, checks, alerts, and asking the carrier."""
    from dialtone.porting import attend

    attend.attend(UUID(order_id), UUID(customer_id))


@task("sandbox.push")
def sandbox_push(reference: str) -> None:
    """What a losing carrier of the sandbox tells by itself about a port."""
    from dialtone.carriers.sandbox import push

    push.push(reference)


@task("port_out.attend")
def port_out_attend(port_out_id: str, customer_id: str) -> None:
    """A due request of another carrier: alerts, and asking ours whether the numbers have left."""
    from dialtone.porting.out import attend

    attend.attend(UUID(port_out_id), UUID(customer_id))


@task("port_out.lock")
def port_out_lock(unlock_id: str, customer_id: str) -> None:
    """The time of an unlock has passed."""
    from dialtone.porting.out import lock

    with tenancy.customer_scope(UUID(customer_id), actor=JOB):
        lock.lock_due(UUID(unlock_id))


@task("calls.take_in")
def calls_take_in() -> None:
    """Files of call records that a switch or carrier has left."""
    from dialtone.calls import spool

    spool.take_in_waiting(JOB)
