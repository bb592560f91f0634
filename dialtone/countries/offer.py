"""What can be had in a country by a paying account or one on trial: country facts and trial rules together."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from dialtone.countries.facts import NumberType, OrderingMode
from dialtone.countries.load import get


class Offer(Struct, frozen=True):
    """What a page or a program may offer. Whether the account may order at all is the plans room's answer."""

    mode: OrderingMode
    number_types: tuple[NumberType, ...]
    block_sizes: tuple[int, ...]
    max_numbers: int
    """Per order; on trial for the whole trial (ACC-08)."""
    port_in: bool
    toll_free_port_in: bool


def offer(iso: str, on: date, *, trial: bool = False, service_licence: bool = False) -> Offer:
    """What is offered in a country (ORD-08, -17, -19, -27, -31, ACC-08, ACC-09). Raises CountryNotServed.

    >>> offer("DE", date(2026, 11, 24)).block_sizes
    ()
    """
    country = get(iso, on)
    ordering, forbidden = country.ordering, country.trial.forbidden if trial else ()
    may_serve = ordering.service_numbers and (service_licence or not ordering.service_licence_required)
    left_out = set()
    if "inbound_toll_free" in forbidden or not ordering.toll_free:
        left_out.add(NumberType.TOLL_FREE)
    if trial or not may_serve:
        left_out.add(NumberType.SERVICE)
    blocks = ordering.blocks and "consecutive_block" not in forbidden
    port_in = country.porting.available and "port_in" not in forbidden
    return Offer(
        ordering.mode,
        tuple(kind for kind in ordering.number_types if kind not in left_out),
        ordering.block_sizes if blocks else (),
        country.trial.max_numbers if trial else ordering.max_numbers_per_order,
        port_in,
        port_in and country.porting.toll_free,
    )
