"""Runbooks and change templates of work groups: publishing, reviewing, looking at them. What changes reaches the trail."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from access_requests.grants.documents import DocumentKind, Published, State
from access_requests.grants.needs import Owner
from access_requests.grants.registry import backend_of, with_documents
from access_requests.models import WorkGroup
from access_requests.services.catalogue.state import State as Catalogue
from access_requests.services.record import changes
from audits.acts import Act
from portal.aws import sessions
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError
from portal.verbs.actor import Actor
from portal.verbs.run import run

PUBLISHER, REVIEWER = "AWS_CHANGE_PUBLISHER_ROLE_ARN", "AWS_CHANGE_REVIEWER_ROLE_ARN"
# How the trail calls it.
PUBLISHED = {DocumentKind.RUNBOOK: Act.RUNBOOK_PUBLISHED, DocumentKind.CHANGE_TEMPLATE: Act.CHANGE_TEMPLATE_PUBLISHED}
_WORDS = {
    "runbook_missing": "it is not there",
    "runbook_changed": "it is not what Sekisho publishes",
    "template_missing": "it is not there",
    "template_not_approved": "it is not approved: somebody else than its publisher reviews it",
    "template_not_pinned": "it does not pin the runbooks that Sekisho publishes, or its last approval is not Sekisho's alone",
}


@dataclass(frozen=True, kw_only=True)
class Documented(Owner):
    """A work group that has documents in AWS; `backend` is the alias by which it is granted."""

    backend: str


def owners() -> list[Documented]:
    """Return the work groups of the catalogue that have documents."""
    rows = WorkGroup.objects.filter(retired_at=None, backend__in=with_documents())
    groups = rows.prefetch_related("target_roles").order_by("name")
    return [
        Documented(group=group.name, roles=tuple(sorted(role.name for role in group.target_roles.all())), backend=group.backend)
        for group in groups
    ]


def owners_in(catalogue: Catalogue) -> list[Documented]:
    """Return the work groups of a file, loaded or not, that have documents."""
    documented = with_documents()
    return [
        Documented(group=name, roles=_names(group.target_roles), backend=group.backend)
        for name, group in sorted(catalogue.work_groups.items())
        if group.backend in documented
    ]


def _names(roles: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(role.partition("/")[2] for role in roles))


def missing_settings(needed_by: Iterable[Documented], *roles: str) -> list[str]:
    """Return which of these settings, and of those that documents are rendered from, are empty."""
    rendered_from = [setting for owner in needed_by for setting in backend_of(owner.backend).documents.rendered_from]
    return [setting for setting in dict.fromkeys([*roles, *rendered_from]) if not getattr(settings, setting)]


def publish(owner: Documented, *, actor: Actor) -> Iterator[Published]:
    """Create or update the group's documents one by one, each recorded before the next. Raises BackendError."""
    for published in backend_of(owner.backend).documents.publish(owner, publisher=_client(PUBLISHER)):
        if published.state != State.UNCHANGED:
            _record(PUBLISHED[published.kind], owner, published, actor)
        yield published


def review(owner: Documented, *, actor: Actor) -> list[Published]:
    """Approve the group's template, if it says what we render. Raises BackendError."""
    reviewed = backend_of(owner.backend).documents.review(owner, reviewer=_client(REVIEWER))
    for published in reviewed:
        if published.state != State.UNCHANGED:
            _record(Act.CHANGE_TEMPLATE_REVIEWED, owner, published, actor)
    return reviewed


def complaints(of: Iterable[Documented]) -> Iterator[str]:
    """Yield a line for each document that keeps its group from being granted. Raises BackendError."""
    for owner in of:
        for difference in backend_of(owner.backend).documents.differences(owner, _client(PUBLISHER)):
            yield f"{difference.document}: {_WORDS[difference.problem]}"


def warnings(of: list[Documented]) -> Iterator[str]:
    """Yield what `complaints` does, or why nobody can say; nothing, and no call, where no group has documents."""
    if not of:
        return
    if empty := missing_settings(of, PUBLISHER):
        yield f"the documents of work groups were not looked at: {', '.join(empty)} is not set"
        return
    try:
        yield from complaints(of)
    except BackendError as error:
        yield f"the documents of work groups could not be looked at: {error}"


def _client(role: str) -> AwsClient:
    client = sessions.ssm_of(getattr(settings, role), settings.AWS_REGION)
    return AwsClient.without_lease(client)


def _record(act: Act, owner: Owner, published: Published, actor: Actor) -> None:
    """Write down what AWS has taken already; a run that dies between finds the document unchanged next time."""
    before = {"version": published.before} if published.before else None
    after = {"version": published.version, "state": published.state.value, "work_group": owner.group}
    subject, now = f"document:{published.document}", timezone.now()
    run(lambda: changes.record(act=act, subject=subject, before=before, after=after, actor=actor, now=now))
