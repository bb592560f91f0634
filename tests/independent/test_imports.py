"""What checks Dialtone from outside imports nothing of it."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return {name.split(".")[0] for name in found}


def test_nothing_of_dialtone_is_imported() -> None:
    files = [each for each in HERE.glob("*.py") if each != Path(__file__)]
    assert any(each.name == "one_call.py" for each in files)
    for file in files:
        assert not imported(file) & {"dialtone", "django", ""}, file
