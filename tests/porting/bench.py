"""What tests of ports have at hand: an office in each country, bills, and an order that is right in every respect."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import typst

from dialtone import countries
from dialtone.base import clock
from dialtone.carriers.sandbox.losing import Csr, accounts
from dialtone.porting import (
    attach_paper,
    create_order,
    enter_account,
    entry,
    papers,
    plan_split,
    sign_letter,
    submit,
)
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator

CODES = {
    "FR": {"rio_code": "01F4CHA3UVLP", "siret_code": "73282932000074"},
    "IT": {
        "vat_number": "IT00743110157",
        "migration_code": "TTN0286450100001X",
        "fiscal_code_of_authorizing_person": "RCCMNL83S18D969H",
    },
    "AU": {"acn_or_abn": "51824753556"},
    "BE": {"vat_number": "BE0403019261"},
    "CH": {"vat_number": "CHE-107.787.577 MWST"},
    "SE": {"vat_number": "SE123456789701"},
    "NL": {"vat_number": "NL004495445B01"},
    "LT": {"tax_id": "LT-445566"},
    "LU": {"vat_number": "LU15027442"},
    "DK": {"vat_number": "DK13585628"},
    "FI": {"vat_number": "FI20774740"},
    "PL": {"tax_id": "8567346215"},
    "GR": {"vat_number": "EL094259216"},
}
WORDS = {
    "US": ("Account Number", "Invoice Date", "Bill To", "Attn", "Service Address", "BTN"),
    "DE": ("Kundennummer", "Rechnungsdatum", "Rechnungsempfänger", "Ansprechpartner", "Anschlussadresse", "Hauptrufnummer"),
    "FR": ("Numéro de compte", "Date de la facture", "Raison sociale", "Titulaire du compte", "Adresse d'installation", "Numéro principal"),
    "IT": ("Codice cliente", "Data fattura", "Ragione sociale", "Referente", "Indirizzo di fornitura", "Numero principale"),
    "DK": ("Kundenummer", "Fakturadato", "Firma", "Kontaktperson", "Installationsadresse", "Hovednummer"),
    "SE": ("Kundnummer", "Fakturadatum", "Företag", "Kontaktperson", "Installationsadress", "Huvudnummer"),
}  # fmt: skip


@dataclass
class Bench:
    """Alice's office in one country, and what is done there."""

    world: World
    office: Any
    country: str

    @property
    def admin(self) -> Any:
        return self.world.people["alice_admin"]

    @contextmanager
    def mine(self) -> Iterator[None]:
        with as_customer(self.world.alice, self.admin):
            yield

    @contextmanager
    def desk(self) -> Iterator[None]:
        with as_operator(self.world.people["desk"]):
            yield


def csr(id: str) -> Csr:
    return next(each for each in accounts() if each.id == id)


def open_bench(
    world: World, country: str = "US", *, organisation: Any = None, name: str = "Head office"
) -> Bench:
    """An office that is ready: calling plan, contract, emergency address."""
    org = organisation or world.alice
    admin = world.people[f"{org.name.split()[0].lower()}_admin"]
    return Bench(world, open_office(org, admin, country=country, name=name), country)


@cache
def pdf(text: str) -> bytes:
    """A PDF with a text layer, line by line as given."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "bill.typ"
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        source.write_text(
            f'#set page(margin: 15mm)\n#set text(font: "DejaVu Sans Mono", size: 8pt)\n#raw("{quoted}", block: true)\n'
        )
        made: bytes = typst.compile(str(source))
    return made


def bill_text(account: Csr, *, dated: date, numbers: Sequence[str] = (), **changed: str) -> str:
    """A bill of an account, in the language of its country; `changed` prints other values than those on record."""
    label = WORDS.get(account.carrier.country, WORDS["US"])
    told = {
        "account": account.account_number,
        "company": account.company,
        "name": account.name,
        "street": account.address["address1"],
        "city": f"{account.address.get('city')}, {account.address.get('state', '')} {account.address['postal_code']}",
        "btn": account.btn,
        **changed,
    }
    listed = "\n".join(numbers or account.numbers)
    return (
        f"{account.carrier.name}\n\n{label[0]}: {told['account']}      {label[1]}: {dated.isoformat()}\n"
        f"{label[2]}: {told['company']}\n{label[3]}: {told['name']}\n{label[4]}: {told['street']}\n{told['city']}\n"
        f"{label[5]}: {told['btn']}\n\n{listed}\n"
    )


def account_of(record: Csr, **changed: Any) -> dict[str, Any]:
    """What a customer enters who has the record in front of them."""
    address = dict(record.address)
    address["postalCode"] = address.pop("postal_code")
    address.pop("country")
    told: dict[str, Any] = {
        "account_number": record.account_number,
        "company_name": record.company,
        "authorized_name": record.name,
        "billing_number": record.btn,
        "service_address": address,
        "codes": CODES.get(record.carrier.country, {}),
    }
    if record.pin:
        told["pin"] = record.pin
    return {**told, **changed}


def draft(bench: Bench, numbers: Sequence[str], **more: Any) -> Any:
    """A draft with these numbers, split accepted."""
    rules = countries.get(bench.country, clock.now().date()).porting
    entries = entry.read_api(list(numbers), bench.country, rules)
    more.setdefault("contact_email", "port@alice.example")
    if rules.line_types:
        more.setdefault("line_type", "single_line" if len(numbers) == 1 else "multi_line")
    order = create_order.create(bench.office.id, entries, **more)
    return plan_split.split(order.id, accepted=True)[0]


def fill(
    bench: Bench, order: Any, record: Csr, *, entered: dict[str, Any] | None = None, bill: bytes | None = None
) -> None:
    """Everything else that the order needs, as it stands on the record unless told otherwise."""
    from dialtone.porting import book

    enter_account.enter(order.id, entered or account_of(record), strict=False)
    rules = book.rules(order)
    today = clock.today(order.zone)
    for wanted in papers.wanted(rules):
        if wanted.kind == "bill":
            content = bill or pdf(bill_text(record, dated=today - timedelta(days=10)))
            attach_paper.attach(order.id, "bill", name="bill.pdf", content=content)
        else:
            attach_paper.attach(
                order.id,
                wanted.kind,
                name=f"{wanted.kind}.pdf",
                content=pdf(wanted.kind),
                dated_on=today - timedelta(days=20),
            )
    give_letter(order, record.name)


def give_letter(order: Any, signer: str) -> None:
    """The letter in the way of the country."""
    from dialtone.porting import book

    first, _space, last = signer.rpartition(" ")
    if book.rules(order).loa == "in_app_signature":
        sign_letter.sign(order.id, first_name=first, last_name=last, job_title="Director", agreed=True)
    else:
        today = clock.today(order.zone)
        sign_letter.upload(
            order.id, name="loa.pdf", content=pdf("signed by hand"), signed_on=today, signer=signer
        )


def ready(bench: Bench, record: Csr, count: int = 3, **more: Any) -> Any:
    """An order of the first numbers of a record, whole accounts kept honest: the others are said to stay."""
    numbers = record.numbers[:count]
    left = [number for number in record.numbers if number not in numbers]
    entered = more.pop("entered", None) or account_of(record)
    if left and "kept" not in entered:
        entered = {**entered, "kept": left, "kept_action": "keep", "new_billing_number": left[0]}
    port_type = more.pop("port_type", "")
    if not port_type and bench.country == "FR":
        port_type = "partial" if record.btn not in numbers else "complex" if left else "full"
    bill = more.pop("bill", None)
    order = draft(bench, numbers, port_type=port_type, **more)
    fill(bench, order, record, entered=entered, bill=bill)
    return order


def handed_in(bench: Bench, record: Csr, count: int = 3, **more: Any) -> Any:
    with bench.mine():
        return submit.submit(ready(bench, record, count, **more).id)


def live_numbers(bench: Bench, e164s: Sequence[str]) -> None:
    """Numbers of the inventory ordered for the office, and delivered."""
    from dialtone.jobs import sweeper
    from dialtone.orders import cart, place

    with bench.mine():
        chosen = [cart.Choice([e164], "standard") for e164 in e164s]
        place.place(cart.add(bench.office.id, chosen).id)
    for _round in range(3):
        clock._frozen.set(clock.now() + timedelta(seconds=5))
        sweeper.run_due()


def pass_time(until: timedelta | datetime) -> None:
    """Let time pass from due time to due time, doing what is due, as the sweeper would."""
    from dialtone.jobs import sweeper

    end = until if isinstance(until, datetime) else clock.now() + until
    sweeper.run_due(until=end)
    clock._frozen.set(end)
    sweeper.run_due()


def take_letter_back(order: Any) -> None:
    """Make a letter that was given count no more, so that another person can give it."""
    from dialtone.porting.models import Letter

    Letter.objects.filter(order=order).update(state="waiting", covers="")
