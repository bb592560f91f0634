"""A database that is away: pages and API say so and when to come again, and show nothing of it."""

from __future__ import annotations

import errno
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from procrastinate.exceptions import ConnectorException

from dialtone.base import tenancy


def wrapped(error: Exception) -> Exception:
    outer = ConnectorException()
    outer.__cause__ = error
    return outer


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/v1/locations"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("no socket at /run/x"), 503),
        (wrapped(psycopg.errors.DiskFull("no socket")), 503),  # as the queue does
        (OSError(errno.ENOSPC, "no socket"), 503),
        (OSError(errno.EACCES, "no socket"), 500),
        (KeyError("no socket"), 500),
    ],
)
def test_each_door_says_when_to_come_again(settings: Any, path: str, error: Exception, status: int) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    client = Client(raise_request_exception=False)
    with patch.object(tenancy, "door_scope", side_effect=error):
        answer = client.get(path)
    assert answer.status_code == status
    assert answer.get("Retry-After") == ("5" if status == 503 else None)
    assert b"no socket" not in answer.content
    assert b"Traceback" not in answer.content
    kind = "application/json" if path.startswith("/v1/") else "text/html"
    assert answer["Content-Type"].startswith(kind)
    if kind == "application/json":
        assert answer.json()["errors"][0]["code"] == "api.crashed"
