"""The demo's keys and passwords: made at the first start, the same at every other."""

import base64
import json
import secrets
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.demo.places import write_private
from portal.settings.signing import seal_key, throwaway_key
from portal.simulated_aws.company import PEOPLE
from portal.simulated_aws.people import Credentials
from portal.simulated_aws.world import AccessKey

# Without what is easily taken for something else.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    aws_admin: AccessKey
    aws_portal: AccessKey
    # What people sign in to AWS with, by the names of their IAM users.
    aws_people: Mapping[str, Credentials] = field(repr=False)
    client_secret: str = field(repr=False)
    slack_signing_secret: str = field(repr=False)
    # The broker and the simulated AWS are as young as the supervisor, and so are these.
    broker_password: str = field(default_factory=secrets.token_urlsafe, repr=False)
    aws_control_token: str = field(default_factory=secrets.token_urlsafe, repr=False)


def open_all(keys: Path) -> Secrets:
    """Return what is kept in the folder, and make what is not there yet; the settings read four more from there."""
    _kept(keys / "secret_key", lambda: secrets.token_urlsafe(64))
    _kept(keys / "oidc_private_key.pem", throwaway_key)
    _kept(keys / "factor_key", lambda: secrets.token_urlsafe(48))
    _kept(keys / "seal_key.pem", seal_key)
    return Secrets(
        aws_admin=_access_key(keys / "aws_admin"),
        aws_portal=_access_key(keys / "aws_portal"),
        aws_people={name: _credentials(keys / f"aws_person_{name}") for name in PEOPLE},
        client_secret=_kept(keys / "client_secret", lambda: secrets.token_urlsafe(32)),
        slack_signing_secret=_kept(keys / "slack_signing_secret", lambda: secrets.token_hex(16)),
    )


def passwords(keys: Path, usernames: Iterable[str]) -> dict[str, str]:
    """Return a password for each of the people; those who have none yet are given one."""
    path = keys / "passwords"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: _password() for name in usernames if name not in known}
    if missing:
        known |= missing
        write_private(path, json.dumps(known, indent=1))
    return known


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        write_private(path, make())
    return path.read_text()


def _access_key(path: Path) -> AccessKey:
    key_id, secret = _kept(path, _new_access_key).split()
    return AccessKey(id=key_id, secret=secret)


def _new_access_key() -> str:
    key_id = "AKIA" + "".join(secrets.choice(string.ascii_uppercase + "234567") for _ in range(16))
    return f"{key_id}\n{secrets.token_urlsafe(30)}"


def _credentials(path: Path) -> Credentials:
    key_id, secret, seed = _kept(path, lambda: f"{_new_access_key()}\n{_new_seed()}").split()
    return Credentials(key=AccessKey(id=key_id, secret=secret), mfa_seed=seed)


def _new_seed() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _password() -> str:
    """Four groups of four, some 79 bits, to be read from one window and typed into another."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
