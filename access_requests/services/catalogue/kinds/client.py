"""API clients that the file keeps. Their rows are written by the verbs of `services.people.clients`."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from allauth.idp.oidc.adapter import get_adapter
from pydantic import PlainValidator

from access_requests.models import ApiClient, ClientKind, KeptIn
from access_requests.services.catalogue.fields import NOT_WRITTEN, EveryoneOrNames, Fields, Listed, Names
from access_requests.services.catalogue.kinds.work_group import WORK_GROUP_NAME
from access_requests.services.catalogue.values import FLAG, NETWORK, matching, one_of, text
from access_requests.services.people import clients
from access_requests.services.people.clients import Made, Terms
from portal.verbs.actor import Actor


class SecretSource(Fields):
    """Where the secret is: in the environment, or in a file."""

    env: Annotated[str | None, text(200)] = None
    file: Annotated[str | None, text(1000)] = None


def _source(value: object) -> dict[str, str]:
    source: dict[str, str] = SecretSource.model_validate(value).model_dump(exclude_none=True)
    return source


class Client(Fields):
    client_id: Annotated[str, matching(r"[A-Za-z0-9][\w.-]*", 100, "letters, digits and _ . -")]
    name: Annotated[str, text(100)]
    scopes: Listed[Annotated[str, one_of(lambda: get_adapter().scope_display)]]
    people: EveryoneOrNames
    work_groups: Listed[Annotated[str, WORK_GROUP_NAME]]
    source_addresses: Listed[Annotated[str, NETWORK]]
    kind: Annotated[str, one_of(ClientKind.values)] = ClientKind.SERVICE.value
    may_name_by_email: Annotated[bool, FLAG] = False
    owners: Names = []
    # In a file, where it is; of a client that is there, whether there is one.
    secret: Annotated[dict[str, str] | str | None, PlainValidator(_source)] = None
    kept_in: Annotated[str, NOT_WRITTEN] = KeptIn.FILE.value

    @property
    def terms(self) -> Terms:
        return Terms(**{field.name: getattr(self, field.name) for field in dataclasses.fields(Terms)})

    @classmethod
    def of(cls, row: ApiClient) -> Self:
        return cls.model_construct(**clients.describe(row))


def current() -> Mapping[str, Client]:
    rows = ApiClient.objects.filter(retired_at=None).select_related("oauth_client")
    return {row.key: Client.of(row) for row in rows.prefetch_related("people", "work_groups", "owners")}


def write(
    key: str, before: Client | None, after: Client, *, secret: str | None, actor: Actor, now: datetime
) -> Mapping[str, str]:
    """Write a client; return its secret by its key if one was made here, the only time that it can be read."""
    if before is None:
        made = _come(key, after, secret=secret, actor=actor, now=now)
        return {key: made.secret} if made.secret and secret is None else {}
    row = ApiClient.objects.get(key=key)
    if (before.terms, before.kept_in) != (after.terms, after.kept_in):
        clients.change(client=row, terms=after.terms, kept_in=KeptIn.FILE, actor=actor, now=now)
    # Whoever made it in the browser knows its secret, and the file may give it more than they could.
    is_taken_over = before.kept_in != after.kept_in and after.secret is not None
    if after.secret == before.secret and not is_taken_over:
        return {}
    made = clients.rotate_secret(client=row, secret=secret, actor=actor, now=now)
    return {key: made.secret} if secret is None else {}


def remove(key: str, *, actor: Actor, now: datetime) -> None:
    """Revoke a client that has left the file; it comes back when the file names it again."""
    clients.revoke(client=ApiClient.objects.get(key=key), kept_in=KeptIn.FILE, actor=actor, now=now)


def _come(key: str, after: Client, *, secret: str | None, actor: Actor, now: datetime) -> Made:
    """Make a client, or let the same one in again that had left the file."""
    known = ApiClient.objects.filter(key=key).first()
    if known is not None:
        return clients.bring_back(client=known, terms=after.terms, kept_in=KeptIn.FILE, secret=secret, actor=actor, now=now)
    return clients.add(
        key=key,
        client_id=after.client_id,
        kind=after.kind,
        terms=after.terms,
        kept_in=KeptIn.FILE,
        secret=secret,
        actor=actor,
        now=now,
    )
