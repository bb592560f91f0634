"""Fixtures for all tests. Alice and Bob are customers of partner P; Charlie is a customer of partner Q."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.plugins.environment import DATA, WORKER

pytest_plugins = [
    "tests.plugins.ready",
    "tests.plugins.world",
    "tests.plugins.office",
    "tests.plugins.standing",
    "tests.plugins.papers",
    "tests.plugins.identity_provider",
    "tests.plugins.committed",
    "tests.plugins.served",
    "tests.plugins.walk",
    "tests.plugins.real",
]


# A slow machine is no fault of what is tested; speed is for bench/.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    config.addinivalue_line("markers", "req(*ids): the requirements of features.md that this test exercises")
    config.addinivalue_line("markers", "browser: drives Chromium")
    config.addinivalue_line(
        "markers", "soak: too long for `./run test`; by `./run soak walks` (plugins/sampled.py)"
    )


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: the collector of garbage need not walk through all of it again and
    again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """We make our databases ourselves."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A copy of the migrated template for this worker, reached as the runtime login."""
    from django.db import connections

    from tests import cluster
    from tests.plugins import ready

    sock, name = cluster.template(WORKER)
    for alias in connections:
        connections[alias].settings_dict.update({"HOST": sock, "NAME": name})
        connections.settings[alias].update({"HOST": sock, "NAME": name})
    yield
    with django_db_blocker.unblock():
        ready.end()
        for connection in connections.all():
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()
    cluster.drop(sock, name)
