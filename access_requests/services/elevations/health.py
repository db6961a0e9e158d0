"""Whether each backend that the catalogue uses could grant now: probed by workers, kept for the pages."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from access_requests.grants import health
from access_requests.grants.executions import GIVING
from access_requests.grants.needs import Missing, Owner
from access_requests.grants.registry import AnyBackend, backend_of
from access_requests.lifecycle import DRIFT_OPEN, IN_AWS
from access_requests.messages import Task
from access_requests.models import AutomationExecution, BackendHealth, Drift, DriftKind, Elevation, IamUserBinding, WorkGroup
from portal.aws.calls import AwsClient
from portal.aws.sessions import jump_iam
from portal.outbox import sending as outbox
from portal.storable import storable
from portal.verbs import authority
from portal.verbs.actor import Actor

logger = logging.getLogger(__name__)
# The most elevations that the page lists as failing right now.
MOST_FAILING = 20


def ask(*, actor: Actor, now: datetime) -> None:
    """Have a worker look now. Raises NotAnAdministrator."""
    authority.check_administrator(actor)
    outbox.put(Task.PROBE_BACKENDS, object_id=actor.who.pk, now=now)


def probe_all() -> None:
    """Ask AWS about each backend that a work group uses, and forget those that none uses any more."""
    used = owners()
    for alias, of_it in used.items():
        try:
            probe(alias, of_it)
        except (AttributeError, ImportError, KeyError, TypeError, ValueError):
            # The class cannot be made, or the answer is not as AWS documents it. The other backends are probed all the same;
            # this one's card grows stale.
            logger.exception("%s cannot be probed", alias)
    BackendHealth.objects.exclude(alias__in=used).delete()


def owners() -> Mapping[str, Sequence[Owner]]:
    """Return each backend that a work group of the catalogue uses -> those work groups."""
    found: dict[str, list[Owner]] = defaultdict(list)
    for group in WorkGroup.objects.filter(retired_at=None).order_by("backend", "name").prefetch_related("target_roles"):
        roles = tuple(sorted(role.name for role in group.target_roles.all()))
        found[group.backend].append(Owner(group=group.name, roles=roles))
    return found


def probe(alias: str, of_it: Sequence[Owner]) -> BackendHealth:
    """Ask AWS about one backend and keep what it says."""
    aws = AwsClient.without_lease(jump_iam())
    backend = backend_of(alias) if alias in settings.GRANT_BACKENDS else None
    found = health.probe(alias, backend, of_it, aws, user_name=_somebody())
    missing = list(found.missing)
    if backend is not None:
        missing += [*_told_by_writes(alias, backend), *_told_by_comparisons(alias, backend)]
    results = {
        "roles": [asdict(role) for role in found.roles],
        "missing": [asdict(one) for one in missing],
        "failing": list(_failing(alias)),
    }
    seen = {"checked_at": timezone.now(), "identity": found.identity, "results": storable(results), "ok": not missing}
    return BackendHealth.objects.update_or_create(alias=alias, defaults={**seen, "worked_at": worked_at(alias)})[0]


def worked_at(alias: str) -> datetime | None:
    """Return when AWS last did what it was asked for, or showed it, for a work group of this backend."""
    of_it = Elevation.objects.filter(work_group__backend=alias)
    latest = of_it.aggregate(granted=Max("granted_at"), ended=Max("ended_at"), seen=Max("seen_at"))
    return max((moment for moment in latest.values() if moment), default=None)


def _failing(alias: str) -> Iterator[Mapping[str, str]]:
    """Yield the elevations whose grant or end AWS refuses or does not answer right now."""
    stuck = Elevation.objects.filter(work_group__backend=alias, status__in=IN_AWS).exclude(problem="").order_by("-pk")
    for code, problem in stuck.values_list("code", "problem")[:MOST_FAILING]:
        yield {"what": code, "problem": problem}


def _told_by_writes(alias: str, backend: AnyBackend) -> Iterator[Missing]:
    """Yield what no read of AWS tells, only the start of what was to give access last."""
    starts = AutomationExecution.objects.filter(work_group__backend=alias, purpose__in=GIVING).order_by("-pk")
    for execution_id, problem in starts.values_list("execution_id", "problem")[:1]:
        yield from backend.told_by_start(execution_id, problem)


def _told_by_comparisons(alias: str, backend: AnyBackend) -> Iterator[Missing]:
    """Yield the roles and people without their boundary: there the portal may not write gates and fences, nor rely on them."""
    needed = {DriftKind.ROLE_BOUNDARY: backend.fences.on_roles, DriftKind.USER_BOUNDARY: backend.fences.on_users}
    boundaries = [kind for kind, is_needed in needed.items() if is_needed]
    groups = WorkGroup.objects.filter(retired_at=None, backend=alias)
    roles = set(groups.values_list("target_roles__account__key", "target_roles__name"))
    open_ = Drift.objects.filter(status__in=DRIFT_OPEN).order_by("account", "thing")
    for kind, account, thing, detail in open_.filter(kind__in=boundaries).values_list("kind", "account", "thing", "detail"):
        if kind == DriftKind.USER_BOUNDARY or (account, thing) in roles:
            yield Missing(what=f"{account}/{thing}", problem=health.BOUNDARY_MISSING, detail=detail.get("found") or "")


def _somebody() -> str:
    """Return the name of an IAM user whom people act as, the longest bound: whom it is makes no difference."""
    names = IamUserBinding.objects.filter(person__is_active=True).order_by("pk").values_list("user_name", flat=True)
    return names.first() or ""
