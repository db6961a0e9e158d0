"""A company's identity provider for SAML: pysaml2, which shares no code of SAML's with what the portal checks by.

It reads the portal's own metadata, answers true requests, and has its answers changed by tests before or after they are signed.
"""

import base64
import threading
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography.utils import CryptographyDeprecationWarning
from lxml import etree

from tests.stand_ins.certificates import Key, private_pem, rsa_key
from tests.worlds.providers import SAML_ENTITY_ID

with warnings.catch_warnings():
    # It names a mode of encryption by where that is no more, and uses it nowhere here.
    warnings.simplefilter("ignore", CryptographyDeprecationWarning)
    from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
    from saml2.config import IdPConfig
    from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
    from saml2.server import Server
    from saml2.sigver import CryptoBackend

SAML, SAMLP, DS = (
    "{urn:oasis:names:tc:SAML:2.0:assertion}",
    "{urn:oasis:names:tc:SAML:2.0:protocol}",
    "{http://www.w3.org/2000/09/xmldsig#}",
)
ASSERTION, RESPONSE = f"{SAML}Assertion", "."
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
HANAKO = {"mail": ["hanako@example.com"], "displayName": ["山田 花子"], "groups": ["engineers"]}
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
Change = Callable[[Any], Any]


def sign(element: Any, key: Key, *, method: Any = None, digest: Any = None) -> None:
    """Sign the element in its place, by exclusive canonical form."""
    asked = xmlsec.Transform.RSA_SHA256 if method is None else method
    signature = xmlsec.template.create(element, xmlsec.Transform.EXCL_C14N, asked, ns="ds")
    element.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, digest or xmlsec.Transform.SHA256, uri="#" + element.get("ID"))
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.tree.add_ids(element, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(private_pem(key), xmlsec.KeyFormat.PEM)
    context.sign(signature)


class InProcess(CryptoBackend):  # type: ignore[misc]  # pysaml2 ships no types.
    """pysaml2's signing without a process for each signature: fills in the signature that it prepared."""

    def sign_statement(self, statement: Any, node_name: str, key_file: str, node_id: str) -> str:
        document = etree.fromstring(statement if isinstance(statement, bytes) else str(statement).encode())
        (signed,) = (one for one in document.iter() if isinstance(one.tag, str) and one.get("ID") == node_id)
        xmlsec.tree.add_ids(document, ["ID"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(key_file, xmlsec.KeyFormat.PEM)
        context.sign(signed.find(f"{DS}Signature"))
        return str(etree.tostring(document, encoding="unicode"))


@dataclass
class IdentityProvider:
    """`portal` is the portal's metadata, as it was given to whoever keeps the provider."""

    folder: Path
    portal: str
    key: Key = field(default_factory=lambda: rsa_key("the company's"))
    address: str = "https://id.example.com"
    # Who logs in there: what the provider says of them, and how it names them.
    attributes: Mapping[str, list[str]] = field(default_factory=lambda: dict(HANAKO))
    subject: str = "0a1b-hanako"

    def __post_init__(self) -> None:
        key_file = self.folder / "key.pem"
        key_file.write_bytes(private_pem(self.key))
        endpoints = {"single_sign_on_service": [(f"{self.address}/sso", BINDING_HTTP_REDIRECT)]}
        config = IdPConfig()
        config.load(
            {
                "entityid": SAML_ENTITY_ID,
                # The backend is replaced below; this one looks for no program.
                "crypto_backend": "XMLSecurity",
                "xmlsec_binary": "none",
                "key_file": str(key_file),
                "metadata": {"inline": [self.portal]},
                "service": {"idp": {"endpoints": endpoints, "policy": {"default": {"lifetime": {"minutes": 5}}}}},
            }
        )
        self.server = Server(config=config)
        self.server.sec.crypto = InProcess()

    def asked(self, address: str) -> dict[str, Any]:
        """Return what the browser that is sent to this address asks for, as pysaml2 reads it."""
        query = parse_qs(urlsplit(address).query)
        request = self.server.parse_authn_request(query["SAMLRequest"][0], BINDING_HTTP_REDIRECT)
        answer: dict[str, Any] = self.server.response_args(request.message)
        return answer

    def answer(self, asked: Mapping[str, Any], **changes: Any) -> str:
        """Return the honest response, as XML. `asked` says to what."""
        told = {
            "in_response_to": asked["in_response_to"],
            "destination": asked["destination"],
            "sp_entity_id": asked["sp_entity_id"],
        }
        signed = {"sign_assertion": True, "sign_response": False, "sign_alg": RSA_SHA256, "digest_alg": SHA256}
        name = NameID(format=NAMEID_FORMAT_PERSISTENT, text=self.subject)
        authn = {"class_ref": PASSWORD}
        return str(self.server.create_authn_response(self.attributes, **{**told, **signed, **changes}, name_id=name, authn=authn))

    def forged(
        self,
        asked: Mapping[str, Any],
        *,
        before: Change | None = None,
        after: Change | None = None,
        signs: Mapping[str, Any] | None = None,
        parts: Collection[str] = (ASSERTION,),
    ) -> bytes:
        """Return a response that was changed before it was signed, signed as `signs` says, and changed then.

        `after` returns the document that is sent, or its bytes.
        """
        document = etree.fromstring(self.answer(asked, sign_assertion=False).encode())
        if before:
            before(document)
        how = {"key": self.key, **(signs or {})}
        for part in parts:
            sign(document.find(part), **how)
        changed = after(document) if after else document
        return changed if isinstance(changed, bytes) else etree.tostring(changed)


@contextmanager
def running(provider: IdentityProvider) -> Iterator[None]:
    """Have it answer browsers at its address: whoever comes is the one person that it knows."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith("/sso?"):
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            asked = provider.asked(self.path)
            page = provider.server.apply_binding(
                BINDING_HTTP_POST, provider.answer(asked), asked["destination"], "", response=True
            )
            body = str(page["data"]).encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    parts = urlsplit(provider.address)
    server = ThreadingHTTPServer((str(parts.hostname), int(parts.port or 0)), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def posted(response: str | bytes) -> str:
    """Return the response as a form carries it."""
    return base64.b64encode(response if isinstance(response, bytes) else response.encode()).decode()
