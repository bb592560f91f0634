"""What every answer tells a browser, and how cookies are bound to a site that speaks TLS."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.plugins.served import REPO

ASK = (
    "import json; from dialtone.config import settings as s; print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
    " s.LANGUAGE_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY,"
    " s.SESSION_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS]))"
)


@pytest.mark.django_db
def test_every_page_comes_with_its_protection() -> None:
    headers = Client().get("/account/login/").headers
    policy = {part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split(";")}
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in headers


def test_cookies_of_a_site_with_tls_are_bound_to_it() -> None:
    """Read by a process of its own, since this one has the settings of tests."""
    environment = {**os.environ, "DIALTONE_BASE_URL": "https://calls.example", "PYTHONPATH": str(REPO)}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, cwd=REPO
    )
    session, csrf, language, *rest = json.loads(done.stdout)
    assert all(name.startswith("__Host-dialtone_") for name in (session, csrf, language))
    assert rest[:5] == [True, True, True, True, "Lax"]
    assert rest[6] is True
