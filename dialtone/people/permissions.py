"""Who may do what, read from the reviewed grid `permissions.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

ROLES = ("operator", "partner", "full", "location", "read_only", "person")
ROLES_OF_KIND = {
    "operator": ("operator",),
    "partner": ("partner",),
    "customer": ("full", "location", "read_only", "person"),
}


@cache
def _grid() -> Mapping[str, dict[str, object]]:
    loaded: dict[str, dict[str, object]] = yaml.safe_load(
        Path(__file__).with_name("permissions.yaml").read_text()
    )
    return loaded


def names() -> tuple[str, ...]:
    """All permission names, in the order of the grid."""
    return tuple(_grid())


def about(permission: str) -> str:
    """One English line on what the permission allows (marked for translation in `permission_words.py`)."""
    return str(_grid()[permission]["about"])


def roles_with(permission: str) -> tuple[str, ...]:
    """The roles that hold a permission. KeyError for a permission that the grid does not know."""
    roles = _grid()[permission]["roles"]
    assert isinstance(roles, list)
    return tuple(roles)


@cache
def of_role(role: str) -> frozenset[str]:
    """What a role may do. ValueError for an unknown role."""
    if role not in ROLES:
        raise ValueError(role)
    return frozenset(name for name in _grid() if role in roles_with(name))


def within(role: str, scopes: Iterable[str]) -> frozenset[str]:
    """A token's rights: its scopes, cut down to what the role holds now (S5). An empty list of scopes means all."""
    wanted = frozenset(scopes)
    return of_role(role) & wanted if wanted else of_role(role)


def grid_text() -> str:
    """The grid as a table of ticks, for tests/golden/permissions.txt and the documentation."""
    width = max(len(name) for name in names())
    lines = [f"{'permission':{width}}  " + "  ".join(f"{role:>9}" for role in ROLES)]
    for name in names():
        ticks = "  ".join(f"{'yes' if role in roles_with(name) else '-':>9}" for role in ROLES)
        lines.append(f"{name:{width}}  {ticks}")
    return "\n".join(lines) + "\n"
