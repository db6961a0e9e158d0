import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from fido2.utils import websafe_decode, websafe_encode

from access_requests.models import AccessRequest
from access_requests.policy.signatures import Signature
from access_requests.services.requests import verifying
from access_requests.services.requests.verifying import Verified
from portal import passkeys
from portal.passkeys import RelyingParty


class Command(BaseCommand):
    help = (
        "Show and check the proof of each decision on a request, and print what somebody needs to check a passkey's signature "
        "without the portal. Exit 0 only if all hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="of the request, such as R-7K3M9QX2")
        parser.add_argument("--json", action="store_true", help="print a decision a line, as JSON")
        parser.add_argument(
            "--portal-url", metavar="URL", default=settings.PORTAL_URL, help="the address at which it was decided, if it moved"
        )

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        request = AccessRequest.objects.filter(code=options["code"].upper()).first()
        if request is None:
            raise CommandError(f"There is no request {options['code']}.", returncode=2)
        found = verifying.decisions(request, RelyingParty(url=options["portal_url"]))
        for one in found:
            said = {"request": request.code, **_said(one)}
            self.stdout.write(json.dumps(said, ensure_ascii=False) if options["json"] else "\n".join(_lines(said)))
        if not found and not options["json"]:
            self.stdout.write(f"Nobody has decided on {request.code}.")
        if any(one.faults for one in found):
            sys.exit(1)


def _said(one: Verified) -> Mapping[str, Any]:
    shown = {name: value for name, value in vars(one).items() if name not in ("signature", "at")}
    return {**shown, "at": _utc(one.at), "passkey": _material(one.signature) if one.signature else None}


def _material(signature: Signature) -> Mapping[str, Any]:
    """Return what is checked: by whom the key is comes from the trail, at the entries of the enrolment."""
    assertion = signature.assertion
    return {
        "document": signature.signed.text().decode(),
        "challenge": websafe_encode(signature.signed.challenge()),
        "client_data": websafe_decode(assertion.client_data).decode(errors="replace"),
        **{name: text for name, text in asdict(assertion).items() if name != "client_data"},
        "keys": [{"pem": _pem(key.public_key), "enrolled_at": _utc(key.at), "entry": key.entry} for key in signature.keys],
        "origin": signature.portal.origin,
        "rp_id": signature.portal.id,
    }


def _pem(public_key: str) -> str:
    try:
        return passkeys.pem_of(public_key)
    except passkeys.MALFORMED as error:
        return f"no key that can be read: {error}"


def _lines(said: Mapping[str, Any]) -> Iterator[str]:
    entry = f"entry {said['entry']} of the trail" if said["entry"] else "no entry of the trail"
    yield f"{said['request']}: {said['verdict']} by {said['approver']} at level {said['level']}, {said['at']}, {entry}"
    yield f"  by the door {said['door']}, proof {json.dumps(said['proof'], ensure_ascii=False, sort_keys=True)}"
    yield from (f"  DOES NOT HOLD: {fault}" for fault in said["faults"])
    signed = "signed by a passkey" if said["passkey"] else "no signature: it is as good as the trail is"
    yield f"  {signed}" if said["faults"] else f"  holds; {signed}"
    if said["passkey"]:
        yield from _lines_of(said["passkey"])
    yield ""


def _lines_of(signed: Mapping[str, Any]) -> Iterator[str]:
    yield "  To check it without the portal: the SHA-256 of the document is the challenge in the client data; the signature is"
    yield "  the key's over the authenticator data and the SHA-256 of the client data, in a row. Bytes are in base64url."
    for name in ("document", "challenge", "client_data", "credential_id", "authenticator_data", "signature", "origin", "rp_id"):
        yield f"  {name}: {signed[name]}"
    for key in signed["keys"]:
        yield f"  key, enrolled {key['enrolled_at']} by entry {key['entry']} of the trail:"
        yield from (f"  {line}" for line in key["pem"].splitlines())


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
