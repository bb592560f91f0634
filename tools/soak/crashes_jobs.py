"""The main jobs of the product, in steps that a client gives again when it got no answer (T7, T19).

A step is told what is known so far, and whether it is given again. It asks the API as its client would, with one Idempotency-Key
however often, or lets time pass as the sweeper does. What it asserts is the outcome that the client waits for.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any

START = datetime(2026, 10, 28, 16, 0, tzinfo=UTC)
BASE = "/telephony/pstn"
RECORD = "us-plain"
PORTED = 3
CASE_PAPERS = ("certificate_of_incorporation", "registration_form", "utility_bill")
State = dict[str, Any]
PAPERS: dict[str, bytes] = {}
Step = Callable[[State, bool], None]


def prepare() -> None:
    """In the process that all others are children of: what needs no database and takes long. Papers are made and looked through
    once; passwords and PINs are hashed quickly; other people's servers take whatever they are sent."""
    import django
    from django.conf import settings
    from django.core import signals
    from django.db import close_old_connections
    from django.test.client import ClientHandler
    from django.urls import get_resolver

    import dialtone
    from dialtone import countries
    from dialtone.base import netguard
    from dialtone.base.documents import examination

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    (settings.DATA_DIR / "static").mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nobody has collected them
    settings.ALLOWED_HOSTS = ["*"]
    parser, known = examination._in_child, {}

    def remembered(kind: str, content: bytes, field: str) -> Any:
        if (kind, content) not in known:
            known[kind, content] = parser(kind, content, field)
        return known[kind, content]

    examination._in_child = remembered
    netguard.send = lambda *_told, **_more: netguard.Answer(204, b"")  # type: ignore[assignment]
    # In a process that ends: a typesetter's threads would be missing in the children of one that had used it.
    with get_context("spawn").Pool(1, django.setup) as pool:
        PAPERS.update(pool.apply(papers))
    for kind, paper in PAPERS.items():
        if kind != "estate":
            examination.examine(paper, "application/pdf")
    for end in (signals.request_started, signals.request_finished):
        end.disconnect(close_old_connections)
    for module in pkgutil.walk_packages(dialtone.__path__, "dialtone."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in (
        "api.test_ports",
        "api.test_case_orders",
        "orders.test_case",
        "migration.test_move",
        "calls.test_take_in",
        "estate.sample",
        "porting.bench",
    ):
        importlib.import_module(f"tests.{name}")
    for country in ("US", "DE"):
        countries.get(country, START.date())
    get_resolver().url_patterns  # noqa: B018 - made when it is asked for
    ClientHandler().load_middleware()


def papers() -> Mapping[str, bytes]:
    """The papers that the jobs hand in."""
    from tests.estate import sample
    from tests.porting.bench import bill_text, csr, pdf

    bill = bill_text(csr(RECORD), dated=(START - timedelta(days=10)).date())
    ours = {name: "".join(line for line in text.splitlines(keepends=True) if line.startswith(("customer,", "Harbour Freight,"))) for name, text in sample.SHEETS.items()}  # fmt: skip
    return {
        "bill": pdf(bill),
        "estate": sample.zipped(**ours),
        **{kind: pdf(kind) for kind in CASE_PAPERS},
    }


def found(state: State, _again: bool) -> None:
    """The world before the first job: an operator, customers on plans, offices, numbers to order, somebody who listens."""
    from dialtone.base import audit, installation, webhooks
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for
    from dialtone.rates.simulate import simulate
    from tests.migration.test_move import _offices, _validate
    from tests.plugins.office import open_office, stock
    from tests.plugins.world import as_customer, as_operator, build_world

    world = build_world()
    with as_operator():
        installation.begin()
        simulate()
    stock(world)
    admin = world.people["alice_admin"]
    state["office"] = open_office(world.alice, admin)
    state["berlin"] = open_office(world.alice, admin, country="DE", name="Berlin")
    state["sites"], state["puffin"] = _offices(world)
    with as_customer(world.alice, admin):
        for each in state["sites"]:
            _validate(each)
        webhooks.create("Ours", "https://hooks.example.com/in", ["*"])
    with as_operator():
        state["tokens"] = {
            who: tokens.make(caller_for(world.people[who]), name="soak")[1]
            for who in ("alice_admin", "bob_admin", "desk")
        }
    state["world"] = world
    audit.seal()  # so that there is a root with an anchor before anything ends


# Orders


def place_order(state: State, again: bool) -> None:
    body = {"locationId": outside("LOCATION", state["office"].id), "quantity": 3, "areaCode": "212"}
    state["order"] = ask(state, "POST", f"{BASE}/orders", body, key="order", status=201)["id"]


def await_order(state: State, again: bool) -> None:
    pass_time(state, minutes=3)
    order = ask(state, "GET", f"{BASE}/orders/{state['order']}")
    assert order["status"] == "PROVISIONED", order
    state["numbers"] = [each for line in order["lines"] for each in line["phoneNumbers"]]
    assert len(state["numbers"]) == 3


# Emergency addresses


def change_address(state: State, again: bool) -> None:
    body = {"address1": "233 South Wacker Drive", "city": "Chicago", "state": "IL", "postalCode": "60606", "country": "US", "floor": "2"}  # fmt: skip
    place = outside("LOCATION", state["office"].id)
    ask(state, "POST", f"{BASE}/locations/{place}/emergencyAddress", body, key="address", status=201)


def await_address(state: State, again: bool) -> None:
    from django.conf import settings

    from dialtone.calls import photograph
    from dialtone.emergency.models import Coverage

    pass_time(state, minutes=20)
    pass_time(state, days=1, minutes=30)  # the daily comparison with the carrier's books, and the auditor
    photograph.keep(settings.DATA_DIR / "calls" / "snapshot")
    with mine(state):
        kept = [each.address.address["address1"] for each in Coverage.objects.filter(during__endswith=None)]
    assert set(kept) == {"233 South Wacker Drive"}, kept


# Numbers given back


def release(state: State, again: bool) -> None:
    place = outside("LOCATION", state["office"].id)
    gone = {"phoneNumbers": [state["numbers"][2]]}
    ask(
        state,
        "DELETE",
        f"/telephony/config/locations/{place}/numbers",
        gone,
        status=(204, 404) if again else 204,
    )


def await_release(state: State, again: bool) -> None:
    pass_time(state, minutes=5)
    assert number_state(state, state["numbers"][2]) == "released"


# Orders by support case


def place_case(state: State, again: bool) -> None:
    from tests.orders.test_case import wish

    wanted = wish("DE", 1)
    body = {
        "locationId": outside("LOCATION", state["berlin"].id),
        "quantity": 1,
        "numberType": "local",
        "identity": camel(wanted.identity),
        "address": camel({name: value for name, value in wanted.address.items() if value}),
    }
    state["case"] = ask(state, "POST", f"{BASE}/caseOrders", body, key="case", status=201)["id"]


def supply_case(state: State, again: bool) -> None:
    for kind in CASE_PAPERS:
        day = (START - timedelta(days=9)).date().isoformat()
        upload(state, f"{BASE}/caseOrders/{state['case']}", kind, datedOn=day)


def review_case(state: State, again: bool) -> None:
    path = f"{BASE}/caseOrders/{state['case']}"
    waiting = ask(state, "GET", path, who="desk")["papers"]
    decisions = [
        {"paperId": each["id"], "approved": True} for each in waiting if each["state"].lower() == "given"
    ]
    if decisions:
        ask(state, "POST", f"{path}/actions/review/invoke", {"decisions": decisions}, who="desk")


def deliver_case(state: State, again: bool) -> None:
    path = f"{BASE}/caseOrders/{state['case']}"
    body = {"phoneNumbers": ["+493090182001"], "areaConfirmed": True}
    ask(state, "POST", f"{path}/actions/deliver/invoke", body, who="desk", status=once(again))


def await_case(state: State, again: bool) -> None:
    pass_time(state, minutes=5)
    assert ask(state, "GET", f"{BASE}/caseOrders/{state['case']}")["status"] == "PROVISIONED"
    assert number_state(state, "+493090182001") == "active"


# Locations moved to another PSTN connection


def begin_move(state: State, again: bool) -> None:
    from dialtone.migration import begin, queries

    with mine(state):
        state["move"] = (queries.open_move() or begin.begin("integrated_ccp", state["puffin"].id)).id


def analyse_move(state: State, again: bool) -> None:
    from dialtone.migration import take_step

    turned(state, again, lambda: take_step.analyse(state["move"]))


def agree_move(state: State, again: bool) -> None:
    from dialtone.migration import take_step

    turned(state, again, lambda: take_step.agree(state["move"], agreed=True))


def contract_move(state: State, again: bool) -> None:
    from dialtone.migration import take_step
    from tests.migration.test_move import CONTACT

    turned(state, again, lambda: take_step.enter_contract(state["move"], **CONTACT))


def choose_sites(state: State, again: bool) -> None:
    from dialtone.migration import move_sites

    turned(state, again, lambda: move_sites.choose(state["move"], [each.id for each in state["sites"]]))


def await_move(state: State, again: bool) -> None:
    from dialtone.locations import queries

    pass_time(state, minutes=5)
    with mine(state):
        kinds = {queries.location(each.id).connection for each in state["sites"]}
    assert kinds == {"integrated_ccp"}, kinds


def close_move(state: State, again: bool) -> None:
    from dialtone.migration import queries, take_step

    with mine(state):
        if queries.open_move() is not None:
            take_step.close(state["move"])


def undo_site(state: State, again: bool) -> None:
    """One of them back, until the move is closed, and there again."""
    from dialtone.locations import queries
    from dialtone.migration import move_sites

    with mine(state):
        move_sites.undo(state["move"], state["sites"][0].id)
        assert queries.location(state["sites"][0].id).connection == "non_integrated_ccp"


# Locations moved by hand, once they are on an integrated provider

BY_HAND = f"{BASE}/manualMigrations"


def begin_by_hand(state: State, again: bool) -> None:
    there = ask(state, "GET", BY_HAND)["items"]
    body = {"locationId": outside("LOCATION", state["sites"][0].id), "target": "premises"}
    state["by_hand"] = (there or [ask(state, "POST", BY_HAND, body, status=201)])[0]["id"]


def create_by_hand(state: State, again: bool) -> None:
    _by_hand(state, "create", {"name": "Harbour (own lines)"}, again=again)


def ready_by_hand(state: State, again: bool) -> None:
    from dialtone.base import ids
    from dialtone.emergency import queries as emergency
    from dialtone.locations import queries
    from tests.migration.test_move import _validate

    new_id = ids.inside(_now_by_hand(state)["newLocationId"], "LOCATION")
    with mine(state):
        if emergency.of_location(new_id) is None:
            _validate(queries.location(new_id))
    _by_hand(state, "ready", {"gatewayReady": True}, again=again)
    assert _now_by_hand(state)["step"] == "numbers"


def carry_out_by_hand(state: State, again: bool) -> None:
    """Numbers, people and services."""
    for minutes in range(2, 20, 2):
        now = _now_by_hand(state)
        assert not now["reason"], now
        if now["step"] == "close":
            assert not any(now["left"].values()), now
            return
        _by_hand(state, "carryOut", None, again=again)
        pass_time(state, minutes=minutes)
    raise AssertionError(now)


def undo_by_hand(state: State, again: bool) -> None:
    if _now_by_hand(state)["step"] not in ("undoing", "numbers"):
        _by_hand(state, "undo", None, again=again)
    pass_time(state, minutes=2)
    now = _now_by_hand(state)
    assert (now["step"], now["left"]["numbers"], now["reason"]) == ("numbers", 1, ""), now


def close_by_hand(state: State, again: bool) -> None:
    _by_hand(state, "close", None, again=again)
    assert _now_by_hand(state)["step"] == "closed"


def _now_by_hand(state: State) -> Any:
    return ask(state, "GET", f"{BY_HAND}/{state['by_hand']}")


def _by_hand(state: State, verb: str, body: Any, *, again: bool) -> None:
    """One step; given again, it may be said to be done already."""
    ask(state, "POST", f"{BY_HAND}/{state['by_hand']}/{verb}", body, status=once(again))


# Numbers that another carrier takes


def unlock(state: State, again: bool) -> None:
    body = {"phoneNumbers": [state["numbers"][1]]}
    made = ask(state, "POST", f"{BASE}/numberLocks/actions/unlock/invoke", body, key="unlock", status=201)
    state["pin"], state["account"] = made["pin"], made["accountNumber"]


def ask_for_numbers(state: State, again: bool) -> None:
    body = {
        "askedBy": "Meridian Voice",
        "reference": "T7-1",
        "phoneNumbers": [state["numbers"][1]],
        "accountNumber": state["account"],
        "pin": state["pin"],
        "postalCode": state["office"].address["postal_code"],
    }
    asked = ask(state, "POST", "/sandbox/portOutRequests", body, key="asked")
    state["port_out"] = asked["items"][0]["portOutId"]


def agree_to_leave(state: State, again: bool) -> None:
    path = f"{BASE}/desk/portOuts/{state['port_out']}"
    ask(state, "POST", f"{path}/actions/agree/invoke", {}, who="desk", status=once(again))


def await_leaving(state: State, again: bool) -> None:
    pass_time(state, days=10)
    assert number_state(state, state["numbers"][1]) == "left"


# Numbers brought from another carrier


def draft_port(state: State, again: bool) -> None:
    from tests.porting.bench import csr

    listed = csr(RECORD).numbers[:PORTED]
    body = {
        "locationId": outside("LOCATION", state["office"].id),
        "pasted": "\n".join(listed),
        "contactEmail": "port@alice.example",
    }
    state["port"] = ask(state, "POST", f"{BASE}/portOrders", body, key="draft", status=201)["id"]


def draft_large_port(state: State, again: bool) -> None:
    """One that is too large to be checked at once, as everything is in this process."""
    from dialtone.porting import check_portability

    check_portability.AT_ONCE = 0
    draft_port(state, again)


def check_port(state: State, again: bool) -> None:
    """One number at a time: what ends after a portion leaves some to the next process."""
    from dialtone.porting import check_portability

    check_portability.PORTION = 1
    pass_time(state, minutes=15)


def enter_account(state: State, again: bool) -> None:
    from tests.api.test_ports import entered
    from tests.porting.bench import csr

    record = csr(RECORD)
    ask(state, "PATCH", port_path(state), entered(record, list(record.numbers[:PORTED])))


def attach_bill(state: State, again: bool) -> None:
    upload(state, port_path(state), "bill")


def sign_letter(state: State, again: bool) -> None:
    from tests.porting.bench import csr

    first, _space, last = csr(RECORD).name.rpartition(" ")
    signature = {"firstName": first, "lastName": last, "jobTitle": "Director", "agreed": True}
    ask(state, "POST", f"{port_path(state)}/actions/signLetter/invoke", signature, status=(200, 201))


def accept_split(state: State, again: bool) -> None:
    ask(state, "POST", f"{port_path(state)}/actions/split/invoke", {"accepted": True})
    pass_time(state, minutes=15)


def submit_port(state: State, again: bool) -> None:
    ask(state, "POST", f"{port_path(state)}/actions/submit/invoke", key="submit")


def await_port(state: State, again: bool) -> None:
    pass_time(state, days=25)
    done = ask(state, "GET", port_path(state))
    assert done["status"] == "COMPLETED", done


# A whole customer brought in by a file

ESTATES = f"{BASE}/estateImports"


def send_estate(state: State, again: bool) -> None:
    """A file has no key: who got no answer looks whether it is there."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.api.conftest import Caller

    there = ask(state, "GET", ESTATES, who="desk")["estateImports"]
    if there:
        state["estate"] = there[0]["id"]
        return
    who = Caller(state["tokens"]["desk"])
    file = SimpleUploadedFile("estate.zip", PAPERS["estate"])
    told = who.client.post(f"/v1{ESTATES}", {"files": [file]}, headers=who.headers)
    assert told.status_code == 201, told.content
    state["estate"] = told.json()["id"]


def plan_estate(state: State, again: bool) -> None:
    _worked_estate(state, "planned")


def bring_estate(state: State, again: bool) -> None:
    _decided(state, "apply")


def await_estate(state: State, again: bool) -> None:
    _worked_estate(state, "applied")


def open_estate(state: State, again: bool) -> None:
    _decided(state, "confirm")


def await_opening(state: State, again: bool) -> None:
    from dialtone.numbers.models import Number
    from tests.plugins.world import as_operator

    _worked_estate(state, "confirmed")
    with as_operator():
        assert Number.objects.get(e164="+13122075000").state == "active"


def _decided(state: State, verb: str) -> None:
    ask(state, "POST", f"{ESTATES}/{state['estate']}/actions/{verb}/invoke", who="desk")


def _worked_estate(state: State, outcome: str) -> None:
    pass_time(state, minutes=5)
    now = ask(state, "GET", f"{ESTATES}/{state['estate']}", who="desk")
    assert now["state"] == outcome, now


# Calls, rated by the prices of that day


def take_calls_in(state: State, again: bool) -> None:
    """The same file again is known by its content."""
    from dialtone.calls import take_in
    from tests.calls.test_take_in import HEADER
    from tests.plugins.world import as_operator

    caller = state["numbers"][0]
    rows = [
        f"T7-{nth},outbound,2026-10-30T15:00:00+00:00,2026-10-30T15:00:05+00:00,2026-10-30T15:0{nth}:05+00:00,{nth * 60},{caller},{called}"
        for nth, called in enumerate(("+13125550123", "+442079460000"), start=1)
    ]
    with as_operator():
        file = take_in.take_in((HEADER + "\n".join(rows) + "\n").encode(), source="switch", name="calls.csv")
        assert (file.new, file.parked) == (2, 0)


def await_rating(state: State, again: bool) -> None:
    from dialtone.calls import charge
    from tests.plugins.world import as_operator

    pass_time(state, minutes=15)
    with as_operator():
        assert charge.waiting() == 0


# Invoices


def choose_taxes(state: State, again: bool) -> None:
    """The sandbox's tax service from now on; it knows no taxes of one customer's country."""
    ask(
        state,
        "PUT",
        f"{BASE}/taxService",
        {"service": "sandbox", "version": 0},
        who="desk",
        status=once(again),
    )


def begin_run(state: State, again: bool) -> None:
    ask(state, "POST", f"{BASE}/invoiceRuns", {"month": "2026-10"}, who="desk", key="run", status=(200, 201))


def await_stop(state: State, again: bool) -> None:
    run = await_end(state)
    assert (run["state"], [each["code"] for each in run["failures"]]) == (
        "stopped",
        ["billing.tax_service_refused"],
    ), run


def choose_table(state: State, again: bool) -> None:
    ask(
        state, "PUT", f"{BASE}/taxService", {"service": "table", "version": 1}, who="desk", status=once(again)
    )


def retry_run(state: State, again: bool) -> None:
    (run,) = ask(state, "GET", f"{BASE}/invoiceRuns", who="desk")["items"]
    ask(state, "POST", f"{BASE}/invoiceRuns/{run['id']}/retry", who="desk", key="retry", status=once(again))


def await_run(state: State, again: bool) -> None:
    run = await_end(state)
    assert run["state"] == "done", run


def await_end(state: State) -> Any:
    """The run when it goes on no more. Whoever asked a tax service is waited for for two minutes after an end, so time passes anew each
    time; so much in all that both worlds come to the same hour."""
    from dialtone.base import clock
    from tests.porting.bench import pass_time as sweep

    for _round in range(20):
        (run,) = ask(state, "GET", f"{BASE}/invoiceRuns", who="desk")["items"]
        if run["state"] != "running":
            break
        sweep(clock.now() + timedelta(minutes=3))
    pass_time(state, hours=6)
    return run


# The end of it


def tidy_up(state: State, again: bool) -> None:
    """Months later: papers are erased at the end of their retention, the trail is sealed, what is old is forgotten."""
    from dialtone.base import audit
    from dialtone.jobs import sweeper

    leap(state, days=120)
    leap(state, days=121)
    sweeper.tidy()
    assert audit.verify() == []


JOBS: Mapping[str, Sequence[Step]] = {
    "order": (place_order, await_order),
    "emergency address": (change_address, await_address),
    "release": (release, await_release),
    "case order": (place_case, supply_case, review_case, deliver_case, await_case),
    "move": (
        begin_move, analyse_move, agree_move, contract_move, choose_sites, await_move, undo_site, choose_sites, await_move,
        close_move,
    ),
    "move by hand": (
        begin_by_hand, create_by_hand, ready_by_hand, carry_out_by_hand, undo_by_hand, carry_out_by_hand, close_by_hand,
    ),
    "port out": (unlock, ask_for_numbers, agree_to_leave, await_leaving),
    "port": (draft_large_port, check_port, enter_account, attach_bill, sign_letter, accept_split, submit_port, await_port),
    "estate": (send_estate, plan_estate, bring_estate, await_estate, open_estate, await_opening),
    "calls": (take_calls_in, await_rating),
    "invoices": (choose_taxes, begin_run, await_stop, choose_table, retry_run, await_run),
    "end": (tidy_up,),
}  # fmt: skip


def pass_time(state: State, **by: int) -> None:
    """Let time pass, until so long after the step was begun, from due time to due time, doing what is due."""
    from dialtone.base import clock
    from tests.porting.bench import pass_time as sweep

    sweep(max(clock.now(), state.get("begun", clock.now()) + timedelta(**by)))


def leap(state: State, **by: int) -> None:
    """The clock jumps to so long after the step was begun; what is overdue then is done."""
    from dialtone.base import clock
    from dialtone.jobs import sweeper

    clock._frozen.set(max(clock.now(), state["begun"] + timedelta(**by)))
    for _round in range(3):
        sweeper.run_due()


def once(again: bool) -> tuple[int, ...]:
    """How something that takes no key is answered: done, or refused because it was done the time before."""
    return (200, 409) if again else (200,)


def ask(state: State, method: str, path: str, body: Any = None, *, who: str = "alice_admin", key: str = "", status: int | tuple[int, ...] = 200) -> Any:  # fmt: skip
    """Ask the API, with the same key each time."""
    from tests.api.conftest import Caller

    headers = {"Idempotency-Key": f"soak-{key}"} if key else {}
    answer = Caller(state["tokens"][who]).call(method, path, body, **headers)
    assert answer.status in (status if isinstance(status, tuple) else (status,)), (method, path, answer.status, answer.body)  # fmt: skip
    return answer.body


def upload(state: State, path: str, kind: str, **more: str) -> None:
    from tests.api.conftest import Caller
    from tests.api.test_ports import upload as send

    told = send(Caller(state["tokens"]["alice_admin"]), path, kind, PAPERS[kind], **more)
    assert told.status == 201, told.body


def mine(state: State) -> Any:
    from tests.plugins.world import as_customer

    return as_customer(state["world"].alice, state["world"].people["alice_admin"])


def turned(state: State, again: bool, work: Callable[[], object]) -> None:
    """One page of a form handed in by the customer; given again, it may be said to be handed in already."""
    from dialtone.base.problems import Problem

    try:
        with mine(state):
            work()
    except Problem as refused:
        if not again or refused.code not in ("migration.wrong_step", "migration.none_chosen"):
            raise


def port_path(state: State) -> str:
    return f"{BASE}/portOrders/{state['port']}"


def number_state(state: State, e164: str) -> str:
    from dialtone.numbers.models import Number

    with mine(state):
        return str(Number.objects.filter(e164=e164).latest("id").state)


def outside(kind: str, id: Any) -> str:
    from dialtone.base import ids

    return ids.outside(kind, id)


def camel(told: Mapping[str, str]) -> dict[str, str]:
    from tests.api.test_case_orders import camel as spelled

    return dict(spelled(told))
