"""Publishing and reviewing the documents of the work groups that are granted through Systems Manager."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial

from django.conf import settings
from django.utils import timezone

from access_requests.actor import Actor
from access_requests.grants import documents
from access_requests.grants.calls import Caller
from access_requests.grants.documents import BY_RUNBOOK, Owner, Published
from access_requests.models import WorkGroup
from access_requests.services import changes
from access_requests.services.run import run
from portal.aws.sessions import ssm_of

UNCHANGED = "unchanged"


def owners() -> Iterator[Owner]:
    groups = WorkGroup.objects.filter(retired_at=None, backend__in=BY_RUNBOOK).order_by("name")
    for group in groups.prefetch_related("target_roles"):
        yield Owner(group=group.name, roles=tuple(sorted(role.name for role in group.target_roles.all())), by=group.backend)


def publish(owner: Owner, *, actor: Actor) -> list[Published]:
    """Create or update the documents; each that changed is told in the trail. Raises BackendError."""
    return _told("document.published", lambda: documents.publish(owner, publisher()), actor)


def review(owner: Owner, *, actor: Actor) -> list[Published]:
    """Approve the change template with the reviewer's role. Raises BackendError."""
    return _told("document.reviewed", lambda: documents.review(owner, reviewer=reviewer(), publisher=publisher()), actor)


def problems(owner: Owner) -> list[tuple[str, str]]:
    """Return (document, what is wrong) of what cannot be used, as the role that starts them sees it. Raises BackendError."""
    return list(documents.problems(owner, _in_role(settings.AWS_CHANGE_STARTER_ROLE_ARN)))


def publisher() -> Caller:
    return _in_role(settings.AWS_CHANGE_PUBLISHER_ROLE_ARN)


def reviewer() -> Caller:
    return _in_role(settings.AWS_CHANGE_REVIEWER_ROLE_ARN)


def _told(act: str, do: Callable[[], list[Published]], actor: Actor) -> list[Published]:
    done = do()
    for one in done:
        if one.outcome != UNCHANGED:
            run(
                partial(
                    changes.record,
                    act=act,
                    subject=f"document:{one.name}",
                    before=None,
                    after=asdict(one),
                    actor=actor,
                    now=timezone.now(),
                )
            )
    return done


def _in_role(role_arn: str) -> Caller:
    return Caller(client=ssm_of(role_arn, settings.AWS_REGION), before_each=lambda: None, clock=timezone.now)
