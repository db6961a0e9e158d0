"""What approvers decide on, as data: frozen at submission, made again at the decision, compared by digest.

People's long texts are kept once, in the request's row, where they never change: the digest tells if somebody changed them.

A snapshot has a version, and a request keeps its own to the end: what approvers see more of from some release on, even if it is
empty, would change the digest of every request that waits, and of those that somebody has approved already. Whoever adds to it
writes the next function of VERSIONS, with its TEXTS, and leaves the others as they are.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from access_requests.grants.contract import Principal
from access_requests.models import AccessRequest, ApprovalPolicy, WorkGroup
from access_requests.services.record import bindings

Json = Mapping[str, Any]
# Of each version, the texts that are kept once, in the request's row.
TEXTS: Mapping[int, Sequence[str]] = {1: ("reason", "impact", "plan", "way_back")}


def take(request: AccessRequest, work_groups: Sequence[WorkGroup]) -> Json:
    """Return {"version": …, "asked": what is decided on, "policy": under which rule}, from the rows as they are now.

    Only `asked` is digested: a new approver in the policy does not change what was asked for.
    """
    return {"version": version(request), "asked": _asked(request, work_groups), "policy": policy(request.policy)}


def version(request: AccessRequest) -> int:
    """Return the version by which the request was submitted, or is about to be. Rows of before there were versions have 1."""
    return int(request.snapshot.get("version", 1)) if request.snapshot else LATEST


def digest(snapshot: Json) -> str:
    """Return the SHA-256, as 64 hex digits, of what is decided on."""
    text = json.dumps(snapshot["asked"], cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def kept(snapshot: Json) -> Json:
    """Return what of a snapshot its request's row keeps beside the texts."""
    beside = TEXTS.get(snapshot.get("version", 1), TEXTS[LATEST])
    return {**snapshot, "asked": {name: value for name, value in snapshot["asked"].items() if name not in beside}}


def submitted(request: AccessRequest) -> Json:
    """Return the snapshot of the submission, whole. Those that were taken before texts were kept once have them themselves."""
    return {**request.snapshot, "asked": {**texts(request), **request.snapshot["asked"]}}


def texts(request: AccessRequest) -> Mapping[str, str]:
    """Return name -> text of what the request's version digests and its row keeps."""
    return {name: getattr(request, name) for name in TEXTS.get(version(request), TEXTS[LATEST])}


def current(request: AccessRequest) -> Json:
    """Return the snapshot of a submitted request as the catalogue is now."""
    return take(request, list(request.work_groups.all()))


def current_digest(request: AccessRequest) -> str:
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
        **rule.rules(),
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
    """Return what is decided on by the request's version.

    One of a newer release, which runs beside this one while that is put in place, gets another digest here than it was
    submitted with: this process decides nothing about it.
    """
    return VERSIONS.get(version(request), VERSIONS[LATEST])(request, work_groups)


def _asked_1(request: AccessRequest, work_groups: Sequence[WorkGroup]) -> Json:
    binding = bindings.of(request.requester, Principal.IAM_USER)
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


VERSIONS: Mapping[int, Callable[[AccessRequest, Sequence[WorkGroup]], Json]] = {1: _asked_1}
LATEST = max(VERSIONS)
