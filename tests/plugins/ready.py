"""Worlds that stand already: each worker has a database with the stocked world, and one with Alice's office in it besides.

Most tests begin with one of them, and making it takes some hundred statements. So it is made once, when the first test of the
worker asks for it, in a database beside the empty one; from then on such a test opens its transaction there and is handed a copy
of the Python objects. A test that asks for neither, or only while it runs, stays in the empty database, where the fixtures make
what they are asked for. `standing.py` is the same for a module that puts thousands of questions to one world.
"""

from __future__ import annotations

import pickle
from typing import Any

import pytest

EMPTY = ""
# The richest first: whoever asks for the office gets the stocked world with it.
KINDS = ("office", "stocked")
# By kind: Django's connection to that database, and the pickled world.
_connections: dict[str, Any] = {}
_worlds: dict[str, bytes] = {}
_now = EMPTY


def standing_here() -> Any:
    """A fresh copy of the world that stands in the database of this test; None where there is none."""
    return pickle.loads(_worlds[_now]) if _now else None


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> None:
    """Just before a test's transaction is opened: lead it to the database with what it asks for."""
    opens = fixturedef.argname == "_django_db_helper"
    if not opens and "django_db_blocker" not in fixturedef.argnames:
        return
    if fixturedef.argname == "django_db_setup":
        return
    from django.db import connections

    asked = request._pyfuncitem.fixturenames
    wanted = next((kind for kind in KINDS if kind in asked), EMPTY) if opens else EMPTY
    if wanted == _now or connections["default"].in_atomic_block:  # a world that stands for its module
        return
    if wanted and wanted not in _worlds:
        request.getfixturevalue("django_db_setup")
        _make(wanted, request.getfixturevalue("django_db_blocker"))
    else:
        _go(wanted)


def _go(kind: str) -> None:
    """From here on `django.db.connection` is the one to this database; the others stay open."""
    global _now
    from django.db import connections

    _connections[_now] = connections["default"]
    connections["default"] = _connections[kind]
    _now = kind


def _make(kind: str, blocker: Any) -> None:
    """Copy the empty template, and have the world made there as a test's fixtures would."""
    from copy import deepcopy

    from django.db import connections, transaction

    from dialtone.base import clock
    from tests import cluster

    # Here, as it changes the environment, and soaks that have one of their own take the world from `world.py` and `office.py`.
    from tests.plugins.environment import WORKER
    from tests.plugins.office import open_office, stock
    from tests.plugins.world import START, build_world

    if _now:
        _go(EMPTY)
    _, name = cluster.template(f"{WORKER}_{kind}")
    connection = connections.create_connection("default")
    connection.settings_dict = {**deepcopy(connection.settings_dict), "NAME": name}
    vars(connection)["_connection_pools"] = {}  # the pool of the class leads to the empty database
    _connections[kind] = connection
    _go(kind)
    with blocker.unblock(), clock.frozen(START), transaction.atomic():
        world = build_world()
        stock(world)
        world.stocked = True
        if kind == "office":
            world.office = open_office(world.alice, world.people["alice_admin"])
        _worlds[kind] = pickle.dumps(world)
        # As in a test, what waits for the commit does not happen.
        connection.run_on_commit = []


def end() -> None:
    """Remove this worker's databases; `django.db.connection` is again the one to the empty database."""
    from tests import cluster

    if _now:
        _go(EMPTY)
    for kind in _worlds:
        told = _connections[kind].settings_dict
        _connections[kind].close()
        _connections[kind].close_pool()
        cluster.drop(told["HOST"], told["NAME"])
