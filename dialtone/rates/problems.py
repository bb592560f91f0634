"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, NOT_FOUND, register

register(
    "rates.file",
    FIELD,
    _("The price list cannot be read."),
    allowed=_("CSV in UTF-8 with a header line."),
    error_code=27301,
)
register(
    "rates.columns",
    FIELD,
    _("The price list lacks these columns: %(columns)s."),
    error_code=27302,
)
register(
    "rates.twice",
    FIELD,
    _("Lines %(first)s and %(second)s give the same price twice, for %(value)s."),
    next_step=_("Keep one of the two lines."),
    error_code=27303,
)
register(
    "rates.cell",
    FIELD,
    _("Line %(line)s: %(value)s is no %(column)s."),
    allowed="%(allowed)s",
    error_code=27304,
)
register(
    "rates.past",
    FIELD,
    _("Line %(line)s: this price cannot begin in the past, because another one was in force then."),
    error_code=27305,
)
register(
    "rates.second_person",
    CONFLICT,
    _("A change this large needs a second person to approve it."),
    next_step=_("Ask somebody other than %(who)s to approve it."),
    error_code=27306,
)
register(
    "rates.decided",
    CONFLICT,
    _("This change of prices has been decided already, or another one was made since."),
    next_step=_("Upload it again to see what it changes now."),
    error_code=27307,
)
register(
    "rates.no_price",
    NOT_FOUND,
    _("There is no price in %(currency)s for this."),
    next_step=_("Ask your provider to add one."),
    error_code=27308,
)
register(
    "rates.list_known",
    CONFLICT,
    _("There is a price list in %(currency)s at this level already."),
    next_step=_("Upload the new prices to it."),
    error_code=27309,
)
register(
    "rates.one_is_enough",
    CONFLICT,
    _("This change of prices is small enough for one person."),
    next_step=_("Put it into force without a second one."),
    error_code=27315,
)
register(
    "rates.not_offered",
    FIELD,
    _("Line %(line)s: your operator has no price for %(value)s, so you cannot sell it."),
    next_step=_("Take the line out, or ask your operator to offer it."),
    error_code=27316,
)
register(
    "rates.cell_empty",
    FIELD,
    _("Line %(line)s: %(column)s is empty."),
    allowed="%(allowed)s",
    error_code=27321,
)
register(
    "rates.wholesale_list",
    FIELD,
    _("A wholesale list is what the operator takes from one partner."),
    next_step=_("The operator begins it, and names the partner."),
    error_code=27318,
)
register(
    "rates.house_partner",
    CONFLICT,
    _("Customers of the house partner are sold to by the operator itself."),
    error_code=27319,
)
register(
    "rates.wholesale_month",
    FIELD,
    _("%(month)s is over: who sells to whom in it is settled."),
    next_step=_("Choose %(first)s or a later month."),
    error_code=27320,
)
register(
    "rates.digits",
    FIELD,
    _("%(value)s is no number and no beginning of one."),
    allowed=_("Up to 15 digits with the country code, such as +44 20."),
    error_code=27317,
)
