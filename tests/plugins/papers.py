"""Papers that many tests attach: the parser's process is started once for the same bytes, not once a test."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from dialtone.base.documents import examination

_real = examination._in_child
_answers: dict[tuple[str, str], tuple[dict[str, object], bytes]] = {}


@pytest.fixture
def examined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of the real child process, remembered by what the file is. Its own tests (tests/base/test_documents.py) do not use
    this: they start it each time.
    """

    def in_child(kind: str, content: bytes, field: str) -> tuple[dict[str, Any], bytes]:
        key = (kind, hashlib.sha256(content).hexdigest())
        if key not in _answers:
            _answers[key] = _real(kind, content, field)
        return _answers[key]

    monkeypatch.setattr(examination, "_in_child", in_child)
