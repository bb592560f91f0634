"""Say who an organisation is on its bills: legal name, address, VAT number, account (the seller's and buyer's data of EN 16931)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import stdnum
from django.db.models import Q
from stdnum import iban
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from dialtone.base import alone, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean, clean_email
from dialtone.billing.models import Party
from dialtone.people import fields
from dialtone.people import queries as people
from dialtone.people.models import Organisation, tenant_of

SHOWN = (
    "legal_name",
    "street",
    "city",
    "postal_code",
    "country",
    "vat_id",
    "registration_id",
    "email",
    "account",
)
_LIMITS = {"street": 160, "city": 80, "postal_code": 20, "registration_id": 40}


def of(organisation: Organisation) -> Party | None:
    """What an organisation has said; None before it has. Also the seller's, in the scope of its customer."""
    tenant = tenant_of(organisation)
    found: Party | None = Party._base_manager.filter(**tenant).first()
    return found


@dataclass(frozen=True)
class Parties:
    """Who sells, and what the two parties of an invoice have said of themselves."""

    seller: Organisation
    sold_by: Party | None
    bought_by: Party | None


def parties(buyer: Organisation) -> Parties:
    """Of one invoice."""
    return parties_of([buyer])[buyer.id]


def parties_of(buyers: Sequence[Organisation]) -> dict[UUID, Parties]:
    """Of the invoices of some buyers, read once; by buyer."""
    seller = people.seller()
    rows = Party._base_manager.filter(
        Q(customer_id__in={each.customer_id for each in buyers} - {None})
        | Q(customer_id=None, partner_id__in={each.partner_id for each in buyers} - {None})
        | Q(**tenant_of(seller))
    )
    said = {(each.partner_id, each.customer_id): each for each in rows}
    return {
        each.id: Parties(
            seller,
            said.get((seller.partner_id, seller.customer_id)),
            said.get((each.partner_id, each.customer_id)),
        )
        for each in buyers
    }


def set_party(organisation: Organisation, told: Mapping[str, Any], *, version: int | None = None) -> Party:
    """Store all fields of `SHOWN`, and `exempt_reason` where it is given, which only the operator may say.

    Raises Problem field.*, text.*, email.shape, people.country_shape, billing.vat_id, billing.account, version.stale,
    permission.missing. A scope that sees the organisation.
    """
    tenant = tenant_of(organisation)
    alone.until_commit("party", *tenant.values())
    found = Party.objects.select_for_update().filter(**tenant).first() or Party(**tenant, version=0)
    fields.check_version(found.version, version)
    before = _facts(found)
    found.legal_name = clean(told.get("legal_name"), field="/legalName", limit=160)
    found.country = fields.country(str(told.get("country", "")))
    for name, limit in _LIMITS.items():
        setattr(found, name, clean(told.get(name, ""), field=f"/{_camel(name)}", limit=limit, required=False))
    found.email = clean_email(told["email"]) if told.get("email") else ""
    found.vat_id = vat_id(told.get("vat_id", ""), found.country)
    found.account = account(told.get("account", ""))
    if "exempt_reason" in told:
        if tenancy.current().level is not tenancy.Level.OPERATOR:
            raise Problem("permission.missing", values={"permission": "runs_billing"})
        found.exempt_reason = clean(told["exempt_reason"], field="/exemptReason", limit=200, required=False)
    after = _facts(found)
    if after != before:
        found.version += 1
        found.save()
        record.change(found, "party_changed", name=found.legal_name, before=before, after=after)
    return found


def vat_id(text: object, country: str, field: str = "/vatId") -> str:
    """A VAT number in its shortest spelling, with the country before it (EL for Greece). Its shape and check digits are checked,
    where python-stdnum knows them, and not whether it is in a register. Raises Problem billing.vat_id.

    >>> vat_id("de 136,695 976", "DE")
    'DE136695976'
    """
    line = clean(text, field=field, limit=40, required=False).upper()
    if not line:
        return ""
    prefix = "EL" if country == "GR" else country
    try:
        if country.lower() in eu_vat.MEMBER_STATES:
            bare = "".join(filter(str.isalnum, line))
            return str(eu_vat.validate(bare if bare.startswith(prefix) else prefix + bare))
        module = stdnum.get_cc_module(country.lower(), "vat")
        found = str(module.validate(line)) if module else "".join(filter(str.isalnum, line))
    except ValidationError as error:
        raise Problem("billing.vat_id", field=field, values={"value": line, "country": country}) from error
    return (found if found.startswith(prefix) else prefix + found)[:20]


def account(text: object, field: str = "/account") -> str:
    """An international account number without spaces. Raises Problem billing.account."""
    line = clean(text, field=field, limit=60, required=False)
    if not line:
        return ""
    try:
        return str(iban.validate(line))
    except ValidationError as error:
        raise Problem("billing.account", field=field, values={"value": line}) from error


def plain(found: Party | None) -> dict[str, str]:
    """As an invoice keeps it; nothing for an organisation that has said nothing."""
    return {name: getattr(found, name) for name in SHOWN} if found else {}


def _facts(found: Party) -> dict[str, str]:
    return {**plain(found), "exempt_reason": found.exempt_reason}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
