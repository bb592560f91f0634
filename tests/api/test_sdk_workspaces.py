"""Workspaces and virtual lines by the vendor's own SDK, read back from them and from the list of numbers."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk.workspaces import CallingType, Workspace, WorkspaceCalling, WorkspaceWebexCalling

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import rows


@pytest.fixture(scope="module")
def own_carrier(sdk: Any) -> str:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, ["+13125550181", "+13125550182"], state="ACTIVE")
    return id


def with_calling(location_id: str, **more: Any) -> WorkspaceCalling:
    return WorkspaceCalling(
        type=CallingType.webex, webex_calling=WorkspaceWebexCalling(location_id=location_id, **more)
    )


def test_a_workspace_with_a_line(sdk: Any, own_carrier: str, company: Company) -> None:
    made = sdk.workspaces.create(
        Workspace(
            display_name="Lobby",
            supported_devices="phones",
            calling=with_calling(own_carrier, extension="6001", phone_number="+13125550181"),
        )
    )
    assert (made.display_name, made.calling.webex_calling.extension) == ("Lobby", "6001")
    found = sdk.workspaces.details(made.workspace_id)
    assert found.calling.webex_calling.phone_number == "+13125550181"
    assert made.workspace_id in [each.workspace_id for each in sdk.workspaces.list(display_name="lob")]
    row = rows(sdk, owner_type="PLACE")["+13125550181"]
    assert (row.owner.owner_id, row.owner.owner_type, row.extension) == (made.workspace_id, "PLACE", "6001")
    assert any(each.consumed_by_workspaces == 1 for each in sdk.licenses.list())
    found.display_name = "Front lobby"
    assert sdk.workspaces.update(made.workspace_id, found).display_name == "Front lobby"
    assert rows(sdk, owner_name="Front lobby").keys() == {"+13125550181"}
    error = refused(
        lambda: sdk.workspaces.create(
            Workspace(display_name="Two", calling=with_calling(own_carrier, extension="6001"))
        ),
        409,
    )
    assert "Front lobby" in error.description
    assert list(sdk.workspaces.list(display_name="Two")) == []
    refused(lambda: company.sdk("customer_admin_2").workspaces.details(made.workspace_id), 404)
    assert company.sdk("partner").workspaces.details(made.workspace_id).display_name == "Front lobby"
    sdk.workspaces.delete_workspace(made.workspace_id)
    refused(lambda: sdk.workspaces.details(made.workspace_id), 404)
    assert "+13125550181" in rows(sdk, available=True)


def test_a_virtual_line(sdk: Any, own_carrier: str, company: Company) -> None:
    lines = sdk.telephony.virtual_lines
    id = lines.create(
        first_name="Front",
        last_name="Desk",
        location_id=own_carrier,
        phone_number="+13125550182",
        extension="6100",
    )
    found = lines.details(id)
    assert (found.first_name, found.number.external, found.number.extension) == (
        "Front",
        "+13125550182",
        "6100",
    )
    assert found.location.id == own_carrier
    assert id in [each.id for each in lines.list()]
    assert rows(sdk, owner_type="VIRTUAL_LINE")["+13125550182"].owner.owner_id == id
    lines.update(id, last_name="Office", extension="6101")
    assert (lines.details(id).last_name, lines.details(id).number.extension) == ("Office", "6101")
    refused(lambda: lines.create(first_name="A", last_name="B", location_id=own_carrier), 400)
    refused(
        lambda: lines.create(first_name="A", last_name="B", location_id=own_carrier, extension="911"), 400
    )
    refused(lambda: company.sdk("customer_admin_2").telephony.virtual_lines.details(id), 404)
    lines.delete(id)
    refused(lambda: lines.details(id), 404)
    assert "+13125550182" in rows(sdk, available=True)
