"""Log lines as JSON with an allow-list of fields: no number with a name, no secret, no document (S10)."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

FIELDS = (
    "request_id",
    "path",
    "method",
    "status",
    "org_id",
    "person_id",
    "job_id",
    "task",
    "code",
    "count",
    "seconds",
)


class JsonLines(logging.Formatter):
    """One JSON object per line: when, level, logger, message, and the allowed extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
