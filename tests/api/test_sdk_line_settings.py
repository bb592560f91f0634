"""Settings of locations and lines by the vendor's own SDK: outgoing permissions, further numbers, outbound calling plan."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wxc_sdk.common import PatternAction
from wxc_sdk.person_settings.numbers import UpdatePersonNumbers, UpdatePersonPhoneNumber
from wxc_sdk.person_settings.permissions_out import (
    Action,
    CallingPermissions,
    CallTypePermission,
    DigitPattern,
    OutgoingPermissions,
)
from wxc_sdk.telephony import OriginatorType

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired

NUMBERS = [f"+131255503{last}" for last in range(10, 14)]


@pytest.fixture(scope="module")
def site(sdk: Any) -> str:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, NUMBERS, state="ACTIVE")
    return id


@pytest.fixture(scope="module")
def line(sdk: Any, site: str) -> str:
    return str(
        sdk.telephony.virtual_lines.create(
            first_name="Night", last_name="Desk", location_id=site, extension="7001", phone_number=NUMBERS[0]
        )
    )


def test_a_line_shows_what_its_location_allows_until_it_has_its_own(
    sdk: Any, company: Company, site: str, line: str
) -> None:
    at_site, of_line = sdk.telephony.location.permissions_out, sdk.telephony.virtual_lines.permissions_out
    house = at_site.read(site)
    assert house.calling_permissions == of_line.read(line).calling_permissions
    told = {kind: each.action for kind, each in house.calling_permissions.permissions_dict().items() if each}
    assert {kind for kind, action in told.items() if action == Action.block} == {
        "international", "premium_services_i", "premium_services_ii"
    }  # fmt: skip
    assert len(told) == 10

    at_site.configure(
        site,
        OutgoingPermissions(
            calling_permissions=CallingPermissions(
                international=CallTypePermission(action=Action.allow, transfer_enabled=False)
            )
        ),
    )
    seen = of_line.read(line)
    assert seen.calling_permissions.international.action == Action.allow
    assert (seen.use_custom_enabled, seen.calling_permissions.national.action) == (False, Action.allow)

    # Everything that the SDK calls a default, with types of an earlier time among them.
    of_line.configure(
        line, OutgoingPermissions(use_custom_enabled=True, use_custom_permissions=True,
                                  calling_permissions=CallingPermissions.default()),
    )  # fmt: skip
    own = of_line.read(line)
    assert (own.use_custom_enabled, own.calling_permissions.international.action) == (True, Action.block)
    of_line.configure(line, own)
    assert of_line.read(line) == own
    of_line.configure(line, OutgoingPermissions(use_custom_enabled=False, use_custom_permissions=False))
    assert of_line.read(line).calling_permissions.international.action == Action.allow

    refused(lambda: company.sdk("customer_admin_2").telephony.location.permissions_out.read(site), 404)


def test_a_pattern_is_an_exception_to_what_a_type_allows(
    sdk: Any, company: Company, site: str, line: str
) -> None:
    """Created, listed, read, changed and removed at a location and a line; calls are decided by them."""
    at_site = sdk.telephony.location.permissions_out.digit_patterns
    of_line = sdk.telephony.virtual_lines.permissions_out.digit_patterns
    new = DigitPattern(
        name="Head office", pattern="+4420794600XX", action=Action.allow, transfer_enabled=True
    )
    abroad = "+442079460018"

    def is_rejected() -> bool:
        return bool(sdk.telephony.test_call_routing(line, OriginatorType.user, abroad).is_rejected)

    closed = OutgoingPermissions(calling_permissions=CallingPermissions.default())
    sdk.telephony.location.permissions_out.configure(site, closed)
    assert at_site.get_digit_patterns(site).digit_patterns == []
    assert is_rejected()
    id = at_site.create(site, new)
    listed = at_site.get_digit_patterns(site)
    assert listed.use_custom_digit_patterns is True
    assert listed.digit_patterns == [at_site.details(site, id)]
    assert (listed.digit_patterns[0].pattern, listed.digit_patterns[0].action) == (new.pattern, Action.allow)
    assert not is_rejected()

    own = of_line.create(
        line, DigitPattern(name="None", pattern="+44!", action=Action.block, transfer_enabled=False)
    )
    assert of_line.get_digit_patterns(line).use_custom_digit_patterns is False
    assert not is_rejected()
    of_line.update_category_control_settings(line, use_custom_digit_patterns=True)
    assert is_rejected()
    of_line.update(line, DigitPattern(id=own, pattern="+4420794600!", action=Action.allow))
    assert of_line.details(line, own).name == "None"
    assert not is_rejected()
    of_line.delete(line, own)
    assert is_rejected()
    of_line.update_category_control_settings(line, use_custom_digit_patterns=False)
    assert not is_rejected()
    at_site.delete_all(site)
    assert at_site.get_digit_patterns(site).digit_patterns == []
    assert is_rejected()


def test_a_pattern_that_is_none_is_refused_and_what_stands_stays(
    sdk: Any, company: Company, site: str
) -> None:
    at_site = sdk.telephony.location.permissions_out.digit_patterns
    id = at_site.create(
        site, DigitPattern(name="One", pattern="1900!", action=Action.block, transfer_enabled=False)
    )
    refused(lambda: at_site.create(site, DigitPattern(name="Two", pattern="19!00", action=Action.block)), 400)
    refused(lambda: at_site.create(site, DigitPattern(name="one", pattern="1901!", action=Action.block)), 409)
    refused(
        lambda: at_site.create(site, DigitPattern(name="Three", pattern="1900!", action=Action.block)), 409
    )
    assert [each.id for each in at_site.get_digit_patterns(site).digit_patterns] == [id]
    at_site.delete(site, id)
    refused(lambda: at_site.details(site, id), 404)
    refused(lambda: at_site.delete(site, id), 404)
    refused(
        lambda: company.sdk("customer_admin_2").telephony.location.permissions_out.digit_patterns.delete_all(
            site
        ),
        404,
    )


def test_patterns_that_are_made_at_once_are_all_kept(sdk: Any, company: Company, site: str) -> None:
    """Clients send ten requests at a time."""
    at_site = sdk.telephony.location.permissions_out.digit_patterns

    def make(last: int) -> str:
        new = DigitPattern(name=f"Nr {last}", pattern=f"1900555{last}", action=Action.block)
        return str(at_site.create(site, new))

    with ThreadPoolExecutor(5) as pool:
        made = set(pool.map(make, range(10)))
    assert {each.id for each in at_site.get_digit_patterns(site).digit_patterns} == made
    at_site.delete_all(site)


def test_a_person_has_further_numbers(sdk: Any, company: Company, site: str) -> None:
    person = hired(sdk, "Freya", site, number=NUMBERS[1], extension="7002").person_id
    api = sdk.person_settings.numbers

    def change(action: PatternAction, external: str) -> UpdatePersonNumbers:
        return UpdatePersonNumbers(phone_numbers=[UpdatePersonPhoneNumber(action=action, external=external)])

    api.update(person, change(PatternAction.add, NUMBERS[2]))
    seen = [(each.primary, each.direct_number) for each in api.read(person).phone_numbers]
    assert seen == [(True, NUMBERS[1]), (False, NUMBERS[2])]
    refused(lambda: api.update(person, change(PatternAction.add, NUMBERS[0])), 409)  # the night desk's
    refused(lambda: api.update(person, change(PatternAction.delete, NUMBERS[1])), 404)  # the first line
    api.update(person, change(PatternAction.delete, NUMBERS[2]))
    assert [each.direct_number for each in api.read(person).phone_numbers] == [NUMBERS[1]]
    refused(lambda: company.sdk("customer_admin_2").person_settings.numbers.read(person), 404)

    outgoing = sdk.person_settings.permissions_out
    assert outgoing.read(person).use_custom_enabled is False
    own = OutgoingPermissions(
        use_custom_enabled=True,
        calling_permissions=CallingPermissions(
            national=CallTypePermission(action=Action.block, transfer_enabled=False)
        ),
    )
    outgoing.configure(person, own)
    assert outgoing.read(person).calling_permissions.national.action == Action.block


def test_the_outbound_plan_is_for_lines_at_a_calling_plan(sdk: Any, line: str) -> None:
    plan = sdk.telephony.virtual_lines.outbound_billing_plan
    assert plan.read(line) is False
    refused(lambda: plan.update(line, True), 409)
    plan.update(line, False)
    assert plan.read(line) is False
