"""Invoice a month for all customers, and see what a customer's running month comes to.

dialtone billing preview CUSTOMER [--month 2026-11]   what the invoice would say; nothing is written
dialtone billing run 2026-11 [--processes 2]          invoice the month; again, or after a break, it does what is left
dialtone billing retry 2026-11                        try those customers again that could not be invoiced
dialtone billing taxes FILE.csv                       what a file of taxes would change; with --apply it holds from then on
dialtone billing list                                 the months that were invoiced, and how far they are
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from dialtone.cli import start

if TYPE_CHECKING:
    from dialtone.billing.models import Run


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    preview = actions.add_parser("preview", help="what a customer's invoice would say")
    preview.add_argument("customer", type=UUID)
    preview.add_argument("--month", help="without it, the running one")
    for name, words in (("run", "invoice a month"), ("retry", "try again who could not be invoiced")):
        each = actions.add_parser(name, help=words)
        each.add_argument("month")
        each.add_argument("--processes", type=int, default=1, help="how many work at it")
    taxes = actions.add_parser("taxes", help="enter taxes and fees by CSV, such as those of US states")
    taxes.add_argument("file", type=Path)
    taxes.add_argument("--apply", action="store_true", help="put them into force after showing the plan")
    actions.add_parser("list", help="the months that were invoiced")


def run(told: argparse.Namespace) -> int:
    start.running()
    from dialtone.base import tenancy

    actor = tenancy.Actor(kind="system", name=f"{getpass.getuser()} at the command line", origin="console")
    if told.action == "taxes":
        return _taxes(told, actor)
    if told.action in ("run", "retry"):
        return _invoice(told, actor)
    with tenancy.operator_scope(actor):
        return _preview(told) if told.action == "preview" else _list()


def _preview(told: argparse.Namespace) -> int:
    from dialtone.base import clock
    from dialtone.billing import content, draft, words
    from dialtone.billing.days import Month
    from dialtone.people.models import Organisation

    customer = Organisation.objects.filter(id=told.customer, kind="customer").first()
    if customer is None:
        raise start.Misused(f"There is no customer {told.customer}.")
    month = Month.read(told.month) if told.month else Month.of(clock.today(customer.time_zone))
    said = content.of_draft(draft.preview(customer, month))
    print(f"{customer.name}, {month}{', simulated prices' if said['simulated'] else ''}")
    for line in said["lines"]:
        days = f"{line['from']} to {words.last_day(line)}"
        print(
            f"{line['amount'] or 'no price':>12}  {words.what(line)}  {days}  {words.detail(line)}".rstrip()
        )
    for tax in said["taxes"]:
        print(f"{tax['amount']:>12}  {words.tax_name(tax)}")
    print(f"{said['total']:>12}  {said['currency']}")
    return start.DONE


def _invoice(told: argparse.Namespace, actor: object) -> int:
    """Does the work here, as the worker would: what it has taken on meanwhile is left to it."""
    from dialtone.base import tenancy
    from dialtone.billing import run as runs
    from dialtone.billing.days import Month
    from dialtone.billing.models import Run

    month = Month.read(told.month)
    with tenancy.operator_scope(actor):  # type: ignore[arg-type]
        found = Run.objects.filter(month=month.first).first()
        if told.action == "retry":
            if found is None:
                raise start.Misused(f"{month} has not been invoiced.")
            found = runs.retry(found.id)
        else:
            found = runs.begin(month)
    runs.carry_on(found.id, processes=told.processes)
    with tenancy.operator_scope(actor):  # type: ignore[arg-type]
        found.refresh_from_db()
        _show(found)
        failures = list(runs.failures(found)[:20])
    for each in failures:
        print(f"{each.customer_id or each.partner_id}: {each.message}", file=sys.stderr)
    return start.REFUSED if failures else start.DONE


def _taxes(told: argparse.Namespace, actor: object) -> int:
    """Show what a file changes, and put it into force when told to. Invoices that are made keep their taxes."""
    from dialtone.base import tenancy
    from dialtone.billing import set_taxes, tax_file, taxes

    try:
        text = told.file.read_text(encoding="utf-8")
        tax_file.read(text)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return start.REFUSED
    plan, seen = set_taxes.propose(text)
    for line in plan.added:
        print(f"new      {tax_file.shown(line)}")
    for before, after in plan.changed:
        print(f"changed  {tax_file.shown(before)} -> {tax_file.shown(after)}")
    print(f"{len(plan.added)} new, {len(plan.changed)} changed, {plan.same} as they were")
    if told.apply and (plan.added or plan.changed):
        with tenancy.operator_scope(actor):  # type: ignore[arg-type]
            set_taxes.apply(text, seen=seen)
        print(f"In force: {taxes.own_file()}")
    return start.DONE


def _list() -> int:
    from dialtone.billing import run as runs

    for each in runs.runs():
        _show(each)
    return start.DONE


def _show(found: Run) -> None:
    from dialtone.billing import run as runs
    from dialtone.billing.days import Month

    have = runs.progress(found)
    print(
        f"{Month.of(found.month)}: {found.state}; {have.invoiced} invoiced, {have.nothing} with nothing to pay,"
        f" {have.failed} could not be, {have.waiting} wait"
    )
