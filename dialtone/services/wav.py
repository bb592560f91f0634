"""Pure: recordings as WAV files (RIFF). A file is taken apart and made anew with its format and its sound only, so that
nothing else rides along. Source of the limits: the compatible API's repository of announcements (8 MB a file)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from dialtone.base.problems import Problem

MOST_BYTES = 8_000_000
MOST_SECONDS = 600
PCM, A_LAW, MU_LAW = 1, 6, 7
_BITS = {PCM: (8, 16), A_LAW: (8,), MU_LAW: (8,)}


@dataclass(frozen=True)
class Recording:
    """A clean WAV file, and how long it plays."""

    content: bytes
    milliseconds: int


def read(content: bytes, field: str = "/file") -> Recording:
    """The recording in an upload. Raises Problem services.audio_size, services.audio_kind, services.audio_length."""
    if len(content) > MOST_BYTES:
        raise Problem("services.audio_size", field=field, values={"limit": MOST_BYTES // 1_000_000})
    told = dict(_chunks(content))
    layout, sound = told.get(b"fmt ", b""), told.get(b"data", b"")
    if len(layout) < 16 or not sound:
        raise Problem("services.audio_kind", field=field)
    code, channels, rate, _per_second, frame, bits = struct.unpack("<HHIIHH", layout[:16])
    if (
        bits not in _BITS.get(code, ())
        or channels not in (1, 2)
        or not 8_000 <= rate <= 48_000
        or frame != channels * bits // 8
    ):
        raise Problem("services.audio_kind", field=field)
    sound = sound[: len(sound) // frame * frame]
    milliseconds = len(sound) * 1000 // (frame * rate)
    if not 0 < milliseconds <= MOST_SECONDS * 1000:
        raise Problem("services.audio_length", field=field, values={"limit": MOST_SECONDS // 60})
    return Recording(written(sound, code, channels, rate, bits), milliseconds)


def written(sound: bytes, code: int = PCM, channels: int = 1, rate: int = 8_000, bits: int = 16) -> bytes:
    """A WAV file with this sound.

    >>> read(written(bytes(16_000))).milliseconds
    1000
    """
    frame = channels * bits // 8
    layout = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits)
    padded = sound + b"\0" * (len(sound) % 2)
    body = (
        b"WAVEfmt "
        + struct.pack("<I", len(layout))
        + layout
        + b"data"
        + struct.pack("<I", len(sound))
        + padded
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a RIFF file; a last part that ends early is as long as it is (recorders that stream write no length)."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return
    at = 12
    while at + 8 <= len(content):
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        yield name, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
