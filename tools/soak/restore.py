"""T12 at the small set: an order, a backup, an erasure, then the data directory is destroyed and comes back elsewhere.

Afterwards the auditor is clean, the order is there, signing in works, another order can be placed, and a paper that was erased
after the backup stays erased although the backup still has it (S9).
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import shutil
import signal
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from tools.soak.shared import OFFICE, REPO, Served

PAPER = """
import sys
from uuid import UUID, uuid4
import django; django.setup()
from dialtone.base import documents, tenancy
from dialtone.base.models import Document
from dialtone.people.models import Organisation
with tenancy.operator_scope():
    org = Organisation._base_manager.get(name="Acme Instruments")
with tenancy.customer_scope(org.id, org.partner_id):
    if sys.argv[1] == "store":
        from io import BytesIO
        from PIL import Image
        made = BytesIO()
        Image.new("RGB", (64, 64), "navy").save(made, "PNG")
        print(documents.store(kind="bill", subject_kind="test", subject_id=uuid4(), name="bill.png", content=made.getvalue()).id)
    elif sys.argv[1] == "erase":
        print(documents.erase(UUID(sys.argv[2]), reason="retention_ended").state)
    else:
        print(Document.objects.get(id=sys.argv[2]).state)
"""


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    folder = Path(tempfile.mkdtemp(prefix="dialtone-restore-"))
    try:
        return _drill(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _drill(folder: Path) -> list[str]:
    first = _served(folder / "first")
    try:
        first.start()
        location = _said(first, "-c", OFFICE)
        kept, erased = _said(first, "-c", PAPER, "store"), _said(first, "-c", PAPER, "store")
        order = _order(first, location, "before")
        backup = _said(
            first,
            "-m",
            "dialtone.cli",
            "backup",
            "--to",
            str(folder / "backups"),
            "--keys-to",
            str(folder / "keys"),
            first=True,
        )
        _said(first, "-c", PAPER, "erase", erased)
        shutil.copy(first.data_dir / "erasures.jsonl", folder / "erasures.jsonl")
    finally:
        _destroy(first)
    second = _served(folder / "second")
    restored = second.dialtone(
        "-m", "dialtone.cli", "restore", backup, "--keys", str(folder / "keys"), "--erasures", str(folder / "erasures.jsonl")
    )  # fmt: skip
    if restored.returncode or "all invariants hold" not in restored.stdout:
        return [f"the restore failed: {restored.stdout[-1500:]}{restored.stderr[-1500:]}"]
    found = []
    try:
        second.start()
        status, answer = second.call("GET", f"/telephony/pstn/orders/{order}")
        if status != 200 or answer["status"] != "PROVISIONED":
            found.append(f"the order is not there: {status}")
        if not _signs_in(second):
            found.append("signing in does not work")
        _order(second, location, "after")
        states = _said(second, "-c", PAPER, "state", kept), _said(second, "-c", PAPER, "state", erased)
        if states != ("clean", "erased"):
            found.append(f"papers came back as {states}")
        audited = second.dialtone("-m", "dialtone.cli", "audit")
        if audited.returncode:
            found.append(audited.stdout[-1500:] + audited.stderr[-1500:])
    finally:
        second.stop()
    return found


def _served(data_dir: Path) -> Served:
    made = Served(data_dir)
    made.environment |= {"DJANGO_SETTINGS_MODULE": "dialtone.config.settings", "PYTHONPATH": str(REPO)}
    return made


def _said(served: Served, *words: str, first: bool = False) -> str:
    """The last (or first) line that a command says. Raises RuntimeError with its complaint."""
    done = served.dialtone(*words)
    if done.returncode:
        raise RuntimeError(f"{words[:4]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout.strip().splitlines()[0 if first else -1]


def _order(served: Served, location: str, key: str) -> str:
    """Order a number and wait until it is live; answers the order's id. Raises RuntimeError."""
    body = {"locationId": location, "quantity": 1, "areaCode": "212"}
    status, placed = served.call("POST", "/telephony/pstn/orders", body, key)
    if status != 201:
        raise RuntimeError(f"the order {key} the disaster was refused: {status}")
    until = time.monotonic() + 120
    while time.monotonic() < until:
        _status, order = served.call("GET", f"/telephony/pstn/orders/{placed['id']}")
        if order and order["status"] == "PROVISIONED":
            return str(placed["id"])
        time.sleep(0.5)
    raise RuntimeError(f"the order {key} the disaster was not done in time")


def _signs_in(served: Served) -> bool:
    """By e-mail address and password, as a browser does."""
    known = json.loads((served.data_dir / "sandbox.json").read_text())["customer_admin"]
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    page = browser.open(f"{served.url}/account/login/", timeout=60).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        return False
    form = {"csrfmiddlewaretoken": token[1], "login": known["email"], "password": known["password"]}
    request = urllib.request.Request(
        f"{served.url}/account/login/",
        urllib.parse.urlencode(form).encode(),
        {"Referer": f"{served.url}/account/login/"},
    )
    return "/account/login" not in str(browser.open(request, timeout=60).geturl())


def _destroy(served: Served) -> None:
    """As a fire would: every process is killed, and the data directory is gone."""
    for pid in served.pids(""):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    if served.process is not None:
        served.process.wait(60)
    shutil.rmtree(served.data_dir, ignore_errors=True)
