"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, register

register(
    "plans.no_plan",
    CONFLICT,
    _("No calling plan has been bought yet."),
    next_step=_("Buy at least one committed outbound calling plan licence, or start a trial."),
    error_code=25201,
)
register(
    "plans.trial_numbers",
    CONFLICT,
    _("A trial has at most %(limit)s numbers; you have %(held)s."),
    next_step=_("Convert the trial to a paid subscription."),
    error_code=25202,
)
register(
    "plans.trial_forbids",
    CONFLICT,
    _("This is not part of a trial."),
    next_step=_("Convert the trial to a paid subscription."),
    error_code=25203,
)
register(
    "plans.ended",
    CONFLICT,
    _("The subscription has ended."),
    next_step=_("Convert the trial while its numbers are kept, or ask your partner or the operator."),
    error_code=25204,
)
register(
    "plans.suspended",
    CONFLICT,
    _("The account is suspended."),
    next_step=_("Settle what is open, or ask your partner or the operator."),
    error_code=25205,
)
register(
    "plans.quantity",
    FIELD,
    _("%(quantity)s licences cannot be ordered."),
    allowed=_("1 to %(limit)s."),
    error_code=25206,
)
register(
    "plans.item",
    FIELD,
    _("%(item)s is not a licence that is sold."),
    allowed=_("One of: %(items)s."),
    error_code=25207,
)
register(
    "plans.conversion_needs_licence",
    CONFLICT,
    _("A trial is converted by ordering at least one committed calling plan licence."),
    error_code=25208,
)
register(
    "plans.terms_by_customer",
    FORBIDDEN,
    _("Only an administrator of the customer can accept the terms of service."),
    next_step=_("Tell the customer that they have to accept them."),
    error_code=25209,
)
register(
    "plans.trial_exists",
    CONFLICT,
    _("There is a subscription already."),
    next_step=_("Buy licences for it, or convert the trial."),
    error_code=25210,
)
register(
    "plans.no_trial",
    CONFLICT,
    _("There is no trial to convert."),
    next_step=_("Buy licences for the subscription."),
    error_code=25211,
)
register(
    "plans.service_date",
    FIELD,
    _("%(date)s is too far away for a requested service date."),
    allowed=_("A day within one year of today."),
    error_code=25212,
)
register(
    "plans.no_units",
    CONFLICT,
    _("All %(bought)s licences of %(item)s are in use."),
    next_step=_("Buy more licences, or take one back from somebody."),
    error_code=25213,
)
register(
    "plans.terms_version",
    CONFLICT,
    _("Version %(version)s has been published, and a published text never changes."),
    next_step=_("Choose another version."),
    error_code=25214,
)
register(
    "plans.no_terms",
    CONFLICT,
    _("There are no terms of service yet."),
    next_step=_("The operator publishes them; then they can be accepted."),
    error_code=25215,
)
register(
    "plans.terms_from",
    FIELD,
    _("Terms cannot be in force from before today."),
    allowed=_("Today or a later day."),
    error_code=25216,
)
register(
    "plans.sign_up_code",
    FIELD,
    _("That is not the code."),
    next_step=_("Enter the six digits of the newest letter."),
    error_code=25217,
)
register(
    "plans.sign_up_code_over",
    FIELD,
    _("This code is no longer valid."),
    next_step=_("Have a new code mailed to you."),
    error_code=25218,
)
register(
    "plans.sign_up_letters",
    CONFLICT,
    _("No further code is mailed."),
    next_step=_("Begin again."),
    error_code=25219,
)
register(
    "plans.sign_up_over",
    CONFLICT,
    _("Nobody is signing up in this browser any more."),
    next_step=_("Begin again."),
    error_code=25220,
)
register(
    "plans.other_terms",
    CONFLICT,
    _("The terms of service in force are version %(version)s."),
    next_step=_("Read that version, and accept it."),
    error_code=25221,
)
