"""The support directory: by region, filled in by the operator, with what each division answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.plugins.standing import signed_in
from tests.plugins.world import World, as_customer, as_operator

pytestmark = pytest.mark.django_db


@pytest.mark.req("SUP-03", "SUP-07", "SUP-08")
def test_the_operator_fills_it_in_and_customers_read_it(world: World, settings: Any) -> None:
    from dialtone.base.problems import Problem, Problems
    from dialtone.support import directory

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    with as_operator():
        directory.keep_contact("pstn_support", "emea", phone="+47 22 00 00 00", email="PSTN@example.com")
        directory.keep_contact("pstn_support", "north_america", hours="Monday to Friday, 8 to 17")
        with pytest.raises(Problems) as wrong:
            directory.keep_contact("pstn_support", "apac", phone="call me", email="nobody")
        assert {each.field for each in wrong.value.problems} == {"/phone", "/email"}
        with pytest.raises(Problem) as nowhere:
            directory.keep_contact("pstn_support", "moon")
        assert nowhere.value.code == "support.place"
    with as_customer(world.alice):
        found = {each.name: each for each in directory.directory()}
        assert [each.region for each in found["pstn_support"].contacts] == ["north_america", "emea"]
        assert {"port_expedite", "port_date", "port_rejected", "order_cancel"} <= set(
            found["pstn_support"].situations
        )
        assert {"quote", "order_booking", "provisioning", "subscription", "billing_dispute"} == set(
            found["subscription_support"].situations
        )
    client: Client = signed_in(world.people["alice_admin"])
    shown = client.get("/help/pstn/").content.decode()
    assert "+47 22 00 00 00" in shown
    assert "?situation=port_expedite" in shown
    with as_operator():
        directory.keep_contact("pstn_support", "emea")
        assert [each.region for each in directory.directory()[1].contacts] == ["north_america"]
