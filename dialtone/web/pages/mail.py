"""The mail of a sandbox, which leaves this computer for nobody: every letter, as its reader would get it."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from dialtone.base import mail
from dialtone.base.mail import queries
from dialtone.base.models import Letter
from dialtone.base.problems import Problem
from dialtone.people import queries as people
from dialtone.web import keyset
from dialtone.web.listing import Column, Listing
from dialtone.web.page import page


class MailFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Reader"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Reader")}),
    )


@page("works_desk")
def letter_list(request: HttpRequest) -> HttpResponse:
    """All letters, newest first. A real installation has no such page: letters hold links that open accounts."""
    _only_in_a_sandbox()
    form = MailFilters(request.GET, auto_id="filter_%s")
    found = queries.letters(form.cleaned_data["q"] if form.is_valid() else "")
    at = keyset.page_of(found, request.GET, order=("-written_at", "-id"), listing="letters")
    readers = people.addresses_of([each.person_id for each in at.rows if each.person_id and not each.to])
    listing = Listing(
        request,
        name="letters",
        caption=_("Letters"),
        columns=[
            Column("subject", _("Subject"), heads_row=True),
            Column("to", pgettext("a letter", "To")),
            Column("written", _("Written")),
            Column("state", _("State")),
        ],
        rows=[(each, _worded(each).subject, each.to or readers.get(each.person_id, "")) for each in at.rows],
        row_template="pages/mail/_row.html",
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    return render(request, "pages/mail/list.html", {"title": _("Mail"), "listing": listing})


@page("works_desk")
def letter_page(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One letter: what went out, or would."""
    _only_in_a_sandbox()
    letter = queries.letter(letter_id)
    worded = _worded(letter)
    context = {
        "title": worded.subject,
        "crumbs": [{"label": _("Mail"), "url": reverse("mail")}],
        "letter": letter,
        "to": letter.to or people.addresses_of([letter.person_id]).get(letter.person_id, ""),
        "text": _sent_text(letter) or worded.text,
        "file": f"mail/{letter.id}.eml" if _file_of(letter).exists() else "",
    }
    return render(request, "pages/mail/letter.html", context)


def _only_in_a_sandbox() -> None:
    if not settings.SANDBOX:
        raise Problem("not_found")


def _worded(letter: Letter) -> Any:
    return mail.render(letter.template, letter.language, letter.facts)


def _file_of(letter: Letter) -> Path:
    return Path(settings.DATA_DIR) / "mail" / f"{letter.id}.eml"


def _sent_text(letter: Letter) -> str:
    """The text of the file that was written instead of sending; "" when there is none."""
    file = _file_of(letter)
    if not file.exists():
        return ""
    body = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
