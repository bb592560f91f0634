"""Jobs: moving numbers, changing what they are for, closing locations, by the vendor's own SDK."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from wxc_sdk.telephony.jobs import NumberItem
from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation

from tests.api.conftest import Company, awaited, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired, rows


def ended(look: Any, job: Any) -> Any:
    return awaited(lambda: look(job.id), lambda each: each.latest_execution_status in ("COMPLETED", "FAILED"))


def test_numbers_move_between_locations(sdk: Any, company: Company) -> None:
    here, there, calling_plan = (
        opened(sdk, connection="NON_INTEGRATED_CCP"),
        opened(sdk, connection="NON_INTEGRATED_CCP"),
        opened(sdk, connection="CISCO_PSTN"),
    )
    good, off, given, main = (f"+1872555010{digit}" for digit in range(1, 5))
    sdk.telephony.location.number.add(here, [good, given, main], state="ACTIVE")
    sdk.telephony.location.number.add(here, [off], state="INACTIVE")
    hired(sdk, "Gus", here, number=given, extension="4001")
    sdk.telephony.location.update(here, TelephonyLocation(calling_line_id=CallingLineId(phone_number=main)))
    jobs = sdk.telephony.jobs
    listed = [NumberItem(location_id=here, numbers=[good, off, given, main])]
    job = jobs.manage_numbers.initiate_job("MOVE", listed, target_location_id=there)
    assert isinstance(job.instance_id, int)
    assert job.job_execution_status[0].id
    done = ended(jobs.manage_numbers.status, job)
    assert (done.latest_execution_status, done.latest_execution_exit_code) == (
        "COMPLETED",
        "COMPLETED_WITH_ERRORS",
    )
    assert (done.counts.total_numbers, done.counts.numbers_moved, done.counts.numbers_failed) == (4, 1, 3)
    assert done.target_location_id == there
    errors = {each.item: each.error.message[0].code for each in jobs.manage_numbers.errors(job.id)}
    assert errors == {off: "BATCH-1017021", given: "BATCH-1017023", main: "BATCH-1017024"}
    assert rows(sdk, phone_number=good)[good].location.id == there
    other = jobs.manage_numbers.initiate_job(
        "MOVE", [NumberItem(location_id=there, numbers=[good])], target_location_id=calling_plan
    )
    ended(jobs.manage_numbers.status, other)
    assert [each.error.message[0].code for each in jobs.manage_numbers.errors(other.id)] == ["BATCH-1017022"]
    assert [each.id for each in jobs.manage_numbers.list()][:2] == [other.id, job.id]
    rival = company.sdk("customer_admin_2")
    refused(lambda: rival.telephony.jobs.manage_numbers.status(job.id), 404)
    refused(lambda: jobs.manage_numbers.status(str(uuid4())), 404)


@pytest.mark.req("NUM-11")
def test_ordered_numbers_move_with_their_emergency_address(sdk: Any, company: Company) -> None:
    here, there = company.office("First office"), company.office("Second office")
    number = company.numbers(here, 1)[0]
    jobs = sdk.telephony.jobs.manage_numbers
    job = jobs.initiate_job(
        "MOVE", [NumberItem(location_id=here, numbers=[number])], target_location_id=there
    )
    assert ended(jobs.status, job).latest_execution_exit_code == "COMPLETED"
    row = rows(sdk, phone_number=number)[number]
    assert (row.location.id, row.state) == (there, "ACTIVE")
    assert list(jobs.errors(job.id)) == []


def test_usage_changes_by_a_job(sdk: Any) -> None:
    here = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(here, ["+18725550111"], state="ACTIVE")
    jobs = sdk.telephony.jobs.manage_numbers
    job = jobs.initiate_job(
        "NUMBER_USAGE_CHANGE",
        [NumberItem(location_id=here, numbers=["+18725550111"])],
        number_usage_type="SERVICE",
    )
    done = ended(jobs.status, job)
    assert (done.latest_execution_exit_code, done.counts.numbers_usage_changed) == ("COMPLETED", 1)
    assert rows(sdk, service_number=True, location_id=here).keys() == {"+18725550111"}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"operation": "DANCE"}, 400),
        ({"target_location_id": None}, 400),
        ({"number_list": []}, 400),
        ({"number_list": [NumberItem(location_id="x", numbers=["+18725550111"])]}, 404),
    ],
)
def test_a_wrong_job_is_refused_at_once(sdk: Any, words: dict[str, Any], status: int) -> None:
    here = opened(sdk, connection="NON_INTEGRATED_CCP")
    told = {
        "operation": "MOVE",
        "number_list": [NumberItem(location_id=here, numbers=["+18725550199"])],
        "target_location_id": here,
        **words,
    }
    refused(lambda: sdk.telephony.jobs.manage_numbers.initiate_job(**told), status)


def test_a_location_is_closed_with_its_numbers(sdk: Any, company: Company) -> None:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, ["+18725550121"], state="ACTIVE")
    hal = hired(sdk, "Hal", id, number="+18725550121", extension="5001")
    check = sdk.telephony.location.safe_delete_check_before_disabling_calling_location
    found = check(id)
    assert (found.location_delete_status, found.blocking.users_in_use_count) == ("BLOCKED", 1)
    jobs = sdk.telephony.jobs.disable_calling_location
    failed = ended(jobs.status, jobs.initiate(id, force_delete=True))
    assert failed.latest_execution_status == "FAILED"
    assert sdk.telephony.location.details(id).location_id == id
    sdk.people.delete_person(hal.person_id)
    found = check(id)
    assert (found.location_delete_status, found.non_blocking.numbers_present) == ("UNBLOCKED", True)
    job = jobs.initiate(id)
    assert ended(jobs.status, job).latest_execution_status == "COMPLETED"
    assert job.id in [each.id for each in jobs.list()]
    assert "+18725550121" not in rows(sdk)
    refused(lambda: sdk.telephony.location.details(id), 404)
    sdk.locations.delete(id)
    refused(lambda: sdk.locations.details(id), 404)
    rival = company.sdk("customer_admin_2")
    refused(lambda: rival.telephony.jobs.disable_calling_location.status(job.id), 404)
