"""The operator keeps the catalogue: adds a provider, changes what is said of one, ends its offer (PROV-01).

Both verbs run in the operator's scope.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone import countries
from dialtone.base import clock, record
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean, search_key
from dialtone.providers import rules
from dialtone.providers.models import Provider

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def add_provider(*, code: object, is_simulated: bool = False, **said: Any) -> Provider:
    """A new provider; `said` as in `change_provider`. Raises Problems providers.code, providers.code_taken,
    providers.choice, providers.contact_centre (USE-01), field.*."""
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise Problem("providers.code", field="/code", values={"value": str(code)[:40]})
    made = Provider(code=code, is_simulated=is_simulated, created_at=clock.now())
    _say(made, **said)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("providers.code_taken", field="/code", values={"value": code}) from error
    record.change(made, "provider_added", name=made.name, after=_facts(made))
    return made


def change_provider(provider_id: UUID, *, seen: int | None = None, **said: Any) -> Provider:
    """Say it anew: name, standing, connection, service_types, markets, summary, is_offered. `seen` is the version that
    the change was made from. Raises Problem not_found, version.stale, and Problems as `add_provider`."""
    found: Provider | None = Provider.objects.select_for_update().filter(id=provider_id).first()
    if found is None:
        raise Problem("not_found")
    if seen is not None and seen != found.version:
        raise Problem("version.stale")
    before = _facts(found)
    _say(found, **said)
    if _facts(found) == before:
        return found
    found.version += 1
    found.save()
    record.change(found, "provider_changed", name=found.name, before=before, after=_facts(found))
    return found


def _say(
    provider: Provider,
    *,
    name: object,
    standing: object,
    connection: object,
    service_types: Iterable[object],
    markets: Iterable[object],
    summary: object = "",
    is_offered: bool = True,
) -> None:
    wrong: list[Problem] = []

    def put(attribute: str, read: Any) -> None:
        try:
            setattr(provider, attribute, read())
        except Problem as problem:
            wrong.append(problem)

    served = sorted(countries.served(clock.now().date()))
    put("name", lambda: clean(name, field="/name", limit=80))
    put("summary", lambda: clean(summary, field="/summary", limit=1000, required=False))
    put("standing", lambda: _one(standing, rules.STANDINGS, "/standing"))
    put("connection", lambda: _one(connection, rules.CONNECTIONS, "/connection"))
    put("service_types", lambda: _some(service_types, rules.SERVICE_TYPES, "/serviceTypes"))
    put("markets", lambda: _some(markets, served, "/markets"))
    if rules.CONTACT_CENTER in provider.service_types and provider.connection == rules.CALLING_PLAN:
        wrong.append(Problem("providers.contact_centre", field="/serviceTypes"))
    if wrong:
        raise Problems(wrong)
    provider.search_name = search_key(provider.name)
    provider.is_offered = bool(is_offered)


def _one(value: object, choices: Iterable[str], field: str) -> str:
    for choice in choices:
        if value == choice:
            return choice
    values = {"value": str(value)[:40], "choices": ", ".join(choices)}
    raise Problem("providers.choice", field=field, values=values)


def _some(values: Iterable[object], choices: Iterable[str], field: str) -> list[str]:
    """At least one, each once, in the order of the choices."""
    asked = list(values)
    if not asked:
        raise Problem("field.required", field=field, values={"field": field.lstrip("/")})
    for position, each in enumerate(asked):
        _one(each, choices, f"{field}/{position}")
    return [choice for choice in choices if choice in asked]


def _facts(provider: Provider) -> dict[str, Any]:
    names = ("name", "standing", "connection", "service_types", "markets", "summary", "is_offered")
    return {name: getattr(provider, name) for name in names}
