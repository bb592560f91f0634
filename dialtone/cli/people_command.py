"""Help people who cannot sign in any more, where nobody else can: on the machine itself."""

from __future__ import annotations

import argparse
import getpass

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    reset = actions.add_parser(
        "reset-second-factor",
        help="take away a lost second factor, also of the operator's last administrator",
        description="Takes passkeys, authenticator app and recovery codes away, ends sessions and tokens, and tells the person by mail.",
    )
    reset.add_argument("email", metavar="E-MAIL", help="whose it is")
    reset.add_argument("--reason", required=True, help="why; the person and the audit trail read it")
    reset.add_argument(
        "--as", dest="person", default="", metavar="E-MAIL", help="a person of the operator who acts"
    )


def run(told: argparse.Namespace) -> int:
    start.running()
    from dialtone.base import tenancy
    from dialtone.people import at_console
    from dialtone.people.reset_second_factor import reset_at_console

    actor = at_console.operator_actor(told.person, user=getpass.getuser())
    with tenancy.operator_scope(actor):
        person = reset_at_console(told.email, reason=told.reason)
    print(f"{person.email} signs in by password alone now, and sets up a second factor again.")
    return start.DONE
