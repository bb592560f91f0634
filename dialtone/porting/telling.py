"""Letters about a port order: to whoever began it, and to the additional contact, each in the reader's language (PORT-22, PORT-26)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialtone.base import mail
from dialtone.people import queries as people
from dialtone.porting.models import PortOrder


def tell(
    order: PortOrder, template: str, facts: Mapping[str, Any], step: str, *, to_admins: bool = False
) -> None:
    """Write the letter once per step of the order; `to_admins` adds the customer's full administrators."""
    told = {
        "number": order.number,
        "location": order.location_name,
        "quantity": order.quantity,
        "order_id": str(order.id),
        **facts,
    }
    readers = {}
    begun = people.reader(order.begun_by)
    if begun is not None:
        readers[begun.id] = begun
    if to_admins or begun is None:
        readers.update({each.id: each for each in people.full_admins(order.customer_id)})
    reference = f"port:{order.id}:{step}"
    for reader in readers.values():
        mail.write(
            template,
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts=told,
            reference=reference,
        )
    addresses = {reader.email for reader in readers.values()}
    if order.contact_email and order.contact_email not in addresses:
        language = begun.language if begun else "en"
        mail.write(template, to=order.contact_email, language=language, facts=told, reference=reference)
