"""The template tags and what they promise: words beside colours, errors tied to fields, columns one can choose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from dialtone.web import reading, words
from dialtone.web.listing import Bulk, Column, Listing

AT = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


def drawn(text: str, **context: Any) -> str:
    """A piece of a template, drawn."""
    return engines["django"].from_string("{% load dialtone %}" + text).render(context)


def test_a_state_is_colour_icon_and_word() -> None:
    html = drawn('{% status "refused" "Rejected" %}')
    assert "tone-refused" in html
    assert "#alert-circle" in html
    assert ">Rejected<" in html


def test_words_are_escaped() -> None:
    assert "<i>" not in drawn("{% status 'ok' word %}{% phone word %}{% acts_next word %}", word="<i>x</i>")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Thu, 5 Mar 2026, 00:30 UTC+1"),
        ("da", "tors. 5. mar. 2026, 00.30 UTC+1"),
        ("nb", "tor. 5. mars 2026, 00:30 UTC+1"),
        ("sv", "tors 5 mars 2026, 00:30 UTC+1"),
        ("ja", "2026年3月5日(木) 0:30 UTC+1"),
        ("zh-hant", "2026年3月5日 週四 00:30 UTC+1"),
    ],
)
def test_a_moment_has_its_weekday_and_zone(language: str, told: str) -> None:
    with translation.override(language):
        assert reading.moment_text(AT, "Europe/Copenhagen") == told


def test_a_zone_of_half_hours_and_one_behind() -> None:
    assert reading.time_text(AT, "Asia/Kolkata").endswith("UTC+5:30")
    assert reading.time_text(AT, "America/St_Johns").endswith("UTC−3:30")
    assert reading.time_text(AT).endswith("23:30 UTC")


def test_a_moment_that_is_not_there() -> None:
    assert "–" in drawn("{% moment at %}{% day on %}", at=None, on=None)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "−US$1,234.50"), ("da", "−1.234,50\xa0US$"), ("sv", "−1\xa0234,50\xa0US$"), ("ja", "−$1,234.50")],
)
def test_money_has_a_real_minus_and_the_readers_marks(language: str, told: str) -> None:
    with translation.override(language):
        assert reading.money_text(Decimal("-1234.5"), "USD") == told


def test_a_rate_keeps_its_digits() -> None:
    assert reading.money_text(Decimal("0.0121"), "DKK", decimals=False) == "DKK\xa00.0121"


def test_distances_have_no_artificial_space_in_japanese() -> None:
    with translation.override("ja"):
        assert reading.distance_text(AT, AT + timedelta(days=2)) == "2日前"


def test_a_number_is_shown_as_people_write_it_and_copied_as_programs_do() -> None:
    html = drawn('{% phone "+4533123450" copy=True %}')
    assert "+45 33 12 34 50" in html
    assert 'data-copy="+4533123450"' in html


def test_a_word_of_the_trade_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "words.md"
    file.write_text("| Word | Meaning |\n|---|---|\n| **FOC date** | The day the losing carrier lets go. |\n")
    found = words.glossary(file)
    assert found == {"foc date": "The day the losing carrier lets go."}
    monkeypatch.setattr(words, "glossary", lambda: found)
    html = drawn('{% term "FOC date" %}')
    assert 'role="tooltip"' in html
    assert "lets go" in html
    assert "aria-describedby" in html
    assert drawn('{% term "unheard of" %}') == "unheard of"


class Form(forms.Form):
    account = forms.CharField(label="Account number", help_text="On the bill.")
    size = forms.ChoiceField(label="Block", choices=[("10", "10")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")
    note = forms.CharField(label="Note", required=False)


def test_an_error_is_tied_to_its_field_and_named_on_top() -> None:
    form = Form({"account": ""})
    html = drawn('{% errors form %}{% field form.account allowed="Digits" %}{% field form.size %}', form=form)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_account_help id_account_allowed id_account_error"' in html
    assert 'id="id_account_error"' in html
    assert 'href="#id_account"' in html
    assert "3 things need your attention" in html
    assert 'role="alert"' in html
    assert "<legend" in html
    assert 'aria-describedby="id_size_error"' in html


def test_what_must_be_filled_in_says_so_in_words() -> None:
    assert "required</span>" in drawn("{% field form.account %}", form=Form())
    assert "required</span>" not in drawn("{% field form.note %}", form=Form())


def test_a_form_without_errors_has_no_summary() -> None:
    assert drawn("{% errors form %}", form=Form()) == ""


def listing(rf: Any, address: str = "/numbers/", **more: Any) -> Listing:
    columns = [
        Column("number", "Number", heads_row=True),
        Column("state", "State"),
        Column("fee", "Fee", numeric=True),
        Column("ordered", "Ordered", chosen=False),
    ]
    return Listing(rf.get(address), "n", "Numbers", columns, [], "styleguide/_row.html", **more)


def test_columns_come_from_the_address_then_the_cookie_then_the_defaults(rf: Any) -> None:
    assert [c.key for c in listing(rf).visible] == ["number", "state", "fee"]
    assert [c.key for c in listing(rf, "/numbers/?columns=ordered").visible] == ["number", "ordered"]
    rf.cookies["columns-n"] = "fee.nonsense"
    assert [c.key for c in listing(rf).visible] == ["number", "fee"]
    assert [c.key for c in listing(rf, "/numbers/?columns=state").visible] == ["number", "state"]


def test_a_page_further_on_keeps_the_filters_and_loses_the_place(rf: Any) -> None:
    found = listing(rf, "/numbers/?state=active&after=abc", older="def", newer="xyz")
    assert found.older_url == "/numbers/?state=active&after=def"
    assert found.newer_url == "/numbers/?state=active&before=xyz"
    assert found.query == "?state=active"
    assert listing(rf).older_url == ""


def test_a_cell_is_drawn_only_if_its_column_is_chosen(rf: Any) -> None:
    found = listing(rf, bulk=[Bulk("release", "Release")])
    html = drawn(
        '{% pick "1" "x" %}{% cell "fee" %}1{% endcell %}{% cell "ordered" %}2{% endcell %}', listing=found
    )
    assert 'data-label="Fee"' in html
    assert "Ordered" not in html
    assert 'form="bulk"' in html
    with pytest.raises(StopIteration):
        drawn('{% cell "fees" %}{% endcell %}', listing=found)


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
    ],
)
def test_browsers_are_named_as_people_do(agent: str, told: str) -> None:
    assert reading.browser_text(agent) == told


@pytest.mark.parametrize("code", [400, 403, 404, 409, 429, 500, 503])
def test_error_pages_need_nothing_but_the_request_id(code: int) -> None:
    html = drawn("{% include page %}", page=f"errors/{code}.html", request_id="r-1")
    assert "<h1>" in html
    assert "<code>r-1</code>" in html
