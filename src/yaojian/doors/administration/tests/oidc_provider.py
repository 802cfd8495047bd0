"""A little OpenID Connect provider on loopback: discovery, authorization code with PKCE, signed ID tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "yaojian", "s3cret&more"


@dataclass
class Provider:
    """Who signs in next, and what the provider does wrong in its ID token."""

    subject: str = "8f2c"
    claims: dict[str, Any] = field(default_factory=dict)
    wrong: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    foreign_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""

    def discovery(self) -> dict[str, Any]:
        """What the provider says of itself."""
        return {
            "issuer": "https://somebody.else" if self.wrong == "discovery" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on to, as if the person had signed in at once."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The ID token for a code, once, against the verifier and the client's secret."""
        asked = self.codes.pop(form.get("code", ""), None)
        user, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right_client = (unquote_plus(user), unquote_plus(secret)) == (CLIENT, SECRET)
        if asked is None or asked["code_challenge"] != challenge or not right_client:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        """A signed ID token, wrong in the way that was asked for."""
        moment = int(time.time())
        claims: dict[str, Any] = {
            "iss": "https://somebody.else" if self.wrong == "iss" else self.issuer,
            "aud": "another" if self.wrong == "aud" else CLIENT,
            "sub": self.subject,
            "iat": moment,
            "exp": moment - 3600 if self.wrong == "exp" else moment + 300,
            "nonce": "another" if self.wrong == "nonce" else nonce,
            **self.claims,
        }
        if self.wrong == "azp":
            claims |= {"aud": [CLIENT, "another"], "azp": "another"}
        if self.wrong == "sub":
            del claims["sub"]
        if self.wrong == "hs256":
            # The classic: the public key taken for a shared secret.
            secret = OctKey.import_key(json.dumps(self.key.as_dict(private=False)))
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, secret, algorithms=["HS256"])
        key = self.foreign_key if self.wrong == "signature" else self.key
        text = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)
        if self.wrong == "none":
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{head}.{text.split('.')[1]}."
        if self.wrong == "payload":
            head, body, signature = text.split(".")
            changed = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "somebody"}
            body = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
            return f"{head}.{body}.{signature}"
        return text


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            if url.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            elif url.path == "/jwks":
                self._json(200, {"keys": [provider.key.as_dict(private=False)]})
            else:
                self._json(200, provider.discovery())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(*provider.token(form, self.headers.get("Authorization", "")))

        def _json(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests' output stays their own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
