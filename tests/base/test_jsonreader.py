"""Bodies that cannot be read are refused whole, and precisely (bad_inputs, area envelope)."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base.jsonreader import LIMIT, read
from dialtone.base.problems import Problem

JSON = "application/json"


def refused(body: bytes, content_type: str = JSON, **options: str) -> Problem:
    with pytest.raises(Problem) as caught:
        read(body, content_type, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "request.empty", 400),
        (b" \n", "request.empty", 400),
        (b"\xef\xbb\xbf", "request.empty", 400),
        (b"[]", "request.not_object", 400),
        (b"null", "request.not_object", 400),
        (b"1e999", "request.not_object", 400),
        (b'{"a":1}}', "request.bad_json", 400),
        (b"{'a':1}", "request.bad_json", 400),
        (b'{"a":"x\ny"}', "request.bad_json", 400),
        (b'{"a":1,"a":2}', "request.twice", 400),
        (b'{"\\ud800":1,"\\ud800":2}', "request.twice", 400),
        (b'{"a":"\xff"}', "request.not_utf8", 400),
        (b"\xff\xfe{\x00}\x00", "request.not_utf8", 400),
    ],
)
def test_envelope(body: bytes, code: str, status: int) -> None:
    problem = refused(body)
    assert (problem.code, problem.status) == (code, status)
    problem.sentence().encode()


def test_early_end_names_the_character() -> None:
    problem = refused(b'{"a":1')
    assert problem.code == "request.bad_json"
    assert "character 7" in problem.sentence()


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "1e99999999999999999999",
        "0e99999999999999999999",
        "1e-999",
        "9" * 5000,
        "0." + "1" * 5000,
    ],
)
def test_unusable_numbers_name_their_field(number: str) -> None:
    problem = refused(b'{"plan":{"prices":[1,' + number.encode() + b"]}}")
    assert (problem.code, problem.field) == ("request.number", "/plan/prices/1")


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "x\\udfffy", "\\udc00\\ud800"])
def test_text_that_cannot_be_stored_names_its_field(text: str) -> None:
    problem = refused(f'{{"a/b":["{text}"]}}'.encode())
    assert (problem.code, problem.status, problem.field) == ("text.control", 422, "/a~1b/0")
    problem = refused(f'{{"{text}":1}}'.encode())
    assert problem.code == "text.control"
    problem.sentence().encode()


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["[",'])
def test_a_hundred_thousand_levels(opening: bytes) -> None:
    started = time.process_time()
    assert refused(b'{"a":' + opening * 100_000).code == "request.too_deep"
    assert time.process_time() - started < 1


def test_brackets_in_strings_are_no_depth() -> None:
    text = "[{" * 100 + '\\"'
    assert read(json.dumps({"a": text}).encode(), JSON) == {"a": text}
    assert refused(b'{"a":"' + b"[" * 100).code == "request.bad_json"


def test_depth_of_exactly_the_limit_passes() -> None:
    assert read(b'{"a":' + b"[" * 31 + b"]" * 31 + b"}", JSON)
    assert refused(b'{"a":' + b"[" * 32 + b"]" * 32 + b"}").code == "request.too_deep"


def test_size() -> None:
    problem = refused(b'{"a":"' + b"x" * LIMIT + b'"}')
    assert (problem.code, problem.status) == ("request.too_large", 413)
    assert str(LIMIT) in problem.allowed_text()


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("text/plain", "request.wrong_type"),
        ("", "request.wrong_type"),
        ("application/jsonp", "request.wrong_type"),
        ("application/json; charset=utf-16", "request.charset"),
        ('application/json;x=y; charset="iso-8859-1"', "request.charset"),
    ],
)
def test_content_type(content_type: str, code: str) -> None:
    problem = refused(b"{}", content_type)
    assert (problem.code, problem.status) == (code, 415)


@pytest.mark.parametrize(
    "content_type",
    ["application/json;charset=utf-8", 'Application/JSON ; Charset="UTF-8"', "application/json;"],
)
def test_what_clients_really_send(content_type: str) -> None:
    assert read(b'\xef\xbb\xbf{"a":1}', content_type, content_encoding="identity") == {"a": 1}


def test_compressed_bodies_are_not_opened() -> None:
    assert refused(b"\x1f\x8b", JSON, content_encoding="gzip").code == "request.encoding"


def test_numbers_are_exact() -> None:
    found = read(b'{"a":0.10,"b":12,"c":-1e3,"d":-0.0}', JSON)
    assert repr(found) == "{'a': Decimal('0.10'), 'b': 12, 'c': Decimal('-1E+3'), 'd': Decimal('-0.0')}"


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text('añ東🙂 "\\/[]{}'),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_every_plain_object_is_read_as_it_is(value: dict[str, object]) -> None:
    assert read(json.dumps(value, ensure_ascii=False).encode(), JSON) == value


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fall(body: bytes) -> None:
    for each in (body, b'{"a":' + body + b"}"):
        try:
            found = read(each, JSON)
        except Problem as problem:
            problem.sentence().encode()
        else:
            assert isinstance(found, dict)


def test_a_full_body_is_read_quickly() -> None:
    body = json.dumps({"numbers": [f"+1212{index:07}" for index in range(60_000)]}).encode()[:LIMIT]
    body = body[: body.rindex(b",")] + b"]}"
    started = time.process_time()
    assert len(read(body, JSON)["numbers"]) > 50_000
    assert time.process_time() - started < 2
