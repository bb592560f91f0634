"""The catalogue, its classes and filters, a partner's preference, and a provider selected for a location."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.world import World, as_customer, as_operator, as_partner

pytestmark = pytest.mark.django_db


def _simulated() -> dict[str, Any]:
    from dialtone.providers.simulate import simulate

    with as_operator():
        return {each.code: each for each in simulate()}


def _names(**asked: Any) -> list[str]:
    from dialtone.providers import queries

    return [each.name for each in queries.shown(queries.Wanted(**asked))]


@pytest.mark.req("PROV-03", "PROV-06", "PROV-08", "PROV-10", "ACC-20")
def test_preferred_come_first_for_the_partners_own_customers_only(world: World) -> None:
    from dialtone.providers import prefer, queries, rules

    known = _simulated()
    plover = known["plover-connect"]
    with as_partner(world.p):
        prefer.prefer(world.p.id, [plover.id])
    with as_customer(world.alice):
        shown = list(queries.shown())
        assert [each.shown_class for each in shown] == ["preferred", *["certified"] * 3, "other"]
        assert shown[0].id == plover.id
        assert [each.name for each in shown[1:4]] == sorted(each.name for each in shown[1:4])
        assert _names(market="GB", service_type="CONTACT_CENTER") == ["Heron Line"]
        assert _names(text="prefer", named=rules.classes_named("prefer")) == ["Plover Connect"]
        assert _names(text="calling provider", named=rules.classes_named("calling provider")) == [
            "Curlew Carrier Services"
        ]
        assert _names(class_of="certified", text="puffin") == ["Puffin Voice"]
    with as_customer(world.charlie):
        assert next(iter(queries.shown())).shown_class == "certified", "another partner's wish is not shown"
    with as_partner(world.p):
        prefer.prefer(world.p.id, [])
    with as_customer(world.alice):
        assert "preferred" not in {each.shown_class for each in queries.shown()}


@pytest.mark.req("LOC-11", "LOC-12", "PROV-09", "PROV-11")
def test_a_provider_is_selected_for_a_location_without_calling(stocked: World) -> None:
    from dialtone.base.address import CivicAddress
    from dialtone.base.problems import Problem
    from dialtone.locations import connect, create_location, queries
    from dialtone.plans import queries as plans

    known = _simulated()
    puffin, heron, own = known["puffin-voice"], known["heron-line"], known["dialtone-plans"]
    with as_customer(stocked.alice):
        site = create_location.create_location(
            name="Mill",
            address=CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"),
            time_zone="America/New_York",
        )
        assert [each.name for each in queries.without_connection(puffin.markets)] == ["Mill"]
        assert not queries.without_connection(heron.markets)
        for provider_id, kind, code in (
            (heron.id, "integrated_ccp", "providers.not_in_market"),
            (puffin.id, "calling_plan", "locations.other_connection"),
        ):
            with pytest.raises(Problem) as refused:
                connect.connect(site.id, kind, provider_id=provider_id)
            assert refused.value.code == code
        with pytest.raises(Problem) as refused:
            connect.connect(site.id, "calling_plan", provider_id=own.id, subscription_id=puffin.id)
        assert refused.value.code == "locations.subscription"
        living = plans.subscription()
        assert living is not None
        connected = connect.connect(site.id, "calling_plan", provider_id=own.id, subscription_id=living.id)
        assert (connected.provider_id, connected.subscription_id) == (own.id, living.id)
        assert [each.name for each in queries.using(own.id, is_calling_plan=True)] == ["Mill"]
        assert not queries.without_connection()
        again = connect.connect(site.id, "integrated_ccp", provider_id=puffin.id)
        assert (again.provider_id, again.subscription_id, again.carrier) == (puffin.id, None, "")
        with pytest.raises(Problem) as refused:
            connect.connect(site.id, "calling_plan", numbers_here=1)
        assert refused.value.code == "locations.needs_migration"


@pytest.mark.req("USE-01")
def test_the_operator_keeps_the_catalogue(world: World) -> None:
    from dialtone.base.problems import Problem, Problems
    from dialtone.providers import keep_provider, queries

    said: dict[str, Any] = {
        "name": "Wren Télécom",
        "standing": "other",
        "connection": "integrated_ccp",
        "service_types": ["GEOGRAPHIC_NUMBERS"],
        "markets": ["US"],
    }
    with as_operator():
        with pytest.raises(Problems) as wrong:
            keep_provider.add_provider(
                code="wren", **{**said, "markets": ["ZZ"], "service_types": [], "name": ""}
            )
        assert {each.field for each in wrong.value.problems} == {"/markets/0", "/serviceTypes", "/name"}
        centre = {**said, "service_types": ["GEOGRAPHIC_NUMBERS", "CONTACT_CENTER"]}
        with pytest.raises(Problems) as together:
            keep_provider.add_provider(code="wren", **{**centre, "connection": "calling_plan"})
        assert [each.code for each in together.value.problems] == ["providers.contact_centre"]
        made = keep_provider.add_provider(code="wren", **said)
        with pytest.raises(Problem) as refused:
            keep_provider.add_provider(code="wren", **said)
        assert refused.value.code == "providers.code_taken"
        assert [each.name for each in queries.shown(queries.Wanted(text="telecom"))] == ["Wren Télécom"]
        changed = keep_provider.change_provider(made.id, seen=1, **said, is_offered=False)
        assert changed.version == 2
        assert not queries.shown().filter(id=made.id)
        assert keep_provider.change_provider(made.id, **centre).version == 3, "with other connections it goes"
        with pytest.raises(Problems) as together:
            keep_provider.change_provider(made.id, **{**centre, "connection": "calling_plan"})
        assert [each.code for each in together.value.problems] == ["providers.contact_centre"]
        with pytest.raises(Problem) as stale:
            keep_provider.change_provider(made.id, seen=1, **said)
        assert stale.value.code == "version.stale"
