"""Load price lists, and have call records rated: a plan is shown first, and applied when told to.

dialtone rates load may.csv                  read it, show the plan, keep it as a proposal, change no price
dialtone rates load may.csv --apply          and put it into force, or where it takes a second person, ask for consent
dialtone rates load may.csv --new            into a new list, of the operator or of --owner ID
dialtone rates approve PROPOSAL              put a small one into force, or consent to a large one as the second person
dialtone rates list
dialtone rates charge                        rate all call records that are not rated yet (a job does it for new ones)

What takes two persons takes their names: --as EMAIL says which person of the operator acts.
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
    from dialtone.calls.charge import RateFiles
    from dialtone.rates.models import PriceList, PriceVersion


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as", dest="person", default="", metavar="EMAIL", help="the operator's person who acts"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser("load", help="read a CSV and show what it would change")
    load.add_argument("file", type=Path)
    load.add_argument("--currency", default="USD")
    load.add_argument("--owner", type=UUID, help="the partner or customer whose list it is")
    load.add_argument("--wholesale", action="store_true", help="the list of what a partner pays")
    load.add_argument("--new", metavar="NAME", help="make the list, with this name")
    load.add_argument("--apply", action="store_true", help="put it into force after showing the plan")
    approve = actions.add_parser("approve", help="put a proposal into force, as the second person")
    approve.add_argument("proposal", type=UUID)
    actions.add_parser("list", help="all price lists")
    charge = actions.add_parser("charge", help="rate the call records that are not rated yet")
    charge.add_argument("--rating-version", type=int, default=1)
    charge.add_argument("--processes", type=int, default=1)
    charge.add_argument(
        "--cluster", metavar="ADDRESS", help="rate the files on a Ray cluster (auto, or host:port)"
    )
    charge.add_argument(
        "--folder", type=Path, help="where files of calls are made; on a cluster, shared by all of it"
    )


def run(told: argparse.Namespace) -> int:
    start.running()
    from dialtone.base import tenancy
    from dialtone.people import at_console

    if told.action == "charge":
        return _charge(told)
    actor = at_console.operator_actor(told.person, user=getpass.getuser())
    with tenancy.operator_scope(actor):
        return {"load": _load, "approve": _approve, "list": _list}[told.action](told)


def _load(told: argparse.Namespace) -> int:
    from dialtone.rates import load

    try:
        content = told.file.read_bytes()
    except OSError as error:
        raise start.Misused(f"{told.file} cannot be read: {error.strerror}.") from error
    version = load.propose(_price_list(told), content)
    _show(version)
    if not told.apply:
        print(f"No price has been changed. To put it into force: dialtone rates approve {version.id}")
        return start.DONE
    if version.needs_second_person:
        load.ask(version.id)
        print(
            f"A second person has to consent, on the page Consent or by: dialtone rates approve {version.id}"
        )
        return start.REFUSED
    return _in_force(load.apply(version.id))


def _price_list(told: argparse.Namespace) -> PriceList:
    from dialtone.people.models import Organisation
    from dialtone.rates import load
    from dialtone.rates.models import PriceList

    owner = Organisation.objects.filter(id=told.owner).first() if told.owner else None
    if told.owner and owner is None:
        raise start.Misused(f"There is no organisation {told.owner}.")
    if told.new:
        return load.create_list(told.new, told.currency, owner, is_wholesale=told.wholesale)
    found = PriceList.objects.filter(
        currency=told.currency,
        partner_id=owner and owner.partner_id,
        customer_id=owner and owner.customer_id,
        is_wholesale=told.wholesale,
    ).first()
    if found is None:
        raise start.Misused(f"There is no such list in {told.currency} yet; make it with --new NAME.")
    return found


def _show(version: PriceVersion) -> None:
    plan = version.plan
    print(
        f"{plan['added']} added, {plan['changed']} changed, {plan['ended']} ended, {plan['same']} as before"
    )
    for key, before, after in plan["jumps"]:
        print(f"looks odd: {key} from {before} to {after}")


def _approve(told: argparse.Namespace) -> int:
    from dialtone.people import approvals
    from dialtone.rates import load
    from dialtone.rates.models import PriceVersion

    found = PriceVersion.objects.filter(id=told.proposal).first()
    if found is None:
        raise start.Misused(f"There is no proposal {told.proposal}.")
    asked = approvals.about(load.BY_TWO, version=str(found.id)).filter(state=approvals.WAITING).first()
    if asked is None and found.needs_second_person:
        load.ask(found.id)
        print("Asked: now somebody else has to consent.")
        return start.REFUSED
    if asked is None:
        return _in_force(load.apply(found.id))
    approvals.approve(asked.id)
    found.refresh_from_db()
    return _in_force(found)


def _in_force(version: PriceVersion) -> int:
    print(f"Version {version.number} of {version.price_list.name} is in force.")
    return start.DONE


def _list(told: argparse.Namespace) -> int:
    from dialtone.rates.models import PriceList

    for each in PriceList.objects.order_by("name", "id"):
        note = " (simulated)" if each.is_simulated else " (wholesale)" if each.is_wholesale else ""
        print(f"{each.name}{note}: {each.currency}, version {each.version}")
    return start.DONE


def _charge(told: argparse.Namespace) -> int:
    from dialtone.calls import charge

    def show(done: charge.Done) -> None:
        if sys.stderr.isatty():
            print(f"\r{done.rated} calls rated", end="", file=sys.stderr, flush=True)

    try:
        done = charge.charge(
            told.rating_version,
            processes=told.processes,
            elsewhere=_cluster(told.cluster) if told.cluster else None,
            folder=told.folder,
            told=show,
        )
    except charge.Busy:
        print("Calls are being rated already.", file=sys.stderr)
        return start.REFUSED
    print(f"{done.rated} calls rated, {done.parked} wait for a price")
    return start.DONE


def _cluster(address: str) -> RateFiles:
    from dialtone.rates.cluster import on_cluster

    try:
        return on_cluster(address)
    except ImportError as error:
        raise start.Misused(
            "A cluster needs the extra `cluster`: pip install 'dialtone[cluster]'."
        ) from error
