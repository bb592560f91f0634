"""The table of porting errors in the docs is the catalogue's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import translation

from dialtone.porting import rejections

PAGE = Path(__file__).resolve().parents[2] / "docs" / "porting-errors.md"
HEAD = """# Porting errors

What a losing carrier refuses, what it means, and what cures it. Written from `dialtone/porting/rejections.yaml` by
`DIALTONE_REWRITE=1 ./run test tests/porting/test_error_table.py`; a test compares.

| error | what it is called | what it means | what cures it | field | foretold by |
|---|---|---|---|---|---|
"""


def page() -> str:
    with translation.override("en"):
        rows = [
            f"| {each.id} | {each.title} | {each.meaning} | {each.cure} | {f'`{each.field}`' if each.field else '–'} "
            f"| {', '.join(each.predicted) or '–'} |\n"
            for each in rejections.catalogue().values()
        ]
    return HEAD + "".join(rows)


@pytest.mark.req("ERR-20", "ERR-21")
def test_the_table_is_current() -> None:
    if os.environ.get("DIALTONE_REWRITE"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "rewrite it with DIALTONE_REWRITE=1"
