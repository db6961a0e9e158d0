"""The simulated AWS, which remembers nothing, made again from what the portal knows.

Whoever is in production stays there over a stop of the demo: active and revoking elevations are present in AWS. One that
was being granted is absent, as if the grant had not got that far; its worker does it again.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.error import URLError

from django.utils import timezone

from access_requests.grants import ttl_tag
from access_requests.grants.contract import GrantedRole
from access_requests.grants.executions import OVER
from access_requests.grants.registry import backend_of, with_own_members
from access_requests.lifecycle import ElevationStatus
from access_requests.models import (
    AutomationExecution,
    Elevation,
    IamUserBinding,
    IdentityCenterBinding,
    TargetRole,
    WorkGroup,
)
from access_requests.services.elevations import aws_step, fences, gates
from portal.demo.secret_files import Secrets
from portal.iam import boundaries
from portal.iam.fences import entry_fence, entry_fence_name
from portal.iam.session_gate import SESSION_GATE_NAME, session_gate
from portal.simulated_aws import control
from portal.simulated_aws.company import PERSON_BOUNDARY_ARN, WORK_PATH, company
from portal.simulated_aws.guard_rails import allow, document

Declared = dict[str, Any]
PRESENT = (ElevationStatus.ACTIVE, ElevationStatus.REVOKING)
START_SECONDS = 30


def rebuild(secrets: Secrets, *, now: datetime, endpoint: str, token: str) -> None:
    """Wait until the simulated AWS answers, and make it what the portal's data says."""
    declared = world(secrets, now=now)
    forget_executions()
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return control.build(endpoint=endpoint, token=token, world=declared)
        except URLError:  # It does not listen yet.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def forget_executions() -> None:
    """Have whatever Systems Manager was at started anew: this one has never heard of it."""
    AutomationExecution.objects.exclude(status__in=OVER).update(execution_id="", status="", shown={}, problem="")
    AutomationExecution.objects.exclude(follow_at=None).update(follow_at=timezone.now())


def world(secrets: Secrets, *, now: datetime) -> Declared:
    """Return the company, with everything in the Jump account that the portal's data says is there."""
    bindings = list(IamUserBinding.objects.select_related("person").order_by("pk"))
    user_ids = {binding.user_name: binding.user_id for binding in bindings}
    whole = company(admin_key=secrets.aws_admin, portal_key=secrets.aws_portal, user_ids=user_ids, credentials=secrets.aws_people)
    jump = whole["accounts"][0]
    added = _added_groups(_names(jump["groups"]))
    jump["groups"] = [*jump["groups"], *added]
    _let_into(jump, added)
    jump["users"] = [*jump["users"], *_added_users(bindings, _names(jump["users"]), _names(jump["groups"]))]
    _add_to_directory(jump["identity_center"])
    users = {user["name"]: user for user in jump["users"]}
    elsewhere = with_own_members()
    for elevation in Elevation.objects.filter(status__in=PRESENT).select_related("person", "work_group"):
        if elevation.work_group.backend in elsewhere:
            _put_in_directory(jump["identity_center"], elevation)
        elif elevation.iam_user_name in users:
            _put_in(users[elevation.iam_user_name], elevation, now)
    for role in gates.gateable().filter(work_groups__isnull=False).distinct():
        _put_gate(whole, role, now)
    return whole


def _put_in(user: Declared, elevation: Elevation, now: datetime) -> None:
    grant = aws_step.grant_of(elevation)
    user["groups"] = [*user["groups"], grant.group]
    written = elevation.written_ends_at or elevation.ends_at
    ttl = backend_of(elevation.work_group.backend).ttl(written)
    user["tags"] = {**user["tags"], ttl_tag.key(grant.group): ttl}
    user["inline"] = {**user["inline"], **_fences(elevation, grant.roles, now)}


def _put_in_directory(directory: Declared, elevation: Elevation) -> None:
    """Let the person into the group of Identity Center, where both are there."""
    grant = aws_step.grant_of(elevation)
    if grant.user_name not in _names(directory["users"]):
        return
    for group in directory["groups"]:
        if group["name"] == grant.group:
            group["members"] = [*group["members"], grant.user_name]


def _add_to_directory(directory: Declared) -> None:
    """Put in what a catalogue of one's own has added: the users that were bound, and the groups. Users keep their ids."""
    bindings = list(IdentityCenterBinding.objects.select_related("person").order_by("pk"))
    ids = {binding.user_name: binding.user_id for binding in bindings}
    known = [{**user, "user_id": ids.get(user["name"], user["user_id"])} for user in directory["users"]]
    added = [binding for binding in bindings if binding.user_name not in _names(known)]
    directory["users"] = [*known, *map(_directory_user, added)]
    groups = WorkGroup.objects.filter(backend__in=with_own_members()).exclude(name__in=_names(directory["groups"]))
    added_groups = [{"name": name, "members": []} for name in groups.values_list("name", flat=True)]
    directory["groups"] = [*directory["groups"], *added_groups]


def _directory_user(binding: IdentityCenterBinding) -> Declared:
    person = binding.person
    names = {"given_name": person.name or person.username, "family_name": person.username}
    return {"name": binding.user_name, "user_id": binding.user_id, "email": person.email or None, **names}


def _put_gate(whole: Declared, role: TargetRole, now: datetime) -> None:
    """Let in at the role whom the portal's data lets in; a role that the company does not have has no gate either."""
    roles = [there for account in whole["accounts"] if account["id"] == role.account.account_id for there in account["roles"]]
    for there in roles:
        if there["name"] == role.name:
            there["inline"] = {**there["inline"], SESSION_GATE_NAME: dict(session_gate(gates.lines(role, now=now)))}


def _fences(elevation: Elevation, roles: Iterable[GrantedRole], now: datetime) -> Declared:
    """Return the entry fences by their names; a role that no worker has read yet has none until one does."""
    written, inside = {}, fences.inside(elevation.person, now=now)
    for role in roles:
        if role.arn is not None:
            open_ = fences.open_until(elevation.person, role, inside=inside, now=now)
            fence = entry_fence(role_arn=role.arn, until=open_.until, window=open_.window)
            written[entry_fence_name(role.name)] = dict(fence)
    return written


def _added_groups(known: set[str]) -> list[Declared]:
    """Return the work groups that a catalogue of one's own has added to the company."""
    groups = WorkGroup.objects.exclude(name__in=known).exclude(backend__in=with_own_members())
    added = groups.prefetch_related("target_roles__account")
    return [
        {
            "name": group.name,
            "path": WORK_PATH,
            "inline": {
                "SwitchRole": document(allow("sts:AssumeRole", [role.arn for role in group.target_roles.all() if role.arn]))
            },
        }
        for group in added
    ]


def _let_into(jump: Declared, groups: Iterable[Declared]) -> None:
    """Have the boundary of people name the roles of these groups too."""
    roles = [arn for group in groups for arn in group["inline"]["SwitchRole"]["Statement"][0]["Resource"]]
    for policy in jump["managed_policies"]:
        if policy["name"] == boundaries.PERSON:
            (switch, *_) = policy["document"]["Statement"]
            switch["Resource"] = [*switch["Resource"], *roles]


def _added_users(bindings: Iterable[IamUserBinding], known: set[str], groups: set[str]) -> list[Declared]:
    """Return the IAM users that somebody has made and bound since."""
    return [
        {
            "name": binding.user_name,
            "user_id": binding.user_id,
            "groups": sorted(groups & {group.name for group in binding.person.standing_groups.all()}),
            "boundary": PERSON_BOUNDARY_ARN,
            "tags": {},
            "inline": {},
        }
        for binding in bindings
        if binding.user_name not in known
    ]


def _names(things: Iterable[Declared]) -> set[str]:
    return {thing["name"] for thing in things}
