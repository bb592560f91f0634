"""Show or move the sandbox clock: `clock`, `clock advance 1d`, `clock next`."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta

from dialtone.cli import start

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", default="show", choices=["show", "advance", "next"])
    parser.add_argument("by", nargs="?", default="1d", help="30s, 10m, 2h, 1d, 1w, or next")


def parse(text: str) -> timedelta:
    """A length such as 1d or 90m. ValueError otherwise."""
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", text.strip())
    if not found:
        raise ValueError(f"{text!r} is not a length: write 30s, 10m, 2h, 1d or 1w")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def run(told: argparse.Namespace) -> int:
    start.running()
    from django.conf import settings

    from dialtone.base import clock, tenancy
    from dialtone.jobs import sweeper

    if not settings.SANDBOX:
        print("This is a real installation: its clock cannot be moved.")
        return 1
    with tenancy.operator_scope():
        if told.what == "advance" and told.by != "next":
            try:
                clock.advance(parse(told.by))
            except ValueError as error:
                print(error)
                return 2
        elif told.what != "show":
            due = sweeper.next_due()
            if due is None:
                print("nothing is due")
            elif due > clock.now():
                clock.advance(due - clock.now())
        print(clock.now().isoformat(timespec="seconds"))
    return 0
