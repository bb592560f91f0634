"""Reads the country files: once, in layers, each fact with its date and its authority.

A file says what it builds on (`builds_on`); what it states itself wins. The operator may lay own files over
ours (`overlay`). A fact is `{unit, values: {first day: {value, basis, source or reason}}}`; a rule that ends is a
value of null on the day it ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import yaml
from msgspec import Struct

from dialtone.countries.facts import Country

FILES = Path(__file__).parent / "files"

Basis = Literal[
    "stated",  # a source article says it, and names the country
    "inferred",  # a source article says it; which country is meant was worked out
    "by_omission",  # a closed list in a source article leaves the country out
    "law",  # a public rule, named; to be checked by the operator
    "public_record",  # a public register or numbering plan, named
    "house_default",  # no source: Dialtone's own decision, with its reason
    "operator",  # the operator of this installation decided, with a reason
]
_ARGUED: tuple[str, ...] = ("house_default", "operator")
_SECTIONS = tuple(name for name in Country.__struct_fields__ if name not in ("iso", "on"))


class CountryNotServed(LookupError):
    """No country file for this code on this day (ACC-06). `served` are the codes that have one."""

    def __init__(self, iso: str, served: tuple[str, ...]) -> None:
        super().__init__(f"{iso} is not served")
        self.iso = iso
        self.served = served


class BadCountryFile(ValueError):
    """A country file breaks the form this module describes. For the person who edits it, in English."""


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """One value and why it is so: what a "why?" page shows."""

    path: str
    value: Any
    unit: str | None
    since: date
    basis: Basis
    source: str | None
    reason: str | None
    decision: str | None
    decided: date | None
    file: str


class HouseDefault(Struct, frozen=True, forbid_unknown_fields=True):
    """A decision of `files/house.yaml` and the facts that rest on it, as (country, path, value)."""

    id: str
    matter: str
    decision: str
    reason: str
    decided: date
    law: str | None = None
    facts: tuple[tuple[str, str, Any], ...] = ()


class _Value(Struct, frozen=True, forbid_unknown_fields=True):
    value: Any
    basis: Basis
    source: str | None = None
    reason: str | None = None
    decision: str | None = None
    decided: date | None = None

    def __post_init__(self) -> None:
        if self.basis in _ARGUED:
            if not self.reason or not self.decided:
                raise ValueError(f"{self.basis} needs a reason and the day it was decided")
        elif not self.source:
            raise ValueError(f"{self.basis} needs a source")


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    values: dict[date, _Value]
    unit: str | None = None


class _Rebased(Struct, frozen=True, forbid_unknown_fields=True):
    """What the sourced facts of a section, taken from the file built on, are worth for this country."""

    basis: Basis
    reason: str
    decision: str | None = None
    decided: date | None = None


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    builds_on: str | None = None
    taken_over: dict[str, _Rebased] = {}
    facts: dict[str, dict[str, _Entry]] = {}


def get(iso: str, on: date) -> Country:
    """The country as its rules stand on that day. Raises CountryNotServed."""
    return _country(iso.upper(), on)


def served(on: date) -> list[str]:
    """ISO codes of the countries calling plans exist in on that day (ACC-06, H24), sorted."""
    return [iso for iso in _isos() if _is_served(iso, on)]


def explain(iso: str, path: str, on: date) -> Fact:
    """A fact such as "porting.min_lead" with its authority. Raises CountryNotServed, or KeyError for its path."""
    found = _in_force(_entries(_known(iso.upper(), on)), path, on)
    if found is None:
        raise KeyError(path)
    return found


def facts(iso: str, on: date) -> Iterator[Fact]:
    """All facts of a country as they stand on that day, in the order of `Country`."""
    entries = _entries(_known(iso.upper(), on))
    for path in entries:
        if (found := _in_force(entries, path, on)) is not None:
            yield found


def house_defaults(on: date) -> list[HouseDefault]:
    """Every decision of the house where the sources are silent, its reason, and the facts that rest on it."""
    resting: dict[str, list[tuple[str, str, Any]]] = {}
    for iso in served(on):
        for fact in facts(iso, on):
            if fact.decision:
                resting.setdefault(fact.decision, []).append((iso, fact.path, fact.value))
    return [msgspec.structs.replace(entry, facts=tuple(resting.get(entry.id, ()))) for entry in _house()]


def overlay(folder: Path | None) -> None:
    """Lay the operator's own country files (same form, basis `operator`) over ours; None takes them away."""
    global _overlay
    _overlay = folder
    for cached in (_isos, _entries, _read, _country):
        cached.cache_clear()


_overlay: Path | None = (
    Path(os.environ["DIALTONE_COUNTRIES"]) if os.environ.get("DIALTONE_COUNTRIES") else None
)


@lru_cache(maxsize=2048)
def _country(iso: str, on: date) -> Country:
    entries = _entries(_known(iso, on))
    tree: dict[str, Any] = {
        "iso": iso,
        "on": on,
        **{section: {} for section in _SECTIONS},
    }
    for path in entries:
        if (found := _in_force(entries, path, on)) is not None:
            section, name = path.split(".")
            tree[section][name] = found.value
    try:
        return msgspec.convert(tree, Country)
    except msgspec.ValidationError as wrong:
        raise BadCountryFile(f"{iso} on {on}: {wrong}") from wrong


def _known(iso: str, on: date) -> str:
    if iso not in _isos() or not _is_served(iso, on):
        raise CountryNotServed(iso, tuple(served(on)))
    return iso


def _is_served(iso: str, on: date) -> bool:
    return _in_force(_entries(iso), "identity.name", on) is not None


@cache
def _isos() -> tuple[str, ...]:
    folders = [FILES, *([_overlay] if _overlay else [])]
    return tuple(sorted({file.stem.upper() for folder in folders for file in folder.glob("??.yaml")}))


@cache
def _entries(iso: str) -> Mapping[str, tuple[str, _Entry]]:
    """Path to (file, fact) with all layers applied, in the order of the schema."""
    own = _overlay / f"{iso.lower()}.yaml" if _overlay else None
    ours = FILES / f"{iso.lower()}.yaml"
    layers = [ours if ours.exists() or own is None else own]
    while below := _read(layers[0]).builds_on:
        layers.insert(0, FILES / below)
    if _overlay:
        layers += [f for f in (_overlay / "everywhere.yaml", own) if f and f.exists() and f not in layers]
    merged: dict[str, tuple[str, _Entry]] = {}
    for file in layers:
        content = _read(file)
        for section, rebased in content.taken_over.items():
            for path, (origin, entry) in merged.items():
                if path.startswith(f"{section}.") and origin == content.builds_on:
                    merged[path] = (origin, _rebase(entry, rebased))
        for section, entries in content.facts.items():
            for name, entry in entries.items():
                merged[f"{section}.{name}"] = (file.name, entry)
    return {path: merged[path] for path in _PATHS if path in merged}


def _rebase(entry: _Entry, to: _Rebased) -> _Entry:
    values = {
        first: value
        if value.basis in _ARGUED
        else _Value(value.value, to.basis, value.source, to.reason, to.decision, to.decided)
        for first, value in entry.values.items()
    }
    return _Entry(values, entry.unit)


def _in_force(entries: Mapping[str, tuple[str, _Entry]], path: str, on: date) -> Fact | None:
    if path not in entries:
        return None
    file, entry = entries[path]
    started = [first for first in entry.values if first <= on]
    if not started:
        return None
    since = max(started)
    held = entry.values[since]
    return Fact(
        path,
        held.value,
        entry.unit,
        since,
        held.basis,
        held.source,
        held.reason,
        held.decision,
        held.decided,
        file,
    )


@cache
def _read(file: Path) -> _File:
    try:
        content = msgspec.convert(yaml.load(file.read_bytes(), Loader=_Loader), _File)
    except (msgspec.ValidationError, yaml.YAMLError) as wrong:
        raise BadCountryFile(f"{file.name}: {wrong}") from wrong
    unknown = [
        path
        for section, entries in content.facts.items()
        for path in (f"{section}.{name}" for name in entries)
        if path not in _PATHS
    ]
    if unknown:
        raise BadCountryFile(f"{file.name}: no such fact: {', '.join(unknown)}")
    return content


def _house() -> list[HouseDefault]:
    content = yaml.load((FILES / "house.yaml").read_bytes(), Loader=_Loader)
    return msgspec.convert(content["decisions"], list[HouseDefault])


def _schema() -> tuple[str, ...]:
    types = {field.name: field.type for field in msgspec.structs.fields(Country)}
    return tuple(f"{section}.{name}" for section in _SECTIONS for name in types[section].__struct_fields__)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe, written in C where there is one: eighteen files in some ten milliseconds."""


_PATHS = dict.fromkeys(_schema())
BASES: tuple[str, ...] = get_args(Basis)
