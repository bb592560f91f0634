"""All routers of the API: every module of this door that has `routes`. No two of them know one address."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from dialtone import api as door
from dialtone.api.app import api

for module in sorted(found.name for found in iter_modules(door.__path__)):
    if module != "routes":
        routes = getattr(import_module(f"{door.__name__}.{module}"), "routes", None)
        if routes is not None:
            api.add_router("", routes)

__all__ = ["api"]
