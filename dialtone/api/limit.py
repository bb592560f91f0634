"""How often a token may ask: a bucket for each token, in this process.

Kept in memory on purpose: it protects the process it lives in, needs nobody, and costs a request a microsecond. With several
web processes a token has a bucket in each. Questions about calls do not pass here (`middleware.py`, E9).
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict

from django.conf import settings

MOST_TOKENS = 10_000


class Limit:
    """`per_minute` requests on average, a minute's worth at once."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """0 when the request may pass, else the whole seconds until one may."""
        now = time.monotonic()
        rate = self.per_minute / 60
        with self._lock:
            left, at = self._left.pop(key, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - at) * rate)
            passes = left >= 1
            self._left[key] = (left - 1 if passes else left, now)
            if len(self._left) > MOST_TOKENS:
                self._left.popitem(last=False)
        return 0 if passes else max(1, math.ceil((1 - left) / rate))


LIMIT = Limit(settings.API_REQUESTS_PER_MINUTE)
