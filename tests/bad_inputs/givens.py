"""The circumstances of cases: each changes the standing world in one way. All of it is undone after the case."""

from __future__ import annotations

from datetime import timedelta

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


def _tokens(standing: Standing):  # type: ignore[no-untyped-def]
    from dialtone.people.models import Token

    return Token.objects.filter(person=standing.of["alice"].admin)
