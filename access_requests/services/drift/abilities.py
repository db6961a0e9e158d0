"""What each target role can do: evaluated when a comparison sees other policies than the one before, and kept for pages."""

import logging
from collections.abc import Sequence
from dataclasses import asdict

from access_requests.models import RoleAbilities, TargetRole
from access_requests.services.drift.looking import Alive, Sight
from portal.iam.abilities import Ability, abilities_of, fingerprint, without_gate
from portal.iam.principals import Role
from portal.storable import storable

logger = logging.getLogger(__name__)


def keep(sight: Sight, alive: Alive) -> None:
    """Keep the answers of each role that was read, and forget those of roles that AWS does not have."""
    kept = {row.pk: row.fingerprint for row in RoleAbilities.objects.only("fingerprint")}
    unchanged: list[int] = []
    gone: list[int] = []
    for row in TargetRole.objects.select_related("account").order_by("pk"):
        target = sight.targets.get(row.account.key)
        if target is None:
            continue
        role = target.role(row.name)
        if role is None:
            gone.append(row.pk)
            continue
        seen = fingerprint(role, at=sight.at)
        if kept.get(row.pk) == seen:
            unchanged.append(row.pk)
        else:
            alive()
            _keep(row, role, sight, seen)
    RoleAbilities.objects.filter(pk__in=unchanged).update(read_at=sight.at)
    RoleAbilities.objects.filter(pk__in=gone).delete()


def _keep(row: TargetRole, role: Role, sight: Sight, seen: str) -> None:
    answers = storable([asdict(answer) for answer in _answers(role, sight)])
    policies = storable([policy.name for policy in without_gate(role).policies])
    boundary = role.boundary.name[:300] if role.boundary else ""
    values = {"fingerprint": seen, "answers": answers, "policies": policies, "boundary": boundary, "read_at": sight.at}
    RoleAbilities.objects.update_or_create(role=row, defaults=values)


def _answers(role: Role, sight: Sight) -> Sequence[Ability]:
    """Return the answers, none of a role whose policies break the evaluator: the comparison goes on, and nothing is known."""
    try:
        return abilities_of(role, at=sight.at)
    except Exception:
        logger.exception("%s cannot be evaluated", role.arn)
        return []
