"""An estate comes in by its plan, is ended anywhere, goes again, comes again, opens, and goes out as it came."""

from __future__ import annotations

from typing import Any

import pytest

from tests.estate import sample
from tests.plugins.world import World, as_operator

pytestmark = pytest.mark.django_db


class Ended(BaseException):
    """The process ends here."""


def _desk(world: World) -> Any:
    return as_operator(world.people["desk"])


def _planned(world: World, content: bytes, name: str = "estate.zip") -> Any:
    from dialtone.estate import queries, receive, work

    with _desk(world):
        found = receive.receive({name: content}, by_role="operator")
    work.work(found.id)
    with _desk(world):
        return queries.one(found.id)


def _decided(world: World, found: Any, what: str) -> Any:
    from dialtone.estate import decide, queries, work

    with _desk(world):
        getattr(decide, what)(found.id)
    work.work(found.id)
    with _desk(world):
        return queries.one(found.id)


def _exported(world: World, found: Any) -> bytes:
    from dialtone.estate import export, queries, sheets

    with _desk(world):
        return sheets.as_zip(export.rows(queries.customers_of(found)))


def test_in_ended_anywhere_out_again_and_the_same(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """T7: whatever piece it is ended in, it goes on and doubles nothing; undone, everything is free and it can come again."""
    from dialtone.base import invariants
    from dialtone.estate import decide, queries, work
    from dialtone.numbers.inventory import claims
    from dialtone.people import queries as people

    found = _planned(stocked, sample.zipped())
    assert (found.state, found.counts["numbers"], found.counts["blocks"]) == ("planned", 16, 1), (
        queries.faults(found)
    )

    met: dict[str, int] = {}

    def crashpoint(name: str) -> None:
        met[name] = met.get(name, 0) + 1
        if met[name] % 2:  # every other time, so that each piece is ended once
            raise Ended(name)

    monkeypatch.setattr(work, "crashpoint", crashpoint)
    for what, state in (("apply", "applied"), ("undo", "undone")):
        with _desk(stocked):
            decide.__dict__[what](found.id)
        while True:
            try:
                work.work(found.id)
                break
            except Ended:
                pass
        with _desk(stocked):
            found = queries.one(found.id)
            assert found.state == state, queries.why_stopped(found)
            left = claims.taken(["+12122074000", "+12122075001", "+442079461000"])
            assert len(left) == (3 if what == "apply" else 0)
            assert people.customers("Harbour").count() == (1 if what == "apply" else 0)
            assert not invariants.run()
        if what == "apply":
            assert sample.canonical(_exported(stocked, found)) == sample.canonical(sample.zipped())
    assert met["estate.piece.inside"] > 20


def test_what_was_guessed_of_a_csv_file_is_shown_before_anything_is_applied(
    stocked: World, settings: Any
) -> None:
    """A file of an old spreadsheet: whoever looks sees the encoding that was taken for it, and a word that would look odd."""
    from dialtone.estate import queries
    from tests.plugins.standing import signed_in

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    spoilt = sample.CUSTOMERS.replace(",", ";").encode("cp1252")
    found = _planned(stocked, sample.zipped(customers=spoilt))
    assert found.state == "planned", queries.faults(found)
    told = queries.read_as(found)
    assert told["customers"] == {"encoding": "Windows-1252", "separator": ";", "sample": "Mill & Søn"}
    assert told["locations"] == {"encoding": "UTF-8", "separator": ",", "sample": "Mill & Søn"}
    page = signed_in(stocked.people["desk"]).get(f"/customers/estates/{found.id}/").content.decode()
    assert "Windows-1252, semicolons" in page
    assert '<q class="text-break">Mill &amp; Søn</q>' in page


def test_confirmed_it_calls_is_charged_from_its_day_and_goes_out_as_it_came(
    stocked: World, check_constraints: Any
) -> None:
    """E1: nothing calls, and nobody hears of it, before it is confirmed; then what the carrier has accepted does, and no other."""
    from dialtone.base import invariants, tenancy
    from dialtone.base.models import Letter
    from dialtone.base.problems import Problem
    from dialtone.billing import facts
    from dialtone.billing.days import Month
    from dialtone.carriers.models import Command
    from dialtone.numbers.models import Number
    from dialtone.people.models import Organisation

    found = _decided(stocked, _planned(stocked, sample.zipped()), "apply")
    assert found.state == "applied"
    with _desk(stocked):
        assert set(Number.objects.values_list("state", flat=True)) == {"pending"}
        assert not Letter.objects.exists()
        assert not Command.objects.exists()
        harbour = Organisation.objects.get(name="Harbour Freight")
        with tenancy.customer_scope(harbour.id, harbour.partner_id):
            assert not [each for each in facts.items(harbour, Month(2026, 10)) if each.kind == "number"]

    found = _decided(stocked, found, "confirm")
    check_constraints()
    assert found.state == "confirmed"
    with _desk(stocked):
        by_state = dict(Number.objects.values_list("e164", "state"))
        assert by_state.pop("+12122075002") == "inactive"
        assert set(by_state.values()) == {"active"}
        assert sorted(Letter.objects.values_list("to", flat=True)) == [
            "ada@harbour.example", "ben@harbour.example", "cleo@harbour.example", "mia@mill.example",
        ]  # fmt: skip
        with tenancy.customer_scope(harbour.id, harbour.partner_id):
            charged = [each for each in facts.items(harbour, Month(2026, 10)) if each.kind == "number"]
            assert {each.in_effect.start.isoformat() for each in charged} == {"2026-11-01"}
        assert not invariants.run()
    assert sample.canonical(_exported(stocked, found)) == sample.canonical(sample.zipped())
    with pytest.raises(Problem, match="estate.wrong_state"):
        _decided(stocked, found, "undo")


def test_with_a_carrier_that_answers_later_they_wait_for_it(stocked: World, settings: Any) -> None:
    """E1: a sheet is nobody's acceptance. Where people are the carrier, every number is silent until the desk has answered."""
    from dialtone.base import desk
    from dialtone.numbers.models import Number

    settings.CARRIERS = {"": "desk"}
    found = _decided(stocked, _planned(stocked, sample.zipped()), "apply")
    assert found.state == "applied"
    found = _decided(stocked, found, "confirm")
    with _desk(stocked):
        assert set(Number.objects.values_list("state", flat=True)) == {"inactive"}
        assert desk.waiting("emergency_address").exists()


def test_every_row_that_cannot_be_taken_is_named_and_nothing_is_taken(stocked: World) -> None:
    """One wrong row refuses the file; each is told with its place and its code, whoever has what is taken already."""
    from dialtone.estate import queries
    from dialtone.numbers.models import Number

    numbers = (
        sample.NUMBERS.replace("+12122074009,", "+12122075009,")
        + "Harbour Freight,Harbour,(212) 207-5000,,,,,,,,,,,\n"
        + "Harbour Freight,Nowhere,+442079461001,,,,,,,,,,,\n"
        + "Harbour Freight,Harbour,12,,yes,,perhaps,,,,,,,\n"
    )
    people = sample.PEOPLE.replace("mia@mill.example", "alice_admin@example.com".replace("_", "."))
    found = _planned(stocked, sample.zipped(numbers=numbers, people=people))
    assert found.state == "refused"
    told = {(each.field, each.code) for each in queries.faults(found)} if _desk(stocked) else set()
    assert told >= {
        ("/numbers/2/block", "estate.block"),
        ("/numbers/18/number", "estate.twice"),
        ("/numbers/19/location", "estate.location_unknown"),
        ("/numbers/20/live", "field.not_allowed"),
        ("/people/5/email", "people.email_taken"),
    }
    with _desk(stocked):
        assert not Number.objects.exists()
