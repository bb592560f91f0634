"""The letter of authorisation as a PDF, in the language of the customer: to be signed by hand, or with the signature in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dialtone.base import pdfseal
from dialtone.base.phone import PhoneNumber
from dialtone.base.typeset import typeset
from dialtone.porting.account import Account

TEMPLATE = Path(__file__).with_name("letter.typ")
TEXT_VERSION = "2026-11"


@dataclass(frozen=True)
class Signature:
    """Who signed, as what, when and how."""

    first_name: str
    last_name: str
    job_title: str
    signed_on: date
    moment: str
    method: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def letter_pdf(
    *,
    order_number: str,
    account: Account,
    numbers: Sequence[str],
    losing_carrier: str,
    winning_carrier: str,
    language: str,
    signature: Signature | None = None,
) -> bytes:
    """The letter. With a signature it is sealed (PAdES), so that any later change shows."""
    with translation.override(language):
        data = _data(order_number, account, numbers, losing_carrier, winning_carrier, signature)
        made = typeset(TEMPLATE, data)
        if signature is None:
            return made
        reason = _("Letter of authorisation for port order %(number)s") % {"number": order_number}
        return pdfseal.seal(made, reason=reason, name=signature.name)


def _data(
    order_number: str,
    account: Account,
    numbers: Sequence[str],
    losing_carrier: str,
    winning_carrier: str,
    signature: Signature | None,
) -> dict[str, Any]:
    address = account.address
    facts = [
        (_("Company"), account.company_name),
        (_("Authorised person"), account.authorized_name),
        (_("Present carrier"), losing_carrier or "–"),
        (_("Account number"), account.account_number or _("none given by the carrier")),
        (_("Billing number"), _written(account.billing_number)),
        (_("Service address"), address.one_line() if address else ""),
    ]
    return {
        "lang": (translation.get_language() or "en").partition("-")[0],
        "made_by": "Dialtone",
        "title": _("Letter of authorisation"),
        "paragraphs": [
            _(
                "I authorise %(carrier)s to act for the company named below towards its present telephone carrier: to ask"
                " for its customer service record, and to place the orders that move the numbers listed here."
            )
            % {"carrier": winning_carrier},
            _("I am the holder of the account, or its holder has authorised me to sign."),
            _(
                "This letter covers exactly the numbers listed, and ends when they have moved or the order is cancelled."
            ),
        ],
        "facts": [[label, value] for label, value in facts],
        "numbers_title": _("Numbers: %(count)s") % {"count": len(numbers)},
        "numbers": [_written(number) for number in sorted(numbers)],
        "signed": signature is not None,
        "signed_title": _("Signed"),
        "signature": signature.name if signature else "",
        "signed_line": (
            _("%(name)s, %(title)s, %(moment)s")
            % {"name": signature.name, "title": signature.job_title, "moment": signature.moment}
            if signature
            else ""
        ),
        "intent": _(
            "Signed electronically: the signatory typed name and title and declared to sign this letter."
        ),
        "blanks": [_("Name"), _("Title"), _("Date"), _("Signature")],
        "footer": _("Port order %(number)s, text of %(version)s")
        % {"number": order_number, "version": TEXT_VERSION},
    }


def _written(e164: str) -> str:
    return PhoneNumber(e164).formatted() if e164 else ""
