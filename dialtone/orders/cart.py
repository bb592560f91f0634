"""The cart: numbers chosen for one location, held in the inventory for thirty minutes, extendable once (H11).

Every change of a cart holds or lets go in the same transaction. What somebody else was quicker to take is answered as
"not available", whoever has it (measured: 0.5, one answer for unknown, taken and ageing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.numbers.inventory import claims, search
from dialtone.numbers.inventory.places import fits_country
from dialtone.orders import rules
from dialtone.orders.models import Cart, CartLine

HOLD = timedelta(minutes=30)


@dataclass(frozen=True)
class Choice:
    """One number, or one block as a run of numbers, chosen from a search. `field` is where a caller named it."""

    e164s: Sequence[str]
    kind: str
    is_block: bool = False
    place: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""


def choices_of(runs: Sequence[tuple[Sequence[str], bool, str]]) -> list[Choice]:
    """Choices from (numbers, whether they are a block, where the caller named them), with what the inventory knows of them."""
    places = search.places_of([e164s[0] for e164s, _is_block, _field in runs])
    return [
        Choice(e164s, place.get("kind", "standard"), is_block, place, field_at)
        for e164s, is_block, field_at in runs
        for place in [places.get(e164s[0], {})]
    ]


def open_cart(location_id: UUID) -> Cart:
    """The actor's open cart for a location, made when there is none; an expired one is closed first."""
    actor = tenancy.actor()
    cart = (
        Cart.objects.select_for_update()
        .filter(location_id=location_id, opened_by=actor.id, state="open")
        .order_by("-opened_at")
        .first()
    )
    if cart is not None and cart.until is not None and cart.until <= clock.now():
        expire(cart.id)
        cart = None
    return cart or _new_cart(location_id)


def _new_cart(location_id: UUID) -> Cart:
    return Cart.objects.create(
        location_id=location_id, opened_by=tenancy.actor().id, opened_at=clock.now(), state="open"
    )


def add(
    location_id: UUID, choices: Sequence[Choice], *, field_name: str = "/numbers", apart: bool = False
) -> Cart:
    """Hold the chosen numbers and put them into the actor's open cart, all or none.

    `apart`: into a cart of their own, for whoever orders at once and wants nothing that was put aside before.

    Raises Problems: orders.twice, orders.country_mismatch, orders.quantity, orders.one_block, numbers.not_available (a field
    for each number), numbers.too_many_held.
    """
    cart = _new_cart(location_id) if apart else open_cart(location_id)
    country = locations.country_of(location_id)
    lines = list(CartLine.objects.filter(cart=cart))
    seen = {e164 for line in lines for e164 in line.e164s}
    wanted = [(e164, choice) for choice in choices for e164 in choice.e164s]
    fields = [choice.field or f"{field_name}/{position}" for position, (_e164, choice) in enumerate(wanted)]
    refused: list[Problem] = []
    for (e164, choice), field_at in zip(wanted, fields, strict=True):
        if e164 in seen:
            refused.append(Problem("orders.twice", field=field_at, values={"number": e164}))
        seen.add(e164)
        if e164 == choice.e164s[0] and not fits_country(PhoneNumber(e164), country):
            refused.append(Problem("orders.country_mismatch", field=field_at, values={"number": e164}))
    groups = [rules.Group(len(line.e164s), line.kind, line.is_block) for line in lines]
    groups += [rules.Group(len(choice.e164s), choice.kind, choice.is_block) for choice in choices]
    refused += [
        Problem(refusal.code, field=refusal.field, values=refusal.values)
        for refusal in rules.check_contents(groups)
    ]
    if refused:
        raise Problems(refused)
    now = clock.now()
    e164s = [e164 for e164, _choice in wanted]
    until = cart.until if cart.until and cart.until > now else now + HOLD
    taken = claims.hold(e164s, customer_id=cart.customer_id, reservation_id=cart.id, until=until, now=now)
    missing = [
        Problem("numbers.not_available", field=field_at, values={"number": e164})
        for e164, field_at in zip(e164s, fields, strict=True)
        if e164 not in taken
    ]
    if missing:
        raise Problems(missing)
    CartLine.objects.bulk_create(
        CartLine(
            cart=cart,
            e164s=list(choice.e164s),
            is_block=choice.is_block,
            kind=choice.kind,
            place=dict(choice.place),
            added_at=now,
        )
        for choice in choices
    )
    cart.until = until
    cart.version += 1
    cart.save()
    record.change(cart, "numbers_held", facts={"numbers": e164s, "until": until})
    return cart


def remove(cart_id: UUID, line_id: UUID) -> Cart:
    """Take one line out of the cart and let its numbers go at once. A line that is gone already changes nothing."""
    cart = locked(cart_id)
    line = CartLine.objects.filter(cart=cart, id=line_id).first()
    if line is None:
        return cart
    claims.free(line.e164s, customer_id=cart.customer_id, now=clock.now())
    numbers = list(line.e164s)
    line.delete()
    if not CartLine.objects.filter(cart=cart).exists():
        cart.until = None
    cart.version += 1
    cart.save()
    record.change(cart, "numbers_let_go", facts={"numbers": numbers})
    return cart


def empty(cart_id: UUID) -> Cart:
    """Let everything in the cart go and close it."""
    cart = locked(cart_id)
    if cart.state == "open":
        _close(cart, "emptied")
    return cart


def extend(cart_id: UUID) -> Cart:
    """Thirty minutes more, once. Raises orders.cannot_extend, orders.reservation_ended."""
    cart = locked(cart_id)
    _alive(cart)
    if cart.extended:
        raise Problem("orders.cannot_extend")
    now = clock.now()
    until = now + HOLD
    claims.extend(cart.id, customer_id=cart.customer_id, until=until, now=now)
    cart.until = until
    cart.extended = True
    cart.version += 1
    cart.save()
    record.change(cart, "reservation_extended", facts={"until": until})
    return cart


def expire(cart_id: UUID) -> None:
    """Close a cart whose time has passed; called by the sweeper and by whoever meets it first."""
    cart = Cart.objects.select_for_update().filter(id=cart_id, state="open").first()
    if cart is not None and cart.until is not None and cart.until <= clock.now():
        _close(cart, "expired")


def living(cart_id: UUID) -> tuple[Cart, list[CartLine]]:
    """The cart, locked, with its lines. Raises not_found, orders.reservation_ended, orders.empty."""
    cart = locked(cart_id)
    _alive(cart)
    lines = list(CartLine.objects.filter(cart=cart).order_by("added_at", "id"))
    if not lines:
        raise Problem("orders.empty", field="/numbers")
    return cart, lines


def locked(cart_id: UUID) -> Cart:
    """The cart, locked, whatever its state. Raises Problem("not_found")."""
    cart = Cart.objects.select_for_update().filter(id=cart_id).first()
    if cart is None:
        raise Problem("not_found")
    return cart


def _alive(cart: Cart) -> None:
    if cart.state == "open" and (cart.until is None or cart.until > clock.now()):
        return
    raise Problem("orders.reservation_ended", values={"ended": cart.until.isoformat() if cart.until else ""})


def _close(cart: Cart, how: str) -> None:
    claims.drop(cart.id, customer_id=cart.customer_id, now=clock.now())
    cart.state = how
    cart.version += 1
    cart.save()
    record.change(cart, f"cart_{how}")
