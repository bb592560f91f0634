"""A refusal on a page calls things by their names, in the reader's language; the API keeps its codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django import forms
from django.test import Client
from django.utils import translation

from dialtone.base.problems import Problem
from dialtone.web import reading, refusals
from dialtone.web.page import into_form
from tests.plugins.world import World


def refused(language: str, code: str, **values: str) -> str:
    with translation.override(language):
        return refusals.text(Problem(code, values=values))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Calling plans are not offered in Germany."),
        ("da", "Opkaldsplaner tilbydes ikke i Tyskland."),
        ("ja", "ドイツでは通話プランを提供していません。"),
        ("zh-hant", "德國不提供通話方案。"),
    ],
)
def test_a_country_is_called_by_its_name(language: str, sentence: str) -> None:
    served = "CA, US"
    assert refused(language, "locations.not_served", country="DE", served=served).startswith(sentence)


def test_a_list_of_countries_too() -> None:
    said = refused("sv", "locations.not_served", country="DE", served="CA, US")
    assert "Kanada, USA" in said
    assert "カナダ、アメリカ合衆国" in refused("ja", "locations.not_served", country="DE", served="CA, US")


def test_states_kinds_and_permissions_are_words() -> None:
    assert refused("en", "orders.cannot_cancel", number="1001", status="provisioned").startswith(
        "Order 1001 is provisioned and"
    )
    assert "er aktiv, så" in refused("da", "numbers.wrong_state", number="+12125550101", state="active")
    assert "»Bestille numre«" in refused("da", "permission.missing", permission="places_orders")


def test_months_and_money_are_written_as_the_reader_writes_them() -> None:
    assert refused("en", "billing.not_over", month="2026-11").startswith("November 2026 ")
    assert refused("ja", "billing.not_over", month="2026-11").startswith("2026年11月")
    assert "1.234,50\xa0US$" in refused("da", "billing.paid_too_much", left="1234.50 USD")
    assert "2026-13" in refused("en", "billing.not_over", month="2026-13")


def test_what_is_no_code_stays_as_it_was_typed() -> None:
    assert "XX" in refused("da", "locations.not_served", country="XX", served="")
    assert refused("da", "permission.missing", permission="no_such") != ""


class Form(forms.Form):
    postal_code = forms.CharField(label="Postnummer", required=False)


def test_a_field_is_called_as_the_form_calls_it() -> None:
    form = Form({})
    with translation.override("da"):
        into_form(form, Problem("field.blank", field="/address/postalCode"))
    assert form.errors["postal_code"][0].startswith("Postnummer er tom")


def test_places_of_time_zones_have_the_readers_name() -> None:
    with translation.override("sv"):
        assert ("Europe/Copenhagen", "Europe/Copenhagen (Köpenhamn)") in reading.zone_choices()
    with translation.override("en"):
        offered = dict(reading.zone_choices())
    assert offered["America/New_York"] == "America/New York"
    assert not any(zone.startswith("Etc/") for zone in offered)


@pytest.mark.req("STAT-11", "PORT-63")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Order POR-1 has the status “FOC received” and cannot be changed."),
        ("da", "Ordre POR-1 har status »FOC modtaget« og kan ikke ændres."),
    ],
)
def test_the_status_of_a_port_order_is_called_by_its_name(language: str, sentence: str) -> None:
    told = refused(language, "porting.cannot_edit", number="POR-1", status="foc_received")
    assert told.startswith(sentence)


@pytest.mark.req("NUM-08")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/search?q=%00", 422), ("/emergency/?q=%00", 422), ("/numbers/?q=%00", 422), ("/numbers/%00/", 404)],
)
def test_nothing_is_found_by_a_character_that_no_text_has(
    stocked: World, signed_in: Callable[..., Client], path: str, status: int
) -> None:
    """NUL in a question was a crash of ours."""
    assert signed_in(stocked.people["alice_admin"]).get(path).status_code == status
