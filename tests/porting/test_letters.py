"""Who is written to when something is wrong with a port order, in whose words; and what support can be asked about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from dialtone.base.mail.wording import render
from dialtone.base.models import Letter as Mail
from dialtone.people.models import Person
from dialtone.porting import ask_support, rejections
from dialtone.porting.words import SUPPORT_MATTERS
from tests.plugins.world import World, as_operator
from tests.porting.bench import account_of, csr, handed_in, open_bench, pass_time

pytestmark = pytest.mark.usefixtures("examined_once")


def written(template: str) -> dict[str, list[str]]:
    """To whom letters of a kind were written: address and the errors they name."""
    with as_operator():
        return {each.to: each.facts.get("errors", []) for each in Mail.objects.filter(template=template)}


@pytest.mark.req("ACC-19", "PORT-22", "ERR-21")
def test_every_administrator_hears_of_a_problem_in_their_own_language(stocked: World) -> None:
    bench = open_bench(stocked)
    with as_operator():
        Person.objects.filter(id=stocked.people["alice_reader"].id).update(role="full", language="da")
    other = stocked.people["alice_reader"].email
    handed_in(bench, csr("us-plain"), 3, entered=account_of(csr("us-plain"), company_name="Acme Holdings"))
    assert written("port_handed_in") == {
        "port@alice.example": ["ERR-05"],
        bench.admin.email: ["ERR-05"],
        other: ["ERR-05"],
    }, "what the check before found is told before the carrier says it"
    pass_time(timedelta(days=4))
    assert written("port_rejected")[other] == ["ERR-05"]
    assert other in written("port_correction_waits"), "and reminded of"
    facts = {"number": "POR-1", "location": "Head office", "errors": ["ERR-05"]}
    danish = render("port_rejected", "da", facts).text
    with translation.override("da"):
        assert str(rejections.rejection("ERR-05").cure) in danish
    assert str(rejections.rejection("ERR-05").cure) not in danish


@pytest.mark.req("PORT-63", "PORT-37")
def test_support_is_asked_about_an_order_and_sees_it(stocked: World) -> None:
    bench = open_bench(stocked, "IT")
    order = handed_in(bench, csr("it-plain"), 2)
    with bench.mine():
        for matter in ("expedite", "late_change", "rejection", "out_of_hours", "rollback"):
            made = ask_support.ask(order.id, matter, "On 8 December at noon, please.")
            assert (made.subject_id, made.facts["matter"]) == (order.id, matter)
            assert made.facts["order"] == order.number
            assert str(SUPPORT_MATTERS[matter]) in made.title
