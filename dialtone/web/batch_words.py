"""How long work with many items is worded."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from dialtone.base import batches

STATE = {
    batches.WAITING: ("moving", gettext_lazy("Waiting")),
    batches.RUNNING: ("moving", gettext_lazy("Under way")),
    batches.PAUSED: ("waiting", gettext_lazy("Stopped for now")),
    batches.DONE: ("ok", gettext_lazy("Every line was tried")),
    batches.FAILED: ("refused", gettext_lazy("Failed")),
    batches.ABANDONED: ("off", gettext_lazy("Ended")),
}
