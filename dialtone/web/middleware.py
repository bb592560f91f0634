"""The reader's language: what they chose in this browser, else what their profile says, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class ReaderMiddleware:
    """Runs inside the caller's scope; Django's LocaleMiddleware has already looked at the cookie and the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        caller = getattr(request, "caller", None)
        if caller is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(caller.language)
            request.LANGUAGE_CODE = translation.get_language() or "en"
        if request.path.startswith("/v1/"):
            # The API speaks English: its codes are stable, its sentences are for developers.
            translation.activate("en")
        return self.get_response(request)
