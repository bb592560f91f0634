"""What searches and loads of the inventory refuse, with stable codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "search.page",
    FIELD,
    _("%(page)s numbers cannot be shown at once."),
    allowed=_("1 to %(limit)s, the largest page."),
    error_code=25351,
)
register(
    "search.pattern",
    FIELD,
    _("%(pattern)s is not a pattern."),
    allowed=_("1 to %(limit)s digits or letters, with * or ? for any one digit."),
    error_code=25352,
)
register(
    "search.block_size",
    FIELD,
    _("Blocks of %(size)s numbers are not offered."),
    allowed=_("Blocks of 10, 50 or 100 consecutive numbers."),
    error_code=25353,
)
register(
    "search.country",
    FIELD,
    _("There is no number inventory for %(country)s."),
    allowed="%(countries)s",
    error_code=25354,
)
register(
    "search.digits",
    FIELD,
    _("%(value)s is not made of digits."),
    allowed=_("Digits only."),
    error_code=25355,
)
register(
    "search.run",
    FIELD,
    _("%(size)s consecutive numbers cannot be searched for."),
    allowed=_("1 to %(limit)s."),
    error_code=25356,
)
register(
    "search.pattern_with_run",
    FIELD,
    _("Consecutive numbers cannot all end with %(pattern)s."),
    allowed=_("A place, an exchange, a beginning, or digits that all of them have."),
    error_code=25357,
)
register(
    "search.after",
    FIELD,
    _("%(after)s is not the end of a page of this list."),
    next_step=_("Search again from the first page."),
    error_code=25358,
)
register(
    "search.kind",
    FIELD,
    _("%(kind)s is not a kind of number."),
    allowed="%(kinds)s",
    error_code=25359,
)
register(
    "search.toll_free",
    FIELD,
    _("There are no toll-free numbers for %(country)s."),
    allowed=_("Toll-free numbers can be had in the United States and Canada only."),
    error_code=25360,
)
register(
    "search.no_blocks",
    FIELD,
    _("Toll-free numbers are not offered in blocks."),
    allowed=_("Toll-free numbers are ordered one by one."),
    error_code=25340,
)
register(
    "search.other_country",
    FIELD,
    _("%(value)s is not the beginning of a number in %(country)s."),
    allowed=_("The beginning of a national number, or +%(code)s and what follows."),
    error_code=25341,
)
register(
    "search.nothing_typed",
    FIELD,
    _("There is no number in what you entered."),
    allowed=_("Numbers in any spelling, with commas, spaces or new lines between them."),
    error_code=25342,
)
register(
    "search.too_many",
    FIELD,
    _("%(count)s numbers cannot be looked up at once."),
    allowed=_("1 to %(limit)s numbers."),
    error_code=25343,
)
register(
    "search.twice",
    FIELD,
    _("%(number)s is in the list twice."),
    allowed=_("Each number once."),
    error_code=25344,
)
register(
    "search.wrong_country",
    FIELD,
    _("%(number)s is a number of another country than the location."),
    allowed=_("Numbers of the location's country."),
    error_code=25345,
)
register(
    "inventory.empty",
    FIELD,
    _("The file is empty."),
    error_code=25361,
)
register(
    "inventory.no_rows",
    FIELD,
    _("The file has a header and no rows."),
    error_code=25364,
)
register(
    "inventory.not_csv",
    FIELD,
    _("The file is no CSV file, from line %(line)s on."),
    next_step=_("Save it as CSV (comma separated, UTF-8) and try again."),
    error_code=25365,
)
register(
    "inventory.open_quote",
    FIELD,
    _("In line %(line)s a quotation mark is opened and not closed."),
    error_code=25366,
)
register(
    "inventory.too_large",
    FIELD,
    _("The file is too large."),
    allowed=_("At most %(limit)s rows or bytes."),
    error_code=25367,
)
register(
    "inventory.column_missing",
    FIELD,
    _("These columns are missing: %(columns)s."),
    allowed=_(
        "first and last (or number), country, kind; also state, area_code, city, rate_center, carrier."
    ),
    error_code=25368,
)
register(
    "inventory.column_unknown",
    FIELD,
    _("These columns are not known or stand there twice: %(columns)s."),
    allowed=_(
        "first and last (or number), country, kind; also state, area_code, city, rate_center, carrier."
    ),
    error_code=25369,
)
register(
    "inventory.plan_outdated",
    CONFLICT,
    _("Other numbers were loaded since this plan was made."),
    next_step=_("Make the plan again, look at it, and apply it."),
    error_code=25362,
)
register(
    "inventory.nothing_to_load",
    CONFLICT,
    _("No row of this file can be loaded."),
    next_step=_("Correct the rows that the report names, and try again."),
    error_code=25363,
)
register(
    "inventory.not_planned",
    CONFLICT,
    _("This delivery has no plan that waits for a yes."),
    next_step=_("Open the delivery: its page says how far it is."),
    error_code=25370,
)
register(
    "inventory.look_first",
    FIELD,
    _("Some of this delivery looks wrong."),
    allowed=_("Look at what is marked, and say that you have."),
    error_code=25371,
)
register(
    "inventory.loaded",
    CONFLICT,
    _("This delivery is in the inventory already."),
    next_step=_("Withdraw it, if its numbers should not be offered."),
    error_code=25372,
)
register(
    "inventory.not_loaded",
    CONFLICT,
    _("This delivery is not in the inventory."),
    error_code=25373,
)
register(
    "inventory.not_kept",
    CONFLICT,
    _("Which numbers this old delivery added was not kept, so they cannot be withdrawn together."),
    error_code=25374,
)

# What can be wrong with a row, by the reasons of `ranges.py`: "inventory.row_<reason>".
_ROWS = (
    ("cells_missing", _("The row has too few cells."), _("As many cells as the header has.")),
    ("cells_too_many", _("The row has too many cells."), _("As many cells as the header has.")),
    ("missing", _("This cell is empty."), _("A value.")),
    ("not_e164", _("This is no telephone number."), _("Digits with the country code in front, with or without a plus.")),
    ("short_number", _("This number is too short to be a subscriber's."), _("At least 7 digits with the country code.")),
    ("emergency_number", _("This is an emergency number."), _("Numbers of subscribers only.")),
    ("premium_number", _("This is a premium-rate or shared-cost number."), _("Numbers that cost the caller the usual or nothing.")),
    ("other_country", _("This number belongs to another country than the row says."), _("A number of the country of the row.")),
    ("other_area_code", _("This number does not begin with the area code of the row."), _("A number of the area code of the row.")),
    ("other_length", _("First and last number are not equally long."), _("Two numbers with the same number of digits.")),
    ("ends_before_it_begins", _("The range ends before it begins."), _("A last number that is not smaller than the first.")),
    ("range_too_large", _("The range is too large."), _("At most 10,000,000 numbers in one row.")),
    ("wrong_length", _("No number of this country has so many digits."), _("A complete number.")),
    ("not_in_number_plan", _("The country's number plan has no such number."), _("Numbers that can be in service.")),
    ("other_kind", _("The number is of another kind than the row says."), _("The kind that the number plan gives it.")),
    ("unknown_country", _("There is no such country."), _("A country code of two letters, such as US.")),
    ("unknown_kind", _("There is no such kind of number."), "standard, local, toll_free, non_geographic, mobile"),
    ("not_digits", _("An area code has digits only."), _("Digits only.")),
    ("too_long", _("This text is too long."), _("80 characters for a city, 40 for a rate centre, 30 for a carrier, 6 for codes.")),
    ("control_character", _("There is an invisible character in this text."), _("Letters, digits and punctuation.")),
)  # fmt: skip
for _place, (_reason, _sentence, _allowed) in enumerate(_ROWS):
    register(f"inventory.row_{_reason}", FIELD, _sentence, allowed=_allowed, error_code=25375 + _place)
