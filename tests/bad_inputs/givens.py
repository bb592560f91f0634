"""The circumstances of cases: each changes the standing world in one way. All of it is undone after the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.plugins.standing import Standing
from tests.plugins.world import as_customer, as_operator


def bob_holds_one(standing: Standing) -> None:
    from dialtone.orders import cart

    bob = standing.of["bob"]
    with as_customer(bob.org, bob.admin):
        cart.add(bob.location.id, [cart.Choice(["+12125550190"], "standard")])


def the_reservation_has_just_ended(standing: Standing) -> None:
    from dialtone.base import clock

    clock._frozen.set(standing.of["alice"].cart.until + timedelta(seconds=1))


def a_location_without_emergency_address(standing: Standing) -> None:
    """Another office of Alice's, complete but for the emergency address, takes the place of hers."""
    from dialtone.base.address import CivicAddress
    from dialtone.locations import connect, contract, create_location

    alice = standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        found = create_location.create_location(
            name="No address yet",
            address=CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"),
            time_zone="America/New_York",
        )
        connect.connect(found.id, "calling_plan")
        contract.make_contract(
            found.id, company_name="Alice", first_name="Sam", last_name="Signer", email="sam@example.com"
        )
        contract.sign_contract(found.id, name="Sam Signer", title="Owner", agreed=True, signer_is_admin=True)
    alice.location = found


def alice_is_suspended(standing: Standing) -> None:
    from dialtone.people import change_organisation

    with as_operator():
        change_organisation.suspend(standing.of["alice"].org.id, reason="Unpaid for 90 days")


def the_token_is_revoked(standing: Standing) -> None:
    from dialtone.base import clock

    with as_operator():
        _tokens(standing).update(revoked_at=clock.now())


def the_token_has_ended(standing: Standing) -> None:
    from dialtone.base import clock

    with as_operator():
        _tokens(standing).update(expires_at=clock.now())


def the_token_may_only_read(standing: Standing) -> None:
    with as_operator():
        _tokens(standing).update(scopes=["sees_locations", "sees_numbers"])


def a_port_order_without_papers(standing: Standing) -> None:
    """Three numbers and the whole account, but neither bill nor letter."""
    from dialtone.porting import enter_account
    from tests.porting import bench

    record, alice = bench.csr("us-plain"), standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        order = bench.draft(_bench(standing), record.numbers[:3])
        enter_account.enter(order.id, bench.account_of(record))
    alice.port_order = order


def a_list_of_two_carriers(standing: Standing) -> None:
    from dialtone import countries
    from dialtone.base import clock
    from dialtone.porting import create_order, entry
    from tests.porting import bench

    alice = standing.of["alice"]
    numbers = [bench.csr("us-plain").numbers[0], bench.csr("us-chicago").numbers[0]]
    rules = countries.get("US", clock.today("UTC")).porting
    with as_customer(alice.org, alice.admin):
        alice.port_order = create_order.create(alice.location.id, entry.read_api(numbers, "US", rules))


def a_port_order_under_way(standing: Standing) -> None:
    from tests.porting import bench

    standing.of["alice"].port_order = bench.handed_in(_bench(standing), bench.csr("us-plain"))


def a_port_order_that_is_completed(standing: Standing) -> None:
    """The losing carrier, on being asked, says that all its numbers have moved."""
    from dialtone.base import clock
    from dialtone.carriers import hear
    from dialtone.carriers.statements import COMPLETED, Said
    from dialtone.porting import book, listen

    a_port_order_under_way(standing)
    alice = standing.of["alice"]
    order = alice.port_order
    with as_customer(alice.org, alice.admin):
        said = Said("moved", COMPLETED, clock.now(), numbers=tuple(book.e164s(book.numbers(order.id))))
        hear.hear(
            order.carrier,
            book.reference(order.id),
            [said],
            source=hear.POLL,
            customer_id=order.customer_id,
            partner_id=order.partner_id,
        )
        assert listen.listen(order.id).status == "completed"


def a_port_order_that_is_cancelled(standing: Standing) -> None:
    from dialtone.porting import cancel

    alice = standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        cancel.cancel(alice.port_order.id)


def a_french_order_without_its_letter(standing: Standing) -> None:
    """In France the letter is signed by hand and uploaded; everything else is there."""
    from datetime import timedelta

    from dialtone.base import clock
    from dialtone.porting import attach_paper, enter_account
    from tests.plugins.office import open_office
    from tests.porting import bench

    alice = standing.of["alice"]
    office = open_office(alice.org, alice.admin, country="FR", name="Paris")
    record = bench.csr("fr-plain")
    with as_customer(alice.org, alice.admin):
        paris = bench.Bench(standing.world, office, "FR")
        order = bench.draft(paris, record.numbers, port_type="full")
        enter_account.enter(order.id, bench.account_of(record))
        today = clock.today(order.zone)
        bill = bench.pdf(bench.bill_text(record, dated=today - timedelta(days=10)))
        attach_paper.attach(order.id, "bill", name="bill.pdf", content=bill)
        proof = bench.pdf("proof_of_address")
        day = today - timedelta(days=20)
        attach_paper.attach(order.id, "proof_of_address", name="p.pdf", content=proof, dated_on=day)
    alice.port_order = order


def a_french_order_whose_letter_is_held(standing: Standing) -> None:
    from dialtone.base import clock
    from dialtone.porting import sign_letter
    from tests.bad_inputs import uploads

    a_french_order_without_its_letter(standing)
    alice = standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        today = clock.today(alice.port_order.zone)
        sign_letter.upload(
            alice.port_order.id,
            name="loa.pdf",
            content=uploads.script(),
            signed_on=today,
            signer="Louis Lumière",
        )


def everybody_has_attached_a_bill(standing: Standing) -> None:
    from dialtone.base.models import Document
    from dialtone.porting import attach_paper
    from tests.bad_inputs import uploads

    for name in ("alice", "bob"):
        things = standing.of[name]
        with as_customer(things.org, things.admin):
            kept = attach_paper.attach(things.port_order.id, "bill", name="bill.pdf", content=uploads.plain())
            things.document = Document.objects.get(id=kept.document_id)


def two_hundred_papers_are_there(standing: Standing) -> None:
    from dialtone.base import clock
    from dialtone.base.documents import limits
    from dialtone.base.models import Document

    alice = standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        papers = [
            Document(
                kind="port_other",
                subject_kind="port_order",
                subject_id=alice.port_order.id,
                name=f"{nth}.pdf",
                media_type="application/pdf",
                size=1,
                pages=1,
                content_hash=f"{nth}",
                state="clean",
                added_at=clock.now(),
            )
            for nth in range(limits.MOST_OF_ONE_SUBJECT)
        ]
        Document.objects.bulk_create(papers)


def _bench(standing: Standing) -> Any:
    """Alice's office, as the tests of ports know it."""
    from tests.porting.bench import Bench

    return Bench(standing.world, standing.of["alice"].location, "US")


def _tokens(standing: Standing):  # type: ignore[no-untyped-def]
    from dialtone.people.models import Token

    return Token.objects.filter(person=standing.of["alice"].admin)
