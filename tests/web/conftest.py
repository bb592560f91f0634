"""The browser, once for all tests of this room, and the style guide's pages rendered without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from tests.web.browser import Chromium


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    found = Chromium()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def plain_static_files(settings: pytest.FixtureRequest) -> None:
    """Names of static files as they are: nobody has collected them."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # type: ignore[attr-defined]


@pytest.fixture
def styleguide() -> Callable[..., dict[str, str]]:
    """All parts of the style guide in a language: path to page."""

    def rendered(language: str = "en", query: str = "") -> dict[str, str]:
        from dialtone.web import styleguide

        pages = {}
        for part in styleguide.PARTS:
            request = RequestFactory().get(f"/styleguide/{part}{query}")
            request.user = AnonymousUser()
            with translation.override(language):
                pages[f"/styleguide/{part}"] = styleguide.page(request, part).content.decode()
        return pages

    return rendered
