"""Start a trial, buy licences, convert a trial to paid (ACC-05, ACC-07, ACC-14, ACC-15, H13)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.plans.models import Licence, Subscription, Terms

TRIAL_DAYS = 90  # H13
ITEMS = ("outbound_calling_plan", "service_number", "calling_professional", "calling_workspace")
MOST_UNITS = 100_000


def start_trial(name: str = "Calling trial") -> Subscription:
    """A trial for technical evaluation (ACC-07). Raises plans.trial_exists when there is a subscription."""
    if Subscription.objects.filter(ended_at=None).exists():
        raise Problem("plans.trial_exists")
    now = clock.now()
    made = Subscription.objects.create(
        name=name,
        kind="trial",
        state="active",
        started_at=now,
        trial_ends_at=now + timedelta(days=TRIAL_DAYS),
        due_at=now + timedelta(days=TRIAL_DAYS - 14),
    )
    record.change(made, "trial_started", name=name, after={"kind": "trial"}, event="subscription.started")
    return made


def start_paid(name: str = "Calling plans") -> Subscription:
    """A paid subscription, without licences yet. Raises plans.trial_exists when there is one."""
    if Subscription.objects.filter(ended_at=None).exists():
        raise Problem("plans.trial_exists")
    made = Subscription.objects.create(name=name, kind="paid", state="active", started_at=clock.now())
    record.change(
        made, "subscription_started", name=name, after={"kind": "paid"}, event="subscription.started"
    )
    return made


def buy_licence(item: str, quantity: int, requested_service_on: date, *, committed: bool = True) -> Licence:
    """Licence units from the requested service date on (BILL-05). Raises plans.item, plans.quantity, plans.no_plan."""
    if item not in ITEMS:
        raise Problem("plans.item", field="/item", values={"item": str(item)[:40], "items": ", ".join(ITEMS)})
    if isinstance(quantity, bool) or not 1 <= quantity <= MOST_UNITS:
        raise Problem("plans.quantity", field="/quantity", values={"quantity": quantity, "limit": MOST_UNITS})
    subscription = Subscription.objects.select_for_update().filter(ended_at=None).first()
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
        made, "licence_bought", name=item, after={"quantity": quantity, "from": requested_service_on}
    )
    return made


def convert_trial(quantity: int, requested_service_on: date) -> Subscription:
    """From trial to paid, with at least one committed outbound plan; numbers and settings stay (ACC-14, ACC-15)."""
    subscription = Subscription.objects.select_for_update().filter(ended_at=None, kind="trial").first()
    if subscription is None:
        raise Problem("not_found")
    if quantity < 1:
        raise Problem("plans.conversion_needs_licence", field="/quantity")
    buy_licence("outbound_calling_plan", quantity, requested_service_on)
    subscription.kind = "paid"
    subscription.converted_at = clock.now()
    subscription.trial_ends_at = None
    subscription.due_at = None
    subscription.version += 1
    subscription.save()
    record.change(
        subscription,
        "trial_converted",
        before={"kind": "trial"},
        after={"kind": "paid"},
        event="subscription.converted",
    )
    return subscription


def publish_terms(version: str, texts: dict[str, str], kind: str = "service") -> UUID:
    """The operator publishes a version of the terms; published texts never change."""
    made = Terms(kind=kind, version=version, effective_at=clock.now(), texts=texts)
    made.save(force_insert=True)
    return made.id
