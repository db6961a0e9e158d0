"""Signatures by which a receiver knows a notice as the portal's: Standard Webhooks' v1, HMAC with SHA-256."""

import base64
import secrets
from datetime import UTC, datetime

from standardwebhooks import Webhook

from access_requests.models import WebhookEndpoint
from access_requests.services.notices.webhooks import sealing

SECRET_BYTES = 32


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def headers(endpoint: WebhookEndpoint, body: bytes, *, message_id: str, now: datetime) -> dict[str, str]:
    """Return what says who sends: signed by the secret, and for a day after a rotation by the one before too.

    Raises cryptography's InvalidToken where the secret cannot be read.
    """
    kept = [endpoint.secret]
    if endpoint.previous_until is not None and now < endpoint.previous_until:
        kept.append(endpoint.previous_secret)
    # The library takes the hour of a time for UTC, whatever its zone.
    at = now.astimezone(UTC)
    signatures = [Webhook(sealing.opened(secret)).sign(message_id, at, body.decode()) for secret in kept]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
