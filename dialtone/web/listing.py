"""What `components/listing.html` draws: a list whose whole state (filters, columns, page) is in the address bar.

A view makes one `Listing` and passes it as `listing`; the rows come from a room's query, keyset paged.
Source: design.md, "Lists".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.http import HttpRequest

# Parameters that say where in the list one is; they go when a filter changes.
PLACE = ("after", "before")


@dataclass(frozen=True)
class Column:
    """One column. `heads_row` marks the one that names the row; `chosen=False` is there for the asking only."""

    key: str
    label: str
    numeric: bool = False
    heads_row: bool = False
    chosen: bool = True


@dataclass(frozen=True)
class Bulk:
    """One bulk action: the button's verb, the value sent as `action`, and whether it takes something away."""

    action: str
    label: str
    icon: str = "check"
    takes_away: bool = False


@dataclass
class Listing:
    """A page of a list.

    `row_template` draws one `<tr>`'s cells with `{% cell %}` and gets `row`. `total` is None when counting would
    cost too much. `older` and `newer` are the cursors of the next and previous page, "" at the ends. Bulk actions
    are posted to `bulk_url` with `id` (many) or `all=1`, under the same filters. `export_url` gets the filters too.
    """

    request: HttpRequest
    name: str
    caption: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    row_template: str
    total: int | None = None
    filters: Form | None = None
    older: str = ""
    newer: str = ""
    bulk: Sequence[Bulk] = ()
    bulk_url: str = ""
    export_url: str = ""
    _asked: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        in_address = self.request.GET.getlist("columns")
        remembered = self.request.COOKIES.get(f"columns-{self.name}", "").split(".")
        known = {column.key for column in self.columns}
        self._asked = frozenset(known & set(in_address or remembered))

    @property
    def visible(self) -> list[Column]:
        """The chosen columns in their order; the naming column is always among them."""
        return [c for c in self.columns if c.heads_row or (c.key in self._asked if self._asked else c.chosen)]

    def shown(self, key: str) -> Column | None:
        """The column if it is chosen. An unknown key is a slip in the template and raises."""
        column = next(c for c in self.columns if c.key == key)
        return column if column in self.visible else None

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """Every column that can be left out, and whether it is shown."""
        return [(c, c in self.visible) for c in self.columns if not c.heads_row]

    @property
    def is_filtered(self) -> bool:
        return any(bool(self.request.GET.get(name)) for name in (self.filters.fields if self.filters else ()))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Everything asked in the address but place and columns: hidden inputs of the column chooser."""
        skip = {*PLACE, "columns"}
        return [(key, one) for key, many in self.request.GET.lists() if key not in skip for one in many]

    @property
    def newer_url(self) -> str:
        return self._address(before=self.newer) if self.newer else ""

    @property
    def older_url(self) -> str:
        return self._address(after=self.older) if self.older else ""

    @property
    def bare_url(self) -> str:
        """The list without any filter."""
        return self.request.path

    @property
    def query(self) -> str:
        """`?state=active` — the filters alone, for the export and the bulk form."""
        return self._address().removeprefix(self.request.path)

    def _address(self, **place: str) -> str:
        query = self.request.GET.copy()
        for name in PLACE:
            query.pop(name, None)
        for name, cursor in place.items():
            query[name] = cursor
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path
