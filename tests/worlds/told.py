"""The world as the trail tells it: what a test wrote into tables by itself, written down as an upgrade and as verbs do."""

from datetime import datetime

from django.apps import apps

from access_requests.services.comparison import baseline
from audits import trail
from audits.acts import Act
from portal.users.models import Factor, FactorReset


def write_down(*, now: datetime) -> None:
    """Write an entry for each row; factors and their resets are told by their acts, from their first day."""
    baseline.write(apps.get_model, now=now)
    of_passkeys = ("credential_id", "public_key", "sign_count", "user_verified", "aaguid")
    for row in Factor.objects.select_related("person"):
        said = {**dict.fromkeys(of_passkeys), "credential_id": row.credential_id or None, "public_key": row.public_key or None}
        _record(
            Act.FACTOR_ADDED,
            row.person.username,
            row.added_at,
            factor={"id": row.code, "kind": row.kind, "name": row.name, **said},
        )
    for reset in FactorReset.objects.select_related("person"):
        said = {"reason": reset.reason, "good_until": reset.good_until}
        _record(Act.FACTOR_RESET_PROPOSED, reset.person.username, reset.proposed_at, actor=reset.proposed_by, **said)


def _record(act: Act, person: str, now: datetime, *, actor: str = "", **said: object) -> None:
    data = {"door": "browser", "proof": {}, **said}
    trail.record(now=now, act=act, actor=actor or person, subject=f"person:{person}", data=data)
