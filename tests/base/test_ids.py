"""Ids: sorted inside, opaque outside, and nothing hostile is more than not found."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base import ids
from dialtone.base.problems import Problem

KNOWN = UUID("0192f6a0-0000-7000-8000-000000000001")


def test_ids_sort_by_the_moment_of_making_across_threads() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: [ids.uuid7() for _ in range(500)], range(4)))
    for each in made:
        assert each == sorted(each)
    every = [id for each in made for id in each]
    assert len(set(every)) == len(every)
    assert {id.version for id in every} == {7}
    assert {id.variant for id in every} == {"specified in RFC 4122"}


def test_outside_form_is_what_clients_decode() -> None:
    text = ids.outside(ids.LOCATION, KNOWN)
    padded = text + "=" * (-len(text) % 4)
    assert base64.b64decode(padded) == b"ciscospark://us/LOCATION/0192f6a0-0000-7000-8000-000000000001"
    assert "=" not in text


@given(st.uuids(), st.sampled_from([ids.PEOPLE, ids.LOCATION, ids.VIRTUAL_LINE]))
def test_round_trip_without_plus_or_slash(id: UUID, kind: str) -> None:
    text = ids.outside(kind, id)
    assert not set(text) & set("+/=")
    assert ids.inside(text, kind) == id


def _spelled(plain: str) -> str:
    return base64.b64encode(plain.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "../../etc/passwd",  # BAD-ENV-20
        "9223372036854775808",
        "%00",
        "\x00" * 30,
        "",
        None,
        7,
        "é" * 40,
        "a" * 100_000,
        str(KNOWN),
        ids.outside(ids.PEOPLE, KNOWN),
        ids.outside(ids.LOCATION, KNOWN) + "=",
        _spelled(f"ciscospark://us/LOCATION/{str(KNOWN).upper()}"),
        _spelled(f"ciscospark://us/LOCATION/{{{KNOWN}}}"),
        _spelled(f"ciscospark://eu/LOCATION/{KNOWN}"),
        _spelled(f"ciscospark://us/LOCATION/../{KNOWN}"),
    ],
)
def test_anything_else_is_not_found(text: object) -> None:
    with pytest.raises(Problem) as refused:
        ids.inside(text, ids.LOCATION)
    assert refused.value.code == "not_found"


@given(st.text(max_size=250))
def test_no_text_makes_it_fall(text: str) -> None:
    with pytest.raises(Problem):
        ids.inside(text, ids.LOCATION)


def test_one_id_has_one_spelling() -> None:
    id = uuid4()
    text = ids.outside(ids.PEOPLE, id)
    # The last letter carries unused bits: other letters decode to the very same bytes.
    bytes_of_it = base64.b64decode(text + "=" * (-len(text) % 4))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    others = [text[:-1] + letter for letter in letters if letter != text[-1]]
    twins = [other for other in others if base64.b64decode(other + "=" * (-len(other) % 4)) == bytes_of_it]
    assert twins
    for twin in twins:
        with pytest.raises(Problem):
            ids.inside(twin, ids.PEOPLE)
