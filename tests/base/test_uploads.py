"""A slice of the corpus of uploads; `./run soak uploads` plays all of it (T11)."""

from __future__ import annotations

import pytest

from dialtone.base.documents import examination
from tests.base.uploads import Upload, corpus
from tools.soak.uploads import judged

CORPUS = corpus()
SLICE = {
    "FR bill protected against changes only", "DE bill written by an old program (PDF 1.4)", "PDF whose tables lead in a circle",
    "bomb in an object stream", "script among packed objects", "a name with an escape",
}  # fmt: skip


def test_the_corpus_is_large_enough_and_names_each_file_once() -> None:
    assert len(CORPUS) >= 120
    assert sum(each.right == {"clean"} and bool(each.country) for each in CORPUS) >= 45
    assert len({each.name for each in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("case", [each for each in CORPUS if each.name in SLICE], ids=lambda case: case.name)
def test_a_file_gets_its_verdict(case: Upload) -> None:
    assert list(judged(case, examination.examine)) == []
