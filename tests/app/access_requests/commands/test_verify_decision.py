"""What `manage.py verify_decision` shows and finds, and that its output is enough to check a signature by cryptography alone."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.management import CommandError, call_command

from access_requests.models import AccessRequest, Decision
from audits.models import TrailEntry
from tests.stand_ins.authenticators import Authenticator
from tests.stand_ins.forging import forged_approval, forged_elevation, forged_entries
from tests.worlds.cast import Cast
from tests.worlds.passkeys import decided, only_by_passkey, passkey_of
from tests.worlds.story import approved, submitted

DAY = timedelta(days=1)
ROOT = Path(__file__).parents[4]


@pytest.fixture
def passkey(cast: Cast, now: datetime) -> Authenticator:
    only_by_passkey(cast.one_lead)
    return passkey_of(cast.leader01, now=now - DAY)


@pytest.fixture
def request_signed(cast: Cast, now: datetime, passkey: Authenticator) -> AccessRequest:
    return decided(submitted(cast.member01, now=now), cast.leader01, passkey, now=now)


def told(code: str, *options: str, exit_code: int = 0) -> str:
    out = StringIO()
    if exit_code == 0:
        call_command("verify_decision", code, *options, stdout=out)
    else:
        with pytest.raises(SystemExit) as ended:
            call_command("verify_decision", code, *options, stdout=out)
        assert ended.value.code == exit_code
    return out.getvalue()


def material(text: str) -> Mapping[str, Any]:
    """Read what was printed for people: a line a name, and the key."""
    found = dict(re.findall(r"^  (\w+): (.+)$", text, re.MULTILINE))
    key = re.search(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", text, re.DOTALL)
    assert key is not None
    return {**found, "pem": re.sub(r"(?m)^  ", "", key.group())}


def in_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_what_is_printed_is_enough_to_check_the_signature_alone(request_signed: AccessRequest) -> None:
    said = material(told(request_signed.code))
    document, client = json.loads(said["document"]), json.loads(said["client_data"])
    assert (document["request"], document["verdict"], document["person"]) == (request_signed.code, "approve", "leader01")
    assert in_bytes(client["challenge"]) == hashlib.sha256(said["document"].encode()).digest()
    assert client["origin"] == said["origin"]
    data = in_bytes(said["authenticator_data"])
    assert data[:32] == hashlib.sha256(said["rp_id"].encode()).digest()
    assert data[32] & 0b101 == 0b101
    key = load_pem_public_key(said["pem"].encode())
    assert isinstance(key, EllipticCurvePublicKey)
    signed = data + hashlib.sha256(said["client_data"].encode()).digest()
    key.verify(in_bytes(said["signature"]), signed, ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(in_bytes(said["signature"]), signed + b".", ECDSA(SHA256()))


def test_program_of_the_documentation_checks_it_and_refuses_what_was_changed(request_signed: AccessRequest) -> None:
    program = re.search(r"```python\n(.*?)```", (ROOT / "docs/passkey-decisions.md").read_text(), re.DOTALL)
    assert program is not None
    line = json.loads(told(request_signed.code, "--json"))
    assert check_by(program.group(1), line) == f"leader01 signed: approve {request_signed.code}"
    line["passkey"]["document"] = line["passkey"]["document"].replace("approve", "reject")
    with pytest.raises(AssertionError):
        check_by(program.group(1), line)


def check_by(program: str, line: Mapping[str, Any]) -> str:
    out: list[str] = []
    program = program.replace('"ORIGIN"', repr(line["passkey"]["origin"]))
    exec(program, {"line": json.dumps(line), "print": out.append})  # noqa: S102  The documentation's own.
    return out[-1]


def test_decision_that_holds_is_told_with_its_proof_and_where_the_trail_has_it(request_signed: AccessRequest) -> None:
    text, entry = told(request_signed.code.lower()), TrailEntry.objects.get(act="request.approved")
    assert f"{request_signed.code}: approve by leader01 at level 1, 2026-11-23T05:00:20Z, entry {entry.pk} of the trail" in text
    assert '"method": "passkey"' in text
    assert "  holds; signed by a passkey" in text
    assert f"by entry {TrailEntry.objects.get(act='factor.added').pk} of the trail:" in text


def test_decision_without_a_signature_is_said_to_be_as_good_as_the_trail(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    approved(request, cast.leader01, now=now)
    text = told(request.code)
    assert "holds; no signature: it is as good as the trail is" in text
    assert '"method": "password"' in text


def test_decision_that_is_in_the_table_alone_is_found(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    forged_approval(request, cast.leader01, now=now)
    text = told(request.code, exit_code=1)
    assert "no entry of the trail" in text
    assert "DOES NOT HOLD: the trail has no such decision" in text


def test_decision_that_is_forged_in_the_trail_too_is_found_where_it_had_to_be_signed(
    cast: Cast, now: datetime, passkey: Authenticator
) -> None:
    request = submitted(cast.member01, now=now)
    decision = forged_approval(request, cast.leader01, now=now)
    for entry in forged_entries(forged_elevation(request, now=now), decision, now=now, proof={}):
        entry.save()
    assert "DOES NOT HOLD: refused, because an approval lacks the signature" in told(request.code, exit_code=1)


def copied(entry: TrailEntry, **changes: Any) -> TrailEntry:
    """INSERT another entry like it, but for the changes."""
    said = {name: getattr(entry, name) for name in ("at", "act", "actor", "subject", "data")}
    return TrailEntry.objects.create(**{**said, **changes})


def test_signature_that_was_changed_in_the_trail_is_found(request_signed: AccessRequest) -> None:
    entry = TrailEntry.objects.get(act="request.approved")
    entry.data["decision"]["assertion"]["document"]["verdict"] = "reject"
    other = copied(entry)
    text = told(request_signed.code, exit_code=1)
    assert text.count("holds; signed") == 1
    assert f"entry {other.pk} of the trail\n" in text
    assert "DOES NOT HOLD: the signature does not hold: what was signed is not what was decided" in text


def test_row_that_says_something_else_than_the_trail_is_found(request_signed: AccessRequest) -> None:
    Decision.objects.update(nonce="another")
    assert "DOES NOT HOLD: the table of decisions has another one, or none" in told(request_signed.code, exit_code=1)


def test_key_that_nobody_can_read_is_said_to_be_none(request_signed: AccessRequest) -> None:
    added = TrailEntry.objects.get(act="factor.added")
    copied(added, data={"factor": {**added.data["factor"], "id": "K-OTHER", "public_key": "AAAA"}})
    copied(TrailEntry.objects.get(act="request.approved"))
    text = told(request_signed.code, exit_code=1)
    assert "no key that can be read" in text
    assert "no one enrolment of this passkey" in text


def test_portal_that_moved_is_told_where_it_was(request_signed: AccessRequest) -> None:
    text = told(request_signed.code, "--portal-url=https://new.example.com", exit_code=1)
    assert "DOES NOT HOLD: the signature does not hold: Invalid origin" in text


def test_request_that_nobody_decided_on_and_one_that_there_is_not(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    assert told(request.code) == f"Nobody has decided on {request.code}.\n"
    assert told(request.code, "--json") == ""
    with pytest.raises(CommandError, match="There is no request R-00000000") as caught:
        told("R-00000000")
    assert caught.value.returncode == 2
