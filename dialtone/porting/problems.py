"""What this room refuses, with stable codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, register

register(
    "porting.other_country",
    FIELD,
    _("%(number)s is a number of another country than the location (%(country)s)."),
    allowed=_("Numbers of the location's country; port others to a location there."),
    error_code=26001,
)
register(
    "porting.no_toll_free",
    FIELD,
    _("%(number)s is a toll-free number; these cannot be ported in this country."),
    allowed=_("Non-toll-free numbers; toll-free ones in the United States and Canada only."),
    error_code=26002,
)
register(
    "porting.kind_not_ported",
    FIELD,
    _("%(number)s is a number of a kind that is not ported (%(kind)s)."),
    allowed=_("Ordinary numbers of offices and mobiles."),
    error_code=26003,
)
register(
    "porting.too_many_pasted",
    FIELD,
    _("There are %(count)s entries."),
    allowed=_("At most %(limit)s at once."),
    error_code=26004,
)
register(
    "porting.too_many_numbers",
    FIELD,
    _("A port order of %(count)s numbers is too large."),
    allowed=_("The limit is %(limit)s numbers in one port order; make another order for the rest."),
    error_code=26005,
)
register(
    "porting.already_yours",
    CONFLICT,
    _("%(number)s is already yours and active."),
    next_step=_("Leave it out of the order."),
    error_code=26006,
)
register(
    "porting.in_own_order",
    CONFLICT,
    _("%(number)s is already in your port order %(order)s."),
    next_step=_("Remove it there, or leave it out here."),
    error_code=26007,
)
register(
    "porting.not_available",
    CONFLICT,
    _("%(number)s cannot be ported in now."),
    next_step=_("If it is yours, open a case with PSTN support."),
    error_code=26008,
)
register(
    "porting.not_portable",
    CONFLICT,
    _("%(number)s cannot be ported: %(why)s."),
    next_step=_("Remove it, or ask PSTN support to review it."),
    error_code=26009,
)
register(
    "porting.repeated",
    FIELD,
    _("%(number)s is in the list twice."),
    allowed=_("Each number once."),
    error_code=26010,
)
register(
    "porting.no_numbers",
    CONFLICT,
    _("There are no numbers in this order."),
    next_step=_("Add the numbers that shall move."),
    error_code=26011,
)
register(
    "porting.not_offered",
    CONFLICT,
    _("Numbers cannot be ported in %(country)s."),
    next_step=_("Ask PSTN support what is possible."),
    error_code=26012,
)
register(
    "porting.split_needed",
    CONFLICT,
    _("These numbers make %(count)s orders: %(orders)s."),
    next_step=_("Accept the split (acceptSplit), or make the orders one by one."),
    error_code=26013,
)
register(
    "porting.cannot_edit",
    CONFLICT,
    _("Order %(number)s has the status “%(status)s” and cannot be changed."),
    next_step=_("Cancel it, or supplement it through PSTN support; a rejected order is corrected in place."),
    error_code=26014,
)
register(
    "porting.numbers_fixed",
    CONFLICT,
    _("Order %(number)s has been submitted: no number can be added."),
    next_step=_(
        "Cancel it and make a new one, or supplement it with another order for the numbers that are missing."
    ),
    error_code=26015,
)
register(
    "porting.ended",
    CONFLICT,
    _("Order %(number)s is over; its status is “%(status)s”."),
    next_step=_("Make a new order."),
    error_code=26016,
)
register(
    "porting.port_type",
    FIELD,
    _("%(value)s is not a port type of this country."),
    allowed=_("One of: %(choices)s."),
    error_code=26017,
)
register(
    "porting.line_type",
    FIELD,
    _("%(value)s is not a line type of this country."),
    allowed=_("One of: %(choices)s."),
    error_code=26018,
)
register(
    "porting.add_as",
    FIELD,
    _("Numbers cannot be added as %(value)s here."),
    allowed=_("One of: %(choices)s. Service numbers need the licence: ask your partner."),
    error_code=26019,
)
register(
    "porting.code_needed",
    FIELD,
    _("%(field)s is needed in this country."),
    error_code=26020,
)
register(
    "porting.code_wrong",
    FIELD,
    _("%(value)s cannot be right."),
    allowed="%(allowed)s",
    error_code=26021,
)
register(
    "porting.billing_number_unknown",
    FIELD,
    _("%(number)s is neither among the numbers of this order nor among those that stay on the account."),
    allowed=_("A number of the order, or one that is listed as staying (keptNumbers)."),
    error_code=26022,
)
register(
    "porting.kept_and_ported",
    FIELD,
    _("%(number)s is listed both as moving and as staying."),
    allowed=_("Each number in one of the two lists."),
    error_code=26023,
)
register(
    "porting.new_billing_number",
    FIELD,
    _("%(number)s cannot become the new billing number: it does not stay on the account."),
    allowed=_("One of the numbers that stay."),
    error_code=26024,
)
register(
    "porting.isolated_is_one",
    FIELD,
    _("An isolated port has one number; this order has %(count)s."),
    allowed=_("Choose full, partial or complex, or one number."),
    error_code=26025,
)
register(
    "porting.single_line_is_one",
    FIELD,
    _("A single line has one number; this order has %(count)s."),
    allowed=_("Choose multi-line, or one number."),
    error_code=26087,
)
register(
    "porting.full_takes_all",
    FIELD,
    _("A full port takes the main number with all its numbers."),
    allowed=_("List all numbers of the account, or choose partial or complex."),
    error_code=26026,
)
register(
    "porting.partial_leaves_main",
    FIELD,
    _("A partial port leaves the billing number behind."),
    allowed=_("Take it off the list, or choose full or complex."),
    error_code=26027,
)
register(
    "porting.complex_takes_main",
    FIELD,
    _("A complex port takes the main number without its numbers."),
    allowed=_("Put the billing number on the list, or choose partial."),
    error_code=26028,
)
register(
    "porting.pin",
    FIELD,
    _("This is not a PIN."),
    allowed=_("4 to 15 digits."),
    error_code=26029,
)
register(
    "porting.kept_action",
    FIELD,
    _("%(value)s is not one of the choices."),
    allowed=_("keep or disconnect."),
    error_code=26030,
)
register(
    "porting.day_past",
    FIELD,
    _("%(day)s has passed."),
    allowed=_("The earliest possible date is %(earliest)s."),
    error_code=26031,
)
register(
    "porting.day_too_early",
    FIELD,
    _("%(day)s is too early: losing carriers need %(lead)s business days."),
    allowed=_("The earliest possible date is %(earliest)s."),
    error_code=26032,
)
register(
    "porting.day_weekend",
    FIELD,
    _("%(day)s is a %(weekday)s; numbers are not ported then."),
    allowed=_("The nearest business days are %(nearest)s."),
    next_step=_("Or ask PSTN support for a port out of hours."),
    error_code=26033,
)
register(
    "porting.day_holiday",
    FIELD,
    _("%(day)s is a porting holiday (%(holiday)s)."),
    allowed=_("The nearest business days are %(nearest)s."),
    next_step=_("Or ask PSTN support for a port out of hours."),
    error_code=26034,
)
register(
    "porting.day_too_far",
    FIELD,
    _("%(day)s is too far away."),
    allowed=_("At most %(horizon)s days ahead: until %(latest)s."),
    error_code=26035,
)
register(
    "porting.no_window",
    FIELD,
    _("There is no port window on %(day)s."),
    allowed=_("The nearest days are %(nearest)s."),
    error_code=26036,
)
register(
    "porting.hour",
    FIELD,
    _("%(value)s is outside the hours in which numbers are ported."),
    allowed=_("Between %(windows)s, local time."),
    next_step=_("Or ask PSTN support for a port out of hours."),
    error_code=26037,
)
register(
    "porting.hour_shape",
    FIELD,
    _("%(value)s is not a time of day."),
    allowed=_("Hours and minutes, such as 09:30."),
    error_code=26038,
)
register(
    "porting.hour_skipped",
    FIELD,
    _("%(value)s does not come, or comes twice, on %(day)s: the clocks change."),
    allowed=_("An hour before or after the change."),
    error_code=26039,
)
register(
    "porting.paper_kind",
    FIELD,
    _("%(value)s is not a paper of this order."),
    allowed=_("One of: %(choices)s."),
    error_code=26040,
)
register(
    "porting.paper_format",
    FIELD,
    _("The bill is %(found)s."),
    allowed=_("PNG or PDF."),
    error_code=26041,
)
register(
    "porting.paper_missing",
    CONFLICT,
    _("This paper is missing: %(kind)s."),
    next_step=_("Upload it, then submit."),
    error_code=26042,
)
register(
    "porting.paper_held",
    CONFLICT,
    _("This paper is still being checked, or was held back: %(kind)s."),
    next_step=_("Upload it again as a new PDF, or wait for the operator."),
    error_code=26043,
)
register(
    "porting.paper_day_needed",
    FIELD,
    _("Say of which day this paper is."),
    allowed=_("A day such as 2026-10-28."),
    error_code=26044,
)
register(
    "porting.paper_too_old",
    FIELD,
    _("A paper of %(day)s is older than allowed."),
    allowed="%(limit)s",
    error_code=26045,
)
register(
    "porting.paper_in_future",
    FIELD,
    _("%(day)s is a date in the future."),
    allowed=_("Today or an earlier day."),
    error_code=26046,
)
register(
    "porting.letter_missing",
    CONFLICT,
    _("The letter of authorisation is missing."),
    next_step=_("Sign it, upload it, or send the link to the authorised contact."),
    error_code=26048,
)
register(
    "porting.letter_stale",
    CONFLICT,
    _(
        "The letter of authorisation names %(covered)s numbers, the order has %(count)s: it no longer covers exactly these."
    ),
    next_step=_("Sign it again for the present numbers."),
    error_code=26049,
)
register(
    "porting.letter_method",
    CONFLICT,
    _("In this country the letter is not %(method)s."),
    next_step=_("Follow the steps of this order."),
    error_code=26050,
)
register(
    "porting.intent",
    FIELD,
    _("Say that you sign for the account named above."),
    error_code=26051,
)
register(
    "porting.not_deferrable",
    CONFLICT,
    _("In this country the letter is signed together with the order."),
    next_step=_("Sign it now, or send the link to the person who may."),
    error_code=26052,
)
register(
    "porting.contact_email_needed",
    FIELD,
    _("In this country an additional contact e-mail is needed."),
    error_code=26053,
)
register(
    "porting.portability_open",
    CONFLICT,
    _("The portability check is still running for %(count)s numbers."),
    next_step=_("Wait for the result; you get an e-mail."),
    error_code=26054,
)
register(
    "porting.state_not_settable",
    FIELD,
    _("The state of an order cannot be set; it follows from what happens."),
    allowed=_("Use the actions submit, cancel and reschedule."),
    error_code=26055,
)
register(
    "porting.too_late",
    CONFLICT,
    _("Until %(until)s this order could be cancelled or moved; now it is too late to do so here."),
    next_step=_("Open a case with PSTN support; they ask the losing carrier."),
    error_code=26056,
)
register(
    "porting.too_late_for_good",
    CONFLICT,
    _("Until %(until)s this order could be cancelled or moved; the port proceeds now."),
    next_step=_("After the port, ask PSTN support for a rollback; it is not always possible."),
    error_code=26057,
)
register(
    "porting.cancel_asked",
    CONFLICT,
    _("Order %(number)s is being cancelled."),
    next_step=_("Wait for the losing carrier's word."),
    error_code=26058,
)
register(
    "porting.completed",
    CONFLICT,
    _("Order %(number)s is completed."),
    next_step=_("To bring numbers back, ask PSTN support for a rollback at once; it is not always possible."),
    error_code=26059,
)
register(
    "porting.split_first",
    CONFLICT,
    _("Order %(number)s has several billing numbers and cannot be resubmitted."),
    next_step=_("Split it into one order for each billing number."),
    error_code=26060,
)
register(
    "porting.waits_for_support",
    CONFLICT,
    _("Order %(number)s waits for PSTN support, who find out what the losing carrier meant."),
    next_step=_("Add to the case what you know."),
    error_code=26061,
)
register(
    "porting.no_remedy_by_split",
    CONFLICT,
    _("Order %(number)s cannot be split: one billing number at most is known for its numbers."),
    next_step=_(
        "If the losing carrier wants an order for each billing number, cancel this one and begin one for each, with the numbers that the bill shows below it."
    ),
    error_code=26062,
)
register(
    "porting.desk_only",
    FORBIDDEN,
    _("Only the operator's desk can do this."),
    error_code=26063,
)
register(
    "porting.error_code",
    FIELD,
    _("%(value)s is not a porting error."),
    allowed=_("ERR-01 to ERR-19."),
    error_code=26064,
)
register(
    "porting.support_matter",
    FIELD,
    _("%(value)s is not something that PSTN support is asked here."),
    allowed=_("One of: %(choices)s."),
    error_code=26065,
)
register(
    "porting.all_numbers",
    CONFLICT,
    _("These are all numbers of the order."),
    next_step=_("Cancel the order instead."),
    error_code=26066,
)
register(
    "porting.column",
    FIELD,
    _("%(value)s is not a number of this order."),
    error_code=26067,
)
register(
    "port_out.locked",
    CONFLICT,
    _("%(number)s is locked against leaving."),
    next_step=_("Its holder unlocks it first."),
    error_code=26071,
)
register(
    "port_out.refused",
    CONFLICT,
    _("The request was refused: %(reason)s."),
    next_step=_("The holder of the number was told."),
    error_code=26072,
)
register(
    "port_out.trial",
    CONFLICT,
    _("Numbers of a trial cannot leave."),
    next_step=_("Convert the trial to a paid subscription."),
    error_code=26074,
)
register(
    "port_out.same_person",
    FORBIDDEN,
    _("Somebody else has to confirm this."),
    next_step=_("Ask another administrator."),
    error_code=26075,
)
register(
    "port_out.reason",
    FIELD,
    _("%(value)s is not a lawful reason for a refusal."),
    allowed=_("One of: %(choices)s."),
    error_code=26076,
)
register(
    "port_out.answered",
    CONFLICT,
    _("Request %(number)s has been answered already: %(state)s."),
    error_code=26077,
)
register(
    "port_out.days",
    FIELD,
    _("%(field)s has to be a number of days."),
    allowed=_("From 1 to %(limit)s."),
    error_code=26079,
)
register(
    "port_out.unlock_over",
    CONFLICT,
    _("These numbers are locked again."),
    next_step=_("Unlock them anew."),
    error_code=26080,
)
register(
    "port_out.person",
    FORBIDDEN,
    _("Only a named person of the operator's desk answers another carrier."),
    error_code=26081,
)
register(
    "port_out.reference",
    CONFLICT,
    _("The reference %(reference)s was used for another request."),
    next_step=_("Ask again with a reference of its own."),
    error_code=26082,
)
register(
    "port_out.not_agreed",
    CONFLICT,
    _("Nobody has agreed that %(number)s leaves."),
    error_code=26083,
)
register(
    "port_out.not_yet",
    CONFLICT,
    _("%(number)s leaves on %(day)s; nobody can say before that day that it has left."),
    error_code=26084,
)
register(
    "port_out.one_day",
    CONFLICT,
    _("Other numbers of this request leave on %(day)s already."),
    next_step=_("Agree to the same day, or wait until those have left."),
    error_code=26085,
)
register(
    "port_out.none_ticked",
    FIELD,
    _("Say which numbers you mean."),
    next_step=_("Tick at least one number."),
    error_code=26086,
)
