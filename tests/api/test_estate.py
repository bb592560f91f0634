"""An estate by a partner's program and on the command line of the operator: a file in, its plan, the decision, the same file out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialtone.base import ids
from tests.api.conftest import Answered, Caller, outside
from tests.estate import sample
from tests.plugins.world import World

ALL = "/telephony/pstn/estateImports"
OUT = "/telephony/pstn/estate/export"
# A partner that names none means itself.
CUSTOMERS = sample.CUSTOMERS.replace("Partner P", "").replace("Partner Q", "partner p")


def _sent(who: Caller, **files: bytes) -> Answered:
    uploads = [SimpleUploadedFile(f"{name}.zip", content) for name, content in files.items()]
    told = who.client.post(f"/v1{ALL}", {"files": uploads}, headers=who.headers)
    return Answered(told.status_code, json.loads(told.content), told.headers)


def _worked(who: Caller, id: str) -> Answered:
    from dialtone.estate import work

    work.work(ids.inside(id, "ESTATE_IMPORT"))
    return who.get(f"{ALL}/{id}")


def _file(who: Caller, query: str = "") -> Any:
    return who.client.get(f"/v1{OUT}{query}", headers=who.headers)


def test_a_partner_brings_its_own_customers_in_and_nobody_elses(
    stocked: World, caller: Callable[[str], Caller]
) -> None:
    p, q = caller("partner_admin"), caller("partner_admin_q")
    refused = _sent(p, estate=b"PK\x03\x04 nothing")
    assert refused.status == 201, "a file is kept as it came, and read by the worker"
    told = _worked(p, refused.body["id"]).body
    assert (told["state"], told["faultCount"], told["may"]) == ("refused", 1, [])
    assert caller("alice_admin").get(ALL).status == 403

    foreign = _worked(p, _sent(p, estate=sample.zipped()).body["id"]).body
    assert foreign["state"] == "refused"
    faults = p.get(f"{ALL}/{foreign['id']}/faults").body["faults"]
    assert [(each["code"], each["field"]) for each in faults] == [
        ("estate.partner_unknown", "/customers/3/partner")
    ], "another partner's customer, said as if there were no such partner"

    content = sample.zipped(customers=CUSTOMERS)
    id = _sent(p, estate=content).body["id"]
    assert q.get(f"{ALL}/{id}").status == q.post(f"{ALL}/{id}/actions/apply/invoke").status == 404
    assert p.post(f"{ALL}/{id}/actions/apply/invoke").codes == ["estate.wrong_state"]
    assert _worked(p, id).body["counts"]["numbers"] == 16
    for verb, state in (("apply", "applied"), ("confirm", "confirmed")):
        assert p.post(f"{ALL}/{id}/actions/{verb}/invoke").status == 200
        now = _worked(p, id).body
        assert (now["state"], now["piecesDone"]) == (state, now["pieces"])
        out = sample.canonical(_file(p).content)
        there = [each for each in out["numbers.csv"].decode().splitlines() if "+" in each]
        assert sorted(there) == sorted(sample.NUMBERS.splitlines()[1:])
    assert b"Harbour" not in sample.canonical(_file(q).content)["customers.csv"]
    one = outside("ORGANIZATION", stocked.charlie.id)
    assert b"Charlie" not in sample.canonical(_file(p, f"?customerId={one}").content)["customers.csv"]
    assert p.post(f"{ALL}/{id}/actions/undo/invoke").codes == ["estate.wrong_state"]


def test_on_the_command_line_of_the_operator(
    stocked: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dialtone.cli import estate_command, start

    monkeypatch.setattr(start, "running", lambda: None)
    desk = stocked.people["desk"].email

    def told(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        estate_command.add(parser)
        status = estate_command.run(parser.parse_args([*words, "--as", desk]))
        return status, capsys.readouterr().out

    for name, text in sample.SHEETS.items():
        (tmp_path / f"{name}.csv").write_text(text)
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(b"PK\x03\x04")
    assert told("plan", str(wrong))[0] == start.REFUSED
    status, out = told("plan", *(str(tmp_path / f"{name}.csv") for name in sample.SHEETS))
    assert (status, out.split()[-1]) == (start.DONE, "planned")
    id = out.split()[-2]
    assert told("apply", id)[1].split()[-1] == "applied"
    assert told("confirm", id)[1].split()[-1] == "confirmed"
    target = tmp_path / "out.zip"
    assert told("export", str(target), "--customer", "Harbour Freight")[0] == start.DONE
    found = sample.canonical(target.read_bytes())
    assert found["numbers.csv"].count(b"+12122074") == 2 * 10
    assert b"Mill" not in found["customers.csv"]
