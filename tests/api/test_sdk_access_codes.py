"""Access codes and transfer numbers by the vendor's own SDK: of the organisation, a location, and lines."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk.common import AuthCode
from wxc_sdk.person_settings.permissions_in import ExternalTransfer, IncomingPermissions
from wxc_sdk.person_settings.permissions_out import (
    Action,
    AutoTransferNumbers,
    CallingPermissions,
    CallTypePermission,
    OutgoingPermissions,
)
from wxc_sdk.telephony import OriginatorType
from wxc_sdk.workspaces import Workspace

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired
from tests.api.test_sdk_workspaces import with_calling

NUMBERS = [f"+131255505{last}" for last in range(10, 14)]


@pytest.fixture(scope="module")
def site(sdk: Any) -> str:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, NUMBERS, state="ACTIVE")
    return id


@pytest.fixture(scope="module")
def owners(sdk: Any, site: str) -> list[tuple[Any, str]]:
    """A person, a workspace and a virtual line there, each with where the SDK keeps its outgoing permissions."""
    person = hired(sdk, "Greta", site, number=NUMBERS[0], extension="7101").person_id
    line = sdk.telephony.virtual_lines.create(
        first_name="Night", last_name="Desk", location_id=site, extension="7102", phone_number=NUMBERS[1]
    )
    room = sdk.workspaces.create(
        Workspace(
            display_name="Hall", supported_devices="phones", calling=with_calling(site, extension="7103")
        )
    )
    return [
        (sdk.person_settings.permissions_out, person),
        (sdk.telephony.virtual_lines.permissions_out, str(line)),
        (sdk.workspace_settings.permissions_out, room.workspace_id),
    ]


def read(found: list[AuthCode]) -> list[tuple[str, str]]:
    return [(each.code, each.description) for each in found]


def test_codes_of_a_location_come_and_go(sdk: Any, company: Company, site: str) -> None:
    api = sdk.telephony.access_codes
    assert api.read(site) == []
    new = [AuthCode(code="482915", description="Night watch"), AuthCode(code="77", description="")]
    api.create(site, new)
    assert api.read(site) == new
    refused(lambda: api.create(site, [AuthCode(code="1234", description=""), new[0]]), 409)
    refused(lambda: api.create(site, [AuthCode(code="1", description="")]), 400)
    assert api.read(site) == new
    api.delete_codes(site, [new[1]])
    assert read(api.read(site)) == [("482915", "Night watch")]
    refused(lambda: api.delete_codes(site, ["77"]), 404)
    api.delete_all(site)
    assert api.read(site) == []
    refused(lambda: company.sdk("customer_admin_2").telephony.access_codes.read(site), 404)


def test_codes_of_the_organisation_are_found_by_code_and_description(sdk: Any) -> None:
    api = sdk.telephony.organisation_access_codes
    api.create([AuthCode(code="55501", description="One"), AuthCode(code="55502", description="Two")])
    assert read(api.list()) == [("55501", "One"), ("55502", "Two")]
    assert read(api.list(code=["55502"])) == [("55502", "Two")]
    assert read(api.list(description=["one"])) == [("55501", "One")]
    assert read(api.list(max=1)) == [("55501", "One"), ("55502", "Two")]
    api.delete(["55501", "55502"])
    assert list(api.list()) == []


def test_a_reader_sees_that_there_is_a_code_and_not_which(caller: Any) -> None:
    admin, reader = caller("alice_admin"), caller("alice_reader")
    path = "/telephony/config/outgoingPermission/accessCodes"
    assert admin.post(path, {"accessCodes": [{"code": "55501", "description": "One"}]}).status == 204
    assert reader.get(path).body == {"accessCodes": [{"code": "****", "description": "One"}]}
    assert reader.get(f"{path}?code=55501").body == {"accessCodes": []}
    assert reader.put(path, {"deleteCodes": ["55501"]}).status == 403
    wrong = admin.post(path, {"accessCodes": [{"code": "5550x", "description": "One"}]})
    assert (wrong.status, wrong.codes) == (400, ["calls.access_code"])
    assert "5550x" not in str(wrong.body)


def test_a_line_s_own_codes_hold_in_place_of_its_location_s(
    sdk: Any, site: str, owners: list[tuple[Any, str]]
) -> None:
    sdk.telephony.access_codes.create(site, [AuthCode(code="1000", description="All")])
    for permissions, id in owners:
        api = permissions.access_codes
        found = api.read(id)
        assert (found.use_custom_access_codes, read(found.access_codes)) == (False, [("1000", "All")])
        assert found.access_codes[0].level == "LOCATION"
        api.create(id, "2000", "Own")
        api.create(id, "3000", "Other")
        found = api.read(id)
        assert (found.use_custom_access_codes, len(found.access_codes)) == (True, 2)
        assert found.access_codes[0] == AuthCode(code="2000", description="Own", level="CUSTOM")
        api.modify(id, use_custom_access_codes=False, delete_codes=["3000"])
        found = api.read(id)
        assert found.use_custom_access_codes is False
        assert read(found.access_codes) == [("2000", "Own"), ("1000", "All")]
        refused(lambda api=api, id=id: api.modify(id, delete_codes=["1000"]), 404)
        api.delete(id)
        assert read(api.read(id).access_codes) == [("1000", "All")]
    sdk.telephony.access_codes.delete_all(site)


def test_transfer_numbers_are_the_location_s_until_there_are_own(
    sdk: Any, company: Company, site: str, owners: list[tuple[Any, str]]
) -> None:
    at_site = sdk.telephony.location.permissions_out.transfer_numbers
    assert at_site.read(site).auto_transfer_number1 is None
    at_site.configure(site, AutoTransferNumbers(auto_transfer_number1=NUMBERS[2]))
    for permissions, id in owners:
        api = permissions.transfer_numbers
        found = api.read(id)
        assert (found.use_custom_transfer_numbers, found.auto_transfer_number1) == (False, NUMBERS[2])
        own = AutoTransferNumbers(
            use_custom_transfer_numbers=True, auto_transfer_number1="", auto_transfer_number3=NUMBERS[3]
        )
        api.configure(id, own)
        found = api.read(id)
        assert (found.use_custom_transfer_numbers, found.auto_transfer_number1) == (True, None)
        assert found.auto_transfer_number3 == NUMBERS[3]
        api.configure(id, found.configure_unset_numbers)
        assert api.read(id) == found
        api.configure(id, AutoTransferNumbers(use_custom_transfer_numbers=False))
        assert api.read(id).auto_transfer_number1 == NUMBERS[2]
        refused(
            lambda api=api, id=id: api.configure(id, AutoTransferNumbers(auto_transfer_number2="+1911")), 400
        )
    refused(
        lambda: company.sdk("customer_admin_2").telephony.location.permissions_out.transfer_numbers.read(
            site
        ),
        404,
    )


def test_a_call_is_let_through_by_a_code_behind_the_number(
    sdk: Any, site: str, owners: list[tuple[Any, str]]
) -> None:
    line = owners[1][1]
    sdk.telephony.location.permissions_out.configure(
        site,
        OutgoingPermissions(
            calling_permissions=CallingPermissions(
                national=CallTypePermission(action=Action.auth_code, transfer_enabled=False)
            )
        ),
    )
    sdk.telephony.access_codes.create(site, [AuthCode(code="482915", description="Night watch")])

    def is_rejected(dialled: str) -> bool:
        return bool(sdk.telephony.test_call_routing(line, OriginatorType.user, dialled).is_rejected)

    assert is_rejected("2125550142")
    assert not is_rejected("2125550142*482915")
    assert not is_rejected("911*1")
    assert all(is_rejected(f"2125550142*{code}") for code in range(100, 105))
    assert is_rejected("2125550142*482915"), "nobody finds a code by asking"


def test_whose_calls_somebody_takes_is_read_back(
    sdk: Any, company: Company, owners: list[tuple[Any, str]]
) -> None:
    apis = (sdk.person_settings, sdk.telephony.virtual_lines, sdk.workspace_settings)
    for api, (_permissions, id) in zip((each.permissions_in for each in apis), owners, strict=True):
        assert api.read(id) == IncomingPermissions.default()
        wanted = IncomingPermissions(
            use_custom_enabled=True,
            external_transfer=ExternalTransfer.allow_only_transferred_external,
            internal_calls_enabled=False,
            collect_calls_enabled=False,
        )
        api.configure(id, wanted)
        assert api.read(id) == wanted
        api.configure(id, IncomingPermissions.allow_all())
        assert api.read(id) == IncomingPermissions.allow_all()
    refused(lambda: company.sdk("customer_admin_2").person_settings.permissions_in.read(owners[0][1]), 404)
