"""A browser's authenticator as Chromium has one for tests: it answers by itself, and can be copied and kept from looking."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page


@dataclass
class VirtualAuthenticator:
    """One of a page's own. `number` is Chromium's."""

    session: CDPSession
    number: str

    @classmethod
    def of(cls, page: Page, *, looks: bool = True) -> "VirtualAuthenticator":
        """`looks`: whether it can tell who holds it."""
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": looks,
            "isUserVerified": looks,
            "automaticPresenceSimulation": True,
        }
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(session, made["authenticatorId"])

    def credential(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self._send("getCredentials")["credentials"]
        return found[0]

    def be_the_copy_that_counted_less(self, count: int) -> None:
        """Put in place of the credential one that is the same but for its count, as a copy has it."""
        self.hold({**self.credential(), "signCount": count})

    def hold(self, credential: dict[str, Any]) -> None:
        """Have this one and no other."""
        self._send("clearCredentials")
        self._send("addCredential", credential=credential)

    def verify(self, *, holder: bool) -> None:
        self._send("setUserVerified", isUserVerified=holder)

    def _send(self, what: str, **said: Any) -> Any:
        return self.session.send(f"WebAuthn.{what}", {"authenticatorId": self.number, **said})
