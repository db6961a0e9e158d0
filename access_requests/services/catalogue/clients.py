"""API clients: what a program may do, and the OAuth client that it logs in as."""

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token

from access_requests.models import ApiClient, WorkGroup
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.state import Fields
from portal.users.models import User

# Given only to a token that asks for it by name.
NEVER_BY_DEFAULT = frozenset({"decisions:write"})


def write(change: Change, *, secret: str | None) -> dict[str, str]:
    """Write a client; return its secret by its key if one was made here, the only time that it can be read."""
    before, after = change.before, change.after
    if after is None:
        raise ValueError("a client that goes is not written")
    made = {}
    if before is None and secret is None:
        secret = made[change.key] = str(get_adapter().generate_client_secret())
    client = _oauth_client(after)
    if before is None or after["secret"] != before["secret"]:
        client.set_secret(secret)
    client.save()
    if before is not None and any(before[field] != after[field] for field in ("secret", "scopes")):
        # What was given out under the old secret, or for more than now, ends here.
        Token.objects.filter(client=client).delete()
    _limits(change.key, client, after)
    return made


def _oauth_client(after: Fields) -> Client:
    client = Client.objects.filter(pk=after["client_id"]).first() or Client(id=after["client_id"])
    client.name = after["name"]
    client.type = Client.Type.CONFIDENTIAL
    client.grant_types = Client.GrantType.CLIENT_CREDENTIALS
    client.set_scopes(after["scopes"])
    client.set_default_scopes([scope for scope in after["scopes"] if scope not in NEVER_BY_DEFAULT])
    return client


def _limits(key: str, client: Client, after: Fields) -> None:
    everyone = after["people"] == "everyone"
    limits, _ = ApiClient.objects.update_or_create(
        key=key,
        defaults={
            "oauth_client": client,
            "everyone": everyone,
            "source_addresses": after["source_addresses"],
            "may_name_by_email": after["may_name_by_email"],
        },
    )
    limits.people.set(User.objects.filter(username__in=[] if everyone else after["people"]))
    limits.work_groups.set(WorkGroup.objects.filter(name__in=after["work_groups"]))
