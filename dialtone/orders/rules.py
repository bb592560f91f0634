"""Pure rules of ordering: what may be in one order, and whether this location may order it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_PER_ORDER = 100  # ORD-05; country files say the same per country
BLOCK_SIZES = (10, 50, 100)  # ORD-21


@dataclass(frozen=True)
class Group:
    """A cart line seen by the rules: how many numbers, of which kind, whether a block."""

    size: int
    kind: str
    is_block: bool


@dataclass(frozen=True)
class Refusal:
    """Why not: a code, the field it is about, and values for its sentence."""

    code: str
    field: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


def check_contents(groups: Sequence[Group]) -> list[Refusal]:
    """What is wrong with the contents of one order (ORD-04, ORD-05, ORD-18, ORD-21, ORD-22, H12); empty when all is well.

    >>> check_contents([Group(1, "standard", False)] * 101)[0].code
    'orders.quantity'
    >>> check_contents([Group(100, "standard", True)])
    []
    """
    if not groups:
        return [Refusal("orders.empty", "/numbers")]
    found = []
    total = sum(group.size for group in groups)
    if total > MOST_PER_ORDER:
        found.append(Refusal("orders.quantity", "/numbers", {"quantity": total, "limit": MOST_PER_ORDER}))
    blocks = [group for group in groups if group.is_block]
    if blocks and len(groups) > 1:
        found.append(Refusal("orders.one_block", "/numbers"))
    for group in blocks:
        if group.size not in BLOCK_SIZES:
            found.append(Refusal("orders.block_size", "/blockSize", {"size": group.size}))
        if group.kind == "toll_free":
            found.append(Refusal("orders.no_blocks_of_kind", "/numberType"))
    return found


def needs_of(groups: Sequence[Group]) -> list[str]:
    """Which plan questions an order raises, for `plans.rules.may`.

    >>> needs_of([Group(10, "standard", True)])
    ['order_numbers', 'order_block']
    """
    needs = ["order_numbers"]
    if any(group.is_block for group in groups):
        needs.append("order_block")
    if any(group.kind == "toll_free" for group in groups):
        needs.append("order_toll_free")
    return needs
