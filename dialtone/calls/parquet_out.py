"""Call records as a Parquet file: with the columns that records are taken in by, and typed, for whoever reckons with them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from uuid import UUID

from dialtone.calls.models import CallRecord


def write(found: Sequence[CallRecord], locations: Mapping[UUID, str]) -> bytes:
    """One row for each record, in their order."""
    import pyarrow as pa  # loaded where it is asked for: most processes write none
    import pyarrow.parquet as pq

    instant, text = pa.timestamp("us", tz="UTC"), pa.string()
    columns = {
        "call_id": (text, [each.call_id for each in found]),
        "direction": (text, [each.direction for each in found]),
        "start": (instant, [each.started_at for each in found]),
        "answer": (instant, [each.answered_at for each in found]),
        "end": (instant, [each.ended_at for each in found]),
        "duration": (pa.int64(), [each.seconds for each in found]),
        "caller": (text, [each.caller for each in found]),
        "called": (text, [each.called for each in found]),
        "outcome": (text, [each.outcome for each in found]),
        "type": (text, [each.call_type for each in found]),
        "country": (text, [each.other_country for each in found]),
        "location": (
            text,
            [locations.get(each.location_id, "") if each.location_id else "" for each in found],
        ),
        "person": (text, [each.owner_name for each in found]),
        "source": (text, [each.source for each in found]),
    }
    schema = pa.schema([(name, kind) for name, (kind, _cells) in columns.items()])
    table = pa.table({name: cells for name, (_kind, cells) in columns.items()}, schema=schema)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
