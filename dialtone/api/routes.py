"""All routers of the API."""

from __future__ import annotations

from dialtone.api import compatible, orders, sandbox
from dialtone.api.app import api

api.add_router("", orders.routes)
api.add_router("", compatible.routes)
api.add_router("", sandbox.routes)

__all__ = ["api"]
