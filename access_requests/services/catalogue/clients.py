"""Changes of API clients, as verbs of `services.clients`."""

from datetime import datetime

from access_requests.actor import Actor
from access_requests.models import ApiClient, KeptIn
from access_requests.services import clients
from access_requests.services.catalogue.comparing import Change
from access_requests.services.clients import Terms

TERMS = tuple(Terms.__dataclass_fields__)


def write(change: Change, *, secret: str | None, actor: Actor, now: datetime) -> dict[str, str]:
    """Write a client; return its secret by its key if one was made here, the only time that it can be read."""
    before, after = change.before, change.after
    if after is None:
        raise ValueError("a client that goes is not written")
    terms = Terms(**{field: after[field] for field in TERMS})
    known = ApiClient.objects.filter(key=change.key).first()
    always = {"terms": terms, "kept_in": KeptIn.FILE, "actor": actor, "now": now}
    if before is None:
        if known is None:
            made = clients.add(key=change.key, client_id=after["client_id"], kind=after["kind"], secret=secret, **always)
        else:
            made = clients.bring_back(client=known, secret=secret, **always)
        return {change.key: made.secret} if made.secret and secret is None else {}
    if known is None:
        raise ValueError("a client that is changed is there")
    if any(before[field] != after[field] for field in (*TERMS, "kept_in")):
        clients.change(client=known, **always)
    if after["secret"] != before["secret"]:
        clients.rotate_secret(client=known, secret=secret, actor=actor, now=now)
    return {}


def retire(key: str, *, actor: Actor, now: datetime) -> None:
    """Revoke a client that has left the file; it comes back when the file names it again."""
    clients.revoke(client=ApiClient.objects.get(key=key), kept_in=KeptIn.FILE, actor=actor, now=now)
