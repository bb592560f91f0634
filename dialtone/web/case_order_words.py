"""How orders by support case are worded: what is asked of whom, the papers, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.orders import case_rules
from dialtone.orders.case_rules import Lack
from dialtone.porting.words import age_limit
from dialtone.support.models import BlankForm

# By the names in the country files.
FIELDS = {
    "first_name": L_("First name"),
    "last_name": L_("Last name"),
    "legal_representative_first_name": L_("First name of the legal representative"),
    "legal_representative_last_name": L_("Last name of the legal representative"),
    "contact_name": L_("Contact"),
    "contact_phone": L_("Contact phone"),
    "company_name": L_("Company name"),
    "vat_number": L_("VAT number"),
    "acn_or_abn": L_("ABN or ACN"),
    "nzbn": L_("New Zealand Business Number"),
    "service_description": L_("Description of the service"),
    "authorizing_person_name": L_("Name of the authorising person"),
    "authorizing_person_fiscal_code": L_("Fiscal code of the authorising person"),
    "authorizing_person_date_of_birth": L_("Date of birth"),
    "authorizing_person_place_of_birth": L_("Place of birth"),
    "authorizing_person_gender": L_("Gender"),
    "authorizing_person_nationality": L_("Nationality"),
    "authorizing_person_phone": L_("Phone of the authorising person"),
    "authorizing_person_email": L_("E-mail of the authorising person"),
}
GENDERS = {"female": L_("Female"), "male": L_("Male"), "other": L_("Other")}
NUMBER_TYPES = {"local": L_("Local"), "national": L_("National")}
PAPERS = {
    "company_registration_certificate": L_("Local company registration certificate"),
    "certificate_of_incorporation": L_("Copy of the certificate of incorporation"),
    "registration_form": L_("Germany registration form"),
    "utility_bill": L_("Utility bill"),
    "proof_of_address": L_("Proof of address"),
    "identity_document": L_("Copy of a passport or identity card"),
}
PAPER_STATES = {
    "": ("waiting", L_("Missing")),
    case_rules.GIVEN: ("moving", L_("To be reviewed")),
    case_rules.APPROVED: ("ok", L_("Approved")),
    case_rules.REFUSED: ("refused", L_("Refused")),
    case_rules.HELD: ("refused", L_("Cannot be opened")),
}
PROCESSED_BY = {"local_provider": L_("A local telephone provider processes this order.")}


@dataclass(frozen=True)
class PaperRow:
    """A paper that an order wants, and how it stands; on the desk also what was just said of it, and what was wrong with that."""

    kind: str
    paper: Any
    needs: str
    form: BlankForm | None = None
    is_form: bool = False
    decision: str = ""
    reason: str = ""
    until: str = ""
    refused: str = ""

    @property
    def word(self) -> Any:
        return PAPERS.get(self.kind, self.kind)

    @property
    def status(self) -> tuple[str, Any]:
        return PAPER_STATES[self.paper.state if self.paper else ""]

    @property
    def is_wanted(self) -> bool:
        return not self.paper or self.paper.state in (case_rules.REFUSED, case_rules.HELD)


def needs(months: int, strictly_younger: bool, form_from: str | None) -> str:
    """What a paper has to be, besides being there."""
    if form_from:
        return _("A form to be filled in and signed.")
    if not months:
        return ""
    return age_limit(months=months, strictly_younger=strictly_younger)


def lack_text(lack: Lack) -> str:
    """One thing that is missing, as a sentence."""
    paper = {"paper": PAPERS.get(lack.about, lack.about), "why": lack.why}
    return {
        "paper_missing": lambda: _("Missing: %(paper)s") % paper,
        "paper_refused": lambda: _("Refused: %(paper)s. %(why)s") % paper,
        "paper_held": lambda: _("Cannot be opened: %(paper)s. Send it as a plain PDF or picture.") % paper,
        "answer": lambda: _("The desk asks: %(why)s") % paper,
        "emergency_information": lambda: _("Further information for emergency services is missing."),
    }[lack.code]()
