"""The papers that go with a letter about an invoice: the PDF, and the e-invoice where there is one; in the reader's language."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import mail
from dialtone.base.problems import Problem
from dialtone.billing import einvoice, paper
from dialtone.billing.models import Invoice

KIND = "invoice"


def papers(invoice_id: UUID, language: str) -> list[mail.Paper]:
    """Of an invoice or credit note. Operator's scope."""
    found = Invoice.objects.get(id=invoice_id)
    made = [mail.Paper(f"{found.label}.pdf", "application/pdf", paper.pdf(found, language))]
    try:
        xml = einvoice.xml(found, language)
    except Problem:  # the standard has no room for it; its page says why
        return made
    return [*made, mail.Paper(f"{found.label}.xml", "application/xml", xml)]


mail.register_maker(KIND, papers)
