"""Names stand in the order of the reader's alphabet, and so do the pages of a list."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet
from django.utils import translation

from dialtone.people.create_customer import create_customer
from dialtone.people.models import Organisation
from dialtone.web import keyset, sorting
from tests.plugins.world import World, as_operator

NAMES = [
    "Östersund",
    "Zürich",
    "Ærø",
    "apple",
    "Aabenraa",
    "Århus",
    "Årsta",
    "Älmhult",
    "Øster",
    "Émile",
    "Fir",
]
ALPHABETS = {
    "da": ["apple", "Émile", "Fir", "Zürich", "Älmhult", "Ærø", "Øster", "Östersund", "Aabenraa", "Århus", "Årsta"],
    "sv": ["Aabenraa", "apple", "Émile", "Fir", "Zürich", "Århus", "Årsta", "Älmhult", "Ærø", "Øster", "Östersund"],
    "en": ["Aabenraa", "Älmhult", "apple", "Århus", "Årsta", "Émile", "Fir", "Östersund", "Zürich"],
}  # fmt: skip


def rows(world: World) -> QuerySet[Organisation]:
    for name in NAMES:
        create_customer(name=name, country="US", time_zone="America/New_York", partner_id=world.p.id)
    return Organisation.objects.filter(name__in=NAMES)


@pytest.mark.parametrize("language", ALPHABETS)
def test_names_are_sorted_as_the_reader_expects(world: World, language: str) -> None:
    with as_operator(), translation.override(language):
        names = [each.name for each in sorting.by_name(rows(world))]
    wanted = ALPHABETS[language]
    assert [each for each in names if each in wanted] == wanted


def test_pages_follow_each_other_in_that_order(world: World) -> None:
    with as_operator(), translation.override("da"):
        found, seen, asked = sorting.by_name(rows(world)), [], {}
        while True:
            page = keyset.page_of(found, asked, order=sorting.ORDER, listing="test", size=3)
            seen += [each.name for each in page.rows]
            if not page.older:
                break
            asked = {"after": page.older}
    assert seen == ALPHABETS["da"]
