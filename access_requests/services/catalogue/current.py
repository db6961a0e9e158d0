"""What the database has, in the form of `state`."""

from typing import Any

from access_requests.grants.registry import fenced
from access_requests.models import ApiClient, ApprovalPolicy, AwsAccount, StandingGroup, TargetRole, WorkGroup
from access_requests.services.catalogue.state import Kind, Objects, State
from access_requests.services.people import clients, people
from portal.users.models import User

Everyone = str | list[str]


def read() -> State:
    """Return the catalogue as it stands; what was retired is not in it, people who were disabled are."""
    return {
        Kind.ACCOUNT: _accounts(),
        Kind.ROLE: {
            str(role): {"level": role.level, "policies": role.policies, "arn": role.arn, "role_id": role.role_id}
            for role in TargetRole.objects.select_related("account")
        },
        Kind.STANDING_GROUP: _standing_groups(),
        Kind.PERSON: _people(),
        Kind.POLICY: _policies(),
        Kind.WORK_GROUP: _work_groups(),
        Kind.CLIENT: _clients(),
    }


def _accounts() -> Objects:
    accounts = AwsAccount.objects.all()
    return {
        account.key: {
            "id": account.account_id,
            "name": account.name,
            "kind": account.kind,
            "gate_role": account.gate_role,
            "gate_role_arn": account.gate_role_arn,
            "regions": account.regions,
            "other_roles": account.other_roles,
        }
        for account in accounts
    }


def _standing_groups() -> Objects:
    groups = StandingGroup.objects.prefetch_related("target_roles__account")
    return {group.name: {"target_roles": _names(group.target_roles.all()), "description": group.description} for group in groups}


def _people() -> Objects:
    everybody = User.objects.select_related(*people.BINDINGS).prefetch_related("linked_identities", "standing_groups")
    return {person.username: people.describe(person) for person in everybody}


def _policies() -> Objects:
    policies = ApprovalPolicy.objects.filter(retired_at=None).prefetch_related("levels__approvers")
    return {
        policy.key: {
            "shortest": policy.shortest_minutes,
            "longest": policy.longest_minutes,
            "decision": policy.decision_minutes,
            "levels": [
                {"approvals": level.approvals, "approvers": _names(level.approvers.all())} for level in policy.levels.all()
            ],
            "decide_by": policy.decide_by,
            "same_client_may_decide": policy.same_client_may_decide,
            "slack_channel": policy.slack_channel,
        }
        for policy in policies
    }


def _work_groups() -> Objects:
    groups = WorkGroup.objects.filter(retired_at=None).select_related("policy")
    return {
        group.name: {
            "policy": group.policy.key,
            "target_roles": _names(group.target_roles.all()),
            "requesters": _everyone_or(group.requesters, everyone=group.everyone_may_request),
            "description": group.description,
            "backend": group.backend,
            "drift": group.drift,
            "session": None if fenced(group.backend) else group.session_minutes,
        }
        for group in groups.prefetch_related("target_roles__account", "requesters")
    }


def _clients() -> Objects:
    rows = (
        ApiClient.objects.filter(retired_at=None)
        .select_related("oauth_client")
        .prefetch_related("people", "work_groups", "owners")
    )
    return {client.key: clients.describe(client) for client in rows}


def _everyone_or(chosen: Any, *, everyone: bool) -> Everyone:
    return "everyone" if everyone else _names(chosen.all())


def _names(rows: Any) -> list[str]:
    return sorted(str(row) for row in rows)
