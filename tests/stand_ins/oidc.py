"""A provider of OpenID Connect that signs whatever a test says, over HTTP on loopback."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

CLIENT = "sekisho"
HANAKO = {"sub": "subject-of-hanako", "email": "hanako@example.com", "email_verified": True, "name": "山田 花子"}


@cache
def rsa_key(number: int = 1) -> rsa.RSAPrivateKey:
    """Return one of some keys, which are made once a process: each takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048 + 0 * number)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def jwk(key: Any, kid: str, **more: str) -> dict[str, Any]:
    """Return the public half as a key set has it."""
    algorithm = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}
    kind: Any = next((value for known, value in algorithm.items() if isinstance(key, known)), OKPAlgorithm)
    return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}


@dataclass
class OidcStandIn:
    """`claims` and `userinfo` are laid over what an honest provider would say; None takes one away.

    `signs` makes a token of claims; a test that forges puts its own there. `asked` are the paths that were asked for.
    """

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk(rsa_key(), "one")])
    signs: Any = None
    nonce: str = ""
    token_status: int = 200
    gone: bool = False
    asked: list[str] = field(default_factory=list)
    exchanged: list[dict[str, str]] = field(default_factory=list)

    def honest(self) -> dict[str, Any]:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now, "nonce": self.nonce, **HANAKO}
        return _without_none({**said, **self.claims})

    def token(self) -> str:
        return self.signs(self.honest()) if self.signs else signed(self.honest())

    def answer(self, path: str, body: Mapping[str, str]) -> tuple[int, Any]:
        self.asked.append(path)
        if self.gone:
            return 503, {}
        if path == "/token":
            self.exchanged.append(dict(body))
            return self.token_status, {"access_token": "at", "token_type": "Bearer", "id_token": self.token()}
        said: dict[str, tuple[int, Any]] = {
            "/.well-known/openid-configuration": (200, _without_none({**self._published(), **self.metadata})),
            "/keys": (200, {"keys": self.keys}),
            "/moved": (302, {}),
            "/userinfo": (200, _without_none({**HANAKO, **self.userinfo})),
        }
        return said.get(path, (404, {}))

    def _published(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }


def signed(
    claims: Mapping[str, Any], *, key: Any = None, algorithm: str = "RS256", kid: str | None = "one", **header: Any
) -> str:
    """Return the claims signed, by the published key where none is named."""
    headers = {**header, **({} if kid is None else {"kid": kid})}
    return jwt.encode(dict(claims), key or rsa_key(), algorithm=algorithm, headers=headers)


def _without_none(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


@contextmanager
def oidc_stand_in() -> Iterator[OidcStandIn]:
    """Run one on a free port of loopback."""
    stand_in = OidcStandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())))

        def _answer(self, body: Mapping[str, str]) -> None:
            status, said = stand_in.answer(urlsplit(self.path).path, body)
            payload = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            if status == HTTPStatus.FOUND:
                self.send_header("Location", f"{stand_in.url}/keys")
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
