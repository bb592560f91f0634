"""Papers: what is let in, how it is kept, who opens it, and that it ends (S8, S9)."""

from __future__ import annotations

import io
import os
import resource
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from dialtone.base import clock, documents
from dialtone.base.crypt import Unopenable
from dialtone.base.documents import blobs, child, keep, limits
from dialtone.base.ids import uuid7
from dialtone.base.models import AuditRecord, DeskItem, Document
from dialtone.base.problems import Problem
from tests.plugins import hostile
from tests.plugins.hostile import SECRET, apng, bomb, pdf, picture
from tests.plugins.world import START, World, as_customer, as_operator


def put(world: World, content: bytes, **more: Any) -> Document:
    with as_customer(world.alice, world.people["alice_admin"]):
        return documents.store(**{
            "kind": "loa", "subject_kind": "order", "subject_id": world.alice.id, "name": "loa.pdf", "content": content,
            **more,
        })  # fmt: skip


class Caller:
    """Whoever opens papers; `lacks` makes a permission missing."""

    def __init__(self, lacks: bool = False) -> None:
        self.lacks = lacks

    def need(self, permission: str) -> None:
        assert permission == "sees_documents"
        if self.lacks:
            raise Problem("permission.missing", values={"permission": permission})


@pytest.mark.parametrize(
    "content", [pdf(), pdf(40), picture(), picture("JPEG"), picture("PNG", (3000, 2000))]
)
def test_ordinary_papers_are_kept_and_opened(world: World, content: bytes) -> None:
    kept = put(world, content)
    assert kept.state == "clean"
    with as_customer(world.alice):
        _document, plain = documents.open(kept.id, Caller())
    assert documents.sniff(plain) == kept.media_type
    if kept.media_type == "application/pdf":
        assert plain == content


BAD = {
    "empty": (b"", "empty"),
    "html": (b"<html><script>alert(1)</script>", "kind"),
    "svg": (b"<svg onload='x()'/>", "kind"),
    "docx": (b"PK\x03\x04word/vbaProject.bin", "kind"),
    "gif and script": (b"GIF89a=1;alert(1)", "kind"),
    "pdf not at the beginning": (b"\n" + pdf(), "kind"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "heic"),
    "half a pdf": (pdf(20)[:2000], "damaged"),
    "half a png": (picture(size=(400, 400))[:300], "damaged"),
    "head only": (b"%PDF-1.7\n%%EOF", "damaged"),
    "password": (pdf(password="x"), "password"),
    "many pages": (pdf(limits.MOST_PAGES + 1), "pages"),
    "bomb": (bomb(), "pixels"),
    "frames": (apng(), "frames"),
}


@pytest.mark.parametrize("name", BAD)
def test_others_are_refused_with_a_reason(name: str) -> None:
    content, code = BAD[name]
    begun = time.monotonic()
    with pytest.raises(Problem) as refused:
        documents.examine(content)
    assert refused.value.code == f"documents.{code}"
    assert refused.value.field == "/document"
    assert refused.value.sentence()
    assert time.monotonic() - begun < limits.SECONDS + 1


def children_seconds() -> float:
    """Processor time of the processes that have ended: the machine may be busy with other things."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


COSTLY = {
    "lists in one another": (hostile.deep_arrays, "damaged"),
    "pages in a ring": (hostile.pages_in_a_ring, "damaged"),
    "objects without end": (hostile.many_objects, "too_costly"),
    "a remark that swells": (hostile.words_that_swell, "damaged"),
}


@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_without_end_is_refused_within_five_seconds(name: str) -> None:
    make, code = COSTLY[name]
    content, begun = make(), children_seconds()
    with pytest.raises(Problem) as refused:
        documents.examine(content)
    assert refused.value.code == f"documents.{code}"
    assert children_seconds() - begun < 5


def test_a_text_that_swells_is_not_read_and_keeps_nobody_waiting() -> None:
    content, begun = hostile.swelling_stream(), children_seconds()
    found = documents.examine(content)
    assert not any(documents.read_text(found.content, found.media_type))
    assert children_seconds() - begun < 10


def test_too_many_bytes() -> None:
    with pytest.raises(Problem) as refused:
        documents.examine(b"%PDF-" + bytes(limits.MOST_BYTES))
    assert refused.value.status == 413


def test_what_was_announced_must_be_true() -> None:
    with pytest.raises(Problem, match=r"documents\.mismatch"):
        documents.examine(pdf(), "image/png")
    assert documents.examine(picture("JPEG"), "image/jpg; x=y").media_type == "image/jpeg"


HARMFUL = {
    "script": lambda: pdf(add=hostile.runs),
    "embedded file": lambda: pdf(add=hostile.carries_a_program),
    "launch": lambda: pdf(add=hostile.launches),
    "link": lambda: pdf(add=hostile.links),
    "malware": lambda: pdf(add=hostile.infected),
}


@pytest.mark.parametrize("reason", HARMFUL)
def test_what_could_do_harm_is_held_and_the_desk_told(world: World, reason: str) -> None:
    kept = put(world, HARMFUL[reason]())
    assert (kept.state, kept.refused_reason) == ("held", reason)
    with as_customer(world.alice), pytest.raises(Problem, match=r"documents\.held"):
        documents.open(kept.id, Caller())
    with as_operator():
        assert DeskItem.objects.get(kind="document_held").subject_id == kept.id


def test_a_picture_is_made_anew_without_where_it_was_taken(world: World) -> None:
    content = hostile.photo_with_place()
    assert b"SecretPhone" in content
    kept = put(world, content + b"<script>trailing</script>")
    with as_customer(world.alice):
        plain = documents.open(kept.id, Caller())[1]
    assert b"SecretPhone" not in plain
    assert b"script" not in plain
    assert not dict(Image.open(io.BytesIO(plain)).getexif())


def test_a_parser_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "child.py"
    slow.write_text("while True: pass")
    monkeypatch.setattr("dialtone.base.documents.examination._CHILD", slow)
    monkeypatch.setattr(limits, "PATIENCE", 2)
    with pytest.raises(Problem, match=r"documents\.too_costly"):
        documents.examine(pdf())


def test_the_parser_has_no_network_no_files_and_little_memory(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import child\n"
        "child._confine(5, 400_000_000)\n"
        "import socket\n"
        "for attempt in (lambda: socket.socket(), lambda: open(sys.argv[2], 'wb').write(b'x' * 99999) or 1/0,"
        " lambda: bytes(500_000_000)):\n"
        "    try: attempt(); print('allowed')\n"
        "    except (OSError, MemoryError): print('refused')\n"
    )
    folder = str(Path(child.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{code}", folder,
         str(tmp_path / "x")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["refused"] * 3, done.stderr


def test_no_plain_text_is_stored_anywhere(world: World) -> None:
    kept = put(world, pdf())
    for path in Path(settings.DATA_DIR).rglob("*"):
        if path.is_file():
            assert SECRET not in path.read_bytes(), path
    assert blobs.read(kept.blob)[:1] == b"\x01"
    assert blobs._path(kept.blob).stat().st_mode & 0o077 == 0


def test_a_paper_opens_only_where_it_belongs(world: World) -> None:
    ours, other = put(world, pdf(1)), put(world, pdf(2))
    with as_operator():
        Document.objects.filter(id=ours.id).update(blob=other.blob, wrapped_key=other.wrapped_key)
    with as_customer(world.alice), pytest.raises(Unopenable):
        documents.open(ours.id, Caller())


def test_each_opening_is_on_record(world: World) -> None:
    kept = put(world, pdf())
    with as_customer(world.alice, world.people["alice_admin"]):
        documents.open(kept.id, Caller())
        written = AuditRecord.objects.get(subject_id=kept.id, action="document_opened")
    assert written.actor_name == "Alice Admin"


def test_who_may_not_open_and_who_may_not_know(world: World) -> None:
    kept = put(world, pdf())
    with as_customer(world.alice), pytest.raises(Problem, match=r"permission\.missing"):
        documents.open(kept.id, Caller(lacks=True))
    with as_customer(world.bob), pytest.raises(Problem, match="not_found"):
        documents.open(kept.id, Caller(lacks=True))


def test_nobody_opens_hundreds_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPENED_PER_HOUR", 2)
    kept = put(world, pdf())
    with as_customer(world.alice, world.people["alice_admin"]):
        documents.open(kept.id, Caller())
        documents.open(kept.id, Caller())
        with pytest.raises(Problem, match=r"documents\.often"):
            documents.open(kept.id, Caller())
        with clock.frozen(START + timedelta(hours=2)):
            documents.open(kept.id, Caller())


def test_the_same_file_twice_is_one_paper(world: World) -> None:
    content = pdf()
    assert put(world, content).id == put(world, content, name="again.pdf").id


def test_at_most_so_many_in_one_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_OF_ONE_SUBJECT", 2)
    put(world, pdf(1))
    put(world, pdf(2))
    with pytest.raises(Problem, match=r"documents\.too_many"):
        put(world, pdf(3))
    put(world, pdf(3), subject_id=uuid7())


@pytest.mark.parametrize(("name", "shown"), [
    ("../../../app/settings.py", "settings.pdf"), ("C:\\temp\\bill.PDF", "bill.pdf"), ("CON.pdf", "_CON.pdf"),
    ("", "document.pdf"), ("...", "document.pdf"), ("a\r\nX: y.pdf", "aX_ y.pdf"), ("x" * 5000, "x" * 110 + ".pdf"),
    ("領収書.pdf", "領収書.pdf"),
])  # fmt: skip
def test_names_are_made_harmless(name: str, shown: str) -> None:
    assert keep.shown_name(name, "application/pdf") == shown


def test_erasing_destroys_key_and_file_for_good(committed: World, tamper: Any) -> None:
    kept = put(committed, pdf())
    wrapped = bytes(kept.wrapped_key or b"")
    with as_customer(committed.alice):
        documents.erase(kept.id, reason="asked")
        assert documents.erase(kept.id, reason="asked").erased_at == START
        with pytest.raises(Problem, match=r"documents\.erased"):
            documents.open(kept.id, Caller())
    assert not blobs._path(kept.blob).exists()
    # A restored backup brings the row back; the list outside the database takes it away again.
    tamper("UPDATE base_document SET erased_at = NULL, state = 'clean', wrapped_key = %s", wrapped)
    assert documents.replay_erasures() == 1
    with as_operator():
        assert Document.objects.get().wrapped_key is None
    # Ended between the commit and the list: the hourly sweep lists it (S9).
    keep.erasure_list().unlink()
    documents.sweep()
    assert list(keep._erasures()) == [kept.id]
    keep.erasure_list().unlink()


def test_an_upload_that_was_cut_off_leaves_nothing(world: World) -> None:
    kept = put(world, pdf())
    orphan = blobs.write(b"\x01nobody's")
    (blobs.folder() / "zz").mkdir(exist_ok=True)
    part = blobs.folder() / "zz" / "half.part"
    part.write_bytes(b"x")
    assert documents.sweep() == 0, "it may still get its row"
    old = time.time() - 2 * blobs.SURELY_ORPHANED
    for path in blobs.folder().glob("??/*"):
        os.utime(path, (old, old))
    assert documents.sweep() >= 1
    assert not part.exists()
    with pytest.raises(FileNotFoundError):
        blobs.read(orphan)
    assert blobs.read(kept.blob)
