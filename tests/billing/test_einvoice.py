"""E-invoices: UBL 2.1 by its schemas, EN 16931 by its Schematron, the sums those of the invoice, and why no tax is charged."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest
from lxml import etree

from dialtone.base.money import Money, minor_digits
from dialtone.base.problems import Problem
from dialtone.billing import content, credit, draft, einvoice, set_party, taxes
from dialtone.billing.days import Days, Month
from dialtone.billing.facts import Usage
from dialtone.billing.models import CREDIT_NOTE, INVOICE, Invoice, Party
from dialtone.billing.rules import NUMBER, PLAN, REQUESTED, DatedPrice, Item, Line
from dialtone.billing.taxes import Rule, TaxTable
from dialtone.billing.treatment import Buyer, treatment
from dialtone.people.models import Organisation
from tests.billing.validator import problems

MONTH = Month(2026, 11)
NOBODYS: dict[str, Any] = {"partner_id": None, "customer_id": None}
ID = UUID(int=7)
PARTIES = {
    "DK": {
        "legal_name": "Nordtone A/S",
        "vat_id": "DK13585628",
        "account": "DK5000400440116243",
        "city": "København",
    },
    "DE": {
        "legal_name": "Müller & Söhne GmbH",
        "vat_id": "DE136695976",
        "street": "Hauptstraße 1",
        "city": "Köln",
    },
    "US": {"legal_name": "Dialtone Inc", "registration_id": "55-1234567"},
    "CA": {"legal_name": "Érablière inc.", "registration_id": "1234", "city": "Montréal"},
    "GB": {"legal_name": "Tea Ltd", "vat_id": "GB980780684"},
}


def party(country: str, **more: str) -> Party:
    return Party(**NOBODYS, country=country, **{**PARTIES[country], **more})


def made(
    monkeypatch: pytest.MonkeyPatch,
    seller: Party,
    buyer: Party | None,
    currency: str,
    *,
    countries: tuple[str, ...],
    own: tuple[Rule, ...] = (),
) -> Invoice:
    """An invoice of plans, a prorated and a free number and a call, taxed as the shipped table says or as `own` lines do."""
    sold_by = Organisation(**NOBODYS, name="Operator", country=seller.country)
    customer = Organisation(
        **NOBODYS, name="Buyer", country=buyer.country if buyer else countries[0], currency=currency
    )
    table = TaxTable(own) if own else taxes._table(taxes.SHIPPED, 0, False)
    parties = set_party.Parties(sold_by, seller, buyer)
    monkeypatch.setattr(taxes, "service", lambda: table)
    price = DatedPrice(MONTH.first, Money(Decimal("12.50"), currency).rounded())
    lines = []
    for at, country in enumerate(countries):
        region = "QC" if country == "CA" else ""
        plan = Item(
            PLAN,
            "licence",
            uuid5(ID, f"p{at}"),
            "outbound_calling_plan",
            Days(MONTH.first),
            REQUESTED,
            3,
            country,
            region,
        )
        number = Item(
            NUMBER,
            "number",
            uuid5(ID, f"n{at}"),
            f"+4512345{at:03}",
            Days(MONTH.first),
            "",
            1,
            country,
            region,
        )
        part = Days(MONTH.first, MONTH.first + timedelta(days=7))
        rest = Days(part.end or MONTH.first, MONTH.next.first)
        lines += [
            Line(PLAN, plan, MONTH, MONTH.span, price, price.money * 3),
            Line(NUMBER, number, MONTH, part, price, Money(price.money.amount * 7 / 30, currency).rounded()),
            Line(NUMBER, number, MONTH, rest, price, Money.zero(currency), "main_number"),
        ]
    calls = [Usage(MONTH.before, "Japan", None, countries[0], "", 3, 180, Decimal("1.234567"), currency)]
    told = draft.Draft(customer, MONTH, lines, calls)
    told.taxes = draft.taxes_of(told, parties)
    assert not told.untaxed
    found = Invoice(
        **NOBODYS, id=ID, kind=INVOICE, series="INV", number=1, month=MONTH.first, issued_on=MONTH.next.first,
        due_on=MONTH.next.first + timedelta(days=30), currency=currency,
        net=told.net.amount, tax=told.tax.amount, total=told.total.amount,
    )  # fmt: skip
    found.content = {
        **content.of_draft(told, parties),
        "number": found.label,
        "issued_on": found.issued_on.isoformat(),
        "due_on": found.due_on.isoformat(),
    }
    return found


def credited(found: Invoice, amount: str) -> Invoice:
    """Its credit note over an amount, without a database."""
    money = Money(Decimal(amount), found.currency)
    tax = taxes.part(money, credit.Fraction(found.tax) / credit.Fraction(found.total))
    net = money - tax
    note = Invoice(
        **NOBODYS, kind=CREDIT_NOTE, series="CN", number=1, month=found.month, currency=found.currency
    )
    note.content = {
        **found.content,
        "lines": [],
        "taxes": credit._shared(found, net, tax),
        "net": (-net).text,
        "tax": (-tax).text,
        "total": (-money).text,
        "credits": found.label,
        "reason": "Two plans too many",
    }
    return note


def texts(xml: bytes, path: str) -> list[str]:
    root = etree.fromstring(xml)
    spaces = {"cbc": einvoice.CBC, "cac": einvoice.CAC}
    return [each.text for each in root.findall(path, spaces)]


CASES: dict[str, Any] = {
    "denmark": ("DK", party("DK", vat_id="DK12345674"), "DKK", ("DK",)),
    "two rates": ("DK", None, "EUR", ("DK", "FI")),
    "the same rate in two countries": ("DK", None, "SEK", ("DK", "SE")),
    "reverse charge": ("DK", party("DE"), "EUR", ("DE",)),
    "reverse charge beside the own country": ("DK", party("DE"), "EUR", ("DE", "DK")),
    "exempt": ("DK", party("DK", exempt_reason="A mission under the Vienna Convention"), "DKK", ("DK",)),
    "britain": ("GB", party("GB"), "GBP", ("GB",)),
    "canada": ("CA", party("CA"), "CAD", ("CA",)),
    "with and without vat": ("GB", party("GB"), "GBP", ("GB", "CA")),
    "usa": (
        "US",
        None,
        "USD",
        ("US",),
        (
            Rule("US", "Tax", date(2020, 1, 1), percent=Decimal("6.25")),
            Rule(
                "US",
                "911 fee",
                date(2020, 1, 1),
                each=Decimal("0.75"),
                currency="USD",
                kinds=frozenset({NUMBER}),
            ),
        ),
    ),
    "zero rated": (
        "GB",
        party("GB"),
        "GBP",
        ("GB",),
        (Rule("GB", "VAT", date(2020, 1, 1), percent=Decimal(0), code="Z", is_vat=True),),
    ),
    "japan": (
        "GB",
        party("GB"),
        "JPY",
        ("JP",),
        (Rule("JP", "JCT", date(2020, 1, 1), percent=Decimal(10), is_vat=True),),
    ),
}


@pytest.mark.req("BILL-03", "M3", "M8")
@pytest.mark.parametrize("name", CASES)
def test_an_e_invoice_obeys_schema_and_schematron_and_has_the_sums_of_the_invoice(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller, buyer, currency, countries, *own = CASES[name]
    found = made(monkeypatch, party(seller), buyer, currency, countries=countries, own=own[0] if own else ())
    xml = einvoice.xml(found, "en")
    assert problems(xml) == []
    assert texts(xml, "cac:LegalMonetaryTotal/cbc:PayableAmount") == [found.content["total"]]
    assert sum(map(Decimal, texts(xml, "cac:InvoiceLine/cbc:LineExtensionAmount"))) == found.net
    for amount in (f"{found.total:.{minor_digits(currency)}f}", Money(Decimal(7), currency).text):
        note = credited(found, amount)
        assert sum(Decimal(each["amount"]) for each in note.content["taxes"]) == Decimal(note.content["tax"])
        back = einvoice.xml(note, "da")
        assert problems(back) == []
        assert texts(back, "cac:LegalMonetaryTotal/cbc:PayableAmount") == [amount]


def test_reverse_charge_says_why_and_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    xml = einvoice.xml(made(monkeypatch, party("DK"), party("DE"), "EUR", countries=("DE",)), "en")
    text = xml.decode()
    assert texts(xml, "cac:TaxTotal/cbc:TaxAmount") == ["0.00"]
    for words in (
        "VATEX-EU-AE",
        "Reverse charge",
        "DE136695976",
        "DK13585628",
        "DK5000400440116243",
        "Müller &amp; Söhne",
    ):
        assert words in text, words


def test_the_check_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that cannot fail proves nothing: a wrong sum, a missing number, and no XML of that kind."""
    xml = einvoice.xml(made(monkeypatch, party("DK"), party("DE"), "EUR", countries=("DE",)), "en")
    assert any(
        "BR-CO-15" in each
        for each in problems(
            xml.replace(
                b'<cbc:TaxInclusiveAmount currencyID="EUR">', b'<cbc:TaxInclusiveAmount currencyID="EUR">1'
            )
        )
    )
    nameless = made(monkeypatch, party("DK", registration_id="1"), party("DE"), "EUR", countries=("DE",))
    nameless.content["seller_details"]["vat_id"] = ""
    assert any("BR-AE-" in each for each in problems(einvoice.xml(nameless, "en")))
    assert problems(xml.replace(b"cbc:IssueDate", b"cbc:IssuedOn"))


def test_what_an_e_invoice_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    nameless = party("US", registration_id="")
    rule = (Rule("US", "Tax", date(2020, 1, 1), percent=Decimal(6)),)
    for seller, currency in ((nameless, "USD"), (party("US"), "KWD")):
        with pytest.raises(Problem) as missing:
            einvoice.xml(made(monkeypatch, seller, None, currency, countries=("US",), own=rule), "en")
        assert missing.value.code == "billing.no_einvoice"
    old = Invoice(**NOBODYS, kind=INVOICE, currency="USD", content={"seller": "Operator"})
    with pytest.raises(Problem, match="billing.no_einvoice"):
        einvoice.xml(old, "en")


@pytest.mark.parametrize(
    ("country", "buyer", "code"),
    [
        ("DE", Buyer("DK", True, "DE"), "AE"),
        (
            "FR",
            Buyer("DK", True, "DE"),
            "AE",
        ),  # an office in a third country, under the number of its company
        ("DK", Buyer("DK", True, "DE"), None),
        ("DE", Buyer("DK", True, ""), None),  # a private person
        ("DE", Buyer("DK", False, "DE"), None),
        ("DE", Buyer("GB", True, "DE"), None),
        ("GB", Buyer("DK", True, "GB"), None),
        ("GB", Buyer("DK", True, "GB", "Certificate 12"), "E"),
        ("DE", Buyer("DK", True, "DK"), None),
    ],
)
def test_whether_vat_is_charged(country: str, buyer: Buyer, code: str | None) -> None:
    how = treatment(country, buyer)
    assert (how and how.code) == code


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("de 136,695 976", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("CHE-107.787.577 MWST", "CH", "CHE107787577MWST"),
        ("", "DE", ""),
    ],
)
def test_a_vat_number_has_one_spelling(text: str, country: str, expected: str) -> None:
    assert set_party.vat_id(text, country) == expected
    for wrong in ("DE136695978", "XX123"):
        with pytest.raises(Problem, match="billing.vat_id"):
            set_party.vat_id(wrong, "DE")
