"""The browser, once for all tests of this room; people who are signed in; the style guide without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import translation

from dialtone.base import tenancy
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


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """A client of somebody of the world; `proven=True` as if they had just said once more who they are (step-up)."""

    def client_of(person: Any, *, proven: bool = False) -> Client:
        client = Client()
        with tenancy.door_scope():
            client.force_login(person)
            if proven:
                request = RequestFactory().get("/")
                request.session = client.session
                record_authentication(request, person, method="password", reauthenticated=True)
                request.session.save()
        return client

    return client_of
