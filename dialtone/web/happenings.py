"""What happened, in plain words: audit records are worded when shown, so a history reads in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base import trail
from dialtone.base.history import Happened
from dialtone.porting.words import PAPERS, PORT_OUT_REASONS, STATUS
from dialtone.web import reading
from dialtone.web.order_words import NUMBER, ORDER, REASONS

# action: (tone, icon, words)
ACTIONS: dict[str, tuple[str, str, Any]] = {
    "order_placed": ("info", "shopping-cart", L_("Order placed")),
    "order_advanced": ("moving", "truck", L_("Delivery")),
    "order_cancelled": ("off", "x", L_("Order ended without delivery")),
    "case_order_checked": ("info", "list-check", L_("Compared with what the country demands")),
    "case_paper_attached": ("info", "paperclip", L_("Paper sent")),
    "case_papers_reviewed": ("info", "check", L_("Papers reviewed")),
    "case_order_asked": ("waiting", "message", L_("Customer asked")),
    "case_order_answered": ("info", "message", L_("Customer answered")),
    "case_order_informed": ("info", "message", L_("Further information for emergency services")),
    "case_identity_erased": ("off", "trash", L_("Details of who ordered erased")),
    "order_reminded": ("waiting", "mail", L_("Reminder sent")),
    "port_order_begun": ("draft", "transfer-in", L_("Port order begun")),
    "port_numbers_added": ("info", "phone-plus", L_("Numbers added to the port order")),
    "port_numbers_removed": ("off", "minus", L_("Numbers taken off the port order")),
    "port_numbers_checked": ("info", "checklist", L_("Portability checked")),
    "port_review_asked": ("waiting", "lifebuoy", L_("Review of numbers asked for")),
    "port_reviewed": ("info", "checklist", L_("Numbers reviewed by support")),
    "port_order_split": ("info", "git-branch", L_("Port order split")),
    "port_account_entered": ("info", "edit", L_("Account information entered")),
    "port_date_wished": ("info", "calendar", L_("Date wished")),
    "port_paper_attached": ("info", "paperclip", L_("Paper attached to the port order")),
    "port_letter_given": ("ok", "file-certificate", L_("Letter of authorisation given")),
    "port_letter_link_sent": ("waiting", "mail", L_("Link to the letter sent")),
    "port_letter_skipped": ("waiting", "clock", L_("Letter of authorisation left for later")),
    "port_order_handed_in": ("moving", "send", L_("Port order handed in")),
    "port_order_advanced": ("moving", "truck", L_("News from the losing carrier")),
    "port_history_completed": ("info", "history", L_("Earlier news from the losing carrier")),
    "port_order_completed": ("ok", "circle-check", L_("Port completed")),
    "port_order_canceled": ("off", "x", L_("Port order canceled")),
    "port_order_reminded": ("waiting", "mail", L_("Reminder sent about the port order")),
    "port_draft_lapsed": ("off", "clock", L_("Numbers of the draft let go")),
    "port_cancel_asked": ("waiting", "x", L_("Losing carrier asked to stop")),
    "port_move_asked": ("waiting", "calendar", L_("Another date asked for")),
    "port_support_asked": ("waiting", "lifebuoy", L_("PSTN support asked about the port order")),
    "port_unknown_settled": ("info", "lifebuoy", L_("Unknown error settled by support")),
    "carrier_key_made": ("info", "key", L_("Key for a carrier's events made")),
    "carrier_key_ended": ("off", "key", L_("Key for a carrier's events ended")),
    "port_out_asked": ("waiting", "transfer-out", L_("Asked for by another carrier")),
    "port_out_agreed": ("moving", "transfer-out", L_("Agreed that the number leaves")),
    "port_out_refused": ("off", "x", L_("Refused")),
    "port_out_stopped": ("off", "x", L_("Stopped by the holder")),
    "port_out_withdrawn": ("off", "x", L_("Withdrawn by the other carrier")),
    "port_out_moved": ("ok", "transfer-out", L_("Has left")),
    "port_out_seen": ("info", "eye", L_("Seen by the holder")),
    "numbers_left": ("off", "transfer-out", L_("Has left")),
    "numbers_unlock_asked": ("waiting", "lock", L_("Unlocking asked for")),
    "numbers_unlocked": ("waiting", "lock-open", L_("Unlocked")),
    "numbers_locked": ("ok", "lock", L_("Locked")),
    "port_commented": ("info", "message", L_("Comment on the port order")),
    "location_created": ("info", "building", L_("Location opened")),
    "location_changed": ("info", "edit", L_("Location changed")),
    "location_deleted": ("off", "trash", L_("Location taken away")),
    "connection_chosen": ("info", "plug", L_("PSTN connection chosen")),
    "support_contact_changed": ("info", "lifebuoy", L_("Support directory changed")),
    "payment_recorded": ("ok", "cash", L_("Payment recorded")),
    "payment_taken_back": ("off", "cash", L_("Payment taken back")),
    "party_changed": ("info", "id", L_("Billing details changed")),
    "price_list_created": ("info", "plug", L_("Price list created")),
    "prices_proposed": ("waiting", "clock", L_("Change of prices proposed")),
    "invoice_issued": ("ok", "file-invoice", L_("Invoice issued")),
    "wholesale_set": ("info", "file-invoice", L_("Who sells to a partner's customers set")),
    "invoice_credited": ("info", "receipt-refund", L_("Credit note written")),
    "invoice_run_begun": ("moving", "file-invoice", L_("Invoicing of a month begun")),
    "invoice_run_ended": ("info", "file-invoice", L_("Invoicing of a month ended")),
    "taxes_changed": ("ok", "check", L_("Taxes changed")),
    "tax_service_chosen": ("ok", "check", L_("Tax service chosen")),
    "prices_changed": ("ok", "check", L_("Prices changed")),
    "provider_added": ("info", "plug", L_("PSTN provider added")),
    "provider_changed": ("info", "edit", L_("PSTN provider changed")),
    "providers_preferred": ("info", "star", L_("Preferred PSTN providers chosen")),
    "connection_moved": ("ok", "plug", L_("Moved to another PSTN connection")),
    "migration_begun": ("draft", "transfer-in", L_("Move of locations begun")),
    "migration_analysed": ("info", "check", L_("Number audit report accepted")),
    "migration_agreed": ("info", "check", L_("Move of locations agreed to")),
    "migration_contracted": ("info", "edit", L_("Contract information of the move entered")),
    "migration_closed": ("ok", "check", L_("Move of locations closed")),
    "migration_abandoned": ("off", "x", L_("Move of locations left")),
    "migration_site_chosen": ("moving", "clock", L_("Location is being moved")),
    "migration_site_moved": ("ok", "plug", L_("Location moved")),
    "migration_site_failed": ("refused", "alert-circle", L_("Location could not be moved")),
    "migration_site_undone": ("off", "history", L_("Move of the location undone")),
    "manual_migration_begun": ("draft", "transfer-in", L_("Move by hand begun")),
    "manual_migration_created": ("info", "building", L_("New location of the move opened")),
    "manual_migration_readied": ("info", "check", L_("New location of the move is ready")),
    "manual_migration_carried_out": ("ok", "check", L_("Step of the move carried out")),
    "manual_migration_stopped": ("refused", "alert-circle", L_("Step of the move stopped")),
    "manual_migration_reopened": ("info", "history", L_("Steps of the move to be repeated")),
    "manual_migration_taken_back": ("info", "history", L_("Move by hand being undone")),
    "manual_migration_undone": ("info", "history", L_("Move by hand undone")),
    "manual_migration_closed": ("ok", "check", L_("Move by hand closed")),
    "manual_migration_abandoned": ("off", "x", L_("Move by hand left")),
    "gateway_enabled": ("ok", "router", L_("Local gateway enabled")),
    "contract_sent": ("waiting", "mail", L_("Contract sent for signature")),
    "contract_signed": ("ok", "file-certificate", L_("Contract signed")),
    "emergency_address_entered": ("info", "map-pin", L_("Emergency address entered")),
    "emergency_address_located": ("moving", "map-pin", L_("Emergency address found by the authority")),
    "emergency_address_suggested": ("waiting", "map-pin", L_("Emergency address known differently")),
    "emergency_address_unknown": ("refused", "map-pin", L_("Emergency address not known to the authority")),
    "emergency_address_kept": ("waiting", "inbox", L_("Desk asked to confirm the emergency address")),
    "emergency_address_refused": ("refused", "map-pin", L_("Emergency address not accepted")),
    "emergency_address_accepted": ("ok", "shield-check", L_("Emergency address in effect")),
    "emergency_address_tested": ("ok", "phone-call", L_("Emergency address shown by a test call")),
    "emergency_address_leaving": ("moving", "history", L_("Emergency address is being replaced")),
    "emergency_registration_accepted": ("ok", "shield-check", L_("Emergency address accepted for numbers")),
    "emergency_registration_refused": ("refused", "map-pin", L_("Emergency address refused for numbers")),
    "emergency_address_replaced": ("off", "history", L_("Emergency address replaced")),
    "emergency_address_withdrawn": ("off", "history", L_("Emergency address withdrawn")),
    "emergency_address_fell_back": ("info", "map-pin", L_("Shows the location's emergency address again")),
    "number_assigned": ("info", "user-check", L_("Number assigned")),
    "number_awaited": ("waiting", "transfer-in", L_("Waits for a number that is being ported")),
    "extension_assigned": ("info", "hash", L_("Extension assigned")),
    "number_unassigned": ("off", "user-off", L_("Number taken back")),
    "numbers_activated": ("ok", "phone-call", L_("Can place calls")),
    "numbers_deactivated": ("waiting", "phone-off", L_("Can no longer place calls")),
    "numbers_released": ("off", "package-export", L_("Released")),
    "approval_asked": ("waiting", "users", L_("Consent asked for")),
    "approval_given": ("ok", "check", L_("Consented to")),
    "approval_refused": ("refused", "x", L_("Consent refused")),
    "approval_withdrawn": ("off", "x", L_("Consent no longer asked for")),
    "approval_expired": ("off", "clock", L_("Nobody consented in time")),
    "main_number_set": ("info", "star", L_("Main number chosen")),
    "extension_unassigned": ("off", "hash", L_("Extension taken back")),
    "line_renamed": ("info", "edit", L_("Owner of a line renamed")),
    "location_begun": ("draft", "building", L_("Set-up of a location begun")),
    "numbers_held": ("info", "clock", L_("Numbers held in a cart")),
    "numbers_let_go": ("off", "clock", L_("Numbers of a cart let go")),
    "reservation_extended": ("info", "clock", L_("Reservation extended")),
    "cart_emptied": ("off", "shopping-cart", L_("Cart emptied")),
    "cart_expired": ("off", "shopping-cart", L_("Cart ran out")),
    "numbers_loaded": ("info", "database", L_("Free numbers loaded")),
    "withdrawal_asked": ("moving", "database", L_("Withdrawal of free numbers begun")),
    "delivery_withdrawn": ("off", "database", L_("Free numbers withdrawn")),
    "delivery_received": ("info", "package-import", L_("Delivery of numbers received")),
    "delivery_confirmed": ("ok", "package-import", L_("Delivery of numbers confirmed")),
    "delivery_discarded": ("off", "package-import", L_("Delivery of numbers discarded")),
    "delivery_planned": ("waiting", "list-check", L_("Plan made")),
    "delivery_refused": ("refused", "alert-circle", L_("File could not be read")),
    "delivery_outdated": (
        "moving",
        "refresh",
        L_("Other numbers were loaded meanwhile: the plan is made again"),
    ),
    "estate_received": ("info", "package-import", L_("Estate file received")),
    "estate_refused": ("refused", "alert-circle", L_("Rows cannot be taken")),
    "estate_planned": ("waiting", "list-check", L_("Plan made")),
    "estate_discarded": ("off", "trash", L_("Thrown away")),
    "estate_applying": ("moving", "package-import", L_("Estate is brought in")),
    "estate_stopped": ("refused", "alert-circle", L_("Estate import stopped")),
    "estate_applied": ("waiting", "package-import", L_("Estate is here, not confirmed")),
    "estate_undoing": ("moving", "rotate", L_("Estate is taken out again")),
    "estate_undone": ("off", "rotate", L_("Estate taken out again")),
    "estate_confirming": ("moving", "check", L_("Estate confirmed")),
    "estate_confirmed": ("ok", "check", L_("Estate in use")),
    "numbers_imported": ("info", "package-import", L_("Numbers came with an estate")),
    "numbers_import_undone": ("off", "rotate", L_("Numbers of an estate taken out again")),
    "numbers_import_confirmed": ("ok", "check", L_("Numbers of an estate confirmed")),
    "customer_import_confirmed": ("ok", "check", L_("Customer of an estate opened")),
    "customer_import_undone": ("off", "rotate", L_("Customer of an estate taken out again")),
    "job_begun": ("moving", "list-check", L_("Job begun")),
    "report_made": ("done", "file-text", L_("Report asked for")),
    "report_dropped": ("ended", "trash", L_("Report deleted")),
    "call_records_taken_in": ("info", "phone-call", L_("Call records taken in")),
    "parked_rows_tried_again": ("info", "refresh", L_("Parked call records tried again")),
    "calling_changed": ("info", "building", L_("Calling of a location changed")),
    "number_usage_changed": ("info", "phone", L_("Use of a number changed")),
    "number_moved": ("info", "phone", L_("Number moved to another location")),
    "phone_menu_added": ("info", "plus", L_("Phone menu added")),
    "phone_menu_changed": ("info", "edit", L_("Phone menu changed")),
    "phone_menu_removed": ("off", "trash", L_("Phone menu removed")),
    "hunt_group_added": ("info", "plus", L_("Hunt group added")),
    "hunt_group_changed": ("info", "edit", L_("Hunt group changed")),
    "hunt_group_removed": ("off", "trash", L_("Hunt group removed")),
    "contact_center_added": ("info", "plus", L_("Contact centre added")),
    "contact_center_changed": ("info", "edit", L_("Contact centre changed")),
    "contact_center_removed": ("off", "trash", L_("Contact centre removed")),
    "queue_added": ("info", "plus", L_("Queue added")),
    "queue_changed": ("info", "edit", L_("Queue changed")),
    "queue_removed": ("off", "trash", L_("Queue removed")),
    "queue_defaults_changed": ("info", "edit", L_("Settings of all queues changed")),
    "operating_mode_added": ("info", "plus", L_("Operating mode added")),
    "operating_mode_changed": ("info", "edit", L_("Operating mode changed")),
    "operating_mode_removed": ("off", "trash", L_("Operating mode removed")),
    "schedule_added": ("info", "plus", L_("Schedule added")),
    "schedule_changed": ("info", "edit", L_("Schedule changed")),
    "schedule_removed": ("off", "trash", L_("Schedule removed")),
    "announcement_added": ("info", "plus", L_("Announcement added")),
    "announcement_changed": ("info", "edit", L_("Announcement changed")),
    "announcement_removed": ("off", "trash", L_("Announcement removed")),
    "virtual_line_added": ("info", "phone-plus", L_("Virtual line added")),
    "virtual_line_changed": ("info", "edit", L_("Virtual line changed")),
    "virtual_line_removed": ("off", "trash", L_("Virtual line removed")),
    "workspace_added": ("info", "phone-plus", L_("Workspace added")),
    "workspace_changed": ("info", "edit", L_("Workspace changed")),
    "workspace_removed": ("off", "trash", L_("Workspace removed")),
    "installation_begun": ("info", "server", L_("Installation set up")),
    "installation_upgraded": ("info", "server", L_("Installation upgraded")),
    "installation_restored": ("waiting", "server", L_("Installation restored from a backup")),
    "operator_created": ("info", "building", L_("Operator set up")),
    "partner_created": ("info", "building", L_("Partner created")),
    "partner_enrolled": ("ok", "certificate", L_("Enrolled in the PSTN programme")),
    "partner_withdrawn": ("off", "certificate", L_("Enrolment in the PSTN programme ended")),
    "customer_created": ("info", "building", L_("Customer created")),
    "organisation_changed": ("info", "edit", L_("Organisation changed")),
    "callback_chosen": ("info", "phone-call", L_("Number to call back in an emergency chosen")),
    "caller_place_said": ("info", "map-pin", L_("Building, floor or room changed")),
    "emergency_notices_set": ("info", "mail", L_("Who is told of emergency calls changed")),
    "emergency_call_reported": ("refused", "urgent", L_("Emergency call")),
    "emergency_test_logged": ("info", "shield-check", L_("Test call to emergency services")),
    "caller_id_chosen": ("info", "phone-outgoing", L_("Number or name shown for calls chosen")),
    "caller_id_fell_back": (
        "waiting",
        "phone-outgoing",
        L_("The chosen number is no longer shown, as it is no longer there for it"),
    ),
    "call_limits_set": ("info", "lock", L_("Limits of calls changed")),
    "destination_closed": ("refused", "lock", L_("Destination closed for everybody")),
    "destination_opened": ("ok", "lock-open", L_("Destination opened again")),
    "destination_opened_for": ("ok", "lock-open", L_("Closed destination opened for the customer alone")),
    "destination_closed_for": ("refused", "lock", L_("Exception for a closed destination taken back")),
    "incoming_permissions_changed": ("info", "phone-call", L_("Incoming permissions changed")),
    "access_codes_changed": ("info", "key", L_("Access codes for outgoing calls changed")),
    "outgoing_permissions_changed": ("info", "phone-outgoing", L_("Outgoing permissions changed")),
    "organisation_suspended": ("refused", "lock", L_("Suspended")),
    "organisation_resumed": ("ok", "lock-open", L_("Let back in")),
    "acting_started": ("waiting", "eye", L_("Began to act for the organisation")),
    "acting_ended": ("off", "eye-off", L_("Stopped acting for the organisation")),
    "set_up_finished": ("ok", "list-check", L_("Set-up finished")),
    "person_invited": ("info", "user-plus", L_("Person added")),
    "person_invited_again": ("info", "mail", L_("Invitation sent again")),
    "person_changed": ("info", "edit", L_("Person changed")),
    "person_removed": ("off", "user-off", L_("Person removed")),
    "person_deactivated": ("off", "user-off", L_("Kept out: cannot sign in")),
    "person_reactivated": ("ok", "user-check", L_("Let back in")),
    "directory_followed": ("info", "users", L_("Matched with the company's directory")),
    "group_made": ("info", "users", L_("Group made")),
    "group_changed": ("info", "users", L_("Group changed")),
    "group_mapped": ("waiting", "users", L_("Role of a group changed")),
    "group_removed": ("off", "users", L_("Group removed")),
    "profile_changed": ("info", "edit", L_("Own profile changed")),
    "password_set": ("info", "password", L_("Password set")),
    "sign_in_changed": ("info", "shield-lock", L_("Way of signing in changed")),
    "second_factor_reset": ("waiting", "shield-lock", L_("Second factor reset")),
    "signed_in": ("info", "login", L_("Signed in")),
    "session_ended": ("off", "logout", L_("Session ended")),
    "identity_provider_set": ("info", "key", L_("Sign-in by the company set")),
    "identity_provider_ended": ("off", "key", L_("Sign-in by the company ended")),
    "outside_identity_bound": ("info", "key", L_("Account of the company connected")),
    "outside_identity_unbound": ("off", "key", L_("Account of the company disconnected")),
    "integration_registered": ("info", "key", L_("Integration registered")),
    "integration_secret_made": ("info", "key", L_("New secret of an integration")),
    "integration_ended": ("off", "key", L_("Integration ended")),
    "integration_let_in": ("info", "key", L_("Let a program in")),
    "integration_shut_out": ("off", "key", L_("Shut a program out")),
    "token_made": ("info", "key", L_("Token made")),
    "token_revoked": ("off", "key", L_("Token ended")),
    "subscription_started": ("info", "license", L_("Subscription started")),
    "subscription_trial_over": ("waiting", "license", L_("Trial over")),
    "subscription_last_days": ("waiting", "license", L_("Last days of the trial's numbers")),
    "subscription_ended": ("off", "license", L_("Trial ended, numbers given back")),
    "trial_converted": ("ok", "license", L_("Trial converted to paid")),
    "licence_bought": ("ok", "license", L_("Licences bought")),
    "licence_assigned": ("info", "license", L_("Licence given")),
    "licence_released": ("off", "license", L_("Licence taken back")),
    "terms_published": ("info", "file-text", L_("Terms of service published")),
    "terms_accepted": ("ok", "file-text", L_("Terms of service accepted")),
    "case_opened": ("info", "lifebuoy", L_("Case opened")),
    "case_answered": ("info", "message", L_("Case answered")),
    "case_closed": ("off", "lifebuoy", L_("Case closed")),
    "blank_form_handed_out": ("info", "file-text", L_("Form handed out")),
    "blank_form_taken_back": ("off", "file-text", L_("Form no longer handed out")),
    "desk_item_taken": ("info", "inbox", L_("Taken from the desk")),
    "desk_item_settled": ("ok", "inbox", L_("Settled on the desk")),
    "desk_numbers_answered": ("info", "inbox", L_("Desk said what became of numbers")),
    "document_added": ("info", "paperclip", L_("Paper added")),
    "document_opened": ("info", "eye", L_("Paper opened")),
    "document_refused": ("refused", "lock", L_("Paper not opened: not allowed to")),
    "document_erased": ("off", "trash", L_("Paper erased")),
    "letter_sent_again": ("info", "mail", L_("Letter sent again")),
    "webhook_created": ("info", "webhook", L_("Webhook made")),
    "webhook_changed": ("info", "webhook", L_("Webhook changed")),
    "webhook_deleted": ("off", "webhook", L_("Webhook deleted")),
    "webhook_replayed": ("info", "webhook", L_("Events sent again")),
    "webhook_secret_changed": ("info", "key", L_("Secret of a webhook changed")),
    "webhook_switched_off": ("refused", "webhook", L_("Webhook switched off")),
}
FIELDS = {
    "name": L_("name"),
    "address": L_("address"),
    "country": L_("country"),
    "time_zone": L_("time zone"),
    "language": L_("language"),
    "announcement_language": L_("language of announcements"),
    "business_days": L_("business days"),
    "multi_floor": L_("floors"),
    "calling_enabled": L_("calling"),
    "connection": L_("PSTN connection"),
    "notes": L_("notes"),
}


@dataclass(frozen=True)
class Entry:
    """One line of a time line."""

    at: datetime
    who: str
    what: str
    why: str = ""
    tone: str = ""
    icon: str = ""


def word(action: str) -> str:
    """What an audit record says happened; an action without words says its own name."""
    known = ACTIONS.get(action)
    return str(known[2]) if known else action.replace("_", " ").capitalize()


def of_person(happened: Sequence[Happened]) -> list[Entry]:
    """A person's history, newest first."""
    return [_entry(each, "") for each in reversed(happened)]


def of_order(happened: Sequence[Happened]) -> list[Entry]:
    """An order's history, newest first: each change says what the status became."""
    return [_entry(each, _order_detail(each)) for each in reversed(happened)]


def of_number(happened: Sequence[Happened]) -> list[Entry]:
    """A number's history, newest first: each move says what state the number came to."""
    return [_entry(each, _number_detail(each)) for each in reversed(happened)]


def of_port(happened: Sequence[Happened]) -> list[Entry]:
    """A port order's history, newest first: what the status became, how many numbers, which day."""
    return [_entry(each, _port_detail(each)) for each in reversed(happened)]


def of_port_out(happened: Sequence[Happened]) -> list[Entry]:
    """The history of another carrier's request, newest first."""
    return [_entry(each, "", PORT_OUT_REASONS) for each in reversed(happened)]


def of_location(happened: Sequence[Happened]) -> list[Entry]:
    """The history of a location, its contract and its emergency addresses, newest first."""
    return [_entry(each, _location_detail(each)) for each in reversed(happened)]


def of_delivery(happened: Sequence[Happened]) -> list[Entry]:
    """The history of a delivery of numbers, newest first."""
    return [_entry(each, "") for each in reversed(happened)]


def _entry(happened: Happened, detail: str, reasons: Mapping[str, Any] = REASONS) -> Entry:
    tone, icon, _words = ACTIONS.get(happened.action, ("off", "point-filled", ""))
    what = word(happened.action)
    if detail:
        what = _("%(what)s: %(detail)s") % {"what": what, "detail": detail}
    return Entry(
        at=happened.at,
        who=happened.who or _("Dialtone"),
        what=what,
        why=str(reasons.get(happened.reason, happened.reason)),
        tone=tone,
        icon=icon,
    )


def _order_detail(happened: Happened) -> str:
    if happened.action not in ("order_placed", "order_advanced"):
        return ""
    status = trail.changed(happened.facts).get("status")
    if status and status[1] in ORDER:
        return str(ORDER[status[1]][1])
    return _("under way")


def _number_detail(happened: Happened) -> str:
    if happened.action == "number_assigned":
        return str(happened.facts.get("owner", ""))
    if happened.action == "emergency_address_entered":
        return _after(happened, "address")
    state = happened.moved[1] if happened.moved else ""
    return str(NUMBER[state][1]) if state in NUMBER and happened.action.startswith("order_") else ""


def _port_detail(happened: Happened) -> str:
    status = trail.changed(happened.facts).get("status")
    if status and status[1] in STATUS and status[0] != status[1]:
        return str(STATUS[status[1]])
    if happened.action in ("port_numbers_added", "port_numbers_removed"):
        return reading.count_text(int(happened.facts.get("count", 0)))
    if happened.action in ("port_date_wished", "port_move_asked"):
        return _day(_after(happened, "day"))
    if happened.action == "port_letter_given":
        return _after(happened, "by")
    if happened.action == "port_paper_attached":
        return str(PAPERS.get(str(happened.facts.get("kind", "")), ""))
    if happened.action == "port_letter_link_sent":
        return _after(happened, "to")
    return ""


def _day(told: str) -> str:
    try:
        return reading.day_text(date.fromisoformat(told))
    except ValueError:
        return ""


def _location_detail(happened: Happened) -> str:
    if happened.action == "location_changed":
        return ", ".join(str(FIELDS[name]) for name in trail.changed(happened.facts) if name in FIELDS)
    if happened.action == "contract_sent":
        return _after(happened, "to")
    if happened.action == "contract_signed":
        return _after(happened, "name")
    if happened.action == "emergency_address_entered":
        return _after(happened, "address")
    return ""


def _after(happened: Happened, name: str) -> str:
    both = trail.changed(happened.facts).get(name)
    return str(both[1]) if both else ""
