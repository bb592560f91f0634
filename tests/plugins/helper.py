"""Makes newcomers and offices in a served sandbox and runs commands there, a line of JSON for each, until its input ends
(`served.Helper`)."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from datetime import timedelta
from typing import Any

from dialtone.cli import start


def newcomer(name: str, trial: bool) -> dict[str, Any]:
    """As `dialtone demo --newcomer` does."""
    from dialtone.base import tenancy
    from dialtone.cli import demo_command

    with tenancy.operator_scope():
        return demo_command.newcomer(name, trial=trial)


def offices(email: str, countries: list[str], name: str) -> list[str]:
    """An office in each country for the company of the administrator with this address."""
    from dialtone.base import ids
    from tests.plugins.office import open_office

    admin = _admin(email)
    made = [
        open_office(admin.organisation, admin, country=each, name=name or f"Office {each}")
        for each in countries
    ]
    return [ids.outside("LOCATION", each.id) for each in made]


def licences(email: str, item: str, quantity: int) -> None:
    """More licence units for that company."""
    from dialtone.base import clock
    from dialtone.plans import subscribe
    from tests.plugins.world import as_customer

    admin = _admin(email)
    with as_customer(admin.organisation, admin):
        subscribe.buy_licence(item, quantity, clock.today("UTC"))


def _admin(email: str) -> Any:
    from dialtone.base import tenancy
    from dialtone.people.models import Person

    with tenancy.operator_scope():
        return Person._base_manager.select_related("organisation").get(email=email)


def wait(seconds: int) -> None:
    """Let so much time pass on the sandbox clock."""
    from dialtone.base import clock, tenancy

    with tenancy.operator_scope():
        clock.advance(timedelta(seconds=seconds))


def command(words: list[str], variables: dict[str, str]) -> dict[str, Any]:
    """`dialtone` with these words, in a child of its own that has Django already: its status and what it printed."""
    from django.db import connection

    connection.close()
    connection.close_pool()  # its threads would not live on in the child
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os.environ.update(variables)
            _run(words)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        return {"status": status, "out": out.read(), "err": err.read()}


def _run(words: list[str]) -> None:
    """Be the command, and never come back."""
    from dialtone.cli.main import main

    status: Any = 1
    try:
        main(words)
    except SystemExit as ended:
        status = ended.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


def main() -> None:
    start.django()
    from django.db import close_old_connections

    verbs = {
        "newcomer": newcomer,
        "offices": offices,
        "licences": licences,
        "wait": wait,
        "command": command,
    }
    for line in sys.stdin:
        told = json.loads(line)
        try:
            answer = {"made": verbs[told.pop("what")](**told)}
        except Exception:
            answer = {"wrong": traceback.format_exc()}
        close_old_connections()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
