"""System checks of the catalogue: what is allowed and deserves to be known, and what its ways to grant lack in the settings."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register  # noqa: A004  Django's names.
from django.db import DatabaseError

from access_requests.grants.registry import FORMER_PATHS, backend_of, made_of
from access_requests.models import ApiClient, ApprovalPolicy, ClientKind, WorkGroup
from access_requests.policy.proofs import Guarded
from access_requests.services.people.clients import DECIDING
from portal.verbs.actor import Door

ACTS = f"Acts are {', '.join(Guarded)}."


@register(Tags.security, deploy=True)
def clients_are_kept_short(**_kwargs: Any) -> list[CheckMessage]:
    """A header names a person and does not prove one: whatever lets a client decide or act for all rests on that client alone.

    Not tagged `database`, since `check --deploy` leaves those out unless it is told of a database.
    """
    try:
        return [*_policies(), *_clients(), *_decided_by_services()]
    except DatabaseError:
        return [Info("The catalogue was not checked: the database did not answer.", id="access_requests.I001")]


@register(Tags.security, deploy=True)
def backends_can_be_used(**_kwargs: Any) -> list[CheckMessage]:
    """Compare what work groups are granted by with the settings. AWS is not asked: that does the page of backends.

    Where the database does not answer, clients_are_kept_short says so.
    """
    try:
        used = sorted(set(WorkGroup.objects.filter(retired_at=None).values_list("backend", flat=True)))
    except DatabaseError:
        used = []
    broken = list(_broken_backends())
    missing = [] if broken else _missing_roles(used)
    return [*broken, *_former_paths(), *_unnamed_backends(used), *missing]


@register(Tags.security)
def guarded_acts_are_known(**_kwargs: Any) -> list[CheckMessage]:
    """A name that is none would leave an act as it is, unseen."""
    unknown = sorted({*settings.STEP_UP_MINUTES, *settings.STEP_UP_BY_PASSKEY} - set(Guarded))
    wrong: list[CheckMessage] = [
        Error(f"STEP_UP_MINUTES or STEP_UP_BY_PASSKEY names no act: {name}.", hint=ACTS, id="access_requests.E004")
        for name in unknown
    ]
    if min(settings.STEP_UP_MINUTES.values(), default=1) < 1:
        wrong.append(Error("STEP_UP_MINUTES has an age of less than a minute.", hint=ACTS, id="access_requests.E005"))
    return wrong


@register(Tags.security, deploy=True)
def second_factors_are_required(**_kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR_REQUIRED:
        return []
    sentence = "Whoever decides or administers may do so by a password alone."
    return [Warning(sentence, hint="Leave SECOND_FACTOR_REQUIRED out; docs/step-up.md.", id="access_requests.W008")]


@register(Tags.compatibility, deploy=True)
def cards_can_be_sent(**_kwargs: Any) -> list[CheckMessage]:
    """Compare the channels that policies name with the settings. Where the database does not answer, another check says so."""
    try:
        silent = ApprovalPolicy.objects.filter(retired_at=None).exclude(slack_channel="").order_by("key")
        keys = [] if settings.SLACK_BOT_TOKEN else list(silent.values_list("key", flat=True))
    except DatabaseError:
        keys = []
    return [
        Warning(
            f"Policy {key}: nothing is sent to its Slack channel.",
            hint="Set SLACK_BOT_TOKEN; docs/slack.md says where it comes from.",
            id="access_requests.W003",
        )
        for key in keys
    ]


@register(Tags.compatibility, deploy=True)
def workspace_is_named(**_kwargs: Any) -> list[CheckMessage]:
    """Slack's user ids are one person's within one workspace only."""
    is_heard = bool(settings.SLACK_SIGNING_SECRET or settings.SLACK_APP_TOKEN)
    if not is_heard or settings.SLACK_TEAM_ID:
        return []
    hint = "Set SLACK_TEAM_ID to the workspace, T…, so that nobody of another one is taken for somebody of yours."
    return [Warning("Slack is listened to from any workspace that has the app.", hint=hint, id="access_requests.W004")]


def _broken_backends() -> Iterator[CheckMessage]:
    for alias, config in settings.GRANT_BACKENDS.items():
        try:
            made_of(config)
        except (ImportError, KeyError, TypeError) as error:
            yield Error(
                f"GRANT_BACKENDS names a backend {alias} that cannot be imported: {error}.",
                hint="BACKEND is the dotted path of a class, a GrantBackend that takes the entry's OPTIONS.",
                id="access_requests.E001",
            )


def _former_paths() -> Iterator[CheckMessage]:
    for alias, config in settings.GRANT_BACKENDS.items():
        path = config.get("BACKEND", "")
        if path in FORMER_PATHS:
            yield Warning(
                f"GRANT_BACKENDS names the backend {alias} by where it was: {path}.",
                hint=f"It is {FORMER_PATHS[path]} now. The former path works in this release, and in the next one no more.",
                id="access_requests.W007",
            )


def _unnamed_backends(used: Iterable[str]) -> Iterator[CheckMessage]:
    for alias in used:
        if alias not in settings.GRANT_BACKENDS:
            yield Error(
                f"Work groups are granted by {alias}, which GRANT_BACKENDS does not name: {_groups(alias)}.",
                hint="Name it there, or give the work groups another backend in the catalogue and load that.",
                id="access_requests.E002",
            )


def _missing_roles(used: Iterable[str]) -> Iterator[CheckMessage]:
    for alias in used:
        if alias not in settings.GRANT_BACKENDS:
            continue
        for name in backend_of(alias).needs.empty():
            yield Error(
                f"{name} is empty, and work groups are granted by {alias}: {_groups(alias)}.",
                hint="Set it to the ARN of the role; docs/aws/ways.md says what that role needs.",
                id="access_requests.E003",
            )


def _groups(alias: str) -> str:
    names = WorkGroup.objects.filter(retired_at=None, backend=alias).order_by("name").values_list("name", flat=True)
    return ", ".join(names)


def _policies() -> list[CheckMessage]:
    rules = ApprovalPolicy.objects.filter(retired_at=None, same_client_may_decide=True).order_by("key")
    return [
        Warning(
            f"Policy {rule.key}: the client that carries a request may carry its decision too.",
            hint="Whoever has that client's secret can be requester and approver. Take `client` out of decide_by, or say "
            "same_client_may_decide: false.",
            id="access_requests.W001",
        )
        for rule in rules
        if Door.CLIENT in rule.decide_by
    ]


def _clients() -> list[CheckMessage]:
    """Warn of services only: through a personal client each person acts for themselves."""
    return [
        Warning(
            f"API client {client.key} may act for everyone.",
            hint="List the people that it may act for.",
            id="access_requests.W002",
        )
        for client in ApiClient.objects.filter(everyone=True, kind=ClientKind.SERVICE, retired_at=None).order_by("key")
    ]


def _decided_by_services() -> Iterator[CheckMessage]:
    """Name each policy that a service may decide, with the services, and each of these that nobody is known to own."""
    services = _deciding_services()
    for rule in ApprovalPolicy.objects.filter(retired_at=None).order_by("key"):
        theirs = [client for client in services if rule.pk in {group.policy_id for group in client.work_groups.all()}]
        if Door.CLIENT in rule.decide_by and theirs:
            yield Warning(
                f"Policy {rule.key}: services may decide, in the name of people who prove nothing: "
                f"{', '.join(client.key for client in theirs)}.",
                hint="Whoever knows the secret of one of them can approve in an approver's name. Take `decisions:write` "
                "out of the scopes of services, or `client` out of decide_by, by which people's own tokens decide as well.",
                id="access_requests.W005",
            )
    for client in services:
        if not client.owners.all():
            yield Warning(
                f"API client {client.key} may decide, and nobody is known to own it.",
                hint="Name those who know its secret as its `owners`: it then decides on nothing that they ask for or approve.",
                id="access_requests.W006",
            )


def _deciding_services() -> list[ApiClient]:
    clients = ApiClient.objects.filter(kind=ClientKind.SERVICE, retired_at=None).order_by("key")
    clients = clients.select_related("oauth_client").prefetch_related("owners", "work_groups")
    return [client for client in clients if DECIDING in client.oauth_client.get_scopes()]
