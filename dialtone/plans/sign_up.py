"""A buyer signs up: six digits go to the address, and who enters them is administrator of a paying account at once
(SMB-01 to SMB-04).

Runs as the role `door`. Until the code is entered there is nothing but a row that is erased after a day. An address that
belongs to somebody already gets another letter and the same answers, in the same time (S4): its code is known to nobody.
A code is worth something only together with the id of its row, which is kept in the session of the browser that asked.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from dialtone import countries
from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.base.tenancy import Actor
from dialtone.base.text import clean, clean_email
from dialtone.people import fields
from dialtone.people.create_customer import create_customer
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Organisation, Person
from dialtone.plans import problems as _problems  # noqa: F401  registers the codes
from dialtone.plans import queries, subscribe
from dialtone.plans.models import SignUp

VALID_FOR = timedelta(minutes=15)
MOST_WRONG = 5  # for each code
MOST_LETTERS = 3
KEPT_FOR = timedelta(days=1)
MOST_PLANS = 500
# What one plan is made of: somebody may have a phone, and may call out with it.
PLAN = (queries.OCP, "calling_professional")


def is_open() -> bool:
    """Whether strangers may buy here: the operator's setting `sign_up`."""
    return bool(settings.SIGN_UP)


def begin(
    *, organisation: str, country: str, name: str, email: str, quantity: int, password: str, language: str
) -> SignUp:
    """Keep what was told, and mail the code. `password` has passed the rules of passwords.

    Raises Problem not_found while sign-up is closed, people.not_enrolled, and Problems of the fields.
    """
    _seller()
    wrong: list[Problem] = []
    found = SignUp(country=country, quantity=quantity, created_at=clock.now())
    for attribute, read in (
        ("organisation", lambda: clean(organisation, field="/organisation", limit=120)),
        ("name", lambda: clean(name, field="/name", limit=160)),
        ("email", lambda: clean_email(email)),
        ("language", lambda: fields.language(language)),
    ):
        try:
            setattr(found, attribute, read())
        except Problem as problem:
            wrong.append(problem)
    served = countries.served(clock.now().date())
    if country not in served:
        choices = {"value": country[:40], "choices": ", ".join(served)}
        wrong.append(Problem("field.not_allowed", field="/country", values=choices))
    if not 1 <= quantity <= MOST_PLANS:
        limits = {"quantity": quantity, "limit": MOST_PLANS}
        wrong.append(Problem("plans.quantity", field="/quantity", values=limits))
    if wrong:
        raise Problems(wrong)
    found.password = make_password(password)
    found.erase_at = found.created_at + KEPT_FOR
    _mail_code(found)
    return found


def send_again(sign_up_id: UUID) -> SignUp:
    """A new code; the one before is worth nothing any more. Raises Problem plans.sign_up_over, plans.sign_up_letters."""
    found = _locked(sign_up_id)
    if found.letters >= MOST_LETTERS:
        raise Problem("plans.sign_up_letters")
    _mail_code(found)
    return found


def confirm(sign_up_id: UUID, code: str) -> Person:
    """The administrator of the account that begins now. A wrong code is counted, so the caller must not undo what this wrote.

    Raises Problem plans.sign_up_over, plans.sign_up_code, plans.sign_up_code_over, people.email_taken, people.not_enrolled.
    """
    found = _locked(sign_up_id)
    if found.wrong >= MOST_WRONG or clock.now() >= found.sent_at + VALID_FOR:
        raise Problem("plans.sign_up_code_over", field="/code")
    if not constant_time_compare(found.code_digest, _digest(found, _digits(code))):
        found.wrong += 1
        found.save(update_fields=["wrong"])
        raise Problem("plans.sign_up_code", field="/code")
    with transaction.atomic():
        person = _open_account(found)
        found.delete()
    return person


def erase(sign_up_id: UUID) -> None:
    """Forget a sign-up that nobody finished, in the operator's scope, once its day is over."""
    SignUp.objects.filter(id=sign_up_id, erase_at__lte=clock.now()).delete()


def _locked(sign_up_id: UUID) -> SignUp:
    found = SignUp.objects.select_for_update().filter(id=sign_up_id, erase_at__gt=clock.now()).first()
    if found is None:
        raise Problem("plans.sign_up_over")
    return found


def _mail_code(found: SignUp) -> None:
    """To somebody known goes a letter that says so; its code is drawn like any other, and told to nobody."""
    code = f"{secrets.randbelow(10**6):06}"
    found.sent_at = clock.now()
    found.letters += 1
    found.wrong = 0
    found.code_digest = _digest(found, code)
    found.save()
    is_known = Person._base_manager.filter(email=found.email).exists()
    mail.write(
        "sign_up_known" if is_known else "sign_up_code",
        to=found.email,
        language=found.language,
        facts={} if is_known else {"code": code, "minutes": int(VALID_FOR.total_seconds() // 60)},
    )


def _digest(found: SignUp, code: str) -> str:
    return salted_hmac("dialtone.plans.sign_up", f"{found.id}:{code}", algorithm="sha256").hexdigest()


def _digits(code: str) -> str:
    """What was typed or pasted, without spaces and in plain digits.

    >>> _digits(" 123 456"), _digits("１２３-４５６")
    ('123456', '123456')
    """
    plain = unicodedata.normalize("NFKC", code[:40])
    return "".join(char for char in plain if char.isalnum())


def _seller() -> Organisation:
    """The house partner, whose customers direct buyers are. Raises Problem not_found, people.not_enrolled (ACC-03)."""
    if not is_open():
        raise Problem("not_found")
    found: Organisation | None = Organisation._base_manager.filter(
        kind="partner", is_house_partner=True
    ).first()
    if found is None or found.state != "active" or found.enrolled_at is None:
        raise Problem("people.not_enrolled", values={"partner": found.name if found else ""})
    return found


def _open_account(found: SignUp) -> Person:
    """Customer, administrator, and the plan with its committed licences: all of it, or nothing."""
    seller = _seller()
    today = clock.now().date()
    facts = countries.get(found.country, today)
    actor = Actor(kind="person", name=found.name, origin="sign-up")
    with tenancy.partner_scope(seller.id, actor):
        customer = create_customer(
            name=found.organisation,
            country=found.country,
            partner_id=seller.id,
            language=found.language,
            time_zone=facts.identity.time_zones[0],
            currency=facts.identity.currency,
        )
    with tenancy.customer_scope(customer.id, seller.id, actor):
        person = invite_person(
            customer.id,
            email=found.email,
            role="full",
            by_role="partner",
            display_name=found.name,
            with_letter=False,
        )
        person.password = found.password
        person.save(update_fields=["password"])
        record.change(person, "password_set", name=person.display_name)
        subscribe.start_paid()
        for item in PLAN:
            subscribe.buy_licence(item, found.quantity, clock.today(customer.time_zone))
    return person
