"""Forms to be filled in, as the operator hands them out: one PDF for a paper of a country (ORD-47, SUP-10).

The sources name such forms and where they are found, and hold none of them: they are the operator's data.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dialtone import countries
from dialtone.base import alone, clock, record, tenancy
from dialtone.base.documents.examination import examine
from dialtone.base.documents.keep import shown_name
from dialtone.base.problems import Problem
from dialtone.support import problems as _problems  # noqa: F401  registers the codes
from dialtone.support.models import BlankForm

LETTER = "letter_of_agency"
PDF = "application/pdf"


def papers(on: date) -> dict[str, tuple[str, ...]]:
    """For each served country the papers that a form can be handed out for: those of its orders by case, and the letter of agency."""
    found: dict[str, tuple[str, ...]] = {}
    for iso in countries.served(on):
        wanted = countries.get(iso, on).ordering.papers
        found[iso] = (*dict.fromkeys(each.kind for each in wanted), LETTER)
    return found


def handed_out() -> list[BlankForm]:
    """All forms by country and paper, without their bytes."""
    return list(BlankForm.objects.defer("content").order_by("country", "paper"))


def of_country(country: str) -> dict[str, BlankForm]:
    """A country's forms by paper, without their bytes."""
    return {each.paper: each for each in BlankForm.objects.defer("content").filter(country=country)}


def form(form_id: UUID) -> BlankForm:
    """One form with its bytes. Raises Problem("not_found")."""
    found = BlankForm.objects.filter(id=form_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def hand_out(country: str, paper: str, *, name: str, content: bytes, declared: str = "") -> BlankForm:
    """Put a form up, in place of the one that was there. Runs in the operator's scope.

    Raises Problem support.form_paper, support.form_kind, documents.*.
    """
    known = papers(clock.today("UTC")).get(country, ())
    if paper not in known:
        values = {"value": str(paper)[:60], "choices": ", ".join(known)}
        raise Problem("support.form_paper", field="/paper", values=values)
    examined = examine(content, declared, field="/document")
    if examined.media_type != PDF or examined.held:
        raise Problem("support.form_kind", field="/document")
    alone.until_commit("blank form", country, paper)
    found: BlankForm | None = (
        BlankForm.objects.select_for_update().filter(country=country, paper=paper).first()
    )
    before = _facts(found) if found else {}
    made = found or BlankForm(country=country, paper=paper)
    made.name = shown_name(name, PDF)
    made.content, made.size = examined.content, len(examined.content)
    made.added_at, made.added_by_name = clock.now(), tenancy.actor().name[:160]
    made.version += 1 if found else 0
    made.save()
    record.change(made, "blank_form_handed_out", name=made.name, before=before, after=_facts(made))
    return made


def take_back(form_id: UUID) -> None:
    """Hand a form out no longer. Runs in the operator's scope. Raises Problem("not_found")."""
    found = form(form_id)
    record.change(found, "blank_form_taken_back", name=found.name, before=_facts(found), after={})
    found.delete()


def _facts(found: BlankForm) -> dict[str, str]:
    return {"country": found.country, "paper": found.paper, "name": found.name}
