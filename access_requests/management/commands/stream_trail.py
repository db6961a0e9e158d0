import re
import signal
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone
from standardwebhooks import Webhook

from access_requests.services.notices.webhooks import addresses, posting, webhook_errors
from audits.models import Stream
from audits.streaming.places import Address, File, InBucket, NotTaken, Place, StandardOutput
from audits.streaming.sending import Sending
from portal import stopping
from portal.aws.objects import Bucket

BUCKET = re.compile(r"s3://([a-z0-9.-]{3,63})/(.*)")


class Command(BaseCommand):
    help = (
        "Hand the audit trail on to STREAM_TO as events of OCSF, one a line, in the order of the trail, until told to stop; of "
        "several that run, one sends. It goes on after the last entry that was taken. With --once, send what there is now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what there is now, and end")
        parser.add_argument("--after", type=int, help="go on after this entry, whatever was sent before")

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        sending = Sending(place=_place(settings.STREAM_TO))
        if options["after"] is not None:
            Stream.objects.filter(place=sending.place.name).update(position=options["after"])
        if options["once"]:
            self._send_all(sending)
            return
        with stopping.told(signal.SIGTERM, signal.SIGINT) as told:
            sending.run(told.wait, _show_alive)

    def _send_all(self, sending: Sending) -> None:
        try:
            while sent := sending.step():
                pass
        except NotTaken as trouble:
            raise CommandError(f"{sending.place.name} did not take it: {trouble}") from trouble
        finally:
            sending.lease.release()
        if sent is None:
            raise CommandError("Another process sends the stream.")


def _place(to: str) -> Place:
    """Return the place that the settings name. Raises CommandError."""
    if to == "stdout":
        return StandardOutput()
    if to.startswith("file:"):
        return File(Path(to.removeprefix("file:").removeprefix("//")))
    if found := BUCKET.fullmatch(to):
        bucket = Bucket(name=found[1], region=settings.STREAM_REGION, role_arn=settings.STREAM_ROLE_ARN)
        return InBucket(bucket, found[2])
    try:
        parts = addresses.parsed(to)
    except webhook_errors.AddressUnusable as error:
        raise CommandError("STREAM_TO names no place: give stdout, file:/path, https://…, or s3://bucket/prefix/.") from error
    if not settings.STREAM_SECRET and not settings.STREAM_AUTHORIZATION:
        raise CommandError("STREAM_SECRET is missing, or STREAM_AUTHORIZATION: the receiver must know who sends.")
    # An address may open the place by itself.
    return Address(f"{parts.scheme}://{parts.netloc}/…", partial(_post, to))


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Call the address, by the guard of notices. Raises NotTaken."""
    now = timezone.now()
    try:
        answer = posting.post(url, body, {**headers, **_proof(body, headers)}, now=now)
    except posting.NotReached as trouble:
        raise NotTaken(str(trouble)) from trouble
    if answer.status not in range(200, 300):
        raise NotTaken(f"HTTP {answer.status} {answer.text}".strip())


def _proof(body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
    """Return what proves who sends, and that the body is theirs."""
    said = {"Authorization": settings.STREAM_AUTHORIZATION} if settings.STREAM_AUTHORIZATION else {}
    if not settings.STREAM_SECRET:
        return said
    at, number = timezone.now(), f"{headers['Sekisho-First-Entry']}-{headers['Sekisho-Last-Entry']}"
    signature = Webhook(settings.STREAM_SECRET).sign(number, at, body.decode())
    return {**said, "webhook-id": number, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def _show_alive() -> None:
    if settings.HEARTBEAT_FILE is not None:
        settings.HEARTBEAT_FILE.touch()
