"""Webhooks: events told to an organisation's own addresses, signed, in order, and tried again for days (D1).

The form is Standard Webhooks; a webhook made through the compatible API speaks that API's form instead
(webex-api section 9).
"""

from __future__ import annotations

from dialtone.base.webhooks.delivery import deliver
from dialtone.base.webhooks.keep import MOST, create, delete, rotate_secret, switch_on, update
from dialtone.base.webhooks.queries import customer_of, deliveries, webhook, webhooks
from dialtone.base.webhooks.replay import replay

__all__ = [
    "MOST",
    "create",
    "customer_of",
    "delete",
    "deliver",
    "deliveries",
    "replay",
    "rotate_secret",
    "switch_on",
    "update",
    "webhook",
    "webhooks",
]
