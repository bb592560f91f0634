"""Jobs: what the queue holds, what is due next, and what failed, for the operator."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from dialtone.base import queue_view
from dialtone.base.problems import Problem
from dialtone.web import keyset
from dialtone.web.listing import Column, Listing
from dialtone.web.page import page
from dialtone.web.task_words import task_word

STATUSES = {
    queue_view.WAITING: ("moving", gettext_noop("Waiting")),
    queue_view.RUNNING: ("moving", gettext_noop("Running")),
    queue_view.FAILED: ("refused", gettext_noop("Failed")),
}


@page("works_desk")
def job_list(request: HttpRequest) -> HttpResponse:
    """How much waits, by task; and the jobs of one status."""
    status = request.GET.get("status", queue_view.FAILED)
    if status not in STATUSES:
        raise Problem(
            "field.not_allowed",
            field="/status",
            values={"value": status[:20], "choices": ", ".join(STATUSES)},
        )
    at = keyset.page_of(queue_view.of_status(status), request.GET, order=("-id",), listing=f"jobs-{status}")
    ended = queue_view.ended_at([each.id for each in at.rows])
    listing = Listing(
        request,
        name="jobs",
        caption=_("Jobs"),
        columns=[
            Column("task", _("Task"), heads_row=True),
            Column("about", _("About")),
            Column("attempts", _("Attempts"), numeric=True),
            Column("at", _("When")),
            Column("again", _("Again")),
        ],
        rows=[(each, task_word(each.task_name), ended.get(each.id), status) for each in at.rows],
        row_template="pages/jobs/_row.html",
        newer=at.newer,
        older=at.older,
    )
    counts = queue_view.counts()
    context = {
        "title": _("Jobs"),
        "listing": listing,
        "counts": [(each, task_word(each.task)) for each in counts],
        "tabs": [(name, _(word), name == status) for name, (_tone, word) in STATUSES.items()],
        "no_rows": _("None."),
    }
    return render(request, "pages/jobs/list.html", context)


@require_POST
@page("works_desk")
def job_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Do a failed job's work once more; every task bears being done twice."""
    task = queue_view.run_again(job_id)
    messages.success(request, _("%(task)s: on its way again.") % {"task": task_word(task)})
    return redirect("jobs")
