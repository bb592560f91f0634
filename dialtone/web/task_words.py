"""What the tasks of the queue do, in words; the sandbox bar and the page Jobs say them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

TASKS = {
    "mail.send": gettext_lazy("Send a letter"),
    "webhooks.deliver": gettext_lazy("Deliver to a webhook"),
    "documents.erase": gettext_lazy("Erase a paper whose time is over"),
    "approvals.expire": gettext_lazy("Nobody consented in time"),
    "cases.close": gettext_lazy("Close a case that nobody came back to"),
    "carriers.send": gettext_lazy("Ask a carrier"),
    "orders.advance": gettext_lazy("Carry an order on"),
    "orders.erase_identity": gettext_lazy("Erase who ordered, as the papers"),
    "orders.due": gettext_lazy("Remind of an order, or end it"),
    "porting.attend": gettext_lazy("Carry a port order on"),
    "carts.expire": gettext_lazy("Let the numbers of a cart go"),
    "inventory.sweep": gettext_lazy("Put numbers back into the inventory"),
    "emergency.check_address": gettext_lazy("Check an emergency address"),
    "plans.end_trial": gettext_lazy("Carry the end of a trial on"),
    "emergency.compare": gettext_lazy("Compare emergency addresses with a carrier's books again"),
    "plans.erase_sign_up": gettext_lazy("Forget a sign-up that nobody finished"),
    "estate.work": gettext_lazy("Carry an estate import on"),
    "billing.run": gettext_lazy("Invoice a month"),
    "installation.audit": gettext_lazy("Audit the installation"),
}


def task_word(name: str) -> str:
    """What a task does; a new one says its own name."""
    return str(TASKS.get(name, name.replace(".", ": ").replace("_", " ")))
