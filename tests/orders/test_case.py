"""Orders by support case, from the form to live numbers through the desk."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dialtone.base import clock, crypt, invariants
from dialtone.base.models import AuditRecord, DeskItem, Document
from dialtone.base.problems import Problem, Problems
from dialtone.carriers.sandbox.addresses import known_buildings
from dialtone.jobs import sweeper
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.orders import (
    cancel,
    case_book,
    case_identity,
    case_rules,
    deliver_case,
    place_case,
    queries,
    review_case,
    states,
    supply_case,
)
from dialtone.orders.models import CasePaper
from dialtone.orders.place_case import Wish
from dialtone.orders.review_case import Decision
from tests.base.test_documents import HARMFUL
from tests.plugins.world import World, as_operator
from tests.porting.bench import Bench, open_bench, pdf

REPRESENTATIVE = {
    "legal_representative_first_name": "Ada",
    "legal_representative_last_name": "Byron",
    "contact_phone": "+44 20 7946 0123",
    "company_name": "Alice Ltd",
}
IDENTITY = {
    "DE": {
        "first_name": "Ada",
        "last_name": "Byron",
        "contact_phone": "030 901820",
        "company_name": "Alice Ltd",
    },
    "IT": {
        "authorizing_person_name": "Emanuele Ricci",
        "authorizing_person_fiscal_code": "RCCMNL83S18D969H",
        "authorizing_person_date_of_birth": "1983-11-18",
        "authorizing_person_place_of_birth": "Genova",
        "authorizing_person_gender": "male",
        "authorizing_person_nationality": "IT",
        "authorizing_person_phone": "+39 06 6982",
        "authorizing_person_email": "Ricci@Alice.example",
        "company_name": "Alice Ltd",
        "vat_number": "IT00743110157",
        "service_description": "Telephone service of the Rome office",
    },
    "CH": REPRESENTATIVE,
    "AU": {
        "company_name": "Alice Ltd",
        "acn_or_abn": "51 824 753 556",
        "contact_name": "Ada Byron",
        "contact_phone": "+61 2 9374 4000",
    },
}


def wish(country: str, quantity: object = 2, **more: Any) -> Wish:
    building = known_buildings(country)[0]
    address = {
        "street": building.street,
        "building_number": building.house_number,
        "postal_code": building.postal_code,
        "city": building.city,
        "state": building.state,
    }
    return Wish(quantity, "local", IDENTITY[country], address, **more)


def supply(bench: Bench, order: Any, *, age: int = 20, kinds: Any = None) -> None:
    """All papers that are missing, dated some days ago."""
    today = clock.today(bench.office.time_zone)
    with bench.mine():
        for lack in case_book.lacking(case_book.case(order.id)):
            if lack.about and (kinds is None or lack.about in kinds):
                supply_case.attach(
                    order.id,
                    lack.about,
                    name=f"{lack.about}.pdf",
                    content=pdf(f"{lack.about} {order.number}"),
                    dated_on=today - timedelta(days=age),
                )


def approve(bench: Bench, order: Any, **refused: str) -> None:
    """The desk decides on every paper that waits; `refused` says why for a kind."""
    with bench.desk():
        waiting = [each for each in case_book.papers(order.id) if each.state == case_rules.GIVEN]
        decisions = [
            Decision(each.id, each.kind not in refused, refused.get(each.kind, "")) for each in waiting
        ]
        review_case.decide(order.id, decisions)


def desk_waits(order: Any) -> bool:
    with as_operator():
        return DeskItem.objects.filter(subject_id=order.id, settled_at=None).exists()


def status_of(bench: Bench, order: Any) -> str:
    with bench.mine():
        found = queries.order(order.id)
        facts = queries.facts(found)
        assert found.status == states.status(facts)
        return f"{found.status}, {states.acts_next(facts)}"


def whole() -> None:
    assert [str(each) for each in invariants.run()] == []


@pytest.mark.req("ORD-36", "ORD-40", "ORD-41", "ORD-47", "ORD-48", "STAT-07", "STAT-05")
def test_germany_from_the_form_to_live_numbers(stocked: World, check_constraints: Any) -> None:
    bench = open_bench(stocked, "DE")
    with bench.mine():
        order = place_case.place_case(bench.office.id, wish("DE", details="Consecutive, if possible"))
        assert order.number.startswith("ORD-")
        assert [order.number] == [each.number for each in queries.orders(kind="case")]
    assert status_of(bench, order) == "action_required, customer"
    assert not desk_waits(order)
    supply(bench, order)
    assert status_of(bench, order) == "pending, desk"
    assert desk_waits(order)
    with bench.mine():
        # Wednesday 28 October 2026; neither All Saints (a Sunday) nor any other holiday of Berlin lies between.
        assert case_book.expected_between(order, case_book.case(order.id)) == (
            date(2026, 11, 4),
            date(2026, 11, 6),
        )
    approve(bench, order, utility_bill="The bill is of another address.")
    assert status_of(bench, order) == "action_required, customer"
    assert not desk_waits(order)
    with bench.mine():
        (lack,) = case_book.lacking(case_book.case(order.id))
        assert (lack.code, lack.about, lack.why) == (
            "paper_refused",
            "utility_bill",
            "The bill is of another address.",
        )
    with bench.desk(), pytest.raises(Problem, match=r"orders\.case_waits"):
        deliver_case.deliver(order.id, ["+49 30 90182001", "+49 30 90182002"], area_confirmed=True)
    supply(bench, order, age=5)
    approve(bench, order)
    with bench.desk():
        review_case.ask(order.id, "Which of the two floors?")
    assert status_of(bench, order) == "action_required, customer"
    with bench.mine():
        supply_case.answer(order.id, "The first.")
    assert status_of(bench, order) == "pending, desk"
    with bench.desk():
        with pytest.raises(Problem, match="area_not_confirmed"):
            deliver_case.deliver(order.id, ["030 90182001", "030 90182002"])
        done = deliver_case.deliver(order.id, ["030 90182001", "+49 30 90182002"], area_confirmed=True)
    assert done.status == states.PROVISIONED
    assert status_of(bench, order) == "provisioned, nobody"
    assert not desk_waits(order)
    with bench.mine():
        live = {each.e164: each.state for each in numbers.of_order(order.id)}
        assert live == {"+493090182001": "active", "+493090182002": "active"}
        whose = Document.objects.filter(subject_id=order.id)
        assert {each.erase_at for each in whose} == {clock.now() + timedelta(days=90)}, "H16"
        with pytest.raises(Problem, match="case_ended"):
            supply_case.answer(order.id, "Too late.")
        stored = case_book.case(order.id)
        assert case_identity.opened(stored)["last_name"] == "Byron"
        assert b"Byron" not in bytes(stored.sealed_identity or b"Byron"), "nowhere readable in the database"
        with pytest.raises(crypt.Unopenable):
            stored.order_id = uuid4()
            case_identity.opened(stored)
    check_constraints()
    whole()
    with clock.frozen(clock.now() + timedelta(days=90)):
        sweeper.run_due()
        with bench.mine():
            erased = case_book.case(order.id)
            assert (erased.sealed_identity, case_identity.opened(erased)) == (None, {}), (
                "H16, with the papers"
            )
            assert (erased.details, erased.answer) == ("", ""), "and what was written freely"
            written = json.dumps(list(AuditRecord.objects.values_list("facts", flat=True)))
            assert stored.details
            assert stored.answer
            assert stored.details not in written
            assert stored.answer not in written
            assert not Document.objects.filter(subject_id=order.id, erased_at=None).exists()
            assert AuditRecord.objects.filter(action="case_identity_erased").count() == 1


def test_the_desk_enters_only_numbers_that_nobody_has(stocked: World) -> None:
    """N1, also for numbers of no inventory of ours; and all or none come."""
    bench = open_bench(stocked, "DE")
    with bench.mine():
        first = place_case.place_case(bench.office.id, wish("DE"))
        second = place_case.place_case(bench.office.id, wish("DE", 2))
    for order in (first, second):
        supply(bench, order)
        approve(bench, order)
    with bench.desk():
        deliver_case.deliver(first.id, ["+493090182001", "+493090182002"], area_confirmed=True)
        for texts, codes in (
            (["+493090182003", "+493090182002"], {"numbers.not_available"}),
            (["+493090182003"], {"orders.delivered_quantity"}),
            (["+493090182003", "030 90182003"], {"orders.number_twice"}),
            (["+4915112345678", "+498001234567"], {"orders.delivered_kind"}),
            (["+41446681800", "hello"], {"orders.country_mismatch", "phone.letters"}),
        ):
            with pytest.raises(Problems) as refused:
                deliver_case.deliver(second.id, texts, area_confirmed=True)
            assert {each.code for each in refused.value.problems} == codes
        assert Number.objects.count() == 2
        assert deliver_case.deliver(
            second.id, ["+493090182003", "+493090182004"], area_confirmed=True
        ).ended_at
    with bench.mine(), pytest.raises(Problem, match="desk_only"):
        deliver_case.deliver(second.id, [])
    whole()


@pytest.mark.req("ORD-49", "ORD-50", "ORD-51", "ORD-52")
def test_papers_that_were_approved_serve_again_until_they_expire(stocked: World) -> None:
    bench = open_bench(stocked, "IT")
    with bench.mine():
        first = place_case.place_case(bench.office.id, wish("IT"))
        assert case_book.expected_between(first, case_book.case(first.id)) is None, "no time is promised"
    supply(bench, first, age=60)
    with bench.desk():
        passport_until = clock.now().date() + timedelta(days=40)
        decisions = [
            Decision(each.id, True, valid_until=passport_until if each.kind == "identity_document" else None)
            for each in case_book.papers(first.id)
        ]
        review_case.decide(first.id, decisions)

    def missing(**more: Any) -> set[str]:
        with bench.mine():
            made = place_case.place_case(bench.office.id, wish("IT", **more))
            found = {each.about for each in case_book.lacking(case_book.case(made.id))}
            cancel.cancel(made.id)
            return found

    assert missing() == set()
    with clock.frozen(clock.now() + timedelta(days=35)):
        assert missing() == {"utility_bill"}, "three months have passed since its date"
    with clock.frozen(clock.now() + timedelta(days=41)):
        assert missing() == {"utility_bill", "identity_document"}
    other = wish("IT")
    someone = {**other.identity, "authorizing_person_name": "Carlo Bianchi"}
    with bench.mine():
        made = place_case.place_case(bench.office.id, Wish(1, "local", someone, other.address))
        reused = CasePaper.objects.filter(order=made.id, is_reused=True)
        assert {each.kind for each in reused} == {"certificate_of_incorporation", "utility_bill"}
        assert [each.about for each in case_book.lacking(case_book.case(made.id))] == ["identity_document"]
    whole()


@pytest.mark.req("ESA-07", "STAT-07")
def test_australia_waits_for_further_information(stocked: World) -> None:
    """Also when all papers are approved, nothing is provisioned before the further information is there."""
    bench = open_bench(stocked, "AU")
    with bench.mine():
        order = place_case.place_case(bench.office.id, wish("AU", 1))
    supply(bench, order)
    assert status_of(bench, order) == "pending, customer"
    approve(bench, order)
    with bench.desk(), pytest.raises(Problem, match=r"orders\.case_waits"):
        deliver_case.deliver(order.id, ["+61293744000"])
    with bench.mine():
        assert [each.code for each in case_book.lacking(case_book.case(order.id))] == [
            "emergency_information"
        ]
        supply_case.tell_helpers(order.id, "Level 3, entrance from the lane; the guard has the keys.")
    assert status_of(bench, order) == "pending, desk"
    with bench.desk():
        assert deliver_case.deliver(order.id, ["+61293744000"]).status == states.PROVISIONED
    whole()


@pytest.mark.req("ORD-44")
def test_switzerland_wants_a_passport_and_takes_no_old_proof_or_harmful_paper(stocked: World) -> None:
    bench = open_bench(stocked, "CH")
    with bench.mine():
        form = wish("CH", 1, reference=bench.office.id)
        order = place_case.place_case(bench.office.id, form)
        assert place_case.place_case(bench.office.id, form).id == order.id, "pressed twice"
        assert {each.about for each in case_book.lacking(case_book.case(order.id))} == {
            "company_registration_certificate",
            "proof_of_address",
            "identity_document",
        }
        with pytest.raises(Problem, match="paper_too_old"):
            supply_case.attach(
                order.id, "proof_of_address", name="a.pdf", content=pdf("a"), dated_on=date(2026, 7, 27)
            )
        with pytest.raises(Problem, match="paper_kind"):
            supply_case.attach(order.id, "utility_bill", name="a.pdf", content=pdf("a"))
        supply_case.attach(order.id, "identity_document", name="c.pdf", content=HARMFUL["script"]())
        lacks = {each.about: each.code for each in case_book.lacking(case_book.case(order.id))}
        assert lacks["identity_document"] == "paper_held"
    supply(bench, order)
    approve(bench, order)
    with bench.mine():
        cancel.cancel(order.id)
        assert queries.order(order.id).end_reason == "by_owner"
    assert not desk_waits(order)
    whole()


def test_what_waits_for_the_customer_is_reminded_of_twice(stocked: World) -> None:
    from dialtone.base.models import Letter
    from dialtone.orders import remind

    bench = open_bench(stocked, "DE")
    with bench.mine():
        order = place_case.place_case(bench.office.id, wish("DE"))
    for days in (6, 12, 18, 24):
        with clock.frozen(clock.now() + timedelta(days=days)), bench.mine():
            remind.due(order.id)
            assert queries.order(order.id).due_at > clock.now()
    with as_operator():
        assert Letter.objects.filter(template="order_missing").count() == 2
    whole()
