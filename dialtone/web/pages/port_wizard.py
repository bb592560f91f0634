"""Port numbers in, step by step: location, numbers, split plan, details, account, papers, letter, check, review (PORT-13 to PORT-31).

The order itself is the draft: each step stores into it, has an address of its own, and can be come back to until the order is
handed in, and again after a rejection (STAT-16).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone import countries
from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.people import queries as people
from dialtone.plans import queries as plans
from dialtone.porting import (
    account as accounts,
)
from dialtone.porting import (
    add_numbers,
    ask_support,
    attach_paper,
    book,
    check_portability,
    create_order,
    enter_account,
    papers,
    plan_split,
    preflight,
    queries,
    remove_numbers,
    sign_letter,
    states,
    submit,
    wish_date,
)
from dialtone.porting.models import PortOrder
from dialtone.porting.words import FIELDS, SPLIT_WHY
from dialtone.web import keyset, port_calendar, port_paste, port_summary, port_words, reading, refusals
from dialtone.web.files import file_response
from dialtone.web.page import caller_of, page, unproven
from dialtone.web.port_forms import (
    AccountForm,
    DetailsForm,
    LineTypeForm,
    LinkForm,
    PaperForm,
    SignForm,
    UploadLetterForm,
    account_initial,
    paper_word,
    read_day,
    refused,
)

MOST_SHOWN = 50
MOST_OFFERED = 500


@page("places_orders", customer=True)
def choose_location(request: HttpRequest) -> HttpResponse:
    """For which location; those that cannot have ports yet say why (PORT-01, PORT-13, PORT-23)."""
    caller = caller_of(request)
    text = request.GET.get("q", "").strip()[:80]
    found = locations.list_all(text)
    if caller.role == "location":
        found = found.filter(id__in=caller.location_ids)
    at = keyset.page_of(found, request.GET, order=("search_name", "id"), listing="port-locations")
    context = {
        "title": _("Port numbers in"),
        "crumbs": _crumbs(),
        "offers": [_offer(each) for each in at.rows],
        "text": text,
        "newer": at.newer,
        "older": at.older,
        "may_open": caller.may("edits_locations"),
    }
    return render(request, "pages/ports/choose_location.html", context)


@page("places_orders", customer=True)
def begin(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """What to know and to have ready (PORT-02 to PORT-12, PORT-39); then the draft is made."""
    location = locations.location(location_id)
    caller = caller_of(request)
    caller.need("places_orders", location.id)
    blocked: list[Problem] = []
    try:
        rules = create_order.check_may_port(location)
    except Problems as problems:
        blocked, rules = problems.problems, None
    if request.method == "POST" and rules is not None:
        made = create_order.create(location.id, add_as=request.POST.get("add_as") or "standard")
        return redirect("port-numbers", port_order_id=made.id)
    licence = plans.account_facts(caller.customer_id).service_licence if caller.customer_id else False
    context = {
        "title": port_words.title_of_new(rules) if rules else _("Port numbers over"),
        "crumbs": [*_crumbs(), {"label": _("Port numbers in"), "url": reverse("port-new")}],
        "location": location,
        "country": reading.country_text(location.country),
        "rules": rules,
        "blocked": [refusals.text(each) for each in blocked],
        "left": queries.draft_of(caller.person_id, location.id),
        "duration": port_words.duration(rules.lead_business_days()) if rules else "",
        "papers": [paper_word(each.kind) for each in papers.wanted(rules)] if rules else [],
        "offers_service": rules is not None and "service" in rules.add_as,
        "may_service": rules is not None and (licence or not rules.service_licence_required),
    }
    return render(request, "pages/ports/begin.html", context, status=409 if request.method == "POST" else 200)


@page("places_orders", customer=True)
def numbers(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """Paste or upload; each line is answered at once (PORT-14, PORT-15, PORT-17, SPK-17 to SPK-19)."""
    order = _editable(request, port_order_id)
    if request.method == "POST" and request.POST.get("what") in ("remove", "review", "remove_bad"):
        return _change_numbers(request, order)
    if request.method == "POST" and request.POST.get("leave"):
        return _left(request, order)
    pasted = port_paste.read(request, order) if request.method == "POST" and book.is_draft(order) else None
    if request.headers.get("HX-Request") and pasted is not None:
        return render(request, "pages/ports/_checked.html", {"pasted": pasted, "order": order})
    if request.method == "POST":
        is_asked_only = request.POST.get("what") == "check"
        lines = _line_types(request, order)
        is_stored = lines is None or (
            lines.is_valid() and _stored(lines, lambda: _store_line_type(order, lines))
        )
        if is_stored and (pasted is None or pasted.is_empty) and order.quantity and not is_asked_only:
            return _after_numbers(order)
        if (
            is_stored
            and pasted is not None
            and not is_asked_only
            and pasted.may_add(request.POST.get("what", ""))
        ):
            try:
                with transaction.atomic():
                    order = add_numbers.add(order.id, pasted.good)
            except (Problem, Problems) as problem:
                pasted.refuse(problem)
            else:
                said = ngettext(
                    "%(count)s number was added.", "%(count)s numbers were added.", len(pasted.good)
                )
                messages.success(request, said % {"count": reading.count_text(len(pasted.good))})
                return redirect("port-numbers", port_order_id=order.id)
    return _numbers_page(request, order, pasted)


@page("places_orders", customer=True)
def plan(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """Into which orders the list has to go, and when they could move, before anything is split."""
    order = _editable(request, port_order_id)
    if not book.is_draft(order) or not order.quantity:
        return redirect("port-numbers", port_order_id=order.id)
    if request.method == "POST":
        made = plan_split.split(order.id, accepted=True)
        if len(made) > 1:
            said = _("There are %(count)s orders now: %(orders)s. Each is filled in by itself.")
            values = {"count": len(made), "orders": ", ".join(each.number for each in made)}
            messages.success(request, said % values)
        return redirect("port-details", port_order_id=order.id)
    planned = plan_split.plan_of(order)
    context: dict[str, Any] = {
        "planned": planned,
        "parts": [
            {
                "part": part,
                "count": len(part.numbers),
                "first": part.numbers[0],
                "last": part.numbers[-1],
                "why": reading.list_text([str(SPLIT_WHY[each]) for each in part.why]),
                "carriers": reading.list_text(_carrier_names(order, part.numbers)),
            }
            for part in planned.parts
        ],
        "next_label": _("Split into %(count)s orders") % {"count": len(planned.parts)},
        "back_url": reverse("port-numbers", args=[order.id]),
    }
    return _wizard(request, order, "plan", _("These numbers make several orders"), forms.Form(), **context)


@page("places_orders", customer=True)
def details(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The wished date on the calendar, the extra e-mail, port and line type (PORT-17, PORT-25, PORT-26, PORT-47, PORT-58)."""
    order = _editable(request, port_order_id)
    rules = book.rules(order)
    initial = {
        "wished_on": order.wished_on.isoformat() if order.wished_on else "",
        "wished_at": f"{order.wished_at:%H:%M}" if order.wished_at else "",
        "port_type": order.port_type,
        "line_type": order.line_type,
        "contact_email": order.contact_email,
    }
    form = DetailsForm(rules, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        form.is_valid()
        is_left = bool(request.POST.get("leave"))
        if _stored(form, lambda: _store_details(order, form), is_draft=is_left):
            return _left(request, order) if is_left else redirect("port-account", port_order_id=order.id)
    chosen = str(form["wished_on"].value() or "")
    return _wizard(
        request,
        order,
        "details",
        _("When, and who is told?"),
        form,
        calendar=port_calendar.of(queries.order(order.id), chosen),
        back_url=reverse("port-numbers", args=[order.id]),
    )


@page("places_orders", customer=True)
def account(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The account with the present carrier, as on its bill, by the country's fields (PORT-18, PORT-27)."""
    order = _editable(request, port_order_id)
    rules = book.rules(order)
    company = people.organisation(order.customer_id).name
    initial = account_initial(book.account(order), "" if order.account else company)
    form = AccountForm(
        order, rules, request.POST if request.method == "POST" else None, initial=initial, auto_id="id_%s"
    )
    if request.method == "POST":
        form.is_valid()
        is_left = bool(request.POST.get("leave"))
        if _stored(form, lambda: _store_account(order, form, is_draft=is_left), is_draft=is_left):
            return _left(request, order) if is_left else _next(order, "account")
    return _wizard(
        request, order, "account", _("The account with your present carrier"), form,
        back_url=reverse("port-details", args=[order.id]),
    )  # fmt: skip


@page("adds_documents", customer=True)
def paper_step(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The bill and what the country wants besides: PNG or PDF, of which day (PORT-05, PORT-19, PORT-27, PORT-49 to PORT-51)."""
    order = _editable(request, port_order_id)
    rules = book.rules(order)
    wanted = papers.wanted(rules)
    if not wanted:
        return redirect("port-letter", port_order_id=order.id)
    kind = request.POST.get("kind", "") if request.method == "POST" else ""
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form.is_valid()
        file = request.FILES.get("document")
        if (file is None and not kind) or request.POST.get("leave"):
            return _left(request, order) if request.POST.get("leave") else _next(order, "papers")
        if file is None:
            form.add_error("document", _("Choose a file first."))
        elif _stored(form, lambda: _attach(order, kind, file, request.POST.get("dated_on", ""))):
            messages.success(request, _("%(paper)s is attached.") % {"paper": paper_word(kind)})
            return redirect("port-papers", port_order_id=order.id)
    there = {each.kind: each for each in book.papers(order.id)}
    rows = [
        {
            "kind": each.kind,
            "word": paper_word(each.kind),
            "there": there.get(each.kind),
            "needs_day": papers.needs_day(each.kind, rules),
            "limit": papers.limit_of(each) if each.age_months else "",
            "is_bill": each.kind == papers.BILL,
            "form": form if each.kind == kind else PaperForm(auto_id=f"id_{each.kind}_%s"),
        }
        for each in (*wanted, papers.Wanted(papers.CSR))
    ]
    return _wizard(
        request, order, "papers", _("The bill, and what else is needed"), form, rows=rows, rules=rules,
        back_url=reverse("port-account", args=[order.id]),
        next_url=_url_after(order, "papers"),
    )  # fmt: skip


@page("places_orders", customer=True)
def letter(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The letter of authorisation: sign here, upload, send a link, or leave it for later (PORT-20, PORT-28 to PORT-30)."""
    order = _editable(request, port_order_id)
    rules = book.rules(order)
    way = request.POST.get("way", "") if request.method == "POST" else ""
    sent = request.POST if request.method == "POST" else None
    sign = SignForm(sent if way == "sign" else None, initial=_signer(order))
    upload = UploadLetterForm(sent if way == "upload" else None, request.FILES if way == "upload" else None)
    link = LinkForm(sent if way == "link" else None)
    if request.method == "POST":
        did = _letter_given(request, order, way, {"sign": sign, "upload": upload, "link": link})
        if did is not None:
            return did
    standing = book.letter(order.id)
    e164s = book.e164s(book.numbers(order.id, open_only=True))
    current = {"sign": sign, "upload": upload, "link": link}.get(way, sign)
    return _wizard(
        request, order, "letter", _("The letter of authorisation"), current,
        sign=sign, upload=upload, link=link, rules=rules, standing=standing,
        is_valid=book.letter_covers(standing, e164s), count=len(e164s),
        back_url=reverse("port-papers" if papers.wanted(rules) else "port-account", args=[order.id]),
        next_url=reverse("port-check", args=[order.id]),
    )  # fmt: skip


@page("places_orders", customer=True)
def letter_form(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The letter with everything filled in: what will be signed here, or printed and signed by hand (PORT-29)."""
    order = _editable(request, port_order_id)
    return file_response(sign_letter.form_pdf(order), f"{order.number}-letter.pdf")


@page("places_orders", customer=True)
def check(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The pre-flight: what the losing carrier will refuse, where it stands on the bill, and the fix (PORT-22)."""
    order = _editable(request, port_order_id)
    if request.method == "POST":
        code = request.POST.get("code", "")
        if not code:
            return redirect("port-review", port_order_id=order.id)
        try:
            with transaction.atomic():
                preflight.fix(order.id, code)
        except (Problem, Problems) as problem:
            for each in problem.problems if isinstance(problem, Problems) else [problem]:
                messages.error(request, refusals.text(each))
        else:
            messages.success(request, _("Done."))
        return redirect("port-check", port_order_id=order.id)
    found = [port_words.found(each) for each in preflight.preflight(order.id)]
    bill = book.paper(order.id, papers.BILL)
    marked = {each["finding"].place for each in found if each["finding"].place}
    context: dict[str, Any] = {
        "found": found,
        "serious": sum(each["finding"].error != "" for each in found),
        "bill": bill,
        "bill_lines": _bill_lines(bill, marked),
        "back_url": reverse("port-letter", args=[order.id]),
        "next_label": _("Go on"),
    }
    for shown in found:
        shown["url"] = _step_url(order, shown["finding"].field)
    return _wizard(request, order, "check", _("What the losing carrier would say"), forms.Form(), **context)


@page("places_orders", customer=True)
def review(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """Everything on one page, with what is still missing; then the order is handed in (PORT-21, PORT-31, SPK-20)."""
    order = _editable(request, port_order_id, or_done=True)
    if not _may_correct(order):
        return redirect("port-done", port_order_id=order.id)
    if asked := unproven(request):
        return asked
    lacking: list[Problem] = []
    if request.method == "POST":
        try:
            with transaction.atomic():
                submit.submit(order.id)
        except Problems as problems:
            lacking = list(problems.problems)
        except Problem as problem:
            lacking = [problem]
        else:
            return redirect("port-done", port_order_id=order.id)
        order = queries.order(order.id)
    rows = book.numbers(order.id)
    open_rows = [row for row in rows if row.state == states.NUMBER_OPEN]
    looked = check_portability.look_up(order, open_rows)
    if request.method != "POST":
        lacking = submit.missing(order, rows, looked=looked)
    foretold = preflight.preflight(order.id, rows=open_rows, looked=looked)
    is_refused = request.method == "POST"
    context: dict[str, Any] = {
        "summary": port_summary.rows(order),
        "lacking": [{"said": _said(each), "url": _step_url(order, each.field or "")} for each in lacking],
        "only_letter": bool(lacking) and all((each.field or "").startswith("/letter") for each in lacking),
        "letter": book.letter(order.id),
        "verb": _verb(order),
        "rules": book.rules(order),
        "warnings": sum(each.error != "" for each in foretold),
        "back_url": reverse("port-check", args=[order.id]),
        "is_again": order.attempt > 0,
    }
    return _wizard(
        request, order, "review", _("Is everything right?"), forms.Form(),
        status=409 if is_refused else 200, **context,
    )  # fmt: skip


@page("places_orders", customer=True)
def done(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """After the order was handed in: what happens now, where it is followed, which order of the list comes next (PORT-31)."""
    order = queries.order(port_order_id)
    caller_of(request).need("sees_orders", order.location_id)
    if order.attempt == 0:
        return redirect("port-review", port_order_id=order.id)
    others = [each for each in queries.siblings(order) if each.id != order.id and each.ended_at is None]
    context = {
        "title": _("Port order %(number)s is handed in") % {"number": order.number},
        "crumbs": _crumbs(),
        "order": order,
        "rules": book.rules(order),
        "drafts": [each for each in others if each.attempt == 0],
        "due_at": order.due_at,
    }
    return render(request, "pages/ports/done.html", context)


def steps_of(order: PortOrder, current: str) -> list[dict[str, Any]]:
    """The steps with what is done, where we are, and what is coming."""
    rules = book.rules(order)
    names = ["numbers", "plan", "details", "account", "papers", "letter", "check", "review"]
    if current != "plan":
        names.remove("plan")
    if not papers.wanted(rules):
        names.remove("papers")
    there = [papers.There(each.kind, each.dated_on, each.is_held) for each in book.papers(order.id)]
    e164s = book.e164s(book.numbers(order.id, open_only=True))
    is_done = {
        "numbers": bool(order.quantity),
        "details": bool(order.account) or order.wished_on is not None,
        "account": not accounts.lacks(book.account(order), e164s, order.port_type, rules),
        "papers": not papers.missing(rules, there),
        "letter": book.letter_covers(book.letter(order.id), e164s),
    }
    return [
        {
            "label": port_words.STEPS[name],
            "url": reverse(f"port-{name}", args=[order.id]),
            "state": "current" if name == current else "done" if is_done.get(name) else "coming",
        }
        for name in names
    ]


def _offer(location: Location) -> dict[str, Any]:
    ready = locations.may_begin(location.id)
    today = clock.today(location.time_zone)
    is_served = location.country in countries.served(today)
    is_offered = is_served and countries.get(location.country, today).porting.available
    why = ""
    if not ready.allowed:
        why = refusals.text(Problem(ready.code, values=dict(ready.values)))
    elif not is_offered:
        why = refusals.text(Problem("porting.not_offered", values={"country": location.country}))
    return {"location": location, "country": reading.country_text(location.country), "why": why}


def _editable(request: HttpRequest, order_id: UUID, *, or_done: bool = False) -> PortOrder:
    """The order, for who may fill it in. Raises Problem not_found, permission.missing, porting.cannot_edit, porting.ended."""
    found = queries.order(order_id)
    caller_of(request).need("places_orders", found.location_id)
    if not or_done and not _may_correct(found):
        code = "porting.ended" if found.ended_at else "porting.cannot_edit"
        raise Problem(code, values={"number": found.number, "status": found.status})
    return found


def _may_correct(order: PortOrder) -> bool:
    return order.ended_at is None and (order.attempt == 0 or order.status == states.REJECTED)


def _wizard(
    request: HttpRequest,
    order: PortOrder,
    step: str,
    title: str,
    form: forms.Form,
    *,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    context = {
        "title": _("Port order %(number)s") % {"number": order.number},
        "crumbs": [*_crumbs(), {"label": order.location_name, "url": reverse("port", args=[order.id])}],
        "steps": steps_of(order, step),
        "step_title": title,
        "form": form,
        "order": order,
        "leave_url": reverse("port", args=[order.id]),
        **more,
    }
    status = status or (422 if form.errors else 200)
    return render(request, f"pages/ports/{step}.html", context, status=status)


def _left(request: HttpRequest, order: PortOrder) -> HttpResponse:
    messages.info(request, _("Saved. Go on from here whenever you like."))
    return redirect("port", port_order_id=order.id)


def _stored(form: forms.Form, store: Callable[[], Any], *, is_draft: bool = False) -> bool:
    """Whether it could be stored; refusals stand in the form. Who leaves may leave with the form half filled in."""
    if form.errors and not is_draft:
        return False
    try:
        with transaction.atomic():
            store()
    except (Problem, Problems) as problem:
        refused(form, problem)
        return False
    return not form.errors or is_draft


def _next(order: PortOrder, step: str) -> HttpResponse:
    return HttpResponseRedirect(_url_after(order, step))


def _url_after(order: PortOrder, step: str) -> str:
    names = [each["url"] for each in steps_of(order, step)]
    here = next(at for at, each in enumerate(steps_of(order, step)) if each["state"] == "current")
    return str(names[here + 1])


def _store_details(order: PortOrder, form: DetailsForm) -> None:
    told: dict[str, Any] = {
        name: form.data.get(name, "") for name in ("port_type", "line_type") if name in form.fields
    }
    told["contact_email"] = form.data.get("contact_email", "").strip()
    wrong: list[Problem] = []
    for store in (
        lambda: enter_account.enter(order.id, told, strict=False),
        lambda: wish_date.wish(order.id, *form.wish()),
    ):
        try:
            store()
        except Problem as problem:
            wrong.append(problem)
        except Problems as problems:
            wrong += problems.problems
    if wrong:
        raise Problems(wrong)


def _store_account(order: PortOrder, form: AccountForm, *, is_draft: bool) -> None:
    """What is right is kept; who leaves leaves what is wrong behind, and is told so by the review."""
    entered = form.entered()
    try:
        enter_account.enter(order.id, entered, strict=not is_draft, by_form=True)
    except Problems as problems:
        if not is_draft:
            raise
        kept = _without(entered, [each.field or "" for each in problems.problems])
        enter_account.enter(order.id, kept, strict=False, by_form=True)


def _without(entered: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """What was entered but the fields that were refused."""
    names = {"accountNumber": "account_number", "companyName": "company_name", "authorizedName": "authorized_name",
             "billingNumber": "billing_number", "newBillingNumber": "new_billing_number", "keptNumbers": "kept",
             "remainingNumbersAction": "kept_action", "serviceAddress": "service_address", "pin": "pin"}  # fmt: skip
    going = {names.get(field.split("/")[1], "codes") for field in fields if field.startswith("/")}
    return {name: value for name, value in entered.items() if name not in going}


def _attach(order: PortOrder, kind: str, file: Any, dated_on: str) -> None:
    attach_paper.attach(
        order.id,
        kind,
        name=file.name,
        content=file.read(),
        declared=file.content_type or "",
        dated_on=read_day(dated_on, "/datedOn"),
    )


def _signer(order: PortOrder) -> dict[str, str]:
    first, _space, last = book.account(order).authorized_name.rpartition(" ")
    return {"first_name": first, "last_name": last}


def _letter_given(
    request: HttpRequest, order: PortOrder, way: str, filled: dict[str, forms.Form]
) -> HttpResponse | None:
    """What was done about the letter; None when it was refused and the page comes back."""
    told = request.POST
    if told.get("leave"):
        return _left(request, order)
    if way == "skip":
        sign_letter.skip(order.id)
        messages.info(
            request, _("The order waits for the letter; you and the authorised contact are reminded of it.")
        )
        return redirect("port-check", port_order_id=order.id)
    if way not in filled:
        return redirect("port-check", port_order_id=order.id)
    form = filled[way]
    form.is_valid()
    acts = {"sign": lambda: _sign(order, told), "upload": lambda: upload_letter(request, order),
            "link": lambda: sign_letter.send_link(order.id, name=told.get("name", ""), email=told.get("email", ""))}  # fmt: skip
    if not _stored(form, acts[way]):
        return None
    said = {
        "sign": _("The letter is signed."),
        "upload": _("The letter is uploaded."),
        "link": _("The link was sent. The order waits for the letter."),
    }
    messages.success(request, said[way])
    return redirect("port-letter" if way == "link" else "port-check", port_order_id=order.id)


def _sign(order: PortOrder, told: Any) -> None:
    sign_letter.sign(
        order.id,
        first_name=told.get("first_name", ""),
        last_name=told.get("last_name", ""),
        job_title=told.get("job_title", ""),
        agreed=bool(told.get("agreed")),
    )


def upload_letter(request: HttpRequest, order: PortOrder, *, by_link: bool = False) -> None:
    """The letter that a form brought. Raises what `sign_letter.upload` raises; Problem field.required without a file."""
    file = request.FILES.get("document")
    if file is None:
        raise Problem("field.required", field="/document")
    sign_letter.upload(
        order.id,
        name=file.name or "",
        content=file.read(),
        declared=file.content_type or "",
        signed_on=read_day(request.POST.get("signed_on", ""), "/signedOn"),
        signer=request.POST.get("signer", ""),
        by_link=by_link,
    )


def _numbers_page(request: HttpRequest, order: PortOrder, pasted: port_paste.Pasted | None) -> HttpResponse:
    which = request.GET.get("show", "")
    shown = queries.numbers(order.id, portability="not_portable" if which == "bad" else "")
    at = keyset.page_of(shown, request.GET, order=("position", "id"), listing="port-numbers", size=MOST_SHOWN)
    every = queries.numbers(order.id)
    by_word = {code: every.filter(portability=code).count() for code in port_words.PORTABILITY}
    is_refused = request.method == "POST" and (pasted is None or request.POST.get("what") != "check")
    form = _line_types(request, order) or forms.Form()
    return _wizard(
        request, order, "numbers", _("Which numbers shall move?"), form,
        pasted=pasted,
        error=pasted.error if pasted else "",
        rules=book.rules(order),
        is_draft=book.is_draft(order),
        rows=[{"row": row, "portability": port_words.PORTABILITY[row.portability]} for row in at.rows],
        newer=at.newer, older=at.older, show=which,
        counts=[(code, *port_words.PORTABILITY[code], count) for code, count in by_word.items() if count],
        bad=by_word["not_portable"], checking=by_word["checking"],
        checked=order.quantity - by_word["checking"],
        takes_time=book.rules(order).portability_check == "async",
        next_label=_("Save and continue"),
        back_url=reverse("port-new"),
        status=422 if is_refused else 200,
    )  # fmt: skip


def _line_types(request: HttpRequest, order: PortOrder) -> LineTypeForm | None:
    """The choice between single and multi-line, while numbers can be added; None where the country knows no such choice."""
    rules = book.rules(order)
    if len(rules.line_types) < 2 or not book.is_draft(order):
        return None
    return LineTypeForm(
        rules, request.POST if request.method == "POST" else None, initial={"line_type": order.line_type}
    )


def _store_line_type(order: PortOrder, form: LineTypeForm) -> None:
    chosen = form.cleaned_data["line_type"]
    if chosen and chosen != order.line_type:
        enter_account.enter(order.id, {"line_type": chosen}, strict=False)


def _change_numbers(request: HttpRequest, order: PortOrder) -> HttpResponse:
    """Take numbers off, or ask PSTN support to look at those that the check calls not portable (PORT-15)."""
    what = request.POST["what"]
    bad = list(queries.numbers(order.id, portability="not_portable").values_list("e164", flat=True))
    if what == "review":
        said = _("Please look at these numbers: %(numbers)s") % {"numbers": ", ".join(bad[:20])}
        made = ask_support.ask(order.id, "review", said, e164s=bad)
        messages.success(request, _("PSTN support looks at them: case %(number)s.") % {"number": made.number})
        return redirect("port-numbers", port_order_id=order.id)
    going = bad if what == "remove_bad" else request.POST.getlist("number")[:MOST_OFFERED]
    try:
        with transaction.atomic():
            remove_numbers.remove(order.id, going)
    except (Problem, Problems) as problem:
        for each in problem.problems if isinstance(problem, Problems) else [problem]:
            messages.error(request, refusals.text(each))
    else:
        said = ngettext("%(count)s number was taken off.", "%(count)s numbers were taken off.", len(going))
        messages.info(request, said % {"count": reading.count_text(len(going))})
    return redirect("port-numbers", port_order_id=order.id)


def _after_numbers(order: PortOrder) -> HttpResponse:
    """On to the plan where the list has to be split, else to the details."""
    if not book.is_draft(order):
        return redirect("port-details", port_order_id=order.id)
    if plan_split.plan_of(order).is_split:
        return redirect("port-plan", port_order_id=order.id)
    plan_split.split(order.id)
    return redirect("port-details", port_order_id=order.id)


def _carrier_names(order: PortOrder, e164s: Sequence[str]) -> list[str]:
    rows = queries.numbers(order.id).filter(e164__among=list(e164s)).exclude(losing_carrier="")
    return sorted(set(rows.values_list("losing_carrier", flat=True)))


def _bill_lines(bill: Any, marked: set[Any]) -> list[dict[str, Any]]:
    """What was read of the bill, line by line, with the lines that findings are about."""
    read = (bill.reading or {}).get("lines", []) if bill else []
    return [
        {"page": at, "line": line, "text": text, "is_marked": (at, line) in marked}
        for at, line, text in read[:MOST_OFFERED]
    ]


# Where a refusal's field is entered: the beginning of its pointer, and the step.
_STEP_OF = {
    "/phoneNumbers": "numbers",
    "/portType": "details",
    "/lineType": "details",
    "/contactEmail": "details",
    "/requested": "details",
    "/documents": "papers",
    "/letter": "letter",
}


def _step_url(order: PortOrder, field: str) -> str:
    step = next(
        (step for begins, step in _STEP_OF.items() if field.startswith(begins)), "account" if field else ""
    )
    return reverse(f"port-{step}", args=[order.id]) if step else ""


def _said(problem: Problem) -> str:
    """A refusal with the field's own name where it names one."""
    return refusals.text(problem, str(FIELDS.get(problem.field or "", "")))


def _verb(order: PortOrder) -> str:
    count = len(book.numbers(order.id, open_only=True))
    if order.attempt:
        said = ngettext("Resubmit with %(count)s number", "Resubmit with %(count)s numbers", count)
    else:
        said = ngettext("Port %(count)s number", "Port %(count)s numbers", count)
    return said % {"count": reading.count_text(count)}


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Porting"), "url": reverse("ports")}]
