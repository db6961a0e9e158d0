"""API clients: what a program may do for whom, and the OAuth client that it logs in as. Every change reaches the trail.

Administrators make them in the browser, loads of the catalogue from the file: both by these verbs. In the browser each raises
FactorMissing and StepUpNeeded too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.db import IntegrityError, transaction

from access_requests.models import ApiClient, ClientKind, KeptIn, PersonalToken, WorkGroup
from access_requests.policy.proofs import Guarded
from access_requests.services.people import client_errors
from access_requests.services.record import changes, marks, proving
from audits.acts import Act
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor, Door

EVERYONE = "everyone"
DECIDING = "decisions:write"
# Given only to a token that asks for it by name.
NEVER_BY_DEFAULT = frozenset({DECIDING})


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a client may do, as the catalogue's file says it: `people` are names, or EVERYONE.

    `owners` are the names of those who know its secret; None leaves them to who gets to know it, here in the browser.
    """

    name: str
    scopes: Sequence[str]
    people: Sequence[str] | str
    work_groups: Sequence[str]
    source_addresses: Sequence[str]
    may_name_by_email: bool = False
    owners: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Made:
    """`secret` can be read here and never again: only its hash is kept. A personal client has none."""

    client: ApiClient
    secret: str


def describe(client: ApiClient) -> dict[str, Any]:
    """Return all that is said about a client, as the catalogue's file says it and as the trail keeps it."""
    return {
        "client_id": client.oauth_client.pk,
        "name": client.oauth_client.name,
        "kind": client.kind,
        "kept_in": client.kept_in,
        "scopes": sorted(client.oauth_client.get_scopes()),
        "people": EVERYONE if client.everyone else sorted(person.username for person in client.people.all()),
        "work_groups": sorted(group.name for group in client.work_groups.all()),
        "source_addresses": sorted(client.source_addresses),
        "may_name_by_email": client.may_name_by_email,
        "owners": sorted(person.username for person in client.owners.all()),
        "secret": None if client.is_personal else "set",
    }


def add(
    *, key: str, client_id: str, kind: str, terms: Terms, kept_in: str, actor: Actor, now: datetime, secret: str | None = None
) -> Made:
    """Make a client, with a new secret where none is given.

    Raises NotAnAdministrator, ClientKeyTaken, PersonalClientsName, DecidesByFile.
    """
    _check(actor, kind, terms, now)
    oauth = Client(id=client_id)
    secret = _prepare(oauth, kind, secret)
    _say(oauth, terms)
    client = ApiClient(key=key, oauth_client=oauth, kind=kind, kept_in=kept_in)
    try:
        with transaction.atomic():
            oauth.save(force_insert=True)
            _limit(client, terms)
            _let_know(client, actor)
    except IntegrityError as error:
        raise client_errors.ClientKeyTaken(field="key", key=key) from error
    changes.record(act=Act.CLIENT_ADDED, subject=_subject(client), before=None, after=_marked(client), actor=actor, now=now)
    return Made(client=client, secret=secret)


def change(*, client: ApiClient, terms: Terms, kept_in: str, actor: Actor, now: datetime) -> ApiClient:
    """Change what a client may do. Other scopes end its tokens, which were given for those; lists hold from the next call on.

    Raises NotAnAdministrator, KeptInFile, PersonalClientsName, DecidesByFile, TransitionNotAllowed once it is revoked.
    """
    client = _lock(client)
    _check(actor, client.kind, terms, now)
    _check_in_use(client)
    _check_kept_here(client, actor)
    before = describe(client)
    client.kept_in = kept_in
    _say(client.oauth_client, terms)
    client.oauth_client.save()
    _limit(client, terms)
    ended = _end_tokens(client) if describe(client)["scopes"] != before["scopes"] else {}
    after = {**_marked(client), **ended}
    changes.record(act=Act.CLIENT_CHANGED, subject=_subject(client), before=before, after=after, actor=actor, now=now)
    return client


def rotate_secret(*, client: ApiClient, actor: Actor, now: datetime, secret: str | None = None, seen: str | None = None) -> Made:
    """Set another secret, a new one where none is given; tokens that were got by the old one end.

    `seen` is the mark of the secret that is to be replaced, so that a page which is sent again replaces none that came after.
    Raises NotAnAdministrator, KeptInFile, TransitionNotAllowed where there is no secret, or another one by now.
    """
    client = _lock(client)
    _check_administrator(actor, now)
    _check_in_use(client)
    _check_kept_here(client, actor)
    if client.is_personal:
        raise rejections.TransitionNotAllowed
    if seen is not None and seen != mark(client):
        raise rejections.TransitionNotAllowed
    before = describe(client)
    secret = _prepare(client.oauth_client, client.kind, secret)
    client.oauth_client.save()
    _let_know(client, actor)
    after = {**_marked(client), "secret": "set anew", **_end_tokens(client)}
    changes.record(act=Act.CLIENT_SECRET_ROTATED, subject=_subject(client), before=before, after=after, actor=actor, now=now)
    return Made(client=client, secret=secret)


def revoke(*, client: ApiClient, actor: Actor, now: datetime, kept_in: str = KeptIn.BROWSER) -> ApiClient:
    """Refuse a client from now on: its tokens end, and its secret is worth nothing any more. It is kept for the record.

    Whoever revokes in the browser keeps it there: no load of the file brings it back. Raises NotAnAdministrator,
    TransitionNotAllowed.
    """
    client = _lock(client)
    _check_administrator(actor, now)
    _check_in_use(client)
    before = describe(client)
    client.retired_at, client.kept_in = now, kept_in
    client.save(update_fields=["retired_at", "kept_in"])
    oauth = client.oauth_client
    oauth.set_grant_types([])
    oauth.set_secret(str(get_adapter().generate_client_secret()))
    oauth.save()
    after = {**_marked(client), "revoked": True, **_end_tokens(client)}
    changes.record(act=Act.CLIENT_REVOKED, subject=_subject(client), before=before, after=after, actor=actor, now=now)
    return client


def bring_back(
    *,
    client: ApiClient,
    actor: Actor,
    now: datetime,
    terms: Terms | None = None,
    kept_in: str = KeptIn.BROWSER,
    secret: str | None = None,
) -> Made:
    """Let a revoked client in again, on the same terms or on others, with another secret: the old one stays worthless.

    In the browser a service comes back without the right to decide. Raises NotAnAdministrator, TransitionNotAllowed.
    """
    client = _lock(client)
    _check_administrator(actor, now)
    if client.retired_at is None:
        raise rejections.TransitionNotAllowed
    client.retired_at, client.kept_in = None, kept_in
    secret = _prepare(client.oauth_client, client.kind, secret)
    if terms is not None:
        _say(client.oauth_client, terms)
    elif _is_anybodys(actor, client.kind):
        client.oauth_client.set_scopes([scope for scope in client.oauth_client.get_scopes() if scope != DECIDING])
    client.oauth_client.save()
    if terms is None:
        client.save()
    else:
        _limit(client, terms)
    _let_know(client, actor)
    changes.record(act=Act.CLIENT_RESTORED, subject=_subject(client), before=None, after=_marked(client), actor=actor, now=now)
    return Made(client=client, secret=secret)


def mark(client: ApiClient) -> str:
    """Return what changes with the secret and says nothing about it."""
    return marks.of(client.oauth_client.secret) if client.oauth_client.secret else ""


def _lock(client: ApiClient) -> ApiClient:
    return ApiClient.objects.select_for_update(of=("self",)).select_related("oauth_client").get(pk=client.pk)


def _check(actor: Actor, kind: str, terms: Terms, now: datetime) -> None:
    _check_administrator(actor, now)
    if kind == ClientKind.PERSONAL and terms.may_name_by_email:
        raise client_errors.PersonalClientsName(field="may_name_by_email")
    if not terms.scopes:
        raise rejections.Missing(field="scopes")
    if DECIDING in terms.scopes and _is_anybodys(actor, kind):
        raise client_errors.DecidesByFile(field="scopes")


def _is_anybodys(actor: Actor, kind: str) -> bool:
    """Whether one administrator alone gets to know by this what speaks in other people's names.

    With the right to decide they could approve what they asked for themselves. The file is read by others before it is loaded.
    """
    return actor.door != Door.COMMAND and kind == ClientKind.SERVICE


def _check_administrator(actor: Actor, now: datetime) -> None:
    """The file is read by others before it is loaded; whoever loads it needs no right here."""
    if actor.door != Door.COMMAND:
        proving.check_administrator(actor, Guarded.CLIENT, now=now)


def _check_in_use(client: ApiClient) -> None:
    if client.retired_at is not None:
        raise rejections.TransitionNotAllowed


def _check_kept_here(client: ApiClient, actor: Actor) -> None:
    """What is changed in the browser only, the next load of the file would undo."""
    if actor.door != Door.COMMAND and client.kept_in == KeptIn.FILE:
        raise client_errors.KeptInFile


def _prepare(oauth: Client, kind: str, secret: str | None) -> str:
    """Set how the client proves itself, and return its secret; a personal client has none, so that any may say it is this one."""
    if kind == ClientKind.PERSONAL:
        oauth.type, oauth.grant_types = Client.Type.PUBLIC, Client.GrantType.DEVICE_CODE
        return ""
    oauth.type, oauth.grant_types = Client.Type.CONFIDENTIAL, Client.GrantType.CLIENT_CREDENTIALS
    secret = secret or str(get_adapter().generate_client_secret())
    oauth.set_secret(secret)
    return secret


def _say(oauth: Client, terms: Terms) -> None:
    oauth.name = terms.name
    oauth.set_scopes(list(terms.scopes))
    oauth.set_default_scopes([scope for scope in terms.scopes if scope not in NEVER_BY_DEFAULT])


def _limit(client: ApiClient, terms: Terms) -> None:
    client.everyone = terms.people == EVERYONE
    client.source_addresses = list(terms.source_addresses)
    client.may_name_by_email = terms.may_name_by_email
    client.save()
    client.people.set(User.objects.filter(username__in=[] if client.everyone else terms.people))
    client.work_groups.set(WorkGroup.objects.filter(name__in=terms.work_groups))
    if terms.owners is not None:
        client.owners.set(User.objects.filter(username__in=terms.owners))


def _let_know(client: ApiClient, actor: Actor) -> None:
    """Keep who is shown a service's new secret in the browser as an owner of it. Whom a load shows one, the file says."""
    if actor.door != Door.COMMAND and not client.is_personal:
        client.owners.add(actor.who)


def _marked(client: ApiClient) -> dict[str, Any]:
    return {**describe(client), "mark": mark(client) or None}


def _end_tokens(client: ApiClient) -> dict[str, Any]:
    """End whatever was given out, and what people have allowed and was not collected; return which for the trail."""
    tokens, own = Token.objects.filter(client=client.oauth_client), PersonalToken.objects.filter(client=client)
    good = tokens.valid().count()
    of_service = list(tokens.filter(personal=None).order_by("pk").values_list("pk", flat=True))
    ended = {"own": list(own.order_by("code").values_list("code", flat=True)), "of_service": of_service}
    own.delete()
    tokens.delete()
    return {"tokens_ended": good, "ended": ended}


def _subject(client: ApiClient) -> str:
    return f"client:{client.key}"
