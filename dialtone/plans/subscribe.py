"""Start a trial or a paid subscription, buy licences, convert a trial to paid (ACC-05, ACC-07, ACC-14, ACC-15, H13)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.base.text import clean
from dialtone.people import queries as people
from dialtone.plans import publish_terms as terms
from dialtone.plans import queries, states
from dialtone.plans.models import Licence, Subscription

ITEMS = (queries.OCP, "service_number", "calling_professional", "calling_workspace")
MOST_UNITS = 100_000


def start_trial(name: object = "Calling trial") -> Subscription:
    """A trial for technical evaluation (ACC-07). Raises plans.trial_exists when there is a subscription, and
    people.not_enrolled (ACC-03)."""
    now = clock.now()
    ends_at = now + timedelta(days=states.TRIAL_DAYS)
    return _start(Subscription(kind="trial", trial_ends_at=ends_at, due_at=ends_at), name)


def start_paid(name: object = "Calling plans") -> Subscription:
    """A paid subscription, without licences yet. Raises plans.trial_exists when there is one, and people.not_enrolled
    (ACC-03)."""
    return _start(Subscription(kind="paid"), name)


def _start(made: Subscription, name: object) -> Subscription:
    people.need_calling_partner(tenancy.current_customer_id())
    made.name = clean(name, field="/name", limit=120)
    made.state = states.ACTIVE
    made.started_at = clock.now()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("plans.trial_exists") from error
    record.change(
        made,
        "subscription_started",
        name=made.name,
        after={"kind": made.kind},
        moves=[Moved("subscription", made.id, "", states.ACTIVE, "started")],
        event="subscription.started",
        event_facts={"kind": made.kind},
    )
    return made


def buy_licence(item: str, quantity: int, requested_service_on: date, *, committed: bool = True) -> Licence:
    """Licence units from the requested service date on (BILL-05). Raises plans.item, plans.quantity,
    plans.service_date, plans.no_plan, people.not_enrolled (ACC-03)."""
    if item not in ITEMS:
        raise Problem("plans.item", field="/item", values={"item": str(item)[:40], "items": ", ".join(ITEMS)})
    if isinstance(quantity, bool) or not 1 <= quantity <= MOST_UNITS:
        raise Problem("plans.quantity", field="/quantity", values={"quantity": quantity, "limit": MOST_UNITS})
    _check_service_date(requested_service_on)
    people.need_calling_partner(tenancy.current_customer_id())
    subscription = _living()
    if subscription is None:
        raise Problem("plans.no_plan")
    made = Licence.objects.create(
        subscription=subscription,
        item=item,
        committed=committed,
        quantity=quantity,
        requested_service_on=requested_service_on,
        ordered_at=clock.now(),
    )
    record.change(
        made,
        "licence_bought",
        name=item,
        after={"quantity": quantity, "from": requested_service_on, "committed": committed},
        event="licence.bought",
        event_facts={"item": item, "quantity": quantity},
    )
    return made


def convert_trial(quantity: int, requested_service_on: date) -> Subscription:
    """From trial to paid, with at least one committed outbound plan; numbers and settings stay (ACC-14,
    ACC-15). Possible until the numbers are given back (H13). Raises plans.no_trial, plans.conversion_needs_licence."""
    subscription = _living()
    if subscription is None or subscription.kind != "trial":
        raise Problem("plans.no_trial")
    if quantity < 1:
        raise Problem("plans.conversion_needs_licence", field="/quantity")
    buy_licence(queries.OCP, quantity, requested_service_on)
    now = clock.now()
    decision = states.decide(subscription.state, "converted", now)
    assert decision is not None
    before = subscription.state
    subscription.kind = "paid"
    subscription.state = decision.state
    subscription.converted_at = now
    subscription.trial_ends_at = None
    subscription.due_at = None
    subscription.version += 1
    subscription.save()
    record.change(
        subscription,
        "trial_converted",
        name=subscription.name,
        before={"kind": "trial", "state": before},
        after={"kind": "paid", "state": decision.state},
        moves=[Moved("subscription", subscription.id, before, decision.state, "converted")],
        event="subscription.converted",
    )
    return subscription


def publish_terms(version: str, texts: dict[str, str], kind: str = "service") -> UUID:
    """See `publish_terms.py`."""
    return terms.publish_terms(version, texts, kind=kind).id


def _living() -> Subscription | None:
    """The customer's living subscription, locked, so that two people do not convert it at once."""
    found: Subscription | None = (
        Subscription.objects.select_for_update()
        .filter(customer_id=tenancy.current_customer_id(), ended_at=None)
        .first()
    )
    return found


def _check_service_date(day: date) -> None:
    """A date within a year of today: further away it is a slip of the pen."""
    today = clock.now().date()
    if abs((day - today).days) > 366:
        raise Problem("plans.service_date", field="/requestedServiceDate", values={"date": day.isoformat()})
