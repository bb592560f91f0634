"""Ask the tax service that the operator has chosen: once for each question, with its answer kept beside the invoice.

`issue` works out what the invoice would say and looks for a kept answer (`Kept`); without one it is undone, and the run asks between two
transactions, in three short steps as carriers are asked: note that we are about to (`asking`); ask outside any transaction; keep the
answer. After silence the service is asked what it kept before anything is sent again. The reference follows from the question, so a run
that is begun again finds the answer of the first one, and a question that has changed is another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction

from dialtone.base import clock, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.billing import set_party, tax_service, tax_services
from dialtone.billing.draft import Draft
from dialtone.billing.models import TaxReply
from dialtone.billing.tax_service import Message, ServiceAwayError, ServiceRefusedError, ServiceUnsureError
from dialtone.billing.taxes import Taxed, TaxLine
from dialtone.billing.wholesale import WholesaleDraft
from dialtone.locations.models import Location
from dialtone.people import queries as people
from dialtone.people.models import Organisation, tenant_of

NEW, ASKING, UNSURE, ANSWERED, REFUSED = "new", "asking", "unsure", "answered", "refused"
PATIENCE = timedelta(minutes=2)  # until somebody who was asking counts as ended
JOB = tenancy.Actor(kind="job", name="Dialtone")


@dataclass(frozen=True)
class Wanted:
    """A question nobody has answered yet; `customer` is who buys, a partner too."""

    service: str
    reference: UUID
    customer: Organisation
    question: Message


@dataclass(frozen=True)
class _Came:
    """The state that a question came to; the answer and the sum of its taxes, or why there is none."""

    state: str
    reply: Message | None = None
    why: str = ""
    total: Decimal | None = None


class TaxesWantedError(Exception):
    """The invoice waits for the answer of a tax service."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(str(wanted.reference))
        self.wanted = wanted


class Kept:
    """The taxes of one draft by the answer that was kept (a `taxes.TaxService`). `reply` is the one that was used."""

    def __init__(self, draft: Draft | WholesaleDraft, service: str) -> None:
        self._draft, self._service = draft, service
        self.reply: TaxReply | None = None

    def taxes(self, taxed: Sequence[Taxed], currency: str) -> list[TaxLine]:
        """Raises TaxesWantedError where there is no answer yet."""
        if not taxed:
            return []
        asked = question(self._draft, taxed, currency)
        customer = self._draft.customer
        key = uuid5(customer.id, f"tax:{self._service}:{self._draft.month}:{tax_service.hashed(asked)}")
        self.reply = TaxReply.objects.filter(id=key, state=ANSWERED).first()
        if self.reply is None:
            raise TaxesWantedError(Wanted(self._service, key, customer, asked))
        return tax_service.lines(asked, self.reply.reply or {})

    @property
    def told(self) -> dict[str, str]:
        """What the invoice says of it."""
        if self.reply is None:
            return {}
        return {
            "service": self.reply.service,
            "reference": str(self.reply.id),
            "service_reference": str((self.reply.reply or {}).get("reference", "")),
        }


def question(draft: Draft | WholesaleDraft, taxed: Sequence[Taxed], currency: str) -> Message:
    """What is asked: the lines with what they cost and where they are used, and the addresses of both parties."""
    places = _places(draft)
    nowhere = dict.fromkeys(tax_service.PLACE, "")
    return {
        "currency": currency,
        "month": str(draft.month),
        "seller": _party(people.seller()),
        "buyer": _party(draft.customer),
        "lines": [
            {
                "line": each.line,
                "kind": each.kind,
                "subject": each.subject,
                "amount": each.amount.text,
                "last_on": each.last_on.isoformat(),
                "at": places.get(each.line) or {**nowhere, "country": each.country, "region": each.region},
            }
            for each in taxed
        ],
    }


def _places(draft: Draft | WholesaleDraft) -> dict[int, dict[str, str]]:
    """By line the address at which it is used, where that is known; a partner buys where it is itself."""
    if isinstance(draft, WholesaleDraft):
        return dict.fromkeys(range(len(draft.sold)), _party(draft.partner))
    places = {
        each.id: {
            "country": each.country,
            "region": str(each.address.get("state", "")),
            "city": str(each.address.get("city", "")),
            "postal_code": str(each.address.get("postal_code", "")),
            "street": _street(each.address),
        }
        for each in Location.objects.filter(customer_id=draft.customer.id)
    }
    at = [line.item.location_id for line in draft.lines] + [each.location_id for each in draft.usage]
    return {line: places[each] for line, each in enumerate(at) if each in places}


def keep(wanted: Wanted) -> None:
    """Write the question down, in the transaction that found it open. Operator's scope."""
    TaxReply.objects.bulk_create(
        [
            TaxReply(
                id=wanted.reference,
                **tenant_of(wanted.customer),
                service=wanted.service,
                state=NEW,
                question=dict(wanted.question),
                made_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )


def carry(reference: UUID) -> bool:
    """Have a question answered; False while somebody else is at it. Raises Problem billing.tax_service_away,
    billing.tax_service_refused. Opens its own scopes."""
    begun = _begin(reference)
    if begun is None:
        return False
    row, may_be_kept = begun
    if row.state == ANSWERED:
        return True
    crashpoint("billing.before_taxes")
    came = _asked(row, may_be_kept)
    with tenancy.operator_scope(JOB):
        TaxReply.objects.filter(id=reference, state=ASKING).update(
            state=came.state,
            reply=came.reply,
            why=came.why[:500],
            answered_at=clock.now() if came.reply else None,
            total=came.total,
        )
    if came.state == REFUSED:
        raise Problem("billing.tax_service_refused", values={"why": came.why[:500]})
    if came.state != ANSWERED:
        raise Problem("billing.tax_service_away")
    return True


def _begin(reference: UUID) -> tuple[TaxReply, bool] | None:
    with tenancy.operator_scope(JOB), transaction.atomic():
        row = TaxReply.objects.select_for_update().get(id=reference)
        if row.state == ANSWERED:
            return row, False
        now = clock.now()
        if row.state == ASKING and row.asked_at and now - row.asked_at < PATIENCE:
            return None
        may_be_kept = row.state in (ASKING, UNSURE)
        TaxReply.objects.filter(id=reference).update(state=ASKING, asked_at=now)
        row.state = ASKING
        return row, may_be_kept


def _asked(row: TaxReply, may_be_kept: bool) -> _Came:
    try:
        service = tax_services.service(row.service)
        reply = service.observe(str(row.id)) if may_be_kept else None
        if reply is None:
            may_be_kept = False
            reply = service.ask(str(row.id), row.question)
        found = tax_service.lines(row.question, reply)
    except ServiceUnsureError:
        return _Came(UNSURE)
    except ServiceAwayError:
        return _Came(UNSURE if may_be_kept else NEW)
    except ServiceRefusedError as error:
        return _Came(REFUSED, why=str(error))
    except (ValueError, KeyError, TypeError) as error:
        return _Came(REFUSED, why=f"{type(error).__name__}: {error}")
    total = Money.total((each.amount for each in found), str(row.question["currency"]))
    return _Came(ANSWERED, dict(reply), total=total.amount)


def _party(organisation: Organisation) -> dict[str, str]:
    party = set_party.of(organisation)
    if party is None:
        return {**dict.fromkeys(tax_service.PLACE, ""), "country": organisation.country}
    return {
        "country": party.country,
        "region": "",
        "city": party.city,
        "postal_code": party.postal_code,
        "street": party.street,
    }


def _street(address: Message) -> str:
    return str(address.get("address1") or address.get("street") or "")
