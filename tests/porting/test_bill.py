"""Bills of any layout and language are read: what stands on them, and where (PORT-27, SMB-23)."""

from __future__ import annotations

from datetime import date

import pytest

from dialtone.porting import bill
from dialtone.porting.bill_dates import find_date

# Values behind their labels, under them in columns, on the next line; labels of nine languages.
BILLS = {
    "US": """Hudson Telephone                                     INVOICE

Account Number: HT-204417          Invoice Date: October 15, 2026
Bill To: Acme Instruments
Attn: Ada Admin
Service Address: 350 Fifth Avenue
New York, NY 10118
BTN: (212) 731-0100
Numbers on this account: 212-731-0100 to 0149, (212) 731-0200
Due Date: November 5, 2026      Customer service: 1-800-555-0199""",
    "DE": """Kundennummer       Rechnungsdatum       Rechnungsnummer
HK-4410            15.10.2026           998877
Rechnungsempfänger
Messwerk GmbH
Ansprechpartner: Dora Deich
Anschlussadresse: Rathausmarkt 1
20095 Hamburg
Hauptrufnummer: 040 30680100
Zahlbar bis 30.10.2026""",
    "FR": """N° de compte : LT-99170
Date de la facture : 15 octobre 2026
Raison sociale : Instruments Lumière
Titulaire du compte : Louise Lumière
Adresse d’installation : 5 avenue Anatole France
75007 Paris
Numéro principal : 01 42 68 01 00
Date d'échéance : 5 novembre 2026""",
    "IT": """Codice cliente: TT-30121       Data fattura: 15/10/2026
Ragione sociale: Strumenti Navigli
Referente: Maria Rossi
Indirizzo di fornitura: Piazza della Scala 2
Numero principale: 02 8645 0100
Scadenza: 30/10/2026""",
    "DK": """Kundenummer: SU-21010
Fakturadato: 15. oktober 2026
Firma: Måleværket
Kontaktperson: Dorthe Sund
Installationsadresse: Rådhuspladsen 1
Hovednummer: 33 66 01 00
Forfaldsdato: 1. november 2026""",
    "SE": """Kundnummer            Fakturadatum
MA-12008              2026-10-15
Företag: Mätverket
Kontaktperson: Maja Mälare
Installationsadress: Hantverkargatan 1
Huvudnummer: 08-505 801 00
Förfallodatum: 2026-11-05""",
    "GB": """Customer number  AT-55012
Bill date        15 October 2026
Company name     Thames Instruments
Account holder   Tom Thames
Service address  10 Downing Street
Main number      020 7947 0100""",
}
EXPECTED = {
    "US": ("HT-204417", "Acme Instruments", "Ada Admin", "350 Fifth Avenue", "+12127310100"),
    "DE": ("HK-4410", "Messwerk GmbH", "Dora Deich", "Rathausmarkt 1", "+494030680100"),
    "FR": ("LT-99170", "Instruments Lumière", "Louise Lumière", "5 avenue Anatole France", "+33142680100"),
    "IT": ("TT-30121", "Strumenti Navigli", "Maria Rossi", "Piazza della Scala 2", "+390286450100"),
    "DK": ("SU-21010", "Måleværket", "Dorthe Sund", "Rådhuspladsen 1", "+4533660100"),
    "SE": ("MA-12008", "Mätverket", "Maja Mälare", "Hantverkargatan 1", "+46850580100"),
    "GB": ("AT-55012", "Thames Instruments", "Tom Thames", "10 Downing Street", "+442079470100"),
}


@pytest.mark.req("PORT-27", "SMB-23")
@pytest.mark.parametrize("country", BILLS)
def test_a_bill_of_any_layout_and_language_is_read(country: str) -> None:
    found = bill.read([BILLS[country]], country)
    account, company, name, address, billing = EXPECTED[country]
    assert found.is_read
    assert found.account_number is not None
    assert found.account_number.value == account
    assert company in [each.value for each in found.company]
    assert name in [each.value for each in found.name]
    assert address in [each.value for each in found.address]
    assert [each.value for each in found.billing_numbers] == [billing]
    assert bill.day_of(found.dated_on) == date(2026, 10, 15)


def test_a_bill_in_japanese_and_one_in_norwegian() -> None:
    japanese = bill.read(
        ["お客様番号：1234-5678\n発行日：2026年10月15日\n会社名：東京計器株式会社\nご担当者：山田太郎"], "US"
    )
    assert japanese.account_number is not None
    assert japanese.account_number.value == "1234-5678"
    assert [each.value for each in japanese.company] == ["東京計器株式会社"]
    assert bill.day_of(japanese.dated_on) == date(2026, 10, 15)
    norwegian = bill.read(
        ["Kundenr. 88-120\nFakturadato 15.10.2026\nBedrift: Måleverket AS\nForfallsdato 30.10.2026"], "DK"
    )
    assert norwegian.account_number is not None
    assert norwegian.account_number.value == "88-120"
    assert bill.day_of(norwegian.dated_on) == date(2026, 10, 15)


def test_numbers_and_runs_of_numbers_with_their_place() -> None:
    found = bill.read(["front page", BILLS["US"]], "US")
    assert len([number for number in found.numbers if number.startswith("+1212731")]) == 51
    assert found.numbers["+12127310149"].place == (2, 9)
    assert "+12127310150" not in found.numbers


@pytest.mark.req("ERR-06")
def test_two_billing_numbers_group_what_stands_under_them() -> None:
    text = "BTN: 212-731-2000\n212-731-2001\n212-731-2002\nBTN: 212-731-2500\n212-731-2501"
    assert bill.read([text], "US").groups == {
        "+12127312000": ("+12127312000", "+12127312001", "+12127312002"),
        "+12127312500": ("+12127312500", "+12127312501"),
    }


def test_a_picture_says_that_it_was_not_read() -> None:
    assert not bill.read([], "US").is_read
    assert not bill.read(["", "  \n "], "US").is_read


def test_what_was_read_is_kept_as_it_is() -> None:
    found = bill.read([BILLS["US"]], "US")
    assert bill.Bill.from_json(found.as_json()) == found
    assert bill.Bill.from_json(None) == bill.Bill()


def test_names_are_found_whatever_case_accents_and_punctuation() -> None:
    found = bill.read([BILLS["FR"]], "FR")
    assert found.find("INSTRUMENTS LUMIERE") is not None
    assert found.find("Lumi") is None


@pytest.mark.parametrize(
    ("text", "country", "day"),
    [
        ("2026-10-15", "US", date(2026, 10, 15)),
        ("10/15/2026", "US", date(2026, 10, 15)),
        ("15/10/2026", "US", date(2026, 10, 15)),
        ("03/04/2026", "GB", date(2026, 4, 3)),
        ("03/04/2026", "US", date(2026, 3, 4)),
        ("15.10.26", "DE", date(2026, 10, 15)),
        ("15. lokakuuta 2026", "FI", date(2026, 10, 15)),
        ("15 października 2026", "PL", date(2026, 10, 15)),
        ("1er mars 2026", "FR", date(2026, 3, 1)),
        ("Oct. 5th, 2026", "US", date(2026, 10, 5)),
        ("令和8年10月15日", "US", date(2026, 10, 15)),
        ("31.02.2026", "DE", None),
        ("Rechnung 998877", "DE", None),
    ],
)
def test_dates_as_bills_write_them(text: str, country: str, day: date | None) -> None:
    assert find_date(text, country) == day
