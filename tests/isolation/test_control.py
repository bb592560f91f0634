"""Negative controls: with a wall between tenants taken down, the matrix has to fail. A test that cannot fail proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from tests.isolation import routes, test_matrix
from tests.plugins.standing import Standing

ORDER = next(route for route in routes.calls() if route.name == "getOrder")
PAGE = next(route for route in routes.pages() if route.name == "orders.order_page")
askers = test_matrix.askers


@pytest.fixture
def no_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody takes the operator's role in the database, and no query asks whose the rows are."""
    take = tenancy._take

    def as_operator(scope: tenancy.Scope | None) -> None:
        is_door = scope is None or scope.level is tenancy.Level.DOOR
        take(scope if is_door else tenancy.Scope(tenancy.Level.OPERATOR, None, None))

    def unfiltered(manager: Any) -> Any:
        tenancy.current()
        return tenancy.TenantQuerySet(manager.model, using=manager._db)

    monkeypatch.setattr(tenancy, "_take", as_operator)
    monkeypatch.setattr(tenancy.TenantManager, "get_queryset", unfiltered)


def test_without_walls_a_foreign_order_is_seen(
    standing: Standing, askers: dict[str, Any], undone: None, no_walls: None
) -> None:
    with pytest.raises(AssertionError, match="bob_admin"):
        test_matrix.test_a_call_about_a_foreign_thing_is_one_about_nothing(ORDER, standing, askers, None)
    with pytest.raises(AssertionError, match="bob_admin"):
        test_matrix.test_a_page_about_a_foreign_thing_is_one_about_nothing(PAGE, standing, askers, None)


def test_an_answer_that_tells_foreign_from_unknown_is_noticed(
    standing: Standing, askers: dict[str, Any], undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """404 for both, but with other words for what exists."""
    from dialtone.api import orders
    from dialtone.orders import queries

    kept = standing.of["alice"].order.id
    found = queries.order

    def telling(order_id: Any) -> Any:
        if order_id == kept:
            raise Problem("not_found", field="/orderId")
        return found(order_id)

    monkeypatch.setattr(orders.queries, "order", telling)
    with pytest.raises(AssertionError):
        test_matrix.test_a_call_about_a_foreign_thing_is_one_about_nothing(ORDER, standing, askers, None)


def test_a_right_that_is_not_checked_is_noticed(
    standing: Standing, askers: dict[str, Any], undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dialtone.people.caller import Caller

    monkeypatch.setattr(Caller, "need", lambda *_about, **_more: None)
    with pytest.raises(AssertionError):
        test_matrix.test_a_call_is_for_those_who_may(ORDER, standing, askers, None)
    with pytest.raises(AssertionError):
        test_matrix.test_a_page_is_for_those_who_may(PAGE, standing, askers, None)
