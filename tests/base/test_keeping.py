"""Idempotency-Key: one effect, one answer."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.base import clock, keeping
from dialtone.base.models import KeptAnswer
from dialtone.base.problems import Problem
from tests.plugins.world import World, as_customer, as_operator


class Counter:
    """An effect that counts how often it happened."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> tuple[int, dict[str, Any]]:
        self.times += 1
        return 201, {"times": self.times}


def ask(
    world: World, effect: Any, key: str | None = "k-1", body: bytes = b"{}", who: str = "alice_admin"
) -> Any:
    person = world.people[who]
    return keeping.answered(person_id=person.id, key=key, operation="placeOrder", body=body, effect=effect)


def test_the_same_request_gets_the_same_answer(world: World) -> None:
    effect = Counter()
    with as_customer(world.alice):
        assert ask(world, effect) == (201, {"times": 1})
        assert ask(world, effect) == (201, {"times": 1})
    assert effect.times == 1


def test_without_the_same_key_it_happens_again(world: World) -> None:
    effect = Counter()
    with as_customer(world.alice):
        ask(world, effect, "k-1")
        ask(world, effect, "k-2")
        ask(world, effect, "k-1", who="alice_reader")
    assert effect.times == 3


def test_another_body_is_refused(world: World) -> None:
    with as_customer(world.alice):
        ask(world, Counter())
        with pytest.raises(Problem, match=r"idempotency\.other_body"):
            ask(world, Counter(), body=b'{"a":1}')


def test_a_key_used_for_another_customer_is_refused_without_a_word_about_it(world: World) -> None:
    with as_customer(world.alice):
        ask(world, Counter(), who="partner_admin")
    with as_customer(world.bob), pytest.raises(Problem, match=r"idempotency\.other_body"):
        ask(world, Counter(), who="partner_admin")


@pytest.mark.parametrize(("key", "code"), [
    (None, "key_needed"), ("", "key_shape"), ("  ", "key_shape"), ("k" * 10_000, "key_shape"), ("a\x00b", "key_shape"),
])  # fmt: skip
def test_a_key_that_is_none(world: World, key: str | None, code: str) -> None:
    with as_customer(world.alice), pytest.raises(Problem, match=rf"idempotency\.{code}"):
        ask(world, Counter(), key)


def test_a_refused_request_keeps_no_key(world: World) -> None:
    def refuse() -> Any:
        raise Problem("not_found")

    with as_customer(world.alice):
        with pytest.raises(Problem, match="not_found"):
            ask(world, refuse)
        assert ask(world, Counter(), body=b"mended") == (201, {"times": 1})


def test_old_answers_are_forgotten(world: World) -> None:
    with as_customer(world.alice):
        ask(world, Counter())
    with as_operator():
        assert keeping.forget_old() == 0
        with clock.frozen(clock.now() + keeping.KEPT_FOR * 2):
            assert keeping.forget_old() == 1
        assert KeptAnswer.objects.count() == 0
