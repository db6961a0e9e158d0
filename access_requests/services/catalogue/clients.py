"""Changes of API clients, as verbs of `services.people.clients`."""

from datetime import datetime

from access_requests.models import ApiClient, KeptIn
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.state import Fields
from access_requests.services.people import clients
from access_requests.services.people.clients import Made, Terms
from portal.verbs.actor import Actor

TERMS = tuple(Terms.__dataclass_fields__)


def write(change: Change, *, secret: str | None, actor: Actor, now: datetime) -> dict[str, str]:
    """Write a client; return its secret by its key if one was made here, the only time that it can be read."""
    before, after = change.before, change.after
    if after is None:
        raise ValueError("a client that goes is not written")
    if before is None:
        made = _come(change.key, after, secret=secret, actor=actor, now=now)
        return {change.key: made.secret} if made.secret and secret is None else {}
    client = ApiClient.objects.get(key=change.key)
    if any(before[field] != after[field] for field in (*TERMS, "kept_in")):
        clients.change(client=client, terms=_terms(after), kept_in=KeptIn.FILE, actor=actor, now=now)
    # Whoever made it in the browser knows its secret, and the file may give it more than they could.
    is_taken_over = before["kept_in"] != after["kept_in"] and after["secret"] is not None
    if after["secret"] == before["secret"] and not is_taken_over:
        return {}
    made = clients.rotate_secret(client=client, secret=secret, actor=actor, now=now)
    return {change.key: made.secret} if secret is None else {}


def retire(key: str, *, actor: Actor, now: datetime) -> None:
    """Revoke a client that has left the file; it comes back when the file names it again."""
    clients.revoke(client=ApiClient.objects.get(key=key), kept_in=KeptIn.FILE, actor=actor, now=now)


def _come(key: str, after: Fields, *, secret: str | None, actor: Actor, now: datetime) -> Made:
    """Make a client, or let the same one in again that had left the file."""
    terms, kept_in = _terms(after), KeptIn.FILE
    known = ApiClient.objects.filter(key=key).first()
    if known is not None:
        return clients.bring_back(client=known, terms=terms, kept_in=kept_in, secret=secret, actor=actor, now=now)
    return clients.add(
        key=key,
        client_id=after["client_id"],
        kind=after["kind"],
        terms=terms,
        kept_in=kept_in,
        secret=secret,
        actor=actor,
        now=now,
    )


def _terms(after: Fields) -> Terms:
    return Terms(**{field: after[field] for field in TERMS})
