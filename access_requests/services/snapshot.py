"""What approvers decide on, as data: frozen at submission, made again at the decision, compared by digest.

People's long texts are kept once, in the request's row, where they never change: the digest tells if somebody changed them.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from django.core.serializers.json import DjangoJSONEncoder

from access_requests.grants.contract import Principal
from access_requests.models import AccessRequest, ApprovalPolicy, IamUserBinding, WorkGroup
from access_requests.services import bindings

Json = Mapping[str, object]
TEXTS = ("reason", "impact", "plan", "way_back")


def take(request: AccessRequest, work_groups: Sequence[WorkGroup]) -> Mapping[str, Json]:
    """Return {"asked": what is decided on, "policy": under which rule}, from the rows as they are now.

    Only `asked` is digested: a new approver in the policy does not change what was asked for.
    """
    return {"asked": _asked(request, work_groups), "policy": policy(request.policy)}


def digest(snapshot: Json) -> str:
    """Return the SHA-256, as 64 hex digits, of what is decided on."""
    text = json.dumps(snapshot["asked"], cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def kept(snapshot: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return what of a snapshot its request's row keeps beside the texts."""
    return {**snapshot, "asked": {name: value for name, value in snapshot["asked"].items() if name not in TEXTS}}


def submitted(request: AccessRequest) -> Json:
    """Return the snapshot of the submission, whole. Those that were taken before texts were kept once have them themselves."""
    return {**request.snapshot, "asked": {**texts(request), **request.snapshot["asked"]}}


def texts(request: AccessRequest) -> Mapping[str, str]:
    return {name: getattr(request, name) for name in TEXTS}


def current(request: AccessRequest) -> Json:
    """Return the snapshot of a submitted request as the catalogue is now."""
    return take(request, list(request.work_groups.all()))


def seen(request: AccessRequest) -> str:
    """Return the digest of what is decided on as the catalogue is now; no query where selectors.requests.in_full loaded it."""
    return digest({"asked": _asked(request, list(request.work_groups.all()))})


def changed(before: Json, after: Json) -> dict[str, tuple[object, object]]:
    """Return field -> (before, after) of what is decided on and is no longer the same."""
    old, new = _plain(before["asked"]), _plain(after["asked"])
    return {field: (old.get(field), new.get(field)) for field in {**old, **new} if old.get(field) != new.get(field)}


def policy(rule: ApprovalPolicy) -> Json:
    """Return the policy that applies, with who may decide at each level."""
    return {
        "key": rule.key,
        "shortest_minutes": rule.shortest_minutes,
        "longest_minutes": rule.longest_minutes,
        "decision_minutes": rule.decision_minutes,
        "decide_by": rule.decide_by,
        "same_client_may_decide": rule.same_client_may_decide,
        "levels": [
            {
                "number": level.number,
                "approvals": level.approvals,
                "approvers": sorted(person.username for person in level.approvers.all()),
            }
            for level in rule.levels.all()
        ],
    }


def _asked(request: AccessRequest, work_groups: Sequence[WorkGroup]) -> Json:
    binding: IamUserBinding | None = getattr(request.requester, "iam_user", None)
    return {
        "requester": request.requester.username,
        "iam_user": {"name": binding.user_name, "user_id": binding.user_id} if binding else None,
        **_identity_center_user(request, work_groups),
        "work_groups": [
            {
                "name": group.name,
                "backend": group.backend,
                "target_roles": sorted(role.shown for role in group.target_roles.all()),
            }
            for group in sorted(work_groups, key=lambda group: group.name)
        ],
        "reason": request.reason,
        "change_ticket": request.change_ticket,
        "impact": request.impact,
        "plan": request.plan,
        "way_back": request.way_back,
        "starts_at": request.asked_starts_at,
        "ends_at": request.asked_ends_at,
        "duration_minutes": request.duration_minutes,
        "extends": request.extends.code if request.extends else None,
    }


def _identity_center_user(request: AccessRequest, work_groups: Sequence[WorkGroup]) -> Json:
    """Return who the requester is in Identity Center, where that matters: what was digested without it stays as it was."""
    if Principal.IDENTITY_CENTER_USER not in bindings.principals(work_groups):
        return {}
    binding = bindings.of(request.requester, Principal.IDENTITY_CENTER_USER)
    return {"identity_center_user": {"name": binding.user_name, "user_id": binding.user_id} if binding else None}


def _plain(value: object) -> dict[str, object]:
    """Return the value as it is after a round through JSON, so that a stored one and a fresh one compare."""
    plain: dict[str, object] = json.loads(json.dumps(value, cls=DjangoJSONEncoder))
    return plain
