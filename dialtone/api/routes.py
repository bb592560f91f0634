"""All routers of the API, one for each subject."""

from __future__ import annotations

from dialtone.api import (
    call_records,
    calls,
    connection,
    emergency,
    licences,
    locations,
    number_search,
    numbers,
    orders,
    organisations,
    people,
    roles,
    sandbox,
)
from dialtone.api.app import api

for subject in (
    people,
    roles,
    organisations,
    licences,
    locations,
    connection,
    emergency,
    numbers,
    number_search,
    orders,
    calls,
    call_records,
    sandbox,
):
    api.add_router("", subject.routes)

__all__ = ["api"]
