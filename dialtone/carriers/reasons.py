"""Carriers' own codes of rejections, mapped to the porting catalogue (`reasons.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

UNKNOWN = "ERR-08"


def error_of(carrier: str, code: str) -> str:
    """The ERR id of a carrier's code; ERR-08 for one that nobody has mapped. The desk speaks in ERR ids itself.

    >>> error_of("sandbox", "ACCT-MISMATCH"), error_of("sandbox", "ZX-77"), error_of("desk", "ERR-03")
    ('ERR-01', 'ERR-08', 'ERR-03')
    """
    if carrier == "desk" and code.startswith("ERR-"):
        return code
    table = _table()
    return table.get(carrier, {}).get(code) or table["any"].get(code, UNKNOWN)


@cache
def _table() -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("reasons.yaml").read_text())
    return {carrier: {str(code): id for code, id in codes.items()} for carrier, codes in told.items()}
