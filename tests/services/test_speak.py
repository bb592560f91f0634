"""Texts are spoken by a program of the operator's; without it that is said, and what it answers is read like any recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialtone.base.problems import Problem
from dialtone.services import speak, wav


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A stand-in for espeak-ng that keeps what it was asked, and answers what the line says."""

    def write(line: str) -> Path:
        (tmp_path / "hello.wav").write_bytes(wav.written(bytes(16_000)))
        file = tmp_path / speak.PROGRAM
        file.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat > {tmp_path}/said\n{line}\n')
        file.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return tmp_path

    return write


def code_of(*told: Any) -> str:
    with pytest.raises(Problem) as refused:
        speak.speak(*told)
    return refused.value.code


def test_every_language_has_its_voice_and_the_text_is_no_argument(
    program: Callable[[str], Path], settings: Any
) -> None:
    there = program('cat "$(dirname "$0")/hello.wav"')
    assert speak.is_there()
    assert set(speak.VOICES) == {code for code, _name in settings.LANGUAGES}
    for language, voice in (("nb", "nb"), ("zh-hant", "cmn")):
        spoken = wav.read(speak.speak(" --stdout  Hei; rm -rf /", language))
        assert spoken.milliseconds == 1000
        assert (there / "asked").read_text() == f"-v {voice} --stdin --stdout\n"
        assert (there / "said").read_text() == "--stdout Hei; rm -rf /"


def test_what_cannot_be_spoken_is_refused_by_name(
    program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program("exit 1")
    assert code_of("Hello", "en") == "services.not_spoken"
    assert code_of("", "en") == "field.required"
    assert code_of("x" * 2001, "en") == "field.too_long"
    assert code_of("Hello", "fr") == "field.not_allowed"
    monkeypatch.setenv("PATH", "/nowhere")
    assert not speak.is_there()
    assert code_of("Hello", "en") == "services.no_speech"
