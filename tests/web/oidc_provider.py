"""A small OpenID Connect provider on 127.0.0.1: really signs, really checks PKCE and the client's secret."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "yici", "the provider's own secret"


class Provider:
    """`subject` is who signs in next; `claims` changes the next ID token, `key` what signs it."""

    def __init__(self) -> None:
        self.key = self.published = RSAKey.generate_key(2048, {"kid": "1"}, private=True)
        self.subject, self.codes = "gov-0001", dict[str, dict[str, str]]()
        self.claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, address: str) -> str:
        """What the browser does there: the person signs in, and is sent back to the address returned."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT and asked["nonce"] and asked["state"]
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/.well-known/openid-configuration":
            told: Any = {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }  # fmt: skip
        else:
            told = {"keys": [self.published.as_dict(private=False)]}
        self._tell(handler, 200, told)

    def post(self, handler: BaseHTTPRequestHandler) -> None:
        sent = dict(parse_qsl(handler.rfile.read(int(handler.headers["Content-Length"])).decode()))
        asked = self.codes.pop(sent["code"], None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or handler.headers["Authorization"] != basic or challenge != asked["code_challenge"]:
            self._tell(handler, 400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 60,
            "nonce": asked["nonce"], "preferred_username": "周敏",
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "1"}, self.claims(claims), self.key)
        self._tell(handler, 200, {"access_token": "x", "token_type": "Bearer", "id_token": token})

    @staticmethod
    def _tell(handler: BaseHTTPRequestHandler, status: int, told: Any) -> None:
        body = json.dumps(told).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
