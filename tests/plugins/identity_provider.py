"""An identity provider of another company: OpenID Connect on 127.0.0.1, which lets in whom a test says, honestly or not."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "dialtone at home", "s3cret: with a colon"


@dataclass
class Provider:
    """`person`: the claims of who is signed in there. `bend` changes a token before it is signed; `alike` what else is said."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    algorithm: str = "RS256"
    signs_with: Any = None
    said: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    kid: str = "k1"

    def wellknown(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            **self.said,
        }

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def authorise(self, query: dict[str, str]) -> str:
        """Where the browser goes back to, with a code."""
        code = f"c{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.address})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        pair = base64.b64encode(b"dialtone+at+home:s3cret%3A+with+a+colon").decode()
        checks = {
            "code": asked is not None,
            "client": authorization == f"Basic {pair}",
            "pkce": asked is not None and challenge.decode().rstrip("=") == asked.get("code_challenge"),
            "redirect": asked is not None and form.get("redirect_uri") == asked.get("redirect_uri"),
        }
        self.refusals += [name for name, holds in checks.items() if not holds]
        if asked is None or not all(checks.values()):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            **({"auth_time": now} if asked.get("max_age") else {}), **self.person,
        }  # fmt: skip
        signed = jwt.encode(
            self.bend(claims), self.signs_with or self.key, self.algorithm, headers={"kid": self.kid}
        )
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
def home() -> Iterator[Provider]:
    """The provider, serving."""
    its = Provider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", its.authorise(query))
                self.end_headers()
                return
            self._say(200, its.keys() if parts.path == "/keys" else its.wellknown())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*its.token(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    its.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield its
    server.shutdown()
    server.server_close()
