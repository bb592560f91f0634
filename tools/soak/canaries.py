"""T19: what is secret or personal stands where it has to and nowhere else (S8, S10, S11).

A canary is put into every sensitive field: passwords (right and wrong), tokens, the PIN of a port-out and of an account, account numbers, who
orders by support case, papers, free text with a card's number. The main jobs run with them. Then every column of the database, the
log at its wordiest, every file of the data directory (mails decoded), a dump as a backup makes it, and the bodies of webhooks are
searched: also for the canary in hexadecimal and in base64. A hit outside PERMITTED is a problem, and so is a line of PERMITTED that
nothing hits: then the canary never arrived. The control logs one, mails one and queues one, each of which must be found.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import subprocess
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from pathlib import Path
from typing import Any

from tools.soak import crashes_jobs as jobs
from tools.soak import shared

PASSWORD, WRONG_PASSWORD = "quokka-otters-juggle-71", "quokka-badgers-wrestle-72"
ACCOUNT, PIN = "QUOKKA-8842-ACC", "7391846205"
FIRST, LAST = "Quokkarina", "Quokkaberger"
CARD = "4242 7171 4242 7171"
PAPER = "QUOKKAPAPER73"
# Where a canary may stand: the column, or "mail".
KEPT_ANSWER = "base_keptanswer.answer"  # what a client with the same key is answered again, for a day
PERMITTED: Mapping[str, tuple[str, ...]] = {
    # The order itself, what the losing carrier is told, and the sandbox carrier's own book.
    ACCOUNT: (
        "porting_portorder.account",
        "carriers_command.asked",
        "carriers_sandboxport.asked",
        KEPT_ANSWER,
    ),
    CARD: ("orders_caseorder.details", KEPT_ANSWER),
    PAPER: ("porting_portpaper.reading",),  # what the bill says, to be compared with what was entered
}


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    import psycopg

    with shared.database("canaries") as (sock, name):
        written, posted = io.StringIO(), []
        _listen(written, posted)
        secrets = _live()
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
            hits = set(_hits(secrets, owner, written.getvalue(), posted, _dump(sock, name)))
            found = _judged(secrets, hits)
            print(
                f"  canaries: {len(secrets)} canaries, {len(hits)} places, {len(posted)} bodies of webhooks,"
                f" {len(written.getvalue()) // 1000} kB of log; {len(found)} problems",
                flush=True,
            )
            found += _control(secrets, owner, written, posted)
    return found


def _listen(written: io.StringIO, posted: list[bytes]) -> None:
    """Keep the log at its wordiest, as lines of JSON and with all arguments, and what webhooks are sent."""
    from dialtone.base import netguard
    from dialtone.base.logs import JsonLines

    jobs.prepare()
    for formatter in (JsonLines(), logging.Formatter("%(message)s %(args)s %(exc_text)s")):
        handler = logging.StreamHandler(written)
        handler.setFormatter(formatter)
        for logger in ("", "dialtone", "django", "procrastinate", "allauth"):
            logging.getLogger(logger).addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    for logger in ("dialtone", "django", "procrastinate"):
        logging.getLogger(logger).setLevel(logging.DEBUG)
    logging.getLogger("numba").setLevel(logging.WARNING)  # tells of its own bytecode, at great length
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # DEBUG is for settings.DEBUG only

    def send(url: str, *, body: bytes, headers: Mapping[str, str], **_more: Any) -> Any:
        posted.append(f"{url} {dict(headers)} ".encode() + body)
        return netguard.Answer(204, b"")

    netguard.send = send  # type: ignore[assignment]


def _live() -> dict[str, str]:
    """The jobs, with a canary in each sensitive field; answers the canaries by what they are."""
    from django.test import Client

    from dialtone.base import clock
    from tests.plugins.world import as_operator
    from tests.porting.bench import pdf

    state: jobs.State = {}
    for kind in ("bill", *jobs.CASE_PAPERS):
        jobs.PAPERS[kind] = pdf(f"{PAPER} {kind}\n{jobs.RECORD}")
    with clock.frozen(jobs.START):
        jobs.found(state, False)
        with as_operator():
            person = state["world"].people["alice_user"]
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
        for password in (WRONG_PASSWORD, PASSWORD):
            Client().post("/account/login/", {"login": person.email, "password": password})
        for step in (jobs.place_order, jobs.await_order):
            step(state, False)
        _case(state)
        _port(state)
        for step in (jobs.unlock, jobs.ask_for_numbers, jobs.agree_to_leave, jobs.await_leaving):
            step(state, False)
    tokens = {f"token of {who}": secret for who, secret in state["tokens"].items()}
    return {
        **tokens, "password": PASSWORD, "wrong password": WRONG_PASSWORD, "PIN of the port-out": state["pin"],
        "account number": ACCOUNT, "PIN of the account": PIN, "first name": FIRST, "last name": LAST, "card": CARD,
        "paper": PAPER,
    }  # fmt: skip


def _case(state: jobs.State) -> None:
    """An order by support case, from the form to the desk's refusal of one paper and its delivery."""
    from tests.orders.test_case import wish

    wanted = wish("DE", 1)
    body = {
        "locationId": jobs.outside("LOCATION", state["berlin"].id),
        "quantity": 1,
        "numberType": "local",
        "details": f"Charge my card {CARD}",
        "identity": {**jobs.camel(wanted.identity), "firstName": FIRST, "lastName": LAST},
        "address": jobs.camel({name: value for name, value in wanted.address.items() if value}),
    }
    state["case"] = jobs.ask(state, "POST", f"{jobs.BASE}/caseOrders", body, key="case", status=201)["id"]
    for step in (jobs.supply_case, jobs.review_case, jobs.deliver_case, jobs.await_case):
        step(state, False)


def _port(state: jobs.State) -> None:
    """A port with another account's number and PIN, which the losing carrier refuses."""
    jobs.draft_port(state, False)
    jobs.enter_account(state, False)
    jobs.ask(state, "PATCH", jobs.port_path(state), {"accountNumber": ACCOUNT, "pin": PIN})
    for step in (jobs.attach_bill, jobs.sign_letter, jobs.accept_split, jobs.submit_port):
        step(state, False)
    jobs.pass_time(state, days=8)
    assert jobs.ask(state, "GET", jobs.port_path(state))["status"] == "REJECTED"


def _hits(
    secrets: Mapping[str, str], owner: Any, log: str, posted: list[bytes], dump: str
) -> Iterator[tuple[str, str]]:
    """(canary, place) of everything found."""
    from django.conf import settings

    looks = {what: _look(secret) for what, secret in secrets.items()}

    def among(place: str, text: str) -> Iterator[tuple[str, str]]:
        yield from ((what, place) for what, look in looks.items() if look.search(text))

    for table, column in _columns(owner):
        for (value,) in owner.execute(
            f'SELECT DISTINCT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL'
        ):
            yield from among(f"{table}.{column}", value)
    yield from among("log", log)
    for body in posted:
        yield from among("webhook", body.decode(errors="replace"))
    for file in sorted(Path(settings.DATA_DIR).rglob("*")):
        if file.is_file() and "keys" not in file.parts:
            content = file.read_bytes()
            place = (
                "mail" if file.suffix == ".eml" else f"file {file.relative_to(settings.DATA_DIR).parts[0]}"
            )
            yield from among(place, _mail(content) if file.suffix == ".eml" else content.decode("latin-1"))
    # The dump has what the columns have; what is more in it (definitions, functions) may hold nothing.
    beside = re.sub(r"^COPY .*?^\\\.$", "", dump, flags=re.MULTILINE | re.DOTALL)
    yield from among("dump", beside)
    yield from ((what, "dump, in rows") for what, place in set(among("", dump)) if place == "")


def _look(secret: str) -> re.Pattern[str]:
    """The canary as it is, in hexadecimal and in base64, and not as a part of a longer word."""
    told = [re.escape(secret), re.escape(secret.encode().hex())]
    # In base64 it looks different at each of three offsets; only what does not depend on its neighbours is looked for.
    for before in range(3):
        coded = base64.b64encode(b"x" * before + secret.encode()).decode().rstrip("=")
        told.append(re.escape(coded[4 if before else 0 : -2]))
    return re.compile("|".join(rf"(?<![0-9A-Za-z]){each}" if each[:1].isdigit() else each for each in told))


def _columns(owner: Any) -> list[tuple[str, str]]:
    rows = owner.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t"
        " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1, 2"
    )
    return [(str(table), str(column)) for table, column in rows]


def _mail(content: bytes) -> str:
    """Headers and parts of a mail, decoded."""
    message = message_from_bytes(content)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return "\n".join(
        [*map(str, message.values()), *(bytes(each or b"").decode(errors="replace") for each in parts)]
    )


def _dump(sock: str, name: str) -> str:
    """As a backup makes it, but readable."""
    from dialtone.config.postgres import find_binaries

    words = [str(find_binaries() / "pg_dump"), "--format=plain", f"--host={sock}", "--username=owner", name]
    return subprocess.run(words, check=True, capture_output=True).stdout.decode(errors="replace")


def _judged(secrets: Mapping[str, str], hits: set[tuple[str, str]]) -> list[str]:
    found = []
    for what, place in sorted(hits):
        may = PERMITTED.get(secrets[what], ())
        if place not in may and not (place == "dump, in rows" and may):
            found.append(f"{what} stands in {place}")
    for what, secret in secrets.items():
        found += [
            f"{what} never came to {each}" for each in PERMITTED.get(secret, ()) if (what, each) not in hits
        ]
    return found


def _control(secrets: Mapping[str, str], owner: Any, written: io.StringIO, posted: list[bytes]) -> list[str]:
    """A password logged, mailed and put into a job's arguments is found in each place."""
    from dialtone.base import jobs as queue
    from dialtone.base import mail, tenancy

    logging.getLogger("dialtone").info("signing in with %s", PASSWORD)
    with tenancy.operator_scope():
        queue.defer("orders.advance", order_id=PASSWORD, customer_id=PASSWORD)
    message = mail.post.compose("somebody@example.com", "Your password", f"It is {PASSWORD}")
    mail.post.hand_over(message)
    posted.append(PASSWORD.encode())
    hits = {
        place for what, place in _hits(secrets, owner, written.getvalue(), posted, "") if what == "password"
    }
    wanted = {"log", "mail", "webhook", "procrastinate_jobs.args"}
    return [] if wanted <= hits else [f"control: a password was not found in {sorted(wanted - hits)}"]
