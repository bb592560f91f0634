"""A world in full swing that stands for a whole module: every customer has one of everything, and each test is undone.

Building it takes ten seconds of work, so each worker does it once, in a database of its own beside its empty one. The tests
that ask thousands of small questions (isolation, bad inputs) go there for the length of a module, and each of them runs in a
savepoint. Use `standing` for the world and `undone` (or the mark `usefixtures("undone")`) in each test.
"""

from __future__ import annotations

import io
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.environment import WORKER
from tests.plugins.world import START, World, as_customer, as_operator, as_partner, build_world

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DOCUMENTS = "standing-documents"
PRICES = b"prefix,destination,per_minute,connection_fee,increment\n44,United Kingdom,0.03,0,1/1\n"
# A word that stands in every text of an organisation, and that nobody else may ever read.
CANARIES = {
    "alice": "Quokkaberg",
    "bob": "Zebrafjord",
    "charlie": "Tapirwald",
    "p": "Lemurthal",
    "q": "Okapimoor",
}


@dataclass
class Things:
    """One of everything that an organisation has."""

    org: Any
    admin: Any
    canary: str
    user: Any = None
    location: Any = None
    unsigned: Any = None
    link: str = ""
    letter_link: str = ""
    number: Any = None
    second_number: Any = None
    order: Any = None
    waiting_order: Any = None
    cart: Any = None
    cart_line: Any = None
    case: Any = None
    document: Any = None
    webhook: Any = None
    address: Any = None
    draft: Any = None
    workspace: Any = None
    virtual_line: Any = None
    schedule: Any = None
    mode: Any = None
    announcement: Any = None
    recording: Any = None
    phone_menu: Any = None
    rule_id: str = ""
    pattern_id: str = ""
    hunt_group: Any = None
    queue: Any = None
    batch: Any = None
    closing: Any = None
    people_move: Any = None
    address_change: Any = None
    report: Any = None
    record: Any = None
    port_order: Any = None
    port_out: Any = None
    unlock: Any = None
    case_order: Any = None
    case_paper: Any = None
    move: Any = None
    approval: Any = None
    directory_group: Any = None
    price_list: Any = None
    price_version: Any = None
    integration: Any = None
    identity_provider: Any = None
    consent: Any = None
    estate_import: Any = None  # of its partner
    manual_move: Any = None
    contact_center: Any = None
    provider: Any = None  # of the catalogue, which everybody sees
    form: Any = None  # that the operator hands out to everybody
    licence: Any = None
    invoice: Any = None
    wholesale: Any = None  # the paper of its partner
    payment: Any = None
    charge: Any = None
    invited: Any = None
    token: Any = None
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass
class Standing:
    """The world and everybody's things, by name: alice, bob (sibling), charlie (of another partner), p and q (partners)."""

    world: World
    of: dict[str, Things]
    secrets: dict[str, str]

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """The headers of an API call of this person; "" for nobody."""
        return {"Authorization": f"Bearer {self.secrets[who]}", **more} if who else dict(more)


@pytest.fixture(scope="session")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, bytes]]:
    """A database with the world in it, committed: its name, and the world as it can be read back."""
    from django.conf import settings
    from django.db import transaction

    from dialtone.base import clock
    from tests import cluster

    sock, name = cluster.template(f"{WORKER}_standing")
    with django_db_blocker.unblock(), _going_to(name), clock.frozen(START):
        with transaction.atomic():
            world = pickle.dumps(build())
        # Other tests empty the directory of documents after them.
        shutil.copytree(settings.DATA_DIR / "documents", settings.DATA_DIR / DOCUMENTS)
    yield name, world
    cluster.drop(sock, name)


@contextmanager
def _going_to(name: str) -> Iterator[None]:
    """All connections lead to this database of the cluster."""
    from django.db import connections

    was = connections.settings["default"]["NAME"]

    def lead_to(name: str) -> None:
        for connection in connections.all():
            connection.close()
            if hasattr(connection, "close_pool"):  # it would go on with the other database
                connection.close_pool()
            connection.settings_dict["NAME"] = name
            connections.settings[connection.alias]["NAME"] = name

    lead_to(name)
    try:
        yield
    finally:
        lead_to(was)


@pytest.fixture(scope="module")
def standing(built: tuple[str, bytes], django_db_blocker: Any) -> Iterator[Standing]:
    """The world for the module; whatever the module does to it is rolled back."""
    from django.conf import settings
    from django.db import transaction

    from dialtone.base import clock

    name, world = built
    shutil.copytree(settings.DATA_DIR / DOCUMENTS, settings.DATA_DIR / "documents", dirs_exist_ok=True)
    with django_db_blocker.unblock(), _going_to(name), clock.frozen(START), transaction.atomic():
        found: Standing = pickle.loads(world)
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def undone(standing: Standing, django_db_blocker: Any) -> Iterator[None]:
    """Whatever the test does is undone, and the clock stands again where it stood."""
    from django.core.cache import cache
    from django.db import transaction

    from dialtone.base import clock

    kept = {name: replace(things) for name, things in standing.of.items()}
    with django_db_blocker.unblock(), clock.frozen(START), transaction.atomic():
        yield
        transaction.set_rollback(True)
    standing.of = kept
    cache.clear()


@pytest.fixture(autouse=True)
def plain_static(request: pytest.FixtureRequest) -> None:
    """Pages name their static files as they are: nobody has collected them."""
    if "standing" in request.fixturenames:
        settings = request.getfixturevalue("settings")
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def build() -> Standing:
    """The world, with one of everything for every customer and partner."""
    from dialtone.base import clock
    from dialtone.numbers.inventory import load
    from dialtone.plans import subscribe
    from dialtone.providers.simulate import simulate
    from dialtone.support.forms import hand_out
    from tests.plugins.office import RANGES
    from tests.porting.bench import pdf

    world = build_world()
    with as_operator():
        provider = simulate()[0]
        form = hand_out("DE", "registration_form", name="form.pdf", content=pdf("A form"))
        subscribe.publish_terms("2026-11", {"en": "Terms"})
        load.apply(load.plan_load(RANGES, "test"), simulated=True)
    found: dict[str, Things] = {}
    for name in ("alice", "bob", "charlie"):
        org = getattr(world, name)
        with as_customer(org):
            subscribe.start_paid()
            subscribe.buy_licence("outbound_calling_plan", 20, clock.today("UTC"))
        found[name] = Things(org, world.people[f"{name}_admin"], CANARIES[name])
        _furnish(world, name, found[name])
    for name, admin in (("p", "partner_admin"), ("q", "partner_admin_q")):
        found[name] = Things(getattr(world, name), world.people[admin], CANARIES[name])
        with as_partner(found[name].org, found[name].admin):
            _common(found[name])
    _invoice([found[name] for name in ("alice", "bob", "charlie")], [found["p"], found["q"]])
    for things in found.values():
        things.provider = provider
        things.form = form
    _location_admin(world, found["alice"])
    secrets = {name: _token(person, name)[1] for name, person in world.people.items()}
    return Standing(world, found, secrets)


def _furnish(world: World, name: str, things: Things) -> None:
    """An office with numbers, one of them on a person, an order of each sort, a cart, an unsigned contract."""
    from dialtone.base import batches, clock
    from dialtone.base.ids import uuid7
    from dialtone.base.models import AuditRecord, Letter
    from dialtone.calls import make_report
    from dialtone.locations import drafts
    from dialtone.numbers import assign
    from dialtone.orders import cart, place
    from dialtone.orders import queries as orders
    from dialtone.people import approvals, groups
    from dialtone.plans import queries as plans
    from dialtone.porting import create_order, sign_letter
    from dialtone.porting.out import take_in
    from dialtone.services import virtual_lines, workspaces
    from dialtone.services.equip import Equipment
    from tests.plugins.office import open_office

    org, admin = things.org, things.admin
    user = things.user = world.people[f"{name}_user"]
    things.location = open_office(org, admin, name=f"{things.canary} office")
    things.unsigned = open_office(org, admin, name=f"{things.canary} annex", signed=False)
    with as_operator():
        letter = Letter.objects.filter(template="contract_sign").latest("id")
        things.link = str(letter.facts["path"]).strip("/").rpartition("/")[2]
    first = {"alice": 100, "bob": 110, "charlie": 120}[name]
    ours = [f"+12125550{first + step}" for step in range(3)]
    with as_customer(org, admin):
        held = cart.add(things.location.id, [cart.Choice([each], "standard") for each in ours[:2]])
        things.order = place.place(held.id)
    _work()
    with as_customer(org, admin):
        from dialtone.numbers.models import Number

        things.number, things.second_number = Number.objects.filter(e164__in=ours).order_by("e164")
        owner = assign.Owner("person", user.id, f"{things.canary} user")
        assign.assign(
            owner=owner,
            location_id=things.location.id,
            location_country="US",
            e164=ours[0],
            extension="2001",
        )
        waiting = cart.add(things.unsigned.id, [cart.Choice([ours[2]], "standard")])
        things.waiting_order = place.place(waiting.id)
        things.cart = cart.add(things.location.id, [cart.Choice([f"+12125550{first + 5}"], "standard")])
        things.cart_line = orders.cart(things.cart.id)[1][0]
        things.address = _newest_address(things.location.id)
        things.move = _begun_move(things.location)
        things.manual_move = _begun_by_hand(things.location)
        things.contact_center = _center(things)
        things.workspace = workspaces.add_workspace(Equipment(), name=f"{things.canary} lobby")
        things.virtual_line = virtual_lines.add_virtual_line(
            things.location.id, first_name=things.canary, last_name="Line", extension="2009"
        )
        _except(things)
        _answer(things)
        things.batch = batches.begin(
            "move_numbers", [batches.Item(ours[1])], {"location_id": str(things.location.id)}
        )
        things.closing = batches.begin("close_location", [batches.Item(str(things.unsigned.id))])
        things.people_move = batches.begin("move_people", [batches.Item(things.canary)])
        things.address_change = batches.begin(
            "emergency_addresses",
            [
                batches.Item(
                    things.canary,
                    {"number": "", "location_id": str(things.location.id), "after": things.canary},
                )
            ],
        )
        today = clock.today("UTC")
        things.report = make_report.make(make_report.CALL_HISTORY, today, today)
        things.port_order = create_order.create(things.location.id)
        sign_letter.send_link(
            things.port_order.id, name=f"{things.canary} contact", email=f"{name}@contact.example"
        )
        _unlock(things)
        _order_by_case(things)
        things.directory_group = groups.keep_group(
            None, name=f"{things.canary} group", external_id="", member_ids=[user.id], by_role="full"
        )
        things.approval = approvals.ask("release_numbers", {"numbers": [ours[1]]}, 1)
        things.record = AuditRecord.objects.filter(subject_id=things.location.id).first()
        things.draft = drafts.save_step("site", {"name": things.canary}, draft_id=uuid7(), begin=True)
        things.licence = plans.licences()[0]
        _common(things)
    with as_operator():
        told = {
            "askedBy": "Bluebird Telephone",
            "reference": name,
            "phoneNumbers": [things.second_number.e164],
        }
        things.port_out = take_in.take_in(take_in.read(told))[0].request
        letter = Letter.objects.filter(template="port_letter_link", to=f"{name}@contact.example").latest("id")
        things.letter_link = str(letter.facts["path"]).strip("/").rpartition("/")[2]


def _unlock(things: Things) -> None:
    """A number that may leave."""
    from dialtone.porting.out import unlock

    things.unlock, _pin = unlock.unlock([things.number.e164])


def _invoice(customers: list[Things], partners: list[Things]) -> None:
    """Everybody's October, invoiced as if it were over, and what their partners pay for it."""
    from dialtone.billing.days import Month
    from dialtone.billing.issue import issue
    from dialtone.billing.issue_wholesale import issue_wholesale
    from dialtone.billing.models import Charge
    from dialtone.billing.record_payment import record_payment
    from dialtone.rates import load
    from dialtone.rates.sell_through import sell_through
    from dialtone.rates.simulate import simulate

    with as_operator():
        simulate()
        for things in customers:
            things.price_list = load.create_list(things.canary, "USD", things.org)
            things.price_version = load.propose(things.price_list, PRICES)
            things.invoice = issue(things.org, Month.of(START), issued_on=START.date(), rating_version=1)
            things.payment = record_payment(
                things.invoice.id, "0.01", START.date(), things.canary, request_key="standing"
            )
            things.charge = Charge.objects.filter(customer_id=things.org.id).first()
        for things in partners:
            sell_through(things.org.id, START.date().replace(day=1), is_on=True)
            things.invoice = issue_wholesale(
                things.org, Month.of(START), issued_on=START.date(), rating_version=1
            )
            for each in (things, *customers):
                if each.org.partner_id == things.org.id:
                    each.wholesale = things.invoice


def _except(things: Things) -> None:
    """One digit pattern, under the same id at the location and at everybody who may have one."""
    from dialtone.base.ids import uuid7
    from dialtone.calls.change_patterns import change_patterns
    from dialtone.calls.patterns import Pattern, Patterns

    here = things.location.id
    things.pattern_id = str(uuid7())
    told = Patterns(None, (Pattern(things.pattern_id, things.canary, "1900!", "BLOCK", False),))
    for kind, subject in (
        ("location", things.location),
        ("person", things.user),
        ("workspace", things.workspace),
        ("virtual_line", things.virtual_line),
    ):
        change_patterns(kind, subject.id, things.canary, here, lambda _found: told)


def _answer(things: Things) -> None:
    """A phone menu with opening hours, a hunt group and a queue with the user in them, a recording of the customer and one of the location."""
    from dialtone.services import (
        announcements,
        call_groups,
        operating_modes,
        phone_menus,
        schedules,
        site_services,
        wav,
    )
    from dialtone.services.announcements import Upload

    here, canary = things.location.id, things.canary
    day = {"startDate": "2026-11-23", "endDate": "2026-11-23", "startTime": "09:00", "endTime": "17:00"}
    things.schedule = schedules.add_schedule(
        here, kind="businessHours", name=f"{canary} hours", events=[{"name": canary, **day}]
    )
    holiday = {"name": canary, "startDate": "2026-11-26", "endDate": "2026-11-26", "allDayEnabled": True}
    things.mode = operating_modes.add_operating_mode(here, "HOLIDAY", {"name": canary, "holidays": [holiday]})
    upload = Upload(f"{canary}.wav", wav.written(bytes(1600)))
    things.announcement = announcements.add_announcement(None, name=canary, upload=upload)
    things.recording = announcements.add_announcement(here, name=canary, upload=upload)
    things.phone_menu = phone_menus.add_menu(
        here,
        site_services.Wanted(name=f"{canary} menu", extension="2101"),
        phone_menus.Told(
            business_schedule=f"{canary} hours",
            business_menu={"greeting": "DEFAULT"},
            after_menu={"greeting": "DEFAULT"},
        ),
    )
    things.rule_id = site_services.put_rule(things.phone_menu, {"name": canary})
    things.hunt_group, things.queue = (
        call_groups.add_group(
            here,
            kind,
            site_services.Wanted(name=f"{canary} {kind}", extension=extension),
            call_groups.Told(members=[call_groups.Joining("person", things.user.id)]),
        )
        for kind, extension in (("hunt_group", "2102"), ("queue", "2103"))
    )
    # One rule under one id, so that it can be named by itself wherever it is.
    for group in (things.hunt_group, things.queue):
        group.forwarding = {**group.forwarding, "rules": things.phone_menu.forwarding["rules"]}
        group.save()


def _order_by_case(things: Things) -> None:
    """An office in Germany, with numbers ordered by support case and a paper."""
    from dialtone.base.address import CivicAddress
    from dialtone.emergency import enter_address
    from dialtone.locations import connect, contract, create_location
    from dialtone.orders import place_case, supply_case

    canary = things.canary
    address = CivicAddress("DE", "Platz der Republik 1", "Berlin", "11011")
    office = create_location.create_location(
        name=f"{canary} Berlin", address=address, time_zone="Europe/Berlin"
    )
    connect.connect(office.id, "calling_plan")
    contract.make_contract(
        office.id, company_name=canary, first_name="Sam", last_name="Signer", email="sam@example.com"
    )
    enter_address.enter_address(office.id, address)
    who = {"first_name": canary, "last_name": canary, "contact_phone": "030 901820", "company_name": canary}
    place = {"street": "Platz der Republik", "building_number": "1", "postal_code": "11011", "city": "Berlin"}
    things.case_order = place_case.place_case(office.id, place_case.Wish(2, "local", who, place))
    things.case_paper = supply_case.attach(
        things.case_order.id, "registration_form", name=f"{canary}.png", content=picture(written=True)
    )


def _location_admin(world: World, things: Things) -> None:
    """Somebody of Alice's who looks after one location only."""
    from dialtone.people.invite_person import invite_person

    with as_customer(things.org, things.admin):
        world.people["alice_location"] = invite_person(
            things.org.id,
            email="alice.location@example.com",
            role="location",
            by_role="full",
            location_ids=[things.location.id],
        )


def _newest_address(location_id: UUID) -> Any:
    from dialtone.emergency import queries as emergency

    return emergency.newest_of_location(location_id)


def _begun_move(location: Any) -> Any:
    """A move between PSTN options at its first step."""
    from dialtone.base import clock
    from dialtone.migration.models import Move, Site

    made = Move(target="integrated_ccp", state="audit", begun_at=clock.now())
    made.save(force_insert=True)
    Site(move=made, location_id=location.id, name=location.name, state="waiting").save(force_insert=True)
    return made


def _center(things: Things) -> Any:
    """A contact centre that has lost its number: the location is on calling plans."""
    from dialtone.base import clock
    from dialtone.services.models import ContactCenter

    name = f"{things.canary} centre"
    return ContactCenter.objects.create(
        location_id=things.location.id, name=name, search_name=name.lower(), created_at=clock.now()
    )


def _begun_by_hand(location: Any) -> Any:
    """A move by hand at its first step."""
    from dialtone.base import clock
    from dialtone.migration.models import ManualMove

    made = ManualMove(
        location_id=location.id, name=location.name, target="premises", state="create", begun_at=clock.now()
    )
    made.save(force_insert=True)
    return made


def _common(things: Things) -> None:
    """What every organisation has: a person invited, a case, a webhook, a token; and a customer a paper."""
    from dialtone.base import documents, webhooks
    from dialtone.people import identity_providers
    from dialtone.people.invite_person import invite_person
    from dialtone.support import open_case

    canary, kind = things.canary, things.org.kind
    things.estate_import = _estate_import(things)
    things.invited = invite_person(
        things.org.id,
        email=f"{canary.lower()}@example.com",
        role="person" if kind == "customer" else "partner",
        by_role="full" if kind == "customer" else "partner",
        first_name=canary,
        last_name="Newcomer",
    )
    things.case = open_case.open_case("pstn_question", canary, canary)
    things.webhook, _secret = webhooks.create(canary, f"https://hooks.example.com/{canary}", ["*"])
    things.token, _secret = _token(things.admin, canary)
    things.integration, things.consent = _program(things)
    things.identity_provider = identity_providers.set_provider(
        name=canary, issuer="http://127.0.0.1:9", client_id=canary, secret=canary, is_only=False
    )
    # Ended: people of the standing world have no password, so each step-up would lead to the company's sign-in.
    identity_providers.end_provider()
    if kind == "customer":
        things.document = documents.store(
            kind="letter_of_agency",
            subject_kind="order",
            subject_id=things.order.id,
            name=f"{canary}.png",
            content=picture(),
        )


def _program(things: Things) -> tuple[Any, Any]:
    """A program of the organisation's, let in by its administrator."""
    from dialtone.base import tenancy
    from dialtone.people import consents, integrations
    from dialtone.people.callers import caller_for

    made, _secret = integrations.register_integration(
        caller_for(things.admin),
        name=f"{things.canary} program",
        redirect_uris=["https://program.example.com/back"],
        wanted=["sees_people"],
    )
    with tenancy.door_scope():
        return made, consents.let_in(made, things.admin, ["sees_people"])


def _estate_import(things: Things) -> Any:
    """A file of an estate that was refused, of the partner that the organisation is, or belongs to."""
    from dialtone.base import clock, tenancy
    from dialtone.estate.models import EstateImport

    now = clock.now()
    with tenancy.operator_scope(), tenancy.partner_scope(things.org.partner_id):
        return EstateImport.objects.create(
            name=f"{things.canary}.zip",
            size=1,
            state="refused",
            by_role="partner",
            created_at=now,
            changed_at=now,
        )


def picture(*, written: bool = False) -> bytes:
    """A small, clean picture, empty or with something on it."""
    from PIL import Image

    out = io.BytesIO()
    paper = Image.new("RGB", (64, 64) if written else (8, 8), "white")
    if written:
        paper.paste("black", (8, 8, 40, 40))
    paper.save(out, "PNG")
    return out.getvalue()


def _token(person: Any, name: str) -> tuple[Any, str]:
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for

    return tokens.make(caller_for(person), name=name)


def _work(rounds: int = 4) -> None:
    """Let time pass in small steps, as the sweeper would; the clock stands at the beginning again afterwards."""
    from dialtone.base import clock
    from dialtone.jobs import sweeper

    for step in range(1, rounds + 1):
        with clock.frozen(START + timedelta(seconds=5 * step)):
            sweeper.run_due()


def signed_in(person: Any) -> Any:
    """A browser in which this person is signed in. People of the standing world have no password to be asked for again.

    That is noted already, as after anybody's first page: a test's own pages are undone, and each would note it again.
    """
    from allauth.usersessions.models import UserSession
    from django.test import Client

    from dialtone.base import tenancy

    client = Client()
    with tenancy.door_scope():
        client.force_login(type(person).objects.get(pk=person.pk), backend=BACKEND)
        UserSession.objects.create(
            user_id=person.pk,
            session_key=client.session.session_key,
            ip="127.0.0.1",
            last_seen_at=START + timedelta(days=1),
        )
    return client
