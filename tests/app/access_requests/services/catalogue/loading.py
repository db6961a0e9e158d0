"""The demo company's catalogue, edited and loaded; and requests and elevations that stand in its way."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from access_requests.grants.identity_center import IdentityCenterUser
from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import (
    AccessRequest,
    Elevation,
    RequestedGroup,
    WorkGroup,
)
from access_requests.services import catalogue
from access_requests.services.catalogue import CatalogueRefused, Loaded
from access_requests.services.record import bindings
from audits.models import TrailEntry
from portal.aws.directory import IamRole, IamUser
from portal.simulated_aws.identifiers import ROLE, stable_id
from portal.users.models import User
from portal.verbs.actor import COMMAND
from portal.verbs.run import run
from tests.worlds.cast import iam_user_id, identity_center_user_id

DEMO = (Path(__file__).parents[5] / "portal/demo/catalogue.yaml").read_text()
BOT_SECRET = "what only the bot should know"


def find(name: str) -> IamUser | None:
    return IamUser(name=name, user_id=iam_user_id(name))


def find_in_identity_center(name: str) -> IdentityCenterUser | None:
    return IdentityCenterUser(name=name, user_id=identity_center_user_id(name))


def find_role(portal_role_arn: str, name: str) -> IamRole | None:
    """Return the role as an AWS has it that has every role, those of Identity Center under their path."""
    account_id = portal_role_arn.split(":")[4]
    path = "aws-reserved/sso.amazonaws.com/ap-northeast-1/" if name.startswith("AWSReservedSSO_") else ""
    return IamRole(name=name, role_id=stable_id(ROLE, account_id, name), arn=f"arn:aws:iam::{account_id}:role/{path}{name}")


def find_portal_role(account_id: str, path_and_name: str) -> IamRole | None:
    name = path_and_name.rpartition("/")[2]
    return IamRole(name=name, role_id=stable_id(ROLE, account_id, name), arn=f"arn:aws:iam::{account_id}:role/{path_and_name}")


def load(
    text: str,
    now: datetime,
    *,
    secrets: Mapping[str, str] | None = None,
    directory: Callable[[str], IamUser | None] = find,
    identity_center: Callable[[str], IdentityCenterUser | None] = find_in_identity_center,
    role: Callable[[str, str], IamRole | None] = find_role,
    switches: Mapping[str, frozenset[str]] | None = None,
) -> Loaded:
    wanted = catalogue.read(text.encode())
    sources = catalogue.Sources(
        iam_user=directory,
        identity_center_user=identity_center,
        portal_role=find_portal_role,
        role=role,
        switches=lambda _jump: switches or {},
    )
    found = catalogue.look_up(wanted=wanted, sources=sources)
    secrets = {"demo-bot": BOT_SECRET} if secrets is None else secrets
    return run(lambda: catalogue.load(wanted=wanted, found=found, secrets=secrets, actor=COMMAND, now=now))


def edited(*edits: tuple[str, str]) -> str:
    text = DEMO
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def refused(
    text: str,
    now: datetime,
    **aws: Any,
) -> str:
    """Return why the file is refused, having seen that nothing changed."""
    entries = TrailEntry.objects.count()
    with pytest.raises(CatalogueRefused) as refusal:
        load(text, now, **aws)
    assert TrailEntry.objects.count() == entries
    return str(refusal.value)


def signs(loaded: Loaded) -> list[str]:
    return [f"{change.sign} {change.kind} {change.key}" for change in loaded.changes]


def an_elevation(username: str, group: str, status: ElevationStatus, now: datetime) -> Elevation:
    request = a_request(username, group, RequestStatus.APPROVED, now)
    work_group = WorkGroup.objects.get(name=group)
    return Elevation.objects.create(
        request=request,
        person=request.requester,
        work_group=work_group,
        **bindings.columns(request.requester, work_group),
        starts_at=now,
        ends_at=now + timedelta(hours=2),
        granted_at=now,
        status=status,
        stopped_at=now if status in (ElevationStatus.REVOKING, ElevationStatus.ENDED) else None,
        ended_at=now if status == ElevationStatus.ENDED else None,
    )


def a_request(username: str, group: str, status: RequestStatus, now: datetime) -> AccessRequest:
    approved = status == RequestStatus.APPROVED
    work_group = WorkGroup.objects.get(name=group)
    request = AccessRequest.objects.create(
        requester=User.objects.get(username=username),
        policy=work_group.policy,
        reason="an index is missing",
        change_ticket="CHG-1",
        duration_minutes=120,
        snapshot={"asked": {}, "policy": {}},
        digest="0" * 64,
        door="browser",
        status=status,
        submitted_at=now,
        decide_until=now + timedelta(days=1),
        settled_at=now if approved else None,
        starts_at=now if approved else None,
        ends_at=now + timedelta(hours=2) if approved else None,
    )
    RequestedGroup.objects.create(request=request, work_group=work_group, requester=request.requester)
    return request


def without_member01() -> str:
    start, end = DEMO.index("  member01:\n"), DEMO.index("  member02:\n")
    return DEMO[:start].replace("requesters: [member01, member02,", "requesters: [member02,") + DEMO[end:]


def without_leader_group() -> str:
    text = DEMO.replace("ProdMemberWorkGroup, ProdLeaderWorkGroup,", "ProdMemberWorkGroup,")
    for start, end in (("  two-levels:", "work_groups:\n  Prod"), ("  ProdLeaderWorkGroup:", "  ProdChangeWorkGroup:")):
        text = text[: text.index(start)] + text[text.index(end) :]
    return text
