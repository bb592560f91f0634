"""Signing in and the own account: what differs from allauth's pages. Below /account/ all runs as the role `door`."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordResetView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dialtone.base.problems import Problem
from dialtone.people import end_session
from dialtone.web import errors
from dialtone.web.page import caller_of, page


class AskForPasswordView(PasswordResetView):
    """The letter of invitation leads here with the address already filled in."""

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.request.GET.get("email", "")[:254]}


ask_for_password = AskForPasswordView.as_view()


def closed(request: HttpRequest, **_about: Any) -> HttpResponse:
    """A page of allauth that we do not have."""
    return errors.problem_page(request, Problem("not_found"))


@page("edits_self")
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, with a way to sign out there (S13)."""
    caller = caller_of(request)
    with caller.home_scope():
        found = end_session.sessions_of(caller.person_id)
    rows = [(each, each.session_key == request.session.session_key) for each in found]
    return render(request, "account/sessions.html", {"rows": rows})


@require_POST
@page("edits_self")
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out in one other place, or everywhere but here."""
    caller = caller_of(request)
    with caller.home_scope():
        others = [
            each
            for each in end_session.sessions_of(caller.person_id)
            if each.session_key != request.session.session_key
        ]
        wanted = request.POST.get("session", "")
        ended = [each for each in others if wanted in ("all", str(each.pk))]
        if not ended and wanted != "all":
            raise Problem("not_found")
        for each in ended:
            end_session.end_session(caller.person_id, each.pk)
    if ended:
        told = ngettext("Signed out in %(count)s place.", "Signed out in %(count)s places.", len(ended))
        messages.success(request, told % {"count": len(ended)})
    else:
        messages.info(request, _("You are signed in only here."))
    return redirect("usersessions_list")
