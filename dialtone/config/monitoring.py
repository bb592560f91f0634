"""What a load balancer and the monitoring ask. Docs: docs/operating/monitoring.md.

/healthz says that the process is up; /readyz that it reaches its database; /metrics, to whoever shows `metrics_token`, what waits
and since when, read from the database at the moment of asking, so that it does not matter which process is asked.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

import dialtone
from dialtone.jobs import health


def healthz(request: HttpRequest) -> HttpResponse:
    """Answers without the database: the process is up. `readyz` looks deeper."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """503 while the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text. Without the right token, and where none is set, there is nothing here."""
    wanted = settings.ENVIRONMENT.metrics_token
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not wanted or not hmac.compare_digest(shown.encode(), wanted.encode()):
        return HttpResponse("not found\n", status=404, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(_Installation())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Installation(Collector):
    """One look at the database, as metrics."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = health.look()
        except Error:
            yield _one("up", "1 while the database answers", 0)
            return
        yield _one("up", "1 while the database answers", 1)
        yield _by("info", "The version that answers", "version", {dialtone.__version__: 1})
        yield _by(
            "due",
            "Pieces of work that are due",
            "task",
            {name: each.count for name, each in found.due.items()},
        )
        yield _by(
            "due_oldest_seconds", "How long the oldest has been due", "task",
            {name: each.seconds for name, each in found.due.items()},
        )  # fmt: skip
        yield _by("jobs", "Jobs in the queue", "status", dict(found.jobs))
        yield _one("job_oldest_seconds", "How long the oldest job waits", found.oldest_job_seconds)
        yield _one("workers", "Workers that gave a sign of life within a minute", found.workers)
        yield _one("audit_unsealed", "Audit records that are not sealed yet", found.unsealed.count)
        yield _one(
            "audit_seal_age_seconds", "Age of the oldest record that is not sealed", found.unsealed.seconds
        )
        yield _one("invariants_violated", "What the last run of the auditor found", found.violations)
        if found.audited_at is not None:
            age = (found.at - found.audited_at).total_seconds()
            yield _one("invariants_age_seconds", "How long ago the auditor ran", max(age, 0.0))
        yield _one("desk_open", "Items on the operator's desk", found.desk.count)
        yield _one("desk_overdue", "Items on the desk that are past their time", found.desk_overdue)
        yield _one("letters_given_up", "Letters that could not be sent", found.letters_given_up)


def _one(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"dialtone_{name}", about, value=value)


def _by(name: str, about: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"dialtone_{name}", about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
