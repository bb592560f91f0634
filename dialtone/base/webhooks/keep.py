"""Create, change, delete webhooks, and give them new secrets. All in the scope of the organisation that owns them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from dialtone.base import clock, netguard, record, tenancy
from dialtone.base.models import Webhook
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.base.webhooks import problems as _problems  # noqa: F401  registers the codes
from dialtone.base.webhooks import queries
from dialtone.base.webhooks.secrets import Secrets, new_secret

MOST = 50
_KIND = re.compile(r"\*|[a-z][a-z_]{0,39}\.(\*|[a-z][a-z_]{0,39})")


def create(
    name: object,
    url: object,
    kinds: Sequence[str],
    *,
    compat: Mapping[str, Any] | None = None,
    compat_secret: object = None,
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown this once.

    `compat` holds resource, event and filter of the compatible API; with it, bodies have that API's form, signed with
    `compat_secret` when given. Raises Problem webhooks.too_many, webhooks.kinds, webhooks.secret, field.*, url.*.
    """
    scope = tenancy.current()
    if queries.own().count() >= MOST:
        raise Problem("webhooks.too_many", field="/url", values={"limit": MOST})
    made = Webhook(
        name=clean(name, field="/name", limit=120),
        url=netguard.check_url(url, allow_loopback=settings.SANDBOX),
        kinds=_checked(kinds),
        compat=dict(compat or {}),
        created_by=scope.actor.id,
        created_at=clock.now(),
    )
    secrets = Secrets(new_secret(), compat=_compat_secret(compat_secret))
    made.wrapped_secret = secrets.wrapped(made.id)
    made.save(force_insert=True)
    record.change(made, "webhook_created", name=made.name, after={"url": made.url, "kinds": made.kinds})
    return made, secrets.present


def update(
    webhook_id: UUID,
    *,
    name: object = None,
    url: object = None,
    kinds: Sequence[str] | None = None,
    active: bool | None = None,
    compat_secret: object = None,
) -> Webhook:
    """Change what is given. Raises Problem not_found, webhooks.kinds, webhooks.secret, field.*, url.*."""
    found = queries.webhook(webhook_id, lock=True)
    before = _shown(found)
    if name is not None:
        found.name = clean(name, field="/name", limit=120)
    if url is not None:
        found.url = netguard.check_url(url, allow_loopback=settings.SANDBOX)
    if kinds is not None:
        found.kinds = _checked(kinds)
    if active is not None and active != (found.state == "active"):
        found.state, found.state_reason = ("active", "") if active else ("off", "by_hand")
    if compat_secret is not None:
        secrets = Secrets.of(found.wrapped_secret, found.id)
        secrets.compat = _compat_secret(compat_secret)
        found.wrapped_secret = secrets.wrapped(found.id)
    found.version += 1
    found.save()
    record.change(found, "webhook_changed", name=found.name, before=before, after=_shown(found))
    return found


def switch_on(webhook_id: UUID) -> Webhook:
    """Send to it again from now on. Raises Problem not_found."""
    return update(webhook_id, active=True)


def rotate_secret(webhook_id: UUID) -> str:
    """A new secret, shown this once; the old one signs along for a day. Raises Problem not_found."""
    found = queries.webhook(webhook_id, lock=True)
    secrets = Secrets.of(found.wrapped_secret, found.id).rotated(clock.now())
    found.wrapped_secret = secrets.wrapped(found.id)
    found.version += 1
    found.save(update_fields=["wrapped_secret", "version"])
    record.change(found, "webhook_secret_changed", name=found.name)
    return secrets.present


def delete(webhook_id: UUID) -> None:
    """Delete it with its deliveries. Raises Problem not_found."""
    found = queries.webhook(webhook_id, lock=True)
    record.change(found, "webhook_deleted", name=found.name, before=_shown(found))
    found.delete()


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {"name": webhook.name, "url": webhook.url, "kinds": webhook.kinds, "state": webhook.state}


def _checked(kinds: Sequence[str]) -> list[str]:
    if not kinds or len(kinds) > 100:
        raise Problem("webhooks.kinds", field="/kinds", values={"kind": "[]"})
    for index, kind in enumerate(kinds):
        if not isinstance(kind, str) or not _KIND.fullmatch(kind):
            raise Problem("webhooks.kinds", field=f"/kinds/{index}", values={"kind": str(kind)[:60]})
    return sorted(set(kinds))


def _compat_secret(text: object) -> str:
    if text is None or text == "":
        return ""
    if not isinstance(text, str) or len(text) > 255 or not text.isprintable():
        raise Problem("webhooks.secret", field="/secret")
    return text
