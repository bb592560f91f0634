"""Write down a test call: which address was read out. If it is the right one, the address counts as tested (ESA-08, ACC-13)."""

from __future__ import annotations

from datetime import datetime

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.emergency import states
from dialtone.emergency.models import AddressTest, Coverage, EmergencyAddress
from dialtone.emergency.moves import move
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers

LONGEST_HEARD = 400


def log_test_call(
    e164: str, *, is_right: bool, heard: str = "", at: datetime | None = None, field: str = "/heard"
) -> AddressTest:
    """What a person heard when calling the test number from `e164`. A wrong address is written down, and the address stays what it
    was: the page says what to do.

    Raises Problem not_found, emergency.callback_not_live (it shows no address), field.required (what was heard instead).
    """
    number = numbers.number_by_e164(e164)
    locations.lock(number.location_id)
    shown = Coverage.objects.filter(number=number, during__endswith=None).select_related("address").first()
    if shown is None:
        raise Problem("emergency.callback_not_live", field="/number", values={"number": e164})
    heard = clean(heard, field=field, limit=LONGEST_HEARD, required=not is_right)
    address = EmergencyAddress.objects.select_for_update().get(id=shown.address_id)
    made = AddressTest.objects.create(
        number=number,
        address=address,
        at=at or clock.now(),
        said_by=tenancy.actor().name[:160],
        is_right=is_right,
        heard=heard,
    )
    if is_right and address.state == states.ACCEPTED:
        move(address, "tested")
    record.change(made, "emergency_test_logged", name=e164, facts={"number": e164, "is_right": str(is_right)})
    return made
