"""Where a call would go, by the vendor's own SDK: colleagues, services, the public network, nobody, and emergency calls."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk.common import RouteType
from wxc_sdk.person_settings.permissions_out import (
    Action,
    CallingPermissions,
    CallTypePermission,
    OutgoingPermissions,
)
from wxc_sdk.telephony import DestinationType, OriginatorType
from wxc_sdk.telephony.huntgroup import HuntGroup
from wxc_sdk.telephony.jobs import MoveUser, MoveUsersList

from tests.api.conftest import Company, awaited, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired, rows

NUMBERS = [f"+131255506{last}" for last in range(10, 14)]


@pytest.fixture(scope="module")
def offices(sdk: Any) -> tuple[str, str]:
    """Two offices with a carrier of their own; 7101 is somebody in either, and the second has the routing prefix 82."""
    one, two = (opened(sdk, connection="NON_INTEGRATED_CCP") for _ in range(2))
    sdk.telephony.location.number.add(one, NUMBERS, state="ACTIVE")
    found = sdk.telephony.location.details(two)
    found.routing_prefix, found.outside_dial_digit = "82", "9"
    sdk.telephony.location.update(two, found)
    return one, two


@pytest.fixture(scope="module")
def people(sdk: Any, offices: tuple[str, str]) -> dict[str, Any]:
    one, two = offices
    return {
        "Ida": hired(sdk, "Ida", one, number=NUMBERS[0], extension="7101"),
        "Jo": hired(sdk, "Jo", one, extension="7102"),
        "Kay": hired(sdk, "Kay", two, extension="7101"),
        "Lou": hired(sdk, "Lou", two, extension="7103"),
    }


def asked(sdk: Any, who: Any, dialled: str, **more: Any) -> Any:
    return sdk.telephony.test_call_routing(who.person_id, OriginatorType.user, dialled, **more)


def test_colleagues_are_reached_by_extension_number_and_prefix(
    sdk: Any, people: dict[str, Any], offices: tuple[str, str], company: Company
) -> None:
    near = asked(sdk, people["Ida"], "7102")
    assert (near.destination_type, near.is_rejected) == (DestinationType.hosted_agent, False)
    assert (near.hosted_user.first_name, near.hosted_user.hu_id) == ("Jo", people["Jo"].person_id)
    assert (near.hosted_user.location_id, near.routing_address) == (offices[0], "7102")

    # The same extension in another office is somebody else; the routing prefix says which office is meant.
    assert asked(sdk, people["Jo"], "7101").hosted_user.first_name == "Ida"
    assert asked(sdk, people["Lou"], "7101").hosted_user.first_name == "Kay"
    assert asked(sdk, people["Jo"], "827101").hosted_user.first_name == "Kay"
    assert asked(sdk, people["Jo"], "7103").hosted_user.first_name == "Lou"

    by_number = asked(sdk, people["Jo"], "(312) 555-0610")
    assert (by_number.hosted_user.first_name, by_number.hosted_user.phone_number) == ("Ida", NUMBERS[0])

    group = sdk.telephony.huntgroup.create(
        offices[0], HuntGroup.create("Sales", extension="7150", phone_number=NUMBERS[1])
    )
    feature = asked(sdk, people["Jo"], "7150")
    assert feature.destination_type == DestinationType.hosted_feature
    assert (feature.hosted_feature.name, feature.hosted_feature.service_instance_id) == ("Sales", group)

    unknown = asked(sdk, people["Ida"], "7999")
    assert (unknown.destination_type, unknown.is_rejected) == (DestinationType.unknown_extension, True)
    # A number of the organisation that nobody has reaches nobody.
    assert asked(sdk, people["Ida"], NUMBERS[3]).destination_type == DestinationType.unknown_number


@pytest.mark.req("ESA-10")
def test_the_public_network_by_permission_and_emergency_calls_always(
    sdk: Any, people: dict[str, Any], offices: tuple[str, str], company: Company
) -> None:
    ida, lou = people["Ida"], people["Lou"]
    home = asked(sdk, ida, "2125550142", include_applied_services=True)
    assert (home.destination_type, home.routing_address, home.is_rejected) == (
        DestinationType.pstn_number, "+12125550142", False,
    )  # fmt: skip
    assert home.applied_services[0].outgoing_calling_plan_permissions_by_type.permission == Action.allow

    abroad = asked(sdk, ida, "011442079460000", include_applied_services=True)
    by_type = abroad.applied_services[0].outgoing_calling_plan_permissions_by_type
    assert (abroad.is_rejected, by_type.call_type, by_type.permission, by_type.reason) == (
        True, "INTERNATIONAL", Action.block, None,
    )  # fmt: skip
    assert asked(sdk, ida, "+442079460000").applied_services is None
    open_ = OutgoingPermissions(
        use_custom_enabled=True, use_custom_permissions=True,
        calling_permissions=CallingPermissions(
            international=CallTypePermission(action=Action.allow, transfer_enabled=False)
        ),
    )  # fmt: skip
    sdk.person_settings.permissions_out.configure(ida.person_id, open_)
    assert not asked(sdk, ida, "+442079460000").is_rejected

    with_digit = asked(sdk, lou, "9 212 555 0142")
    assert (with_digit.routing_address, with_digit.outside_access_code) == ("+12125550142", "9")
    for dialled in ("911", "9911"):
        emergency = asked(sdk, lou, dialled)
        assert (emergency.destination_type, emergency.is_rejected) == (DestinationType.emergency, False)
        assert emergency.emergency.is_red_sky is False

    assert asked(sdk, ida, "+999123").destination_type == DestinationType.unknown_number
    refused(lambda: asked(sdk, ida, " "), 400)
    refused(lambda: sdk.telephony.test_call_routing(ida.person_id, OriginatorType.trunk, "911"), 400)
    refused(lambda: asked(company.sdk("customer_admin_2"), ida, "911"), 404)


def test_people_move_to_another_office_with_their_line(
    sdk: Any, people: dict[str, Any], offices: tuple[str, str], company: Company
) -> None:
    one, two = offices
    jobs, ida, jo = sdk.telephony.jobs.move_users, people["Ida"], people["Jo"]

    def to(location: str, who: Any, *, only: bool = False, **more: Any) -> Any:
        users = [MoveUser(user_id=who.person_id, **more)]
        return jobs.validate_or_initiate(
            [MoveUsersList(location_id=location, validate_only=only, users=users)]
        )

    # Tried only: her extension is Kay's over there, and nothing has changed.
    tried = to(two, ida, only=True)
    assert [(each.user_id, len(each.errors)) for each in tried.users_list] == [(ida.person_id, 1)]
    assert "Kay" in tried.users_list[0].errors[0].message
    assert sdk.people.details(ida.person_id, calling_data=True).location_id == one
    assert to(two, ida, only=True, extension="7108").users_list[0].errors == []

    failed = awaited_job(jobs, to(two, ida).job_details)
    assert (failed.latest_execution_exit_code, failed.counts.failed) == ("COMPLETED_WITH_ERRORS", 1)
    assert "Kay" in next(iter(jobs.errors(failed.id))).error.message[0].description

    moved = awaited_job(jobs, to(two, ida, extension="7108").job_details)
    assert (moved.latest_execution_exit_code, moved.counts.moved) == ("COMPLETED", 1)
    now = sdk.people.details(ida.person_id, calling_data=True)
    assert (now.location_id, now.extension, now.phone_numbers[0].value) == (two, "7108", NUMBERS[0])
    assert rows(sdk, phone_number=NUMBERS[0])[NUMBERS[0]].location.id == two
    assert [each.id for each in jobs.list()][:2] == [moved.id, failed.id]

    refused(lambda: to(one, jo, phone_number="12"), 400)
    assert to(one, jo, only=True).users_list[0].errors
    refused(lambda: company.sdk("customer_admin_2").telephony.jobs.move_users.status(moved.id), 404)


def awaited_job(jobs: Any, job: Any) -> Any:
    return awaited(
        lambda: jobs.status(job.id), lambda each: each.latest_execution_status in ("COMPLETED", "FAILED")
    )


def test_gateways_are_known_by_the_names_that_locations_gave(sdk: Any) -> None:
    site = opened(sdk)
    sdk.telephony.pstn.configure(site, premise_route_type="TRUNK", premise_route_id="attic-gateway")
    assert [(each.route_id, each.name, each.route_type) for each in sdk.telephony.route_choices()] == [
        ("attic-gateway", "attic-gateway", RouteType.trunk)
    ]
    assert list(sdk.telephony.route_choices(trunk_name="cellar")) == []
    assert list(sdk.telephony.route_choices(route_group_name="attic")) == []
