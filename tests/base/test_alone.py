"""Two who do the same in the same instant, where there is no row yet that the second one could wait for: each with a connection of
its own and a real commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.billing.set_party import set_party
from dialtone.calls.close_destination import close_destination
from dialtone.calls.limits import OPERATOR, Told
from dialtone.calls.permissions import Permission
from dialtone.calls.set_limits import set_limits
from dialtone.calls.set_permissions import set_permissions
from dialtone.calls.take_in import take_in
from dialtone.emergency.set_place import set_place
from dialtone.people.identity_providers import set_provider
from dialtone.rates.load import create_list
from dialtone.services.schedules import HOURS, add_schedule
from dialtone.support import directory
from tests.plugins.committed import owner_connection
from tests.plugins.office import open_office, stock
from tests.plugins.world import START, World, as_customer, as_operator

SECONDS = 20


def test_the_second_one_waits_and_then_changes_it_or_is_told_why_not(committed: World) -> None:
    """Without the lock each of these ended in a unique violation, so in a 5xx."""
    alice, admin = committed.alice, committed.people["alice_admin"]
    stock(committed)
    person, site = committed.people["alice_user"], open_office(alice, admin).id
    division, region = sorted(directory.DIVISIONS)[0], directory.REGIONS[0]

    def provider() -> None:
        set_provider(name="Acme", issuer="http://127.0.0.1:9", client_id="c", secret="s", is_only=False)

    def permissions() -> None:
        told = {"INTERNATIONAL": Permission("ALLOW", transfer=True)}
        set_permissions("person", person.id, "Alice", site, told, is_own=True)

    def limits() -> None:
        set_limits(OPERATOR, "Alice", Told(most_calls_at_once=2))

    by_customer = {
        provider: "",
        permissions: "",
        lambda: set_place("person", person.id, "Alice", site, floor="3"): "",
        lambda: set_party(alice, {"legal_name": "Alice Ltd", "country": "US"}): "",
        lambda: add_schedule(site, kind=HOURS, name="Open"): "services.name_taken",
    }
    by_operator = {
        lambda: close_destination("+1312", "Fraud"): "calls.closed_already",
        lambda: create_list("Retail", "USD"): "rates.list_known",
        lambda: directory.keep_contact(division, region, phone="+12125550100"): "",
        lambda: take_in(b"call_id,start,caller,called\n", source="switch"): "",
    }
    inside: list[tuple[Any, Callable[[], Any], str]] = []
    inside += [(lambda: as_customer(alice, admin), work, code) for work, code in by_customer.items()]
    inside += [(as_operator, work, code) for work, code in by_operator.items()]
    inside.append((lambda: as_customer(alice), limits, ""))
    # (did the second one wait, what was either refused), in the order above
    assert [(nth, one_after_the_other(scope, work)) for nth, (scope, work, _code) in enumerate(inside)] == [
        (nth, (True, [code] if code else [])) for nth, (_scope, _work, code) in enumerate(inside)
    ]


def one_after_the_other(scope: Callable[[], Any], work: Callable[[], Any]) -> tuple[bool, Sequence[str]]:
    """Whether the second one waited while the first had not committed, and the codes of what either was refused."""
    done, may_commit, refused = threading.Event(), threading.Event(), []

    def run(*, first: bool) -> None:
        from django.db import connection

        try:
            with clock.frozen(START), scope():
                work()
                if first:
                    done.set()
                    assert may_commit.wait(SECONDS)
        except Problem as problem:
            refused.append(problem.code)
        except Exception as error:
            refused.append(repr(error)[:300])
        finally:
            done.set()
            connection.close()

    threads = [threading.Thread(target=run, kwargs={"first": first}) for first in (True, False)]
    threads[0].start()
    assert done.wait(SECONDS)
    threads[1].start()
    waited = _somebody_waits(threads[1])
    may_commit.set()
    for each in threads:
        each.join(SECONDS)
    return waited, refused


def _somebody_waits(thread: threading.Thread) -> bool:
    """Whether it waits by our word, not at the unique index."""
    with owner_connection() as owner:
        while thread.is_alive():
            row = owner.execute(
                "SELECT locktype FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT l.granted AND a.datname = current_database()"
            ).fetchone()
            if row is not None:
                return bool(row[0] == "advisory")
            time.sleep(0.01)
    return False
