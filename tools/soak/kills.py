"""T6: web, worker and PostgreSQL are killed while orders are placed; afterwards every acknowledged order is there and done.

5 kills of each kind at the gate; no acknowledged order is lost, none is stuck 60 s later, and the auditor finds nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

from tools.soak.shared import OFFICE, REPO, Served


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    folder = Path(tempfile.mkdtemp(prefix="dialtone-kills-"))
    served = Served(folder / "data")
    try:
        served.start()
        return _kills(served, 100 if full else 5)
    finally:
        served.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _kills(served: Served, kills: int) -> list[str]:
    served.environment["DJANGO_SETTINGS_MODULE"] = "dialtone.config.settings"
    served.environment["PYTHONPATH"] = str(REPO)
    made = served.dialtone("-c", OFFICE)
    if made.returncode:
        return [made.stderr[-1500:]]
    location = made.stdout.strip().splitlines()[-1]
    acknowledged: list[str] = []
    stop = threading.Event()

    def order_on(thread: int) -> None:
        for count in range(10_000):
            if stop.is_set():
                return
            body = {"locationId": location, "quantity": 1, "areaCode": "212"}
            key = f"{thread}-{count}"
            for _try in range(40):  # the same key again until there is an answer: one order, however often
                status, answer = served.call("POST", "/telephony/pstn/orders", body, key)
                if status == 201:
                    acknowledged.append(answer["id"])
                    break
                if status in (409, 422, 429):
                    break
                time.sleep(0.5)
            time.sleep(0.2)

    threads = [threading.Thread(target=order_on, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    found: list[str] = []
    for round_ in range(kills):
        for what in ("dialtone.cli web", "dialtone.cli worker", "postgres"):
            time.sleep(2.0)
            pids = served.pids(what)
            patience = time.monotonic() + 20  # it may still be on its way up from the last kill
            while not pids and time.monotonic() < patience:
                time.sleep(0.2)
                pids = served.pids(what)
            if not pids:
                found.append(f"round {round_}: nothing to kill for {what}")
            for pid in pids[:1] if what == "postgres" else pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
    time.sleep(4)
    stop.set()
    for thread in threads:
        thread.join()
    served.await_ready(60)
    until = time.monotonic() + 60
    left = set(acknowledged)
    while left and time.monotonic() < until:
        for order in list(left):
            status, answer = served.call("GET", f"/telephony/pstn/orders/{order}")
            if status == 200 and answer["status"] == "PROVISIONED":
                left.discard(order)
            elif status == 404:
                found.append(f"an acknowledged order is lost: {order}")
                left.discard(order)
        time.sleep(0.5)
    print(
        f"  kills: {3 * kills} kills, {len(acknowledged)} orders acknowledged, {len(left)} not done after 60 s",
        flush=True,
    )
    if not acknowledged:
        found.append("no order was acknowledged, so this test proves nothing")
    found += [f"stuck: {order}" for order in list(left)[:5]]
    audited = served.dialtone("-m", "dialtone.cli", "audit")
    if audited.returncode:
        found.append(audited.stdout[-1500:] + audited.stderr[-1500:])
    return found
