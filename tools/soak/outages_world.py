"""The settings of an installation whose carrier and whose authority of addresses can be taken away: while the file `outage` stands in
its data directory (T17, outages.py). Everything else is as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from dialtone.config import settings as honest

globals().update({name: value for name, value in vars(honest).items() if name.isupper()})
INSTALLED_APPS = [*honest.INSTALLED_APPS, "tools.soak.outages_world.Away"]
OUTAGE = Path(honest.DATA_DIR) / "outage"


class Away(AppConfig):
    """Puts a door before the sandbox's carrier and authority that the file closes."""

    name = "tools.soak.outages_world"
    label = "outages_world"

    def ready(self) -> None:
        from dialtone.carriers import registry
        from dialtone.carriers.protocol import CarrierAway
        from dialtone.emergency import authority

        carrier = registry.carrier("sandbox")
        for verb in ("do", "observe", "look_up", "gone", "holds", "port_history"):
            setattr(carrier, verb, _behind_door(getattr(carrier, verb), CarrierAway))
        authority.lookup = _behind_door(authority.lookup, ConnectionRefusedError)


def _behind_door(work: Callable[..., Any], error: type[Exception]) -> Callable[..., Any]:
    def ask(*told: Any, **more: Any) -> Any:
        if OUTAGE.exists():
            raise error("the line is dead")
        return work(*told, **more)

    return ask
