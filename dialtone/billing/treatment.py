"""Whether the VAT of a place is charged at all: reverse charge between businesses of two EU countries, exemption. Pure.

Sources: Directive 2006/112/EC, articles 44 (services to a business are taxed where it is) and 196 (it owes the VAT); code list VATEX of
EN 16931. Whoever has no VAT number is a private person, for whom the table holds. For the operator to check, as all of taxes.
"""

from __future__ import annotations

from dataclasses import dataclass

# The member states since 2020-02-01, by their ISO codes.
EU = frozenset(
    {
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
    }
    | {"LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
STANDARD, ZERO, EXEMPT, REVERSE, OUTSIDE = "S", "Z", "E", "AE", "O"
REVERSE_REASON = "VATEX-EU-AE"


@dataclass(frozen=True)
class Buyer:
    """What of the two parties decides; countries by ISO code, "" where it is not known."""

    seller_country: str = ""
    seller_has_vat_id: bool = False
    vat_country: str = ""
    exempt_reason: str = ""


@dataclass(frozen=True)
class Treatment:
    """The category of EN 16931 in place of the table's, and why no tax is charged: a code of VATEX, or text."""

    code: str
    reason_code: str = ""
    reason: str = ""


def treatment(country: str, buyer: Buyer) -> Treatment | None:
    """How charges in a country are treated; None where the table holds.

    >>> treatment("DE", Buyer("DK", True, "DE")).code, treatment("DK", Buyer("DK", True, "DE"))
    ('AE', None)
    """
    if buyer.exempt_reason:
        return Treatment(EXEMPT, reason=buyer.exempt_reason)
    is_across = buyer.seller_country in EU and country in EU and country != buyer.seller_country
    if is_across and buyer.seller_has_vat_id and buyer.vat_country in EU - {buyer.seller_country}:
        return Treatment(REVERSE, REVERSE_REASON)
    return None


def country_of_vat_id(vat_id: str) -> str:
    """The country that a VAT number is of; "" for none."""
    return "GR" if vat_id.startswith("EL") else vat_id[:2]
