"""Take a carrier's file in: kept as it came, to be read by a job. Operator's scope."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dialtone.base import clock, jobs, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory import problems as _problems  # noqa: F401  registers the codes
from dialtone.numbers.inventory.models import Delivery, DeliveryFile
from dialtone.numbers.inventory.ranges import LARGEST_FILE

_PIECE = 1 << 20


@dataclass(frozen=True)
class Packed:
    """A file as it is kept: compressed, with the size and the hash of what it was."""

    content: bytes
    size: int
    content_hash: str


def receive(file: Packed, name: str) -> Delivery:
    """Keep the file and have it read. The same file again answers the delivery that there is. Raises Problem
    inventory.empty."""
    if not file.size:
        raise Problem("inventory.empty", field="/file")
    known = Delivery.objects.filter(content_hash=file.content_hash).exclude(state__in=states.GONE).first()
    if known is not None:
        return known
    now = clock.now()
    delivery = Delivery.objects.create(
        name=name[:120],
        content_hash=file.content_hash,
        size=file.size,
        state=states.RECEIVED,
        received_at=now,
        received_by=tenancy.actor().name[:160],
        due_at=now,
    )
    DeliveryFile.objects.create(delivery=delivery, content=file.content)
    record.change(
        delivery,
        "delivery_received",
        name=delivery.name,
        facts={"size": file.size},
        moves=[Moved(Delivery.SUBJECT, delivery.id, "", states.RECEIVED, "received")],
    )
    have_it_worked(delivery)
    return delivery


def have_it_worked(delivery: Delivery) -> None:
    """A job for the delivery's next step; the sweeper finds the row if the job is lost."""
    jobs.defer("inventory.deliver", once=f"inventory.deliver:{delivery.id}", delivery_id=delivery.id)


def packed(pieces: Iterable[bytes]) -> Packed:
    """Compress a file as it comes in; one that is compressed already is opened, so that the same numbers are the same file.

    Raises Problem inventory.too_large, inventory.not_csv.
    """
    digest, size, out = hashlib.sha256(), 0, io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=3, mtime=0) as compressed:
        for piece in _opened(iter(pieces)):
            size += len(piece)
            if size > LARGEST_FILE:
                raise Problem("inventory.too_large", field="/file", values={"limit": LARGEST_FILE})
            digest.update(piece)
            compressed.write(piece)
    return Packed(out.getvalue(), size, digest.hexdigest())


def _opened(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces themselves, or what is in them when they are a gzip file."""
    first = next(pieces, b"")
    if not first.startswith(b"\x1f\x8b"):
        yield first
        yield from pieces
        return
    opener = zlib.decompressobj(31)
    for piece in (first, *pieces):
        rest = piece
        while rest:
            try:
                yield opener.decompress(rest, _PIECE)
            except zlib.error as error:
                raise Problem("inventory.not_csv", field="/file", values={"line": 1}) from error
            rest = opener.unconsumed_tail or opener.unused_data
            if opener.eof:
                opener = zlib.decompressobj(31)
    yield opener.flush()
