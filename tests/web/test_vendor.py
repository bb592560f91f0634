"""What tools/vendor.mjs copied from npm is what is in the tree, and looks for no file that is not there."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "dialtone" / "web" / "static" / "vendor"
SUMS = {
    name: digest
    for digest, name in (line.split("  ", 1) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
}


@pytest.mark.parametrize("name", sorted(SUMS))
def test_file_is_unchanged(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_file_is_listed() -> None:
    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert found - {"SHA256SUMS"} == set(SUMS)


@pytest.mark.parametrize("folder", sorted({name.split("/")[0] for name in SUMS}))
def test_every_folder_has_its_licence(folder: str) -> None:
    assert len((VENDOR / folder / "LICENSE").read_text()) > 400


def test_no_file_names_a_source_map_or_another_host() -> None:
    for name in SUMS:
        if name.endswith((".css", ".js", ".svg")):
            text = (VENDOR / name).read_text()
            assert "sourceMappingURL" not in text, name
            assert not re.search(r"""(url\(|@import|src=)["']?(https?:)?//""", text), name
