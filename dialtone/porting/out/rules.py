"""What speaks against a request, number by number: facts in, the first lawful reason out. Pure.

Only what the country lets us compare is compared (`port_out_checks`), and only its reasons refuse (`port_out_refusals`). Names are
shown side by side to a person and never refuse by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from dialtone.base.text import search_key
from dialtone.porting.out.states import LOCKED

OK, DIFFERS, MISSING, NOT_ASKED, NOT_LOOKED_AT = "ok", "differs", "missing", "not_asked", "not_looked_at"
CHECKS = ("pin", "account_number", "postal_code")


@dataclass(frozen=True)
class Told:
    """What the other carrier told. The PIN is not among it: whether it was right is a fact of each number."""

    account_number: str = ""
    postal_code: str = ""
    holder_name: str = ""
    authorized_name: str = ""


@dataclass(frozen=True)
class Held:
    """What we know about one number and its holder. `pin` is what came of the PIN: ok, differs or missing."""

    is_here: bool = True
    is_locked: bool = True
    is_leaving: bool = False
    is_trial: bool = False
    pin: str = MISSING
    account_number: str = ""
    postal_code: str = ""
    names: Collection[str] = ()
    authorized: Collection[str] = ()


@dataclass(frozen=True)
class Found:
    """The lawful reason that refuses, "" when a person has to look; what was compared, and what came of it."""

    flaw: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_agree(self) -> bool:
        """Whether everything that refuses by itself was right (P8)."""
        return not self.flaw and all(self.checks.get(each, NOT_ASKED) in (OK, NOT_ASKED) for each in CHECKS)


def judge(told: Told, held: Held, *, checks: Collection[str], lawful: Collection[str]) -> Found:
    """The first of the country's reasons that speaks against this number.

    A locked number's PIN is not looked at, so that nothing can be learnt about it.

    >>> judge(Told(), Held(pin="ok"), checks=["pin"], lawful=["locked"]).flaw
    'locked'
    """
    if not held.is_here:
        return Found("not_here")
    compared = {
        "pin": NOT_LOOKED_AT if held.is_locked else held.pin,
        "account_number": _compare(told.account_number, held.account_number),
        "postal_code": _postcode(told.postal_code, held.postal_code),
    }
    found = {name: compared[name] if name in checks else NOT_ASKED for name in CHECKS}
    found["holder_name"] = _any(told.holder_name, held.names)
    found["authorized_name"] = _any(told.authorized_name, held.authorized)
    wrong = {
        "trial": held.is_trial,
        "already_leaving": held.is_leaving,
        LOCKED: held.is_locked,
        "wrong_pin": found["pin"] not in (OK, NOT_ASKED),
        "wrong_account": found["account_number"] not in (OK, NOT_ASKED),
        "wrong_postcode": found["postal_code"] not in (OK, NOT_ASKED),
    }
    return Found(next((reason for reason, is_so in wrong.items() if is_so and reason in lawful), ""), found)


def _compare(said: str, known: str) -> str:
    if not said:
        return MISSING
    return OK if _plain(said) == _plain(known) else DIFFERS


def _postcode(said: str, known: str) -> str:
    """As `_compare`; of a ZIP code with its four further digits only the five count, on either side."""
    plain = _plain(said), _plain(known)
    if all(each.isdigit() and len(each) in (5, 9) for each in plain):
        return OK if plain[0][:5] == plain[1][:5] else DIFFERS
    return _compare(said, known)


def _any(said: str, known: Collection[str]) -> str:
    if not said:
        return MISSING
    return OK if _plain(said) in {_plain(each) for each in known} else DIFFERS


def _plain(text: str) -> str:
    """Without case, accents, spaces and signs."""
    return "".join(char for char in search_key(text) if char.isalnum())
