"""The examples in the docstrings of the pure modules run."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["delivery_states", "places", "query", "wish"])
def test_examples(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"dialtone.numbers.inventory.{module}"))
    assert found.attempted > 0
    assert found.failed == 0
