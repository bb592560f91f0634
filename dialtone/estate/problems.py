"""What this room refuses. Rows are refused with the codes of the rooms that would take them, where there is one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register("estate.no_customers", FIELD, _("There is no customer in the file."), error_code=27501)
register("estate.twice", FIELD, _("Line %(line)s has the same."), error_code=27502)
register(
    "estate.customer_here",
    FIELD,
    _("A customer called %(name)s is here already."),
    next_step=_("An import brings new customers only. Give it another name, or leave it out."),
    error_code=27503,
)
register(
    "estate.customer_unknown",
    FIELD,
    _("There is no customer called %(name)s in the sheet customers."),
    error_code=27504,
)
register(
    "estate.location_unknown",
    FIELD,
    _("This customer has no location called %(name)s in the sheet locations."),
    error_code=27505,
)
register(
    "estate.partner_unknown",
    FIELD,
    _("There is no partner called %(name)s here that may have customers."),
    error_code=27506,
)
register(
    "estate.number_elsewhere",
    FIELD,
    _("%(number)s is not at this location in the sheet numbers."),
    error_code=27507,
)
register(
    "estate.two_mains",
    FIELD,
    _("Line %(line)s is the main number of this location already."),
    error_code=27508,
)
register(
    "estate.block",
    FIELD,
    _("The block from %(first)s has %(count)s numbers here, or they are not in a row at one location."),
    allowed=_("10, 50 or 100 numbers in a row, all of them at one location."),
    error_code=27509,
)
register(
    "estate.licences",
    FIELD,
    _("%(needed)s are needed for what the other sheets say, and there are %(bought)s."),
    error_code=27510,
)
register(
    "estate.plan_needed", FIELD, _("A customer needs at least one outbound calling plan."), error_code=27511
)
register(
    "estate.units",
    FIELD,
    _("%(value)s is not a number of licences."),
    allowed=_("A whole number from 0 to %(limit)s."),
    error_code=27512,
)
register("estate.bar", FIELD, _("The name has a | in it, which stands between names here."), error_code=27513)
register(
    "estate.admin_of",
    FIELD,
    _("Only somebody with the role location is an administrator of some locations."),
    error_code=27514,
)
register(
    "estate.wrong_state",
    CONFLICT,
    _("This cannot be done now: the import is %(state)s."),
    next_step=_("Look at the import again."),
    error_code=27515,
)
register(
    "estate.same_name",
    CONFLICT,
    _("Two customers are called %(name)s, and a sheet tells customers by their name."),
    next_step=_("Export one of them at a time."),
    error_code=27516,
)
register(
    "estate.nobody",
    CONFLICT,
    _("Only a named person of the operator or of a partner may do this."),
    error_code=27517,
)
