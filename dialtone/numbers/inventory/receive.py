"""Take a carrier's file in: kept as it came, to be read by a job. Operator's scope."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dialtone.base import clock, jobs, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory import problems as _problems  # noqa: F401  registers the codes
from dialtone.numbers.inventory.models import Delivery, DeliveryFile
from dialtone.numbers.inventory.ranges import LARGEST_FILE

_PIECE = 1 << 20
_GZIP = b"\x1f\x8b"


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
    """A whole file in pieces, packed. Raises what `Packer` raises."""
    packer = Packer()
    for piece in pieces:
        packer.add(piece)
    return packer.done()


class Packer:
    """Compresses a file as it comes in; one that is compressed already is opened, so that the same numbers are the same file."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._size = 0
        self._out = io.BytesIO()
        self._compressed = gzip.GzipFile(fileobj=self._out, mode="wb", compresslevel=3, mtime=0)
        self._opener: Any = None
        self._is_first = True

    def add(self, piece: bytes) -> None:
        """The next piece. Raises Problem inventory.too_large, inventory.not_csv."""
        if self._is_first and piece:
            self._is_first = False
            if piece.startswith(_GZIP):
                self._opener = zlib.decompressobj(31)
        if self._opener is None:
            self._keep(piece)
            return
        while piece:
            if self._opener.eof:  # another file follows in the same one
                self._opener = zlib.decompressobj(31)
            try:
                self._keep(self._opener.decompress(piece, _PIECE))
            except zlib.error as error:
                raise Problem("inventory.not_csv", field="/file", values={"line": 1}) from error
            piece = self._opener.unconsumed_tail or self._opener.unused_data

    def done(self) -> Packed:
        """The file. Raises Problem inventory.not_csv for a compressed one that breaks off."""
        if self._opener is not None:
            self._keep(self._opener.flush())
            if not self._opener.eof:
                raise Problem("inventory.not_csv", field="/file", values={"line": 1})
        self._compressed.close()
        return Packed(self._out.getvalue(), self._size, self._digest.hexdigest())

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > LARGEST_FILE:
            raise Problem("inventory.too_large", field="/file", values={"limit": LARGEST_FILE})
        self._digest.update(piece)
        self._compressed.write(piece)
