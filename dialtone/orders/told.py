"""What the carrier is told with an order: everything that was entered for the location goes to it (SPK-08).

The carrier needs the company and the signatory for its contract, and the emergency address to validate it (SPK-09, SPK-11).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dialtone.emergency import queries as emergency
from dialtone.locations import contract
from dialtone.locations import queries as locations


def of_location(location_id: UUID) -> dict[str, Any]:
    """The place, the contract with its contact, and the emergency address, as plain values; None for what is missing."""
    place = locations.location(location_id)
    signed = contract.of_location(location_id)
    shown = emergency.of_location(location_id)
    return {
        "location": {"name": place.name, "time_zone": place.time_zone, "address": place.address},
        "contract": signed
        and {
            "company": signed.company_name,
            "signatory": contract.signatory(signed),
            "title": signed.signed_title or signed.signatory_title,
            "email": signed.signatory_email,
            "signed_at": signed.signed_at.isoformat() if signed.signed_at else None,
            "text_version": signed.text_version,
        },
        "emergency_address": shown.address if shown else None,
    }
