"""Refusals of this room (error codes 251xx): tokens, people, organisations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, UNKNOWN_CALLER, register

# One sentence for every token that does not work: whether it was revoked, expired or never made is nobody's business.
register(
    "auth.token",
    UNKNOWN_CALLER,
    _("This token does not work."),
    next_step=_("Send the header Authorization: Bearer with a token that is neither revoked nor expired."),
    error_code=25101,
)
register(
    "people.scope",
    FORBIDDEN,
    _("You cannot give a token the permission %(scope)s, because you do not hold it."),
    next_step=_("Leave it out, or ask an administrator of your organisation."),
    error_code=25105,
)
register(
    "tokens.scope_unknown",
    FIELD,
    _("%(scope)s is not a permission."),
    allowed=_("Names of the permission list."),
    error_code=25107,
)
register(
    "tokens.ends_in_past",
    FIELD,
    _("The token would have expired already."),
    allowed=_("A time in the future, or none."),
    error_code=25108,
)
register(
    "tokens.too_many",
    CONFLICT,
    _("You have %(limit)s tokens already."),
    next_step=_("Revoke one that is no longer used."),
    error_code=25109,
)
register(
    "people.email_taken",
    CONFLICT,
    _("Nobody can be added with the address %(email)s."),
    next_step=_("Use another address; one address belongs to one person."),
    error_code=25102,
)
register(
    "people.role",
    FIELD,
    _("You cannot give the role %(role)s here."),
    allowed=_("One of: %(choices)s."),
    error_code=25103,
)
register(
    "people.locations_needed",
    FIELD,
    _("A location administrator needs at least one location."),
    next_step=_("Choose the locations, or another role."),
    error_code=25110,
)
register(
    "people.organisation_fixed",
    FIELD,
    _("A person cannot move to another organisation."),
    next_step=_("Remove the person here, and invite the person there."),
    error_code=25111,
)
register(
    "people.last_admin",
    CONFLICT,
    _("%(name)s is the last administrator of %(organisation)s."),
    next_step=_("Make somebody else administrator first."),
    error_code=25104,
)
register(
    "people.not_enrolled",
    CONFLICT,
    _("The partner %(partner)s is not enrolled in the PSTN programme, so it cannot offer calling plans."),
    next_step=_("The operator enrols the partner once it has accepted the calling addendum."),
    error_code=25106,
)
register(
    "people.reason_needed",
    FIELD,
    _("Say why you look at this organisation; it will read the reason."),
    allowed=_("3 to 200 characters."),
    error_code=25112,
)
register(
    "people.country_shape",
    FIELD,
    _("%(country)s is not a country code."),
    allowed=_("Two letters, such as US."),
    error_code=25113,
)
register(
    "people.currency_shape",
    FIELD,
    _("%(currency)s is not a currency code."),
    allowed=_("Three letters, such as USD."),
    error_code=25114,
)
register(
    "people.set_up_already",
    CONFLICT,
    _("This installation has its operator already."),
    next_step=_("Sign in as the operator."),
    error_code=25115,
)
register(
    "people.suspended",
    CONFLICT,
    _("%(organisation)s is suspended."),
    next_step=_("The operator can lift the suspension."),
    error_code=25116,
)
register(
    "people.has_password",
    CONFLICT,
    _("%(name)s has a password already."),
    next_step=_("Whoever forgot it gets a new link on the sign-in page."),
    error_code=25117,
)
register(
    "approvals.own",
    CONFLICT,
    _("You asked for this yourself: somebody else consents or refuses."),
    next_step=_("Ask another administrator, or withdraw it."),
    error_code=25118,
)
register(
    "approvals.decided",
    CONFLICT,
    _("This has been decided already, or has run out."),
    next_step=_("Ask for it again."),
    error_code=25119,
)
register(
    "people.no_line",
    CONFLICT,
    _("%(name)s has neither a number nor an extension."),
    next_step=_("Give them a line at the location first."),
    error_code=25120,
)
register(
    "people.same_location",
    CONFLICT,
    _("%(name)s is at %(location)s already."),
    next_step=_("Name another location."),
    error_code=25121,
)
register(
    "people.user_name_taken",
    CONFLICT,
    _("Somebody is called %(name)s already."),
    next_step=_("Match that person, or use another name."),
    error_code=25122,
)
register(
    "people.group_too_large",
    FIELD,
    _("The group has too many members."),
    allowed=_("At most %(limit)s."),
    error_code=25123,
)
register(
    "people.member_unknown",
    FIELD,
    _("A member is nobody of this organisation."),
    allowed=_("Ids of people; groups in groups are not kept."),
    error_code=25124,
)
register(
    "integrations.redirect",
    FIELD,
    _("%(address)s cannot be an address to return to."),
    allowed=_(
        "Whole https addresses without a fragment, or http://127.0.0.1 for a program on the own machine; at most %(limit)s."
    ),
    error_code=25125,
)
register(
    "integrations.no_use",
    FIELD,
    _("The integration could never act: it has no address to return to, and does not act by itself."),
    error_code=25126,
)
register(
    "people.own_second_factor",
    CONFLICT,
    _("Your own second factor is not reset here."),
    next_step=_("Change it on your security page, or ask another administrator."),
    error_code=25127,
)
register(
    "people.no_second_factor",
    CONFLICT,
    _("%(name)s has no second factor."),
    error_code=25128,
)
register(
    "company.issuer",
    FIELD,
    _("This cannot be the issuer of an identity provider."),
    allowed=_("Its whole https address as the provider states it, without a question mark or fragment."),
    error_code=25129,
)
register(
    "company.not_tried",
    CONFLICT,
    _("Nobody has signed in by this provider yet."),
    next_step=_("Sign in by it once yourself, then make it the only way."),
    error_code=25130,
)
register(
    "company.unreachable",
    CONFLICT,
    _("The identity provider %(name)s did not answer."),
    next_step=_("Try again in a moment, or sign in with your password."),
    error_code=25131,
)
register(
    "company.answer",
    CONFLICT,
    _("The identity provider %(name)s answered something that cannot be trusted (%(why)s)."),
    next_step=_("Try again. If it stays, tell your administrator the word in brackets."),
    error_code=25132,
)
register(
    "company.refused",
    CONFLICT,
    _("The identity provider %(name)s did not let you in (%(why)s)."),
    next_step=_("Try again, or ask your administrator."),
    error_code=25133,
)
register(
    "company.expired",
    CONFLICT,
    _("This sign-in was begun elsewhere, or too long ago."),
    next_step=_("Begin again."),
    error_code=25134,
)
register(
    "company.nobody",
    CONFLICT,
    _("Nobody here belongs to that account of %(name)s."),
    next_step=_(
        "Sign in with your password once and connect the account on the page of second factors, or ask your administrator for an invitation."
    ),
    error_code=25135,
)
register(
    "company.taken",
    CONFLICT,
    _("That account of %(name)s is somebody else's here, or you are connected with another one."),
    next_step=_("Disconnect the other one first."),
    error_code=25136,
)
