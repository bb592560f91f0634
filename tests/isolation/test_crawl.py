"""A stranger's word is never read: each customer's things bear a canary, and everybody reads everything they can reach (S1).

Also: reading changes nothing, wherever one looks.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.bad_inputs.fingerprint import fingerprint
from tests.isolation import routes
from tests.isolation.forms import Forms
from tests.plugins.sampled import sampled
from tests.plugins.standing import CANARIES, Standing, signed_in
from tests.plugins.things import named
from tests.plugins.world import as_operator

MOST_ALIKE = 2  # pages of one kind that one reader opens
OPENS_A_PAPER = re.compile(r"/(orders|porting)/[0-9a-f-]{36}/papers/[0-9a-f-]{36}/")
READERS = {
    "alice_admin": {"alice"},
    "alice_reader": {"alice"},
    "alice_location": {"alice"},
    "alice_user": {"alice"},
    "bob_admin": {"bob"},
    # A partner reads what its own customers have.
    "partner_admin": {"alice", "bob", "p"},
    "partner_admin_q": {"charlie", "q"},
}


def _foreign(text: str, own: set[str]) -> list[str]:
    return [word for owner, word in CANARIES.items() if owner not in own and word.lower() in text.lower()]


@pytest.mark.parametrize("who", sampled(READERS))
def test_whoever_follows_every_link_reads_only_what_is_theirs(
    who: str, standing: Standing, undone: None
) -> None:
    browser = signed_in(standing.world.people[who])
    waiting, seen, alike = _begin(standing, who), set(), Counter[str]()
    own = 0
    while waiting:
        path = waiting.pop(0)
        shape = re.sub(r"[0-9a-f-]{36}|[0-9]{6,}|=[^&]*", "*", path)
        if path in seen or alike[shape] >= MOST_ALIKE or shape.startswith(("/static/", "/account/logout")):
            continue
        seen.add(path)
        alike[shape] += 1
        answer = browser.get(path)
        assert answer.status_code < 500, path
        shown = answer.content.decode(errors="replace")
        assert not _foreign(shown, READERS[who]), path
        own += any(CANARIES[name] in shown for name in READERS[who])
        if answer.get("Content-Type", "").startswith("text/html"):
            waiting += [link.partition("#")[0] for link in Forms(shown).links]
    assert len(seen) > 10
    assert own or who == "alice_user", "nothing was read at all"


def _begin(standing: Standing, who: str) -> list[str]:
    """Every page of the URL table with the reader's own things."""
    own = standing.of["alice" if who.startswith("alice") else "bob" if who == "bob_admin" else "charlie"]
    pages = [
        named(route.path, own, outside=False)
        for route in routes.pages()
        if not route.path.startswith(("/account/", "/sign/", "/letter/", "/healthz"))
    ]
    # Searches for what others have are BAD-TEN-06: they repeat the word that was asked for.
    return pages


@pytest.mark.parametrize("who", sampled(READERS))
def test_every_list_of_the_api_holds_only_what_is_theirs(who: str, standing: Standing, undone: None) -> None:
    own = standing.of["alice" if who.startswith("alice") else "bob" if who == "bob_admin" else "charlie"]
    for route in routes.calls():
        if route.method != "GET":
            continue
        path = named(route.path, own, outside=True)
        for query in ({}, {"max": "1000"} if "max" in route.query else {}):
            answer = Client().get(path, query, headers=standing.headers(who))
            assert answer.status_code < 500, path
            assert not _foreign(_text(answer), READERS[who]), path


def _text(answer: Any) -> str:
    """What is in an answer; of a ZIP what is in its files."""
    if answer.headers.get("Content-Type") != "application/zip":
        return str(answer.content.decode())
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist())


def test_letters_tell_nobody_of_others(standing: Standing, undone: None) -> None:
    """Every letter that was written so far, as its reader gets it."""
    from dialtone.base.mail import wording
    from dialtone.base.models import Letter
    from dialtone.people.models import Person

    with as_operator():
        letters = list(Letter.objects.all())
        owners = {name: things.org.id for name, things in standing.of.items()}
        homes = {person.id: person.organisation_id for person in Person.objects.all()}
    assert len(letters) > 10
    for letter in letters:
        text = wording.render(letter.template, letter.language, letter.facts).html
        tenant = letter.customer_id or letter.partner_id or homes.get(letter.person_id)
        own = {name for name, id in owners.items() if id == tenant}
        assert not _foreign(text + letter.to, own), (letter.template, letter.to)


@pytest.mark.parametrize("who", sampled(["alice_admin", "partner_admin", "desk"]))
def test_reading_changes_nothing(who: str, standing: Standing, undone: None) -> None:
    """GET is safe: a link in a letter, a prefetching browser or a crawler of the house does no harm."""
    browser = signed_in(standing.world.people[who])
    before = fingerprint()
    # Whoever opens a customer's paper is written down (S8): the one thing that reading does.
    papers = [path for path in _own_pages(standing) if OPENS_A_PAPER.fullmatch(path)]
    others = [path for path in _own_pages(standing) if path not in papers]
    for paths, expected in [(papers, {"base_auditrecord"}), *((each, set()) for each in _by_tens(others))]:
        for path in paths:
            browser.get(path)
        after = fingerprint()
        assert {name for name in after if after[name] != before[name]} <= expected, f"one of {paths}"
        before = after
    for paths in _by_tens(
        [
            named(each.path, standing.of["alice"], outside=True)
            for each in routes.calls()
            if each.method == "GET"
        ]
    ):
        for path in paths:
            Client().get(path, headers=standing.headers(who))
        assert fingerprint() == before, f"one of {paths}"


def _by_tens(paths: list[str]) -> list[list[str]]:
    """To look at the whole database after each page takes longer than all the pages."""
    return [paths[at : at + 10] for at in range(0, len(paths), 10)]


def _own_pages(standing: Standing) -> Iterator[str]:
    for route in routes.pages():
        if not route.path.startswith(("/account/", "/healthz")):
            yield named(route.path, standing.of["alice"], outside=False)
