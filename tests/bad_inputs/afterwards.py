"""What must be true after a case besides its answer. Each looks at the world as it is then."""

from __future__ import annotations

import io

from tests.bad_inputs.judge import Answer
from tests.plugins.standing import Standing, signed_in
from tests.plugins.world import as_customer, as_operator


def it_is_held_and_nobody_opens_it(standing: Standing, answer: Answer) -> None:
    """Whoever sent it is told, the desk is told, and neither the sender nor the operator gets to its bytes."""
    from dialtone.base.models import DeskItem, Document

    assert [each["isHeld"] for each in answer.body["items"]] == [True]
    alice = standing.of["alice"]
    with as_customer(alice.org):
        held = Document.objects.get(subject_id=alice.port_order.id)
    assert held.state == "held"
    opened = signed_in(alice.admin).get(f"/porting/{alice.port_order.id}/papers/{held.id}/")
    assert opened.status_code == 409
    assert "held back" in opened.content.decode()
    with as_operator():
        assert DeskItem.objects.filter(kind="document_held", subject_id=held.id, settled_at=None).exists()


def the_page_says_that_it_is_held(standing: Standing, answer: Answer) -> None:
    order = standing.of["alice"].port_order
    page = signed_in(standing.of["alice"].admin).get(f"/porting/{order.id}/papers/").content.decode()
    assert "held back for checking" in page


def nothing_says_where_it_was_taken(standing: Standing, answer: Answer) -> None:
    """What is kept is a picture made anew: without its head, and no wider than it was."""
    from PIL import Image

    from dialtone.base.models import Document

    alice = standing.of["alice"]
    with as_customer(alice.org):
        kept = Document.objects.get(subject_id=alice.port_order.id)
    opened = signed_in(alice.admin).get(f"/porting/{alice.port_order.id}/papers/{kept.id}/")
    assert b"SecretPhone" not in opened.content
    assert not dict(Image.open(io.BytesIO(opened.content)).getexif())


def the_refusal_is_on_record(standing: Standing, answer: Answer) -> None:
    from dialtone.base.models import AuditRecord

    alice = standing.of["alice"]
    with as_customer(alice.org):
        found = AuditRecord.objects.filter(action="document_refused").latest("at")
    assert found.actor_id == standing.world.people["alice_reader"].id
    assert str(alice.port_order.id) in str(found.facts)
