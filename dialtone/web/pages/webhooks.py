"""Webhooks: make one (its secret is shown once), see what was delivered, send again, change the secret."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dialtone.base import webhooks
from dialtone.base.models import Webhook
from dialtone.base.problems import Problem, Problems
from dialtone.web import keyset, webhook_words
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, into_form, page


class WebhookForm(forms.Form):
    NEEDED = ("name", "url")

    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, widget=forms.TextInput({"maxlength": "120"})
    )
    url = forms.CharField(
        label=pgettext_lazy("on the web", "Address"),
        required=False,
        widget=forms.URLInput({"placeholder": "https://"}),
        help_text=gettext_lazy("A public https address that answers with a status from 200 to 299."),
    )
    everything = forms.BooleanField(
        label=gettext_lazy("Every event, also of kinds that come later"), required=False
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events it hears"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(f"{name}.*", words) for name, (words, _kinds) in webhook_words.GROUPS.items()],
    )

    def wanted(self, kept: list[str] | None = None) -> list[str]:
        """The kinds asked for; what another door had put there and no tick can say is kept."""
        if self.cleaned_data["everything"]:
            return ["*"]
        offered = {value for value, _words in self.fields["kinds"].choices}  # type: ignore[attr-defined]
        others = [kind for kind in kept or [] if kind not in offered and kind != "*"]
        return [*self.cleaned_data["kinds"], *others]


class AgainForm(forms.Form):
    since = forms.DateField(
        label=gettext_lazy("Also what was delivered since"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Empty: only what was given up. The receiver knows repeated events by their id."
        ),
    )


@page("edits_webhooks")
def webhook_list(request: HttpRequest) -> HttpResponse:
    """The organisation's own webhooks."""
    context = {"title": _("Webhooks"), "webhooks": list(webhooks.webhooks())}
    return render(request, "pages/webhooks/list.html", context)


@never_cache
@page("edits_webhooks")
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Make a webhook; the answer is the only page that shows its secret (S11)."""
    form = WebhookForm(request.POST or None, initial={"everything": False})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made, secret = webhooks.create(told["name"], told["url"], form.wanted())
        except (Problem, Problems) as problem:
            _refused(form, problem)
        else:
            return _secret(request, made, secret)
    context = {"title": _("Make a webhook"), "crumbs": _crumbs(), "form": form, "verb": _("Make the webhook")}
    return render(request, "pages/webhooks/form.html", context, status=422 if form.errors else 200)


@page("edits_webhooks")
def webhook_page(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """One webhook with its deliveries."""
    found = webhooks.webhook(webhook_id)
    failed = request.GET.get("show") == "failed"
    at = keyset.page_of(
        webhooks.deliveries(found.id, failed=failed),
        request.GET,
        order=("-id",),
        listing=f"deliveries-{failed}",
    )
    listing = Listing(
        request,
        name="deliveries",
        caption=_("Deliveries"),
        columns=[
            Column("event", _("Event"), heads_row=True),
            Column("state", _("State")),
            Column("attempts", _("Attempts"), numeric=True),
            Column("said", _("The other side said")),
            Column("at", _("When")),
        ],
        rows=[(each, webhook_words.state_of(each), webhook_words.error_of(each)) for each in at.rows],
        row_template="pages/webhooks/_row.html",
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": found.name,
        "crumbs": _crumbs(),
        "webhook": found,
        "heard": _heard(found),
        "listing": listing,
        "failed": failed,
        "again": AgainForm(),
    }
    return render(request, "pages/webhooks/webhook.html", context)


@page("edits_webhooks")
def webhook_edit(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Change name, address, and what it hears."""
    found = webhooks.webhook(webhook_id)
    initial = {
        "name": found.name,
        "url": found.url,
        "everything": "*" in found.kinds,
        "kinds": found.kinds,
    }
    form = WebhookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            webhooks.update(found.id, name=told["name"], url=told["url"], kinds=form.wanted(found.kinds))
        except (Problem, Problems) as problem:
            _refused(form, problem)
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook", webhook_id=found.id)
    context = {
        "title": found.name,
        "crumbs": _crumbs(),
        "form": form,
        "verb": _("Save the webhook"),
        "webhook": found,
    }
    return render(request, "pages/webhooks/form.html", context, status=422 if form.errors else 200)


@require_POST
@page("edits_webhooks")
def webhook_switch(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """On, or off; what happens while it is off is not kept for it."""
    on = request.POST.get("on") == "1"
    found = webhooks.update(webhook_id, active=on)
    said = _("%(name)s is switched on.") if on else _("%(name)s is switched off.")
    messages.success(request, said % {"name": found.name})
    return redirect("webhook", webhook_id=found.id)


@require_POST
@page("edits_webhooks")
def webhook_replay(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Send again what was given up, or all since a day."""
    form = AgainForm(request.POST)
    if not form.is_valid():
        raise Problem("time.shape", field="/since", values={"value": request.POST.get("since", "")[:40]})
    day = form.cleaned_data["since"]
    zone = ZoneInfo(caller_of(request).time_zone)
    count = webhooks.replay(webhook_id, since=datetime.combine(day, time(), zone) if day else None)
    said = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", count)
    messages.success(request, said % {"count": count})
    return redirect("webhook", webhook_id=webhook_id)


@never_cache
@page("edits_webhooks")
def webhook_rotate(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """A new secret; the old one signs along for a day."""
    found = webhooks.webhook(webhook_id)
    if request.method == "POST":
        return _secret(request, found, webhooks.rotate_secret(found.id))
    return ask_first(
        request,
        about=found.name,
        crumbs=_crumbs(),
        title=_("Give %(name)s a new secret?") % {"name": found.name},
        what=_("Everything is signed with the new secret at once, and with the old one too for a day."),
        undo=_("The old secret cannot be brought back after that day."),
        verb=_("Make a new secret"),
        back=reverse("webhook", args=[found.id]),
    )


@page("edits_webhooks")
def webhook_delete(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Delete it, after a question."""
    found = webhooks.webhook(webhook_id)
    if request.method == "POST":
        webhooks.delete(found.id)
        messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
        return redirect("webhooks")
    return ask_first(
        request,
        about=found.name,
        crumbs=_crumbs(),
        title=_("Delete %(name)s?") % {"name": found.name},
        what=_("Nothing is sent there any more, and the list of its deliveries is gone."),
        undo=_("It cannot be brought back. Switch it off instead to keep it."),
        verb=_("Delete the webhook"),
        back=reverse("webhook", args=[found.id]),
        dangerous=True,
    )


def _secret(request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
    context = {"title": webhook.name, "crumbs": _crumbs(), "webhook": webhook, "secret": secret}
    return render(request, "pages/webhooks/secret.html", context)


def _refused(form: WebhookForm, problem: Problem | Problems) -> None:
    """A list of kinds that is empty is said in the form's own words: it has ticks, no names."""
    if not form.wanted():
        form.add_error("kinds", _("Tick at least one kind of event."))
        if isinstance(problem, Problem) and problem.code == "webhooks.kinds":
            return
    into_form(form, problem)


def _heard(webhook: Webhook) -> list[str]:
    if "*" in webhook.kinds:
        return [_("Every event")]
    groups = {f"{name}.*": str(words) for name, (words, _kinds) in webhook_words.GROUPS.items()}
    return [groups.get(kind, kind) for kind in webhook.kinds]


def _crumbs() -> list[dict[str, Any]]:
    return [{"label": _("Webhooks"), "url": reverse("webhooks")}]
