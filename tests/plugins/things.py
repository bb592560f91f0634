"""How an object of the standing world is named in an address, a body or a form: one line for each kind of reference.

A new route with a new parameter needs a line here and nothing else; the isolation matrix says so when one is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.plugins.standing import Things

NOBODYS = UUID("01a21089-0000-7000-8000-0123456789ab")
NOBODYS_NUMBER = "+13125550142"
_PLACE = re.compile(r"(?:([^/{}]+)(/))?{(\w+)}")


@dataclass(frozen=True)
class Thing:
    """`of` finds it among somebody's things; `kind` is the kind of the id that the API shows, "" for plain text.

    `unknown` is a plain name that is nobody's; an id has one of its own.
    """

    of: Callable[[Things], Any]
    kind: str = ""
    unknown: str = ""
    common: bool = False  # the same for everybody

    def named(self, things: Things | None, *, outside: bool) -> str:
        """Its name: for the API (`outside`) the opaque id, else as the pages write it. None stands for nobody's."""
        from dialtone.base import ids

        if not self.kind:
            return self.unknown if things is None else str(self.of(things))
        id = NOBODYS if things is None else self.of(things)
        return ids.outside(self.kind, id) if outside else str(id)


# By the name of the parameter of an address, in the spelling of Python; bodies say the same in camel case. Where one name
# stands for several kinds, the part of the address before it is told too.
THINGS: dict[str, Thing] = {
    "location_id": Thing(lambda its: its.location.id, "LOCATION"),
    "workspace_location_id": Thing(lambda its: its.location.id, "LOCATION"),
    "move_id": Thing(lambda its: its.move.id, "PSTN_MIGRATION"),
    "integration_id": Thing(lambda its: its.integration.id, "INTEGRATION"),
    "identity_provider_id": Thing(lambda its: its.identity_provider.id, "IDENTITY_PROVIDER", common=True),
    "consent_id": Thing(lambda its: its.consent.id, "CONSENT"),
    "directory_group_id": Thing(lambda its: its.directory_group.id, "SCIM_GROUP"),
    "estate_import_id": Thing(lambda its: its.estate_import.id, "ESTATE_IMPORT"),
    "closed_prefix": Thing(lambda its: "+8810", unknown="+8819", common=True),
    "form_of_sheets": Thing(lambda its: "zip", unknown="zip", common=True),
    "approval_id": Thing(lambda its: its.approval.id, "APPROVAL"),
    "manual_move_id": Thing(lambda its: its.manual_move.id, "PSTN_MANUAL_MIGRATION"),
    "contact_center_id": Thing(lambda its: its.contact_center.id, "CONTACT_CENTER_LINK"),
    "target": Thing(lambda its: "premises", unknown="premises", common=True),
    "provider_id": Thing(lambda its: its.provider.id, "PSTN_PROVIDER", common=True),
    "form_id": Thing(lambda its: its.form.id, "FORM", common=True),
    "case_order_id": Thing(lambda its: its.case_order.id, "ORDER"),
    "paper_id": Thing(lambda its: its.case_paper.id, "ORDER_PAPER"),
    "paper_kind": Thing(lambda its: "utility_bill", unknown="utility_bill", common=True),
    "supplied": Thing(lambda its: "answer", unknown="answer", common=True),
    "order_id": Thing(lambda its: its.order.id, "ORDER"),
    "reservation_id": Thing(lambda its: its.cart.id, "RESERVATION"),
    "cart_id": Thing(lambda its: its.cart.id, "RESERVATION"),
    "org_id": Thing(lambda its: its.org.id, "ORGANIZATION"),
    "person_id": Thing(lambda its: its.invited.id, "PEOPLE"),
    "user_id": Thing(lambda its: its.user.id, "PEOPLE"),
    "originator_id": Thing(lambda its: its.user.id, "PEOPLE"),
    "owner_id": Thing(lambda its: its.user.id, "PEOPLE"),
    "workspaces/owner_id": Thing(lambda its: its.workspace.id, "PLACE"),
    "locations/owner_id": Thing(lambda its: its.location.id, "LOCATION"),
    "pattern_id": Thing(lambda its: UUID(its.pattern_id), "DIGIT_PATTERN"),
    "virtualLines/owner_id": Thing(lambda its: its.virtual_line.id, "VIRTUAL_LINE"),
    "token_id": Thing(lambda its: its.token.id, "TOKEN"),
    "draft_id": Thing(lambda its: its.draft.id, "DRAFT"),
    "address_id": Thing(lambda its: its.address.id, unknown=str(NOBODYS)),
    "license_id": Thing(lambda its: its.licence.id, "LICENSE"),
    "workspace_id": Thing(lambda its: its.workspace.id, "PLACE"),
    "line_id": Thing(lambda its: its.virtual_line.id, "VIRTUAL_LINE"),
    "autoAttendants/service_id": Thing(lambda its: its.phone_menu.id, "AUTO_ATTENDANT"),
    "huntGroups/service_id": Thing(lambda its: its.hunt_group.id, "HUNT_GROUP"),
    "queue_id": Thing(lambda its: its.queue.id, "CALL_QUEUE"),
    "queues/service_id": Thing(lambda its: its.queue.id, "CALL_QUEUE"),
    "service_id": Thing(lambda its: its.phone_menu.id, "AUTO_ATTENDANT"),
    "rule_id": Thing(lambda its: UUID(its.rule_id), "CALL_FORWARDING_SELECTIVE_RULE"),
    "schedule_id": Thing(lambda its: its.schedule.id, "SCHEDULE"),
    "schedule_type": Thing(lambda its: "businessHours", unknown="businessHours", common=True),
    "event_id": Thing(lambda its: UUID(its.schedule.events[0]["id"]), "SCHEDULE_EVENT"),
    "mode_id": Thing(lambda its: its.mode.id, "OPERATING_MODE"),
    "holiday_id": Thing(lambda its: UUID(its.mode.holidays[0]["id"]), "OPERATING_MODE_HOLIDAY"),
    "file_name": Thing(lambda its: its.recording.file_name, unknown="nobodys.wav"),
    "announcement_id": Thing(lambda its: its.announcement.id, "ANNOUNCEMENT"),
    "menu_id": Thing(lambda its: its.phone_menu.id, "AUTO_ATTENDANT"),
    "member_id": Thing(lambda its: its.user.id, "PEOPLE"),
    "location_member_id": Thing(lambda its: its.user.id, "PEOPLE"),
    "group_id": Thing(lambda its: its.hunt_group.id, "HUNT_GROUP"),
    "recording_id": Thing(lambda its: its.recording.id, "ANNOUNCEMENT"),
    "job_id": Thing(lambda its: its.batch.id, unknown=str(NOBODYS)),
    "deleteCallingLocation/job_id": Thing(lambda its: its.closing.id, unknown=str(NOBODYS)),
    "moveLocation/job_id": Thing(lambda its: its.people_move.id, unknown=str(NOBODYS)),
    "emergencyAddressJobs/job_id": Thing(lambda its: its.address_change.id, unknown=str(NOBODYS)),
    "changes/batch_id": Thing(lambda its: its.address_change.id, unknown=str(NOBODYS)),
    "report_id": Thing(lambda its: its.report.id, "REPORT"),
    "batch_id": Thing(lambda its: its.batch.id, unknown=str(NOBODYS)),
    "list_id": Thing(lambda its: its.price_list.id, "PRICE_LIST"),
    "price_version_id": Thing(lambda its: its.price_version.id, "PRICE_VERSION"),
    "payment_id": Thing(lambda its: its.payment.id, "PAYMENT"),
    "wholesale_invoice_id": Thing(lambda its: its.wholesale.id, "INVOICE"),  # of its partner
    "invoice_id": Thing(lambda its: its.invoice.id, "INVOICE"),
    "charge_id": Thing(lambda its: its.charge.id, "CHARGE"),
    "record_id": Thing(lambda its: its.record.id, unknown=str(NOBODYS)),
    "port_order_id": Thing(lambda its: its.port_order.id, "PORT_ORDER"),
    "port_out_id": Thing(lambda its: its.port_out.id, "PORT_OUT"),
    "unlock_id": Thing(lambda its: its.unlock.id, "UNLOCK"),
    "customer_id": Thing(lambda its: its.org.id, "ORGANIZATION"),
    "target_location_id": Thing(lambda its: its.unsigned.id, "LOCATION"),
    "case_id": Thing(lambda its: its.case.id, "CASE"),
    "document_id": Thing(lambda its: its.document.id, "DOCUMENT"),
    "webhook_id": Thing(lambda its: its.webhook.id, "WEBHOOK"),
    "e164": Thing(lambda its: its.number.e164, unknown=NOBODYS_NUMBER),
    "phone_number": Thing(lambda its: its.number.e164, unknown=NOBODYS_NUMBER),
    "letter_secret": Thing(lambda its: its.letter_link, unknown="x" * 32),
    "matter": Thing(lambda its: "expedite", unknown="expedite", common=True),
    "secret": Thing(lambda its: its.link, unknown="x" * 43),
    "role_id": Thing(lambda its: uuid5(NAMESPACE_URL, "dialtone:role:full"), "ROLE", common=True),
    "country": Thing(lambda its: "US", unknown="US", common=True),
    "country_code": Thing(lambda its: "US", unknown="US", common=True),
    "area_id": Thing(lambda its: "1", unknown="1", common=True),
    "step": Thing(lambda its: "connection", unknown="connection", common=True),
    "form_of_file": Thing(lambda its: "csv", unknown="csv", common=True),
}


def named(path: str, things: Things | None, *, outside: bool) -> str:
    """Fill the {places} of an address with the names of somebody's things; None for things that never were.

    What belongs to the operator alone (THINGS does not know it) is named as nothing that is.
    """

    def name(place: re.Match[str]) -> str:
        before, slash, own = place[1] or "", place[2] or "", place[3]
        thing = THINGS.get(f"{before}/{own}") or THINGS.get(own)
        return f"{before}{slash}{thing.named(things, outside=outside) if thing else NOBODYS}"

    return _PLACE.sub(name, path)
