"""Find numbers, hold them, order them, and follow the order, for one customer.

    dialtone order search --area-code 212 --ends-with 00
    dialtone order reserve --location "Head office" +12122070000 +12122070001
    dialtone order place --location "Head office" --quantity 5 --area-code 212
    dialtone order place --reservation ID
    dialtone order show ID | list | cancel ID

Who acts: a token in DIALTONE_TOKEN (or --token-file), or, on the machine of the operator, --as EMAIL --customer NAME --reason TEXT. The
rules are those of the pages and the API; --json prints plain values.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dialtone.cli import start

if TYPE_CHECKING:
    from dialtone.locations.models import Location
    from dialtone.numbers.inventory.search import Answer
    from dialtone.orders.cart import Choice
    from dialtone.orders.models import Order
    from dialtone.people.caller import Caller

CRITERIA = ("country", "kind", "state", "area_code", "city", "exchange", "prefix", "contains", "ends_with")


def add(parser: argparse.ArgumentParser) -> None:
    who = argparse.ArgumentParser(add_help=False)
    who.add_argument(
        "--token-file", type=Path, metavar="FILE", help="a file with the token (or DIALTONE_TOKEN)"
    )
    who.add_argument("--as", dest="email", metavar="EMAIL", help="act as this person of the operator")
    who.add_argument("--customer", default="", help="for this customer: its whole name, or its id")
    who.add_argument("--reason", default="", help="why, for the customer's audit trail")
    who.add_argument("--json", action="store_true")
    wish = argparse.ArgumentParser(add_help=False)
    for name in CRITERIA:
        wish.add_argument(f"--{name.replace('_', '-')}", default="")
    wish.add_argument("--block-size", type=int, default=0, metavar="N", help="blocks of 10, 50 or 100")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--location", help="the location: its whole name, or its id")
    where.add_argument("numbers", nargs="*", help="numbers with + and country code")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    search = actions.add_parser("search", parents=[who, wish], help="find free numbers")
    search.add_argument("--max", type=int, default=20)
    actions.add_parser("reserve", parents=[who, where], help="hold numbers for 30 minutes")
    place = actions.add_parser(
        "place", parents=[who, wish, where], help="order numbers, or what was reserved"
    )
    place.add_argument("--reservation", metavar="ID")
    place.add_argument("--quantity", type=int, help="let Dialtone pick this many by the criteria")
    listing = actions.add_parser("list", parents=[who], help="orders, the newest first")
    listing.add_argument("--status", default="", choices=["", "pending", "provisioned", "error"])
    listing.add_argument("--max", type=int, default=50)
    for name, about in (
        ("show", "one order with its lines"),
        ("cancel", "end an order before it is provisioned"),
    ):
        actions.add_parser(name, parents=[who], help=about).add_argument(
            "order", metavar="ID", help="id or number"
        )


def run(told: argparse.Namespace) -> int:
    start.running()
    action: Callable[[argparse.Namespace, Caller], Any] = ACTIONS[told.action]
    caller = _caller(told)
    if caller.customer_id is None:
        raise start.Misused("--customer is missing: an order is a customer's.")
    caller.need(NEEDS[told.action])
    with caller.scope():
        said = action(told, caller)
    print(json.dumps(said, indent=2, default=str) if told.json else _text(said))
    return start.DONE


def _caller(told: argparse.Namespace) -> Caller:
    from dialtone.people import at_console

    user = getpass.getuser()
    if told.email:
        return at_console.as_operator(told.email, told.customer, reason=told.reason, user=user)
    secret = told.token_file.read_text().strip() if told.token_file else os.environ.get("DIALTONE_TOKEN", "")
    if not secret:
        raise start.Misused(
            "Who acts? Set DIALTONE_TOKEN, or give --token-file, or --as with --customer and --reason."
        )
    return at_console.by_token(secret, user=user, org_id=told.customer)


def search(told: argparse.Namespace, caller: Caller) -> Any:
    answer = _find(told, told.max)
    if not answer.offers and not answer.alternatives:
        return []
    return [
        {"first": offer.first, "size": offer.size, "kind": offer.kind, "city": offer.city, "state": offer.state,
         "near": offer.nearness}
        for offer in (answer.offers or answer.alternatives)
    ]  # fmt: skip


def reserve(told: argparse.Namespace, caller: Caller) -> Any:
    from dialtone.base import ids
    from dialtone.orders import cart

    location = _location(told, caller, "searches_numbers")
    found = cart.add(location.id, _named(told.numbers))
    return {
        "reservation": ids.outside("RESERVATION", found.id),
        "until": found.until,
        "location": location.name,
    }


def place(told: argparse.Namespace, caller: Caller) -> Any:
    from dialtone.base.problems import Problem
    from dialtone.orders import cart, place, queries

    if told.reservation:
        found, _lines = queries.cart(_id(told.reservation, "RESERVATION", "/reservation"))
        if not caller.sees_location(found.location_id):
            raise Problem("not_found", field="/reservation")
        return _order(place.place(found.id))
    location = _location(told, caller, "places_orders")
    if not told.numbers and not told.country:
        told.country = location.country
    choices = _named(told.numbers) if told.numbers else _picked(told)
    return _order(place.place(cart.add(location.id, choices, apart=True).id))


def show(told: argparse.Namespace, caller: Caller) -> Any:
    return _order(_one(told, caller))


def list_orders(told: argparse.Namespace, caller: Caller) -> Any:
    from dialtone.orders import queries

    seen = caller.own_location_ids
    found = queries.orders(status=told.status, location_ids=seen)[: told.max]
    return [{key: value for key, value in _order(each).items() if key != "lines"} for each in found]


def cancel(told: argparse.Namespace, caller: Caller) -> Any:
    from dialtone.orders import cancel

    found = _one(told, caller)
    caller.need("cancels_orders", found.location_id)
    return _order(cancel.cancel(found.id))


ACTIONS = {
    "search": search,
    "reserve": reserve,
    "place": place,
    "show": show,
    "list": list_orders,
    "cancel": cancel,
}
NEEDS = {
    "search": "searches_numbers",
    "reserve": "searches_numbers",
    "place": "places_orders",
    "show": "sees_orders",
    "list": "sees_orders",
    "cancel": "cancels_orders",
}


def _find(told: argparse.Namespace, page: int) -> Answer:
    from dialtone.numbers.inventory import search

    criteria = {name: getattr(told, name) for name in CRITERIA if getattr(told, name)}
    return search.find(search.Wish(**criteria, block_size=told.block_size, page=page))


def _picked(told: argparse.Namespace) -> list[Choice]:
    """What Dialtone chooses by the criteria (ORD-14)."""
    from dialtone.base.problems import Problem
    from dialtone.orders import rules
    from dialtone.orders.cart import Choice

    needed = 1 if told.block_size else told.quantity or 0
    if not 1 <= needed <= rules.MOST_PER_ORDER:
        values = {"quantity": needed, "limit": rules.MOST_PER_ORDER}
        raise Problem("orders.quantity", field="/quantity", values=values)
    answer = _find(told, needed)
    if len(answer.offers) < needed:
        values = {"free": answer.total, "quantity": needed}
        raise Problem("orders.too_few_free", field="/quantity", values=values)
    return [Choice(each.e164s, each.kind, each.is_block, each.place()) for each in answer.offers[:needed]]


def _named(numbers: list[str]) -> list[Choice]:
    """Numbers as they were typed; what is wrong with each is said at once."""
    from dialtone.base.phone import PhoneNumber
    from dialtone.base.problems import Problem, Problems
    from dialtone.orders.cart import choices_of

    runs: list[tuple[list[str], bool, str]] = []
    refused: list[Problem] = []
    for position, text in enumerate(numbers):
        try:
            field = f"/numbers/{position}"
            runs.append(([PhoneNumber.parse_api(text, field).e164], False, field))
        except Problem as problem:
            refused.append(problem)
    if not numbers:
        refused.append(Problem("orders.empty", field="/numbers"))
    if refused:
        raise Problems(refused)
    return choices_of(runs)


def _location(told: argparse.Namespace, caller: Caller, permission: str) -> Location:
    """The location by its whole name or its id. Raises Problem not_found."""
    from dialtone.base.problems import Problem
    from dialtone.locations import queries

    if not told.location:
        raise start.Misused("--location is missing: the location's whole name, or its id.")
    named = [each for each in queries.list_all(told.location) if each.name == told.location]
    if len(named) > 1:
        raise start.Misused(f"--location: {len(named)} locations are called {told.location}; give the id.")
    found = named[0] if named else queries.location(_id(told.location, "LOCATION", "/location"))
    if not caller.sees_location(found.id):
        raise Problem("not_found", field="/location")
    caller.need(permission, found.id)
    return found


def _one(told: argparse.Namespace, caller: Caller) -> Order:
    """The order by its number or its id. Raises Problem not_found."""
    from dialtone.base.problems import Problem
    from dialtone.orders import queries

    if told.order.startswith("ORD-"):
        found = next(iter(queries.orders(text=told.order, with_cancelled=True)), None)
    else:
        found = queries.order(_id(told.order, "ORDER", "/order"))
    if found is None or not caller.sees_location(found.location_id):
        raise Problem("not_found", field="/order")
    return found


def _id(text: str, kind: str, field: str) -> UUID:
    """Raises Problem not_found, with the option that was wrong."""
    from dialtone.base import ids
    from dialtone.base.problems import Problem

    try:
        return ids.inside(text, kind)
    except Problem as problem:
        raise Problem("not_found", field=field) from problem


def _order(found: Order) -> dict[str, Any]:
    from dialtone.base import ids
    from dialtone.orders import queries, states

    facts = queries.facts(found)
    return {
        "order": found.number,
        "id": ids.outside("ORDER", found.id),
        "status": found.status,
        "ended_because": found.end_reason,
        "waits_for": states.waits_for(facts) or "",
        "location": found.location_name,
        "quantity": found.quantity,
        "placed": found.placed_at.isoformat(timespec="seconds"),
        "lines": [
            {"numbers": list(line.e164s), "state": line.state, "reason": line.reason}
            for line in queries.lines(found.id)
        ],
    }


def _text(said: Any) -> str:
    """Values for people: a line for each entry of a list, or a line for each value."""
    if isinstance(said, list):
        return (
            "\n".join("  ".join(str(value) for value in each.values() if value != "") for each in said)
            or "nothing"
        )
    lines = [
        f"{name.replace('_', ' '):14} {value}"
        for name, value in said.items()
        if name != "lines" and value != ""
    ]
    for line in said.get("lines", []):
        run = line["numbers"]
        shown = run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}"
        lines.append(f"  {shown}  {line['state']}  {line['reason']}".rstrip())
    return "\n".join(lines)
