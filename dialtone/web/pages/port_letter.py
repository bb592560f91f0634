"""Signing or uploading a letter of authorisation through the link of a letter, by somebody who need not be able to sign in
(PORT-28, PORT-30, SPK-22)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dialtone.base import tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.porting import book, queries, sign_letter
from dialtone.porting.models import PortOrder
from dialtone.web import errors
from dialtone.web.files import file_response
from dialtone.web.pages.port_wizard import upload_letter
from dialtone.web.port_forms import SignForm, UploadLetterForm, refused


@never_cache
def sign(request: HttpRequest, letter_secret: str) -> HttpResponse:
    """Knowing the secret is the right to read this one letter and to give it, once."""
    try:
        with _linked(letter_secret) as order:
            response = _page(request, order)
    except (Problem, Problems) as problem:
        response = errors.problem_page(request, problem)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
def form(request: HttpRequest, letter_secret: str) -> HttpResponse:
    """The letter itself, with everything filled in but the signature."""
    try:
        with _linked(letter_secret) as order:
            response = file_response(sign_letter.form_pdf(order), f"{order.number}-letter.pdf")
    except (Problem, Problems) as problem:
        response = errors.problem_page(request, problem)
    response["Referrer-Policy"] = "no-referrer"
    return response


@contextmanager
def _linked(secret: str) -> Iterator[PortOrder]:
    """The order that a link leads to, in its customer's scope. Raises Problem not_found, alike for all that lead nowhere."""
    linked = sign_letter.by_link(secret)
    contact = tenancy.Actor(kind="signatory", name=linked.contact, origin="letter")
    with tenancy.customer_scope(linked.customer_id, linked.partner_id, contact):
        yield queries.order(linked.order_id)


def _page(request: HttpRequest, order: PortOrder) -> HttpResponse:
    rules, account = book.rules(order), book.account(order)
    is_signed_here = rules.loa == "in_app_signature"
    letter = book.letter(order.id)
    first, _space, last = (letter.contact_name if letter else "").rpartition(" ")
    sent = request.POST if request.method == "POST" else None
    filled = (
        SignForm(sent, initial={"first_name": first, "last_name": last})
        if is_signed_here
        else UploadLetterForm(
            sent, request.FILES if sent else None, initial={"signer": f"{first} {last}".strip()}
        )
    )
    is_given = False
    if sent is not None:
        filled.is_valid()
        try:
            with transaction.atomic():
                _give(request, order, is_signed_here=is_signed_here)
        except (Problem, Problems) as problem:
            refused(filled, problem)
        else:
            is_given = True
    numbers = book.e164s(book.numbers(order.id, open_only=True))
    context = {
        "title": _("Letter of authorisation"),
        "order": order,
        "account": account,
        "address_lines": account.address.lines() if account.address else [],
        "numbers": sorted(numbers),
        "form": filled,
        "is_given": is_given,
        "is_signed_here": is_signed_here,
    }
    return render(request, "pages/ports/letter_link.html", context, status=422 if filled.errors else 200)


def _give(request: HttpRequest, order: PortOrder, *, is_signed_here: bool) -> None:
    if not is_signed_here:
        upload_letter(request, order, by_link=True)
        return
    told = request.POST
    sign_letter.sign(
        order.id,
        first_name=told.get("first_name", ""),
        last_name=told.get("last_name", ""),
        job_title=told.get("job_title", ""),
        agreed=bool(told.get("agreed")),
        by_link=True,
    )
