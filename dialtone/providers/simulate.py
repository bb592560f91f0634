"""The made-up catalogue of a sandbox; what it adds says that it is simulated (H26)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from dialtone import countries
from dialtone.base import clock
from dialtone.providers.keep_provider import add_provider
from dialtone.providers.models import Provider


def simulate() -> list[Provider]:
    """Add the made-up providers to the catalogue, in the operator's scope. Raises what `add_provider` raises."""
    told: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("simulated.yaml").read_text())
    served = sorted(countries.served(clock.now().date()))
    made = []
    for each in told:
        markets = served if each["markets"] == "all" else [one for one in each["markets"] if one in served]
        made.append(add_provider(**{**each, "markets": markets}, is_simulated=True))
    return made
