"""What a backup says of itself, so that nothing is restored that is not whole, not ours, or not openable."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

NAME = "manifest.json"
FORMAT = 1
DUMP, DOCUMENTS, ANCHORS, ERASURES, SANDBOX = (
    "database.dump",
    "documents",
    "anchors.jsonl",
    "erasures.jsonl",
    "sandbox.json",
)


class NoBackup(RuntimeError):
    """The folder is no whole backup; the text says why."""


@dataclass(frozen=True)
class Manifest:
    """`hashes` are SHA-256 of the files at the top; the papers prove themselves when they are opened."""

    made_at: str
    version: str
    is_sandbox: bool
    server: int
    key_check: str
    migrations: list[str]
    papers: int
    hashes: dict[str, str]
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def write(self, folder: Path) -> None:
        write_whole(folder / NAME, json.dumps(asdict(self), indent=2).encode())


def read(folder: Path) -> Manifest:
    """The manifest of a whole backup. Raises NoBackup."""
    try:
        told = json.loads((folder / NAME).read_text())
    except (OSError, ValueError) as error:
        raise NoBackup(f"{folder} is no whole backup: {NAME} cannot be read.") from error
    if told.get("format") != FORMAT:
        raise NoBackup(f"{folder} has the format {told.get('format')}; this version reads {FORMAT}.")
    found = Manifest(**told)
    for name, wanted in found.hashes.items():
        if not (folder / name).exists():
            raise NoBackup(f"{folder} is not whole: {name} is missing.")
        if hash_of(folder / name) != wanted:
            raise NoBackup(f"{folder} is damaged: {name} has changed since it was written.")
    papers = sum(1 for _ in (folder / DOCUMENTS).glob("??/*"))
    if papers < found.papers:
        raise NoBackup(f"{folder} is not whole: {found.papers - papers} papers are missing.")
    return found


def hash_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_whole(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Whole or not at all, and on the disk when this returns."""
    part = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.rename(file)
