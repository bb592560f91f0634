"""`dialtone order` and `dialtone inventory` speak to the same verbs as the pages and the API, with statuses for scripts."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.served import Served


def told(served: Served, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`dialtone` with these words, beside the running server."""
    done = served.helper.ask("command", words=words, variables=variables)
    return subprocess.CompletedProcess(words, done["status"], done["out"], done["err"])


def order(served: Served, token: str, *words: str) -> subprocess.CompletedProcess[str]:
    return told(served, "order", *words, DIALTONE_TOKEN=token)


@pytest.mark.req("ORD-06", "ORD-14")
def test_an_order_from_search_to_its_lines(served: Served) -> None:
    # This one as a process of its own, from the command line to its end.
    known = json.loads(served.dialtone("demo", "--newcomer", "Console Ltd"))["admin"]
    served.known["console"] = known
    served.offices("console", "US")
    customer, token = "Console Ltd", known["token"]

    found = order(served, token, "search", "--area-code", "212", "--max", "2", "--json")
    assert found.returncode == 0, found.stderr
    free: list[dict[str, Any]] = json.loads(found.stdout)
    assert len(free) == 2
    refused = order(served, token, "place", "--location", "Office US", "+1911", "2125550100")
    assert refused.returncode == 1
    assert "numbers/0: +1911 is an emergency or short number." in refused.stderr
    assert "[phone.national]" in refused.stderr
    held = order(served, token, "reserve", "--location", "Office US", free[0]["first"], "--json")
    assert held.returncode == 0, held.stderr
    reservation = json.loads(held.stdout)["reservation"]
    placed = order(served, token, "place", "--reservation", reservation, "--json")
    assert placed.returncode == 0, placed.stderr
    number = json.loads(placed.stdout)["order"]
    by_operator = order(
        served,
        "",
        "list",
        "--as",
        served.known["operator"]["email"],
        "--customer",
        customer,
        "--reason",
        "asked by phone",
    )
    assert by_operator.returncode == 0, by_operator.stderr
    assert number in by_operator.stdout
    assert free[0]["first"] in order(served, token, "show", number).stdout


def test_who_acts_and_for_whom_has_to_be_said(served: Served) -> None:
    nobody = order(served, "", "list")
    assert nobody.returncode == 2
    assert "Who acts?" in nobody.stderr
    assert order(served, "dt_wrong", "list").returncode == 1
    desk = served.known["operator"]["email"]
    without_reason = order(served, "", "list", "--as", desk, "--customer", "Acme Instruments")
    assert without_reason.returncode == 1
    assert without_reason.stderr.startswith("reason: ")


def test_a_delivery_shows_its_plan_and_is_applied_when_told_to(served: Served, tmp_path: Path) -> None:
    area = f"{os.getpid() % 90 + 10}"  # its own numbers, however often this runs on one sandbox
    file = tmp_path / "delivery.csv"
    file.write_text(
        "first,last,country,state,area_code,city,rate_center,kind,carrier\n"
        f"131266{area}000,131266{area}099,US,IL,312,Chicago,CHICAGO Z1,standard,sandbox\n"
        "131211,131211,US,IL,312,Chicago,CHICAGO Z1,standard,sandbox\n"
    )
    load = ("inventory", "load", str(file))
    planned = told(served, *load, "--bad-rows", str(tmp_path / "bad.csv"))
    assert planned.returncode == 0, planned.stderr
    assert "100  numbers new" in planned.stdout
    assert "1  rows that are left out" in planned.stdout
    assert "Nothing has been changed" in planned.stdout
    assert len((tmp_path / "bad.csv").read_text().splitlines()) == 2
    applied = told(served, *load, "--apply", "--looked")
    assert applied.returncode == 0, applied.stderr
    assert "100 numbers are in the inventory now." in applied.stdout
    assert "has been loaded already" in told(served, *load, "--apply").stdout
    file.write_text("this is no delivery\n")
    assert told(served, *load).returncode == 1
    assert told(served, "inventory", "load", str(tmp_path / "gone.csv")).returncode == 2
