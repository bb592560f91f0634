"""The sandbox's tax service. It keeps what it answered, as a real one does, so that whoever heard nothing can ask what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dialtone.base import clock, tenancy
from dialtone.base.money import minor_digits
from dialtone.billing.models import SandboxTaxReply
from dialtone.billing.tax_service import Message, ServiceRefusedError, ServiceUnsureError

REPLIES = Path(__file__).with_name("replies.yaml")
ACTOR = tenancy.Actor(kind="job", name="Dialtone")


class SandboxTaxService:
    """See `tax_service.Service`."""

    is_simulated = True

    def ask(self, reference: str, question: Message) -> Message:
        """Works the taxes out line by line, each rounded half up."""
        said = _recorded()
        lines = [_line(each, str(question["currency"]), said["places"]) for each in question["lines"]]
        with tenancy.operator_scope(ACTOR):
            kept, _made = SandboxTaxReply.objects.get_or_create(
                id=reference,
                defaults={
                    "reply": {"reference": f"SIM-{reference[:8]}", "simulated": True, "lines": lines},
                    "made_at": clock.now(),
                },
            )
        if question["buyer"]["postal_code"] in said["silent"]:
            raise ServiceUnsureError("no answer within the time set for it")
        return dict(kept.reply)

    def observe(self, reference: str) -> Message | None:
        """What was kept."""
        with tenancy.operator_scope(ACTOR):
            kept = SandboxTaxReply.objects.filter(id=reference).first()
            return dict(kept.reply) if kept else None


@cache
def _recorded() -> Mapping[str, Any]:
    said = yaml.safe_load(REPLIES.read_text())
    places = {(each["country"], each.get("region", "")): each["taxes"] for each in said["places"]}
    return {"silent": frozenset(said["silent"]), "places": places}


def _line(asked: Message, currency: str, places: Mapping[tuple[str, str], list[Any]]) -> dict[str, Any]:
    country, region = asked["at"]["country"], asked["at"]["region"]
    found = places.get((country, region)) or places.get((country, ""))
    if found is None:
        raise ServiceRefusedError(f"the sandbox has no taxes of {country}")
    taxes = []
    for tax in found:
        if asked["kind"] in tax.get("kinds", [asked["kind"]]):
            percent = tax.get("percent")
            much = Decimal(asked["amount"]) * Decimal(percent) / 100 if percent else Decimal(tax["each"])
            smallest = Decimal(1).scaleb(-minor_digits(currency))
            taxes.append(
                {
                    "name": tax["name"],
                    "country": country,
                    "region": region if (country, region) in places else "",
                    "percent": percent,
                    "amount": f"{much.quantize(smallest, ROUND_HALF_UP):f}",
                    "code": "S",
                    "vat": bool(tax.get("vat")),
                }
            )
    return {"line": asked["line"], "taxes": taxes}
