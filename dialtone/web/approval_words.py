"""What takes two persons, worded: what was asked for, what consent would do, and where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base.money import Money
from dialtone.billing import credit
from dialtone.emergency import give_back, many_numbers
from dialtone.people import reset_second_factor
from dialtone.people.models import Approval
from dialtone.rates import load
from dialtone.web import reading


@dataclass(frozen=True)
class Words:
    """One kind of matter. `what` names it, `verb` is the button of consent, and the template `pages/approvals/_KIND.html` shows
    what will happen; `home` is the page that it belongs under."""

    what: Callable[[Approval], str]
    verb: Callable[[Approval], str]
    home: tuple[Any, str]
    takes_away: bool = False


def what(found: Approval) -> str:
    """What was asked for."""
    return WORDS[found.kind].what(found)


def crumbs(found: Approval) -> list[dict[str, str]]:
    label, page = WORDS[found.kind].home
    return [{"label": str(label), "url": reverse(page)}, {"label": _("Consent"), "url": reverse("approvals")}]


def amount(found: Approval) -> Money:
    """How much a credit note is over."""
    return Money(Decimal(found.asked["amount"]), found.asked["currency"])


def _release(found: Approval) -> str:
    said = ngettext("Release of %(count)s number", "Release of %(count)s numbers", found.count)
    return said % {"count": found.count}


def _release_verb(found: Approval) -> str:
    said = ngettext("Consent: release %(count)s number", "Consent: release %(count)s numbers", found.count)
    return said % {"count": found.count}


def _prices(found: Approval) -> str:
    said = ngettext(
        "Change of %(count)s price in %(list)s", "Change of %(count)s prices in %(list)s", found.count
    )
    return said % {"count": found.count, "list": found.asked["list"]}


def _credit(found: Approval) -> str:
    money = amount(found)
    told = {
        "amount": reading.money_text(money.amount, str(money.currency)),
        "invoice": found.asked["number"],
    }
    return _("Credit note over %(amount)s for %(invoice)s") % told


def _second_factor(found: Approval) -> str:
    return _("Reset the second factor of %(name)s") % {"name": found.asked["name"]}


WORDS = {
    give_back.BY_TWO: Words(_release, _release_verb, (gettext_lazy("Numbers"), "numbers"), takes_away=True),
    many_numbers.BY_TWO: Words(
        _release, _release_verb, (gettext_lazy("Numbers"), "numbers"), takes_away=True
    ),
    load.BY_TWO: Words(_prices, lambda _found: _("Consent"), (gettext_lazy("Price lists"), "price-lists")),
    reset_second_factor.BY_TWO: Words(
        _second_factor, lambda _found: _("Consent"), (gettext_lazy("People"), "people"), takes_away=True
    ),
    credit.BY_TWO: Words(_credit, lambda _found: _("Consent"), (gettext_lazy("Invoices"), "invoices")),
}
