"""An invoice or credit note as an e-invoice: UBL 2.1 XML by EN 16931, from what the invoice says and nothing else.

The XML has the sums of the invoice to the cent. EN 16931 knows one VAT for each line; so:

| the invoice has                   | lines                                  | other taxes and fees        |
|-----------------------------------|----------------------------------------|-----------------------------|
| VAT (or GST where it is alone)    | its category and rate                  | charges of category E       |
| no VAT at all (USA, Canada)       | category O, outside the scope of VAT   | charges of category O       |

A free line has the category of the first tax, since nothing of it is taxed. Lines are one piece at their amount where days were
prorated, so that price times quantity is the amount everywhere. Tested against the schemas of OASIS and the Schematron of CEN
(tests/billing/en16931/). Sources: EN 16931-1 and -3-2, UBL 2.1 (OASIS).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

from django.utils import translation
from django.utils.translation import gettext as _

from dialtone.base.money import minor_digits
from dialtone.base.problems import Problem
from dialtone.billing import rules, words
from dialtone.billing.models import CREDIT_NOTE, Invoice
from dialtone.billing.treatment import EXEMPT, OUTSIDE

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
ROOT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
GUIDELINE = "urn:cen.eu:en16931:2017"
INVOICE_CODE, CREDIT_CODE, TRANSFER_CODE = "380", "381", "58"
PIECE = "C62"
MOST_DIGITS = 2  # BR-DEC-*: the standard has no third decimal

Tree = tuple[str, "Sequence[Tree] | str"]
"""An element by its name and what is in it; a name that begins with a capital of an aggregate is told by having parts."""


@dataclass(frozen=True)
class Category:
    """A VAT category with its rate; `percent` is None where the standard wants none (O)."""

    code: str
    percent: Decimal | None
    reason: str = ""
    reason_code: str = ""

    @property
    def key(self) -> tuple[str, Decimal | None]:
        return self.code, self.percent


@dataclass(frozen=True)
class Line:
    """A line, or a charge on the whole invoice (`is_charge`), with its category."""

    name: str
    detail: str
    amount: Decimal
    category: Category
    quantity: int = 1
    price: Decimal | None = None
    span: tuple[date, date] | None = None
    is_charge: bool = False


def xml(found: Invoice, language: str) -> bytes:
    """The e-invoice, its texts in a language of ours. Raises Problem billing.no_einvoice saying what is missing."""
    _check(found)
    with translation.override(language):
        lines = _lines(found)
        tree = _document(found, lines)
    ET.register_namespace("cbc", CBC)
    ET.register_namespace("cac", CAC)
    kind = "CreditNote" if found.kind == CREDIT_NOTE else "Invoice"
    root = ET.Element(f"{{{ROOT.format(kind)}}}{kind}")
    ET.register_namespace("", ROOT.format(kind))
    for each in tree:
        _add(root, each, found.currency)
    ET.indent(root)
    made: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def _check(found: Invoice) -> None:
    seller = found.content.get("seller_details", {})
    if "legal_name" not in seller or not (seller["vat_id"] or seller["registration_id"]):
        raise Problem("billing.no_einvoice", values={"missing": _("the seller's name and number on it")})
    if minor_digits(found.currency) > MOST_DIGITS:
        raise Problem("billing.no_einvoice", values={"missing": _("the standard has no third decimal")})


def _lines(found: Invoice) -> list[Line]:
    """The lines, then the charges for taxes and fees that are no VAT."""
    told = found.content
    vats = [each for each in told["taxes"] if each["vat"]]
    rest = [each for each in told["taxes"] if not each["vat"]]
    outside = Category(EXEMPT, Decimal(0), _("Outside the scope of VAT")) if vats else _outside()
    by_line = {at: _category(each) for each in vats for at in each["lines"]}
    if found.kind == CREDIT_NOTE:
        lines = _credited(told, vats, outside)
    else:
        first = _category(vats[0]) if vats else outside
        lines = [
            _line(each, by_line.get(at, outside if Decimal(each["amount"]) else first))
            for at, each in enumerate(told["lines"])
        ]
    charges = [
        Line(words.tax_name(each), "", abs(Decimal(each["amount"])), outside, is_charge=True)
        for each in rest
        if Decimal(each["amount"])
    ]
    return lines + charges


def _line(told: Mapping[str, Any], category: Category) -> Line:
    amount, price, quantity = Decimal(told["amount"]), told.get("price"), told.get("quantity") or 1
    is_whole = price is not None and Decimal(price) * quantity == amount
    detail = [] if is_whole or told["kind"] in (rules.USAGE, rules.WHOLESALE) else [_quantity(told)]
    return Line(
        words.what(told),
        " · ".join(each for each in (*detail, words.detail(told)) if each),
        amount,
        category,
        quantity if is_whole else 1,
        Decimal(price) if is_whole and price is not None else amount,
        (date.fromisoformat(told["from"]), words.last_day(told)),
    )


def _quantity(told: Mapping[str, Any]) -> str:
    said = _("%(count)s at %(price)s, %(days)s of %(of)s days")
    return said % {
        "count": told["quantity"],
        "price": told["price"],
        "days": told["days"],
        "of": told["of_days"],
    }


def _credited(told: Mapping[str, Any], vats: Sequence[Mapping[str, Any]], outside: Category) -> list[Line]:
    """A credit note's lines: what is given back, by category of the invoice's taxes."""
    parts = [(-Decimal(each["base"]), _category(each)) for each in vats]
    left = -Decimal(told["net"]) - sum((amount for amount, _category_ in parts), Decimal(0))
    if left or not parts:
        parts.append((left, outside))
    return [Line(told["reason"], told["credits"], amount, how) for amount, how in parts if amount]


def _category(tax: Mapping[str, Any]) -> Category:
    reason = words.tax_reason(tax)
    return Category(tax["code"], Decimal(tax["percent"]), reason, tax["reason_code"])


def _outside() -> Category:
    return Category(OUTSIDE, None, _("Outside the scope of VAT"), "VATEX-EU-O")


def _document(found: Invoice, lines: Sequence[Line]) -> list[Tree]:
    told, is_credit = found.content, found.kind == CREDIT_NOTE
    is_outside = any(each.category.code == OUTSIDE for each in lines)
    notes = [_("This is a sandbox: prices and taxes are made up.")] if told["simulated"] else []
    seller = told["seller_details"]
    head: list[Tree] = [
        ("CustomizationID", GUIDELINE),
        ("ID", found.label),
        ("IssueDate", told["issued_on"]),
    ]
    if is_credit:
        head.append(("CreditNoteTypeCode", CREDIT_CODE))
    else:
        head += [("DueDate", told["due_on"]), ("InvoiceTypeCode", INVOICE_CODE)]
    head += [("Note", each) for each in notes]
    head += [("DocumentCurrencyCode", found.currency), ("InvoicePeriod", _period(found, lines))]
    if is_credit:
        head.append(("BillingReference", [("InvoiceDocumentReference", [("ID", told["credits"])])]))
    return [
        *head,
        ("AccountingSupplierParty", [("Party", _party(seller, told["seller"], with_vat=not is_outside))]),
        (
            "AccountingCustomerParty",
            [
                (
                    "Party",
                    _party(
                        {**told["buyer"], **told["buyer_details"]},
                        told["buyer"]["name"],
                        with_vat=not is_outside,
                    ),
                )
            ],
        ),
        *_payment(seller, found.label),
        *(_charge(each) for each in lines if each.is_charge),
        ("TaxTotal", _tax_total(told, lines)),
        ("LegalMonetaryTotal", _totals(lines, _vat(told))),
        *(
            _line_tree(at, each, "CreditNoteLine" if is_credit else "InvoiceLine")
            for at, each in enumerate((each for each in lines if not each.is_charge), start=1)
        ),
    ]


def _period(found: Invoice, lines: Sequence[Line]) -> list[Tree]:
    """The days that the lines are about; of a credit note, the month of its invoice."""
    spans = [each.span for each in lines if each.span]
    month = found.month
    ends = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    first = min((start for start, _end in spans), default=month)
    last = max((end for _start, end in spans), default=ends)
    return [("StartDate", first.isoformat()), ("EndDate", last.isoformat())]


def _party(told: Mapping[str, str], name: str, *, with_vat: bool) -> list[Tree]:
    address: list[Tree] = [
        (element, told[key])
        for element, key in (("StreetName", "street"), ("CityName", "city"), ("PostalZone", "postal_code"))
        if told.get(key)
    ]
    made: list[Tree] = [
        ("PartyName", [("Name", name)]),
        ("PostalAddress", [*address, ("Country", [("IdentificationCode", told["country"])])]),
    ]
    if with_vat and told.get("vat_id"):
        made.append(("PartyTaxScheme", [("CompanyID", told["vat_id"]), _SCHEME]))
    legal: list[Tree] = [("RegistrationName", told.get("legal_name") or name)]
    number = told.get("registration_id") or ("" if with_vat else told.get("vat_id", ""))
    if number:
        legal.append(("CompanyID", number))
    made.append(("PartyLegalEntity", legal))
    if told.get("email"):
        made.append(("Contact", [("ElectronicMail", told["email"])]))
    return made


def _payment(seller: Mapping[str, str], label: str) -> list[Tree]:
    if not seller.get("account"):
        return []
    account: Tree = ("PayeeFinancialAccount", [("ID", seller["account"])])
    return [("PaymentMeans", [("PaymentMeansCode", TRANSFER_CODE), ("PaymentID", label), account])]


def _charge(line: Line) -> Tree:
    return (
        "AllowanceCharge",
        [
            ("ChargeIndicator", "true"),
            ("AllowanceChargeReason", line.name),
            ("Amount", _text(line.amount)),
            ("TaxCategory", _category_tree(line.category)),
        ],
    )


def _tax_total(told: Mapping[str, Any], lines: Sequence[Line]) -> list[Tree]:
    """The VAT by category and rate: what is taxed, from the lines; what it comes to, from the invoice."""
    bases: dict[tuple[str, Decimal | None], Decimal] = {}
    by_key: dict[tuple[str, Decimal | None], Category] = {}
    for each in lines:
        bases[each.category.key] = bases.get(each.category.key, Decimal(0)) + each.amount
        by_key.setdefault(each.category.key, each.category)
    taxes = dict.fromkeys(bases, Decimal(0))
    for tax in told["taxes"]:
        if tax["vat"]:
            taxes[_category(tax).key] += abs(Decimal(tax["amount"]))
    subtotals: list[Tree] = [
        (
            "TaxSubtotal",
            [
                ("TaxableAmount", _text(base)),
                ("TaxAmount", _text(taxes[key])),
                ("TaxCategory", _category_tree(by_key[key], with_reason=True)),
            ],
        )
        for key, base in sorted(bases.items(), key=lambda pair: (pair[0][0], pair[0][1] or 0))
    ]
    return [("TaxAmount", _text(_vat(told))), *subtotals]


def _vat(told: Mapping[str, Any]) -> Decimal:
    amounts = (abs(Decimal(each["amount"])) for each in told["taxes"] if each["vat"])
    return sum(amounts, Decimal(told["net"]) * 0)


def _totals(lines: Sequence[Line], vat: Decimal) -> list[Tree]:
    net = sum((each.amount for each in lines if not each.is_charge), vat * 0)
    charges = sum((each.amount for each in lines if each.is_charge), vat * 0)
    total = net + charges + vat
    return [
        ("LineExtensionAmount", _text(net)),
        ("TaxExclusiveAmount", _text(net + charges)),
        ("TaxInclusiveAmount", _text(total)),
        ("ChargeTotalAmount", _text(charges)),
        ("PayableAmount", _text(total)),
    ]


def _line_tree(at: int, line: Line, name: str) -> Tree:
    quantity = "CreditedQuantity" if name == "CreditNoteLine" else "InvoicedQuantity"
    item: list[Tree] = [("Description", line.detail)] if line.detail else []
    period: list[Tree] = []
    if line.span:
        days: list[Tree] = [("StartDate", line.span[0].isoformat()), ("EndDate", line.span[1].isoformat())]
        period = [("InvoicePeriod", days)]
    price = line.amount if line.price is None else line.price
    return (
        name,
        [
            ("ID", str(at)),
            (quantity, str(line.quantity)),
            ("LineExtensionAmount", _text(line.amount)),
            *period,
            ("Item", [*item, ("Name", line.name), ("ClassifiedTaxCategory", _category_tree(line.category))]),
            ("Price", [("PriceAmount", _text(price))]),
        ],
    )


_SCHEME: Tree = ("TaxScheme", [("ID", "VAT")])


def _category_tree(category: Category, *, with_reason: bool = False) -> list[Tree]:
    made: list[Tree] = [("ID", category.code)]
    if category.percent is not None:
        made.append(("Percent", _text(category.percent)))
    if with_reason and category.reason_code:
        made.append(("TaxExemptionReasonCode", category.reason_code))
    if with_reason and category.reason:
        made.append(("TaxExemptionReason", category.reason))
    return [*made, _SCHEME]


def _add(parent: ET.Element, tree: Tree, currency: str) -> None:
    name, content = tree
    made = ET.SubElement(parent, f"{{{CBC if isinstance(content, str) else CAC}}}{name}")
    if isinstance(content, str):
        made.text = content
        if name.endswith("Amount"):
            made.set("currencyID", currency)
        elif name.endswith("Quantity"):
            made.set("unitCode", PIECE)
    else:
        for each in content:
            _add(made, each, currency)


def _text(amount: Decimal) -> str:
    return f"{amount:f}"
