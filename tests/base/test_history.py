"""What happened to a thing, told from the audit trail."""

from __future__ import annotations

from typing import Any

from dialtone.base import history
from dialtone.numbers import queries as numbers
from dialtone.orders import cart, place
from tests.plugins.world import World, as_customer


def test_what_an_order_did_to_its_numbers_is_told_of_them_too(stocked: World, office: Any, work: Any) -> None:
    admin = stocked.people["alice_admin"]
    with as_customer(stocked.alice, admin):
        order = place.place(cart.add(office.id, [cart.Choice(["+12122070001"], "standard")]).id)
    work()
    with as_customer(stocked.alice, admin):
        number = numbers.number_by_e164("+12122070001")
        told = history.of(number.id)
        assert [(each.action, each.moved) for each in told] == [
            ("order_placed", ("", "pending")),
            ("order_advanced", ("pending", "active")),
        ]
        assert told[0].who == admin.display_name
        assert all(each.subject_id == order.id for each in told)
        assert [each.action for each in history.of(order.id, most=1)] == ["order_advanced"]
    with as_customer(stocked.bob):
        assert history.of(number.id, order.id) == [], "a stranger hears nothing"
