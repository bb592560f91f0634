"""Orders over HTTP, from the request to the answer, without a goal (performance.md section 1): published to be compared with.

A sandbox as `./run` serves it, on PostgreSQL with fsync: one web process, the worker beside it provisioning what is ordered, and
16 clients on the same cores, each with a connection of its own and ordering one number after the other.
"""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
import threading
import time
from pathlib import Path

from bench import server

CLIENTS = 16


def report(quick: bool = False) -> str:
    """The section of docs/benchmarks.md, in Markdown."""
    from tools.soak.shared import OFFICE, REPO, Served

    folder = Path(tempfile.mkdtemp(prefix="dialtone-bench-"))
    served = Served(folder / "data")
    served.environment |= {
        "DIALTONE_API_REQUESTS_PER_MINUTE": "1000000",
        "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
        "PYTHONPATH": str(REPO),
    }
    try:
        served.start()
        made = served.dialtone("-c", OFFICE)
        assert made.returncode == 0, made.stderr
        location = made.stdout.strip().splitlines()[-1]
        rows = [_measured(served, location, clients, 2 if quick else 20) for clients in (1, CLIENTS)]
    finally:
        served.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return (
        "## Orders over HTTP\n\n"
        f"`POST /v1/telephony/pstn/orders` for any one number of an area; {server.machine()}. Server, worker, PostgreSQL with "
        "fsync and the clients share the cores; the worker provisions meanwhile. No goal is set.\n\n"
        "| clients | orders/s | median | 95 % within | refused |\n| --- | --- | --- | --- | --- |\n"
        + "\n".join(rows)
        + "\n"
    )


def _measured(served: object, location: str, clients: int, seconds: float) -> str:
    """One row: orders of so many clients at once."""
    client = _Clients(served.url, _token(served.data_dir), location)  # type: ignore[attr-defined]
    client.order_for(1.0, clients)  # the first search reads the inventory
    took, refused = client.order_for(seconds, clients)
    took.sort()
    assert took, "no order was placed"
    middle, late = took[len(took) // 2], took[len(took) * 95 // 100]
    return f"| {clients} | {len(took) / seconds:.0f} | {server.shown(middle)} | {server.shown(late)} | {refused} |"


def _token(data_dir: Path) -> str:
    return str(json.loads((data_dir / "sandbox.json").read_text())["customer_admin"]["token"])


class _Clients:
    """Programs that order."""

    def __init__(self, url: str, token: str, location: str) -> None:
        self.place = url.removeprefix("http://")
        self.token = token
        self.body = json.dumps({"locationId": location, "quantity": 1, "areaCode": "212"})

    def order_for(self, seconds: float, clients: int) -> tuple[list[float], int]:
        """(seconds that each order took, how many were refused)."""
        took: list[float] = []
        refused: list[int] = []
        until = time.perf_counter() + seconds

        def order_on(nth: int) -> None:
            link = http.client.HTTPConnection(self.place, timeout=60)
            begun = time.perf_counter()
            while begun < until:
                headers = {
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"{nth}-{begun}",
                }
                link.request("POST", "/v1/telephony/pstn/orders", self.body, headers)
                answer = link.getresponse()
                answer.read()
                ended = time.perf_counter()
                if answer.status == 201:
                    took.append(ended - begun)
                else:
                    refused.append(answer.status)
                begun = ended

        threads = [threading.Thread(target=order_on, args=(nth,)) for nth in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return took, len(refused)
