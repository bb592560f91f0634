"""What each decision about a call says to people; refusals of accounts are worded by the room `plans`."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, TOO_LARGE, Problem, catalogue, register
from dialtone.calls.rules import NO_COUNTRY, CallType, Decision

ALLOWED = {
    "calls.emergency": _("An emergency call: always placed, whatever else holds."),
    "calls.emergency_test": _(
        "The test that reads the emergency address back: always placed, free of charge."
    ),
    "calls.crisis_line": _("A crisis line: always placed."),
    "calls.internal": _("A call to %(to)s, inside the organisation."),
    "calls.transferred": _("Calls of this type go to %(to)s instead."),
    "calls.allowed": _("Nothing forbids this call."),
}
RUNGS = {
    "emergency": _("Is it an emergency call? Looked at first, on exactly what was dialled."),
    "code": _("Is it a short code of the country?"),
    "caller": _("Is the calling number live, and held by whoever asks?"),
    "readable": _("Can what was dialled be read?"),
    "extension": _("Is it an extension of the organisation?"),
    "known": _("Does any country's numbering plan know the number?"),
    "loop": _("Does the number call itself?"),
    "own_number": _("Is it a number of the organisation?"),
    "shown": _("Is there a number that calls of a phone without one show, and an address for help?"),
    "connection": _("Does the location place calls by a calling plan?"),
    "account": _("Does the subscription allow it today?"),
    "destination": _("Is the destination open?"),
    "permission": _("May this person or location place such calls?"),
    "limits": _("Is it within the limits against misuse?"),
    "allowed": _("No rule forbids it."),
}
CALL_TYPES = {
    CallType.INTERNAL: _("internal"),
    CallType.TOLL_FREE: _("toll-free"),
    CallType.NATIONAL: _("national"),
    CallType.INTERNATIONAL: _("international"),
    CallType.SPECIAL_1: _("shared cost"),
    CallType.SPECIAL_2: _("personal numbers"),
    CallType.PREMIUM_1: _("premium type I"),
    CallType.PREMIUM_2: _("premium type II"),
    CallType.EMERGENCY: _("emergency"),
}

register(
    "calls.x11",
    FORBIDDEN,
    _("%(code)s is not reached from here."),
    allowed=_("Of the codes that end in 11, emergency calls alone."),
    error_code=26601,
)
register(
    "calls.caller_needed",
    FORBIDDEN,
    _("The call does not say which number calls."),
    next_step=_("Send one of your numbers as the caller; the wish to be shown as private is another field."),
    error_code=26602,
)
register(
    "calls.not_your_number",
    FORBIDDEN,
    _("%(caller)s is not one of your numbers."),
    allowed=_("A live number of the own organisation."),
    error_code=26603,
)
register(
    "calls.number_not_live",
    FORBIDDEN,
    _("%(caller)s cannot place calls yet: it is not delivered, or has no valid emergency address."),
    next_step=_("Look at the number's page: it says what is missing."),
    error_code=26604,
)
register(
    "calls.dialled",
    FORBIDDEN,
    _("“%(dialled)s” is nothing that can be dialled."),
    allowed=_("Digits, with a + in front for a number with its country code."),
    error_code=26605,
)
register(
    "calls.no_such_extension",
    FORBIDDEN,
    _("Nobody has the extension %(extension)s."),
    error_code=26606,
)
register(
    "calls.no_such_number",
    FORBIDDEN,
    _("No country's numbering plan knows %(dialled)s."),
    next_step=_("Dial the whole number, with the code of its area or country."),
    error_code=26607,
)
register("calls.loop", FORBIDDEN, _("%(caller)s cannot call itself."), error_code=26608)
register(
    "calls.no_calling_plan",
    FORBIDDEN,
    _("The location places its calls by another connection than our calling plan."),
    next_step=_("Choose the calling plan for the location, or place the call by its own provider."),
    error_code=26609,
)
register(
    "calls.destination_closed",
    FORBIDDEN,
    _("Calls to %(prefix)s are closed."),
    next_step=_("Ask for the destination in a support case."),
    error_code=26610,
)
register(
    "calls.prefix",
    FIELD,
    _("This is no beginning of numbers."),
    allowed=_("One to fifteen digits with the country's calling code first, such as +252 or +4420."),
    error_code=26617,
)
register(
    "calls.closed_emergency",
    FIELD,
    _("%(code)s is an emergency number or a crisis line: it is never closed."),
    allowed=_("Any other beginning of numbers."),
    error_code=26618,
)
register(
    "calls.closed_already",
    CONFLICT,
    _("%(prefix)s is closed already, or will be."),
    next_step=_("Open it first to close it for another reason or from another day."),
    error_code=26619,
)
register(
    "calls.closed_past",
    FIELD,
    _("A destination cannot be closed for days that are over."),
    allowed=_("%(today)s (UTC) or later."),
    error_code=26620,
)
register(
    "calls.not_closed",
    CONFLICT,
    _("Nothing closes %(prefix)s for everybody."),
    next_step=_(
        "Open what is closed, or a longer beginning of it; permissions are opened by an administrator."
    ),
    error_code=26627,
)
register(
    "calls.opened_already",
    CONFLICT,
    _("%(prefix)s is open for this customer already, or will be."),
    next_step=_("Close it again first to open it for another reason or for other days."),
    error_code=26628,
)
register(
    "calls.opened_past",
    FIELD,
    _("A destination cannot be opened for days that are over."),
    allowed=_("%(today)s (UTC) or later."),
    error_code=26629,
)
register(
    "calls.opened_order",
    FIELD,
    _("It would be closed again before it is open."),
    allowed=_("A day after %(day)s, or none."),
    error_code=26630,
)
register(
    "calls.permission",
    FORBIDDEN,
    _("Calls of this type are not allowed for this line."),
    next_step=_("An administrator can allow them for the person or the location."),
    error_code=26611,
)
register(
    "calls.access_code_needed",
    FORBIDDEN,
    _("Calls of this type need an access code."),
    next_step=_("Dial the number, then * and the code."),
    error_code=26621,
)
register(
    "calls.access_code_wrong",
    FORBIDDEN,
    _("This access code does not let the call through."),
    next_step=_(
        "Dial the number, then * and a code of the person or the location; an administrator knows them."
    ),
    error_code=26622,
)
register(
    "calls.internal_refused",
    FORBIDDEN,
    _("%(to)s takes no calls from inside the organisation."),
    next_step=_("An administrator can change the incoming permissions."),
    error_code=26638,
)
register(
    "calls.external_refused",
    FORBIDDEN,
    _("Whoever is called takes no calls from outside."),
    next_step=_("An administrator can change the incoming permissions."),
    error_code=26639,
)
register(
    "calls.external_direct",
    FORBIDDEN,
    _("Whoever is called takes calls from outside only when they are put through."),
    next_step=_("Call the main number, or change the incoming permissions."),
    error_code=26640,
)
register(
    "calls.access_code_locked",
    FORBIDDEN,
    _("Too many access codes were wrong on this line; for a while none is looked at."),
    next_step=_("Try again in an hour, with a code that an administrator has told you."),
    error_code=26637,
)
register(
    "calls.access_code",
    FIELD,
    _("This is no access code."),
    allowed=_("%(least)s to %(most)s digits."),
    error_code=25073,
)
register(
    "calls.access_code_taken",
    CONFLICT,
    _("This access code is there already."),
    next_step=_("Choose another code, or remove that one first."),
    error_code=25074,
)
register(
    "calls.transfer_nobody",
    FORBIDDEN,
    _("Calls of this type go to somebody else, and nobody has said to whom."),
    next_step=_("An administrator can say to which number they go, or allow them."),
    error_code=26623,
)
register(
    "calls.transfer_refused",
    FORBIDDEN,
    _("Calls of this type go to %(to)s instead, and that number cannot be called from here."),
    next_step=_("An administrator can choose another number for them."),
    error_code=26624,
)
register(
    "calls.no_number_to_show",
    FORBIDDEN,
    _("This phone has no number, and neither has its location one that its calls could show."),
    next_step=_("Give the location a main number, or choose a caller ID for the line."),
    error_code=26625,
)
register(
    "calls.no_address",
    FORBIDDEN,
    _(
        "Help would not find this phone: it has no number to be called back by, or that number shows no address."
    ),
    next_step=_("Choose the number by which help calls back, and give it a valid emergency address."),
    error_code=26626,
)
register(
    "calls.too_many_at_once",
    FORBIDDEN,
    _("%(limit)s calls at once is the most."),
    next_step=_("Wait until one ends, or ask for more in a support case."),
    error_code=26612,
)
register(
    "calls.minutes_used",
    FORBIDDEN,
    _("The %(limit)s minutes of today are used."),
    next_step=_("Ask for more in a support case."),
    error_code=26613,
)
register(
    "calls.risky_burst",
    FORBIDDEN,
    _("Too many calls to a risky destination within an hour; they are stopped until somebody has looked."),
    next_step=_("Tell us in a support case that the calls are yours."),
    error_code=26614,
)
register(
    "calls.too_many_a_minute",
    FORBIDDEN,
    _("%(limit)s calls a minute is the most."),
    next_step=_("Wait a minute, or ask for more in a support case."),
    error_code=26651,
)
register(
    "calls.spent",
    FORBIDDEN,
    _("The %(limit)s that calls may cost in a day are used."),
    next_step=_("Ask for more in a support case."),
    error_code=26652,
)
register(
    "calls.limit_above",
    CONFLICT,
    _("This limit can be lowered only."),
    allowed=_("At most %(limit)s."),
    error_code=26653,
)
register(
    "calls.no_fresh_facts",
    FORBIDDEN,
    _("It is not known for sure at the moment what this line may do, so only emergency calls are placed."),
    next_step=_("Try again shortly; the operator sees that the database is away."),
    error_code=26615,
)
register(
    "calls.type_twice",
    FIELD,
    _("The type of call %(value)s is there twice."),
    allowed=_("Each type of call once."),
    error_code=26616,
)
register(
    "records.file_too_large",
    TOO_LARGE,
    _("The file is larger than %(limit)s MB."),
    allowed=_("Files of at most %(limit)s MB; give the records in several."),
    error_code=26631,
)
register(
    "records.file_unreadable",
    FIELD,
    _("This is no CSV file in UTF-8."),
    allowed=_("CSV in UTF-8 with a header."),
    error_code=26632,
)
register(
    "records.file_columns",
    FIELD,
    _("The file lacks the columns %(columns)s."),
    allowed=_("call_id, start, caller, called; and direction, answer, end, duration, answered."),
    error_code=26633,
)
register(
    "records.parquet_unreadable",
    FIELD,
    _("This Parquet file cannot be read."),
    allowed=_("An unencrypted Parquet file whose columns hold text, numbers and instants in UTC."),
    error_code=26635,
)
register(
    "records.parquet_limits",
    TOO_LARGE,
    _("This Parquet file holds more than is taken in at once."),
    allowed=_(
        "At most %(rows)s rows and %(columns)s columns, in at most %(groups)s row groups of at most %(megabytes)s MB each."
    ),
    error_code=26636,
)
register(
    "calls.window",
    FIELD,
    _("Call records are read for a time that ends after it begins."),
    allowed=_("At most %(days)s days at once."),
    error_code=26634,
)
# Why a row is parked.
PARKED = {
    "records.call_id": _("It has no id, or one of more than 120 characters."),
    "records.direction": _("Its direction is neither outbound nor inbound."),
    "records.start": _(
        "One of its instants cannot be read; an instant has its offset, as in 2026-11-25T08:00:00Z."
    ),
    "records.order": _("It ends before it begins, or was answered outside that time."),
    "records.future": _("It lies in the future."),
    "records.duration": _("Its duration is no number of seconds of 0 or more."),
    "records.too_long": _("It is longer than 48 hours."),
    "records.duration_differs": _("Its duration is not what lies between answer and end."),
    "records.not_answered_yet_long": _("It was not answered and yet has a duration."),
    "records.own_number": _("The number on our side is none in E.164."),
    "records.called": _("What was called cannot be dialled."),
    "records.not_ours": _("Nobody here held the number when the call began."),
    "records.conflict": _("There is a record with this id already that says something else."),
    "records.width": _("It has more or fewer cells than the header."),
}


def sentence(decision: Decision) -> str:
    """The decision in one sentence of the reader's language."""
    if decision.code in ALLOWED:
        return str(ALLOWED[decision.code]) % dict(decision.values)
    return Problem(decision.code, values=decision.values).sentence()


def sentences() -> dict[str, str]:
    """Every decision's sentence in English, with places for values: for the program that the switch asks, which knows no
    translations (and SIP no languages)."""
    with translation.override("en"):
        refused = {entry.code: str(entry.sentence) for entry in catalogue()}
        told = {**refused, **{code: str(text) for code, text in ALLOWED.items()}}
    return {code: text for code, text in told.items() if code.startswith(("calls.", "plans."))}


def next_step(decision: Decision) -> str:
    """What the reader can do about a refusal, or ""."""
    if decision.allowed:
        return ""
    problem = Problem(decision.code, values=decision.values)
    return " ".join(part for part in (problem.allowed_text(), problem.next_text()) if part)


def closed_for(decision: Decision) -> str:
    """The operator's own words on why a destination is closed, or "". Networks of no country are closed by a rule, not a word."""
    why = decision.values.get("why", "") if decision.code == "calls.destination_closed" else ""
    return "" if why == NO_COUNTRY else str(why)


register(
    "calls.pattern",
    FIELD,
    _("“%(value)s” is no digit pattern."),
    allowed=_(
        "Digits, X for any one digit, + before a number with its country code, ! at the end for any further digits."
    ),
    error_code=25069,
)
register(
    "calls.report_days",
    FIELD,
    _("A report is of days that follow each other and have begun."),
    allowed=_("At most %(days)s days."),
    error_code=26641,
)
register(
    "calls.reports_many",
    CONFLICT,
    _("There are %(limit)s reports already."),
    next_step=_("Delete some that are no longer needed."),
    error_code=26642,
)
