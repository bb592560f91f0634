"""The reader's language: what they chose in this browser, else what their profile says, else what the browser asks for. And a
way on where Django would answer with a blank page."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from dialtone.web import errors

_NORWEGIAN = re.compile(r"\b(?:no|nn)(?:-[a-z]+)?\b", re.IGNORECASE)


class BrowserLanguageMiddleware(LocaleMiddleware):
    """Django's choice by cookie and browser; who asks for Norwegian or Nynorsk gets Bokmål, not English."""

    def process_request(self, request: HttpRequest) -> None:
        asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
        if asked:
            request.META["HTTP_ACCEPT_LANGUAGE"] = _NORWEGIAN.sub("nb", asked)
        super().process_request(request)


class ReaderMiddleware:
    """Runs inside the caller's scope; the middleware above has already looked at the cookie and the browser."""

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


class WayOnMiddleware:
    """A page for whoever opens an address that only takes what a button sends; Django answers with a blank one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and "text/html" in request.META.get("HTTP_ACCEPT", ""):
            shown = errors.only_sent_to(request)
            shown["Allow"] = answer["Allow"]
            return shown
        return answer
