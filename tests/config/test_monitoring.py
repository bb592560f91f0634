"""/healthz, /readyz and /metrics."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error
from django.test import Client

from dialtone.base import clock, jobs
from dialtone.config import monitoring
from tests.plugins.world import World, as_operator


@pytest.fixture
def told(settings: Any) -> dict[str, str]:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, metrics_token="a token of the monitoring")
    return {"Authorization": "Bearer a token of the monitoring"}


def test_metrics_are_for_the_monitoring_only(world: World, client: Client, told: dict[str, str]) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer guessed"}).status_code == 404
    assert client.get("/metrics", headers=told).status_code == 200


def test_without_a_token_set_there_are_none(world: World, client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_what_waits_is_told_with_its_age(world: World, client: Client, told: dict[str, str]) -> None:
    from dialtone.base import mail

    with as_operator(world.people["desk"]):
        mail.write("invitation", to="ann@example.com", facts={})
        jobs.defer("installation.audit")
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        said = client.get("/metrics", headers=told).content.decode()
    assert "dialtone_up 1.0" in said
    assert 'dialtone_due{task="mail.send"} 1.0' in said
    assert 'dialtone_due_oldest_seconds{task="mail.send"} 300.0' in said
    assert 'dialtone_jobs{status="todo"} 2.0' in said
    assert "dialtone_workers 0.0" in said


def test_ready_is_who_reaches_the_database(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").status_code == 200

    class Away:
        def cursor(self) -> Any:
            raise Error("away")

    monkeypatch.setattr(monitoring, "connection", Away())
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
