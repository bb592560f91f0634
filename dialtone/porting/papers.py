"""Which papers an order needs, and which of them are there: by country and port type. Pure.

Sources: PORT-03, PORT-05, PORT-28, PORT-49 to PORT-51, PORT-55, PORT-56.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dialtone.countries import Paper
from dialtone.countries.facts import Porting
from dialtone.porting.words import age_limit

BILL, LETTER, CSR, OTHER = "bill", "letter", "csr", "other"
# The newest invoice is what everybody else calls the bill.
SAME_AS = {"latest_invoice": BILL}


@dataclass(frozen=True)
class Wanted:
    """A paper that an order must have; both ages 0 for any age. The bill's is in days, that of others in months."""

    kind: str
    max_age_days: int = 0
    age_months: int = 0
    strictly_younger: bool = False


@dataclass(frozen=True)
class There:
    """A paper that is there: of which day, and whether it is held back."""

    kind: str
    dated_on: date | None = None
    is_held: bool = False


def wanted(rules: Porting) -> tuple[Wanted, ...]:
    """All papers of an order but the letter, the bill first.

    >>> from datetime import date
    >>> from dialtone import countries
    >>> [each.kind for each in wanted(countries.get("FR", date(2026, 11, 24)).porting)]
    ['bill', 'proof_of_address']
    """
    found = [Wanted(BILL, rules.bill_max_age_days)] if rules.bill_required else []
    found += [_wanted(paper) for paper in rules.papers if SAME_AS.get(paper.kind, paper.kind) != BILL]
    return tuple(found)


def kinds(rules: Porting) -> tuple[str, ...]:
    """Every kind that can be attached to an order of this country."""
    return tuple(dict.fromkeys([BILL, LETTER, *[each.kind for each in wanted(rules)], CSR, OTHER]))


def needs_day(kind: str, rules: Porting) -> bool:
    """Whether somebody has to say of which day a paper of this kind is."""
    return any(each.kind == kind and each.age_months for each in wanted(rules))


def missing(rules: Porting, there: Iterable[There]) -> list[str]:
    """The kinds that are wanted and not there."""
    have = {each.kind for each in there}
    return [each.kind for each in wanted(rules) if each.kind not in have]


def is_too_old(dated_on: date, today: date, paper: Wanted) -> bool:
    """Whether a paper is older than allowed: "not older than 3 months", "less than 3 months old", or 30 days (PORT-05)."""
    if not paper.age_months:
        return bool(paper.max_age_days) and (today - dated_on).days > paper.max_age_days
    oldest = _months_before(today, paper.age_months)
    return dated_on <= oldest if paper.strictly_younger else dated_on < oldest


def limit_of(paper: Wanted) -> str:
    """How old a paper may be, in the active language."""
    return age_limit(
        months=paper.age_months, days=paper.max_age_days, strictly_younger=paper.strictly_younger
    )


def wanted_of(kind: str, rules: Porting) -> Wanted | None:
    return next((each for each in wanted(rules) if each.kind == kind), None)


def letter_is_too_old(signed_on: date, today: date, rules: Porting) -> bool:
    return signed_on < today - timedelta(days=rules.loa_max_age_days)


def _wanted(paper: Paper) -> Wanted:
    return Wanted(paper.kind, age_months=paper.max_age_months or 0, strictly_younger=paper.strictly_younger)


def _months_before(day: date, months: int) -> date:
    """The same day of the month, so many months earlier; the month's last day where there is no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def by_kind(there: Iterable[There]) -> Mapping[str, There]:
    return {each.kind: each for each in there}
