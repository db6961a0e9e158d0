"""The demo's company, as it stands in AWS."""

import json
from typing import Any

import pytest

from portal.iam import boundaries
from portal.iam.rails.rail import rails
from portal.simulated_aws import company_directory, quotas
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, PEOPLE, role_arn
from portal.simulated_aws.control import ControlRefused
from portal.simulated_aws.world import AccessKey, Account, User, World, WorldError
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.stand_ins.company import company

WORLD = World.parsed(company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY))
FOR_OTHERS = (ADMIN_ROLE, "SekishoGateRole", boundaries.DEPLOY_ROLE, company_directory.ROLE)
ROLES = [(account.name, role) for account in WORLD.accounts for role in account.roles]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def test_it_survives_being_written_as_json_and_read() -> None:
    text = json.dumps(WORLD.as_json())
    assert json.dumps(World.parsed(json.loads(text)).as_json()) == text


def test_work_groups_are_empty_and_allow_only_their_one_role(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    for level in ("Member", "Leader", "Change", "Automation"):
        name = f"Prod{level}WorkGroup"
        answer = iam.get_group(GroupName=name)
        assert answer["Users"] == []
        assert answer["Group"]["Path"] == "/sekisho/work/"
        assert iam.list_group_policies(GroupName=name)["PolicyNames"] == ["SwitchRole"]
        document: Any = iam.get_group_policy(GroupName=name, PolicyName="SwitchRole")["PolicyDocument"]
        assert document["Statement"] == [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn("production", f"Prod_{level}Role")}
        ]


def test_standing_groups_reach_no_role_of_a_work_group() -> None:
    (jump,) = (account for account in WORLD.accounts if account.name == "jump")
    reached = {
        resource
        for group in jump.groups
        if not group.path.startswith("/sekisho/work/")
        for document in group.inline.values()
        for statement in document["Statement"]
        if statement["Action"] == "sts:AssumeRole"
        for resource in _listed(statement["Resource"])
    }
    assert role_arn("production", "Prod_ReadOnlyRole") in reached
    assert not reached & {role_arn("production", f"Prod_{level}Role") for level in ("Member", "Leader", "Change", "Automation")}


def test_everyone_is_in_the_standing_groups_and_carries_the_same_id_after_a_rebuild(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    ids = {name: iam.get_user(UserName=name)["User"]["UserId"] for name in PEOPLE}
    for name, groups in PEOPLE.items():
        answer = iam.list_groups_for_user(UserName=name)["Groups"]
        assert sorted(group["GroupName"] for group in answer) == sorted(groups)
    aws.rebuild()
    assert {name: iam.get_user(UserName=name)["User"]["UserId"] for name in PEOPLE} == ids


def test_remembered_user_id_is_given_back(aws: Aws) -> None:
    remembered = {"member01": "AIDAREMEMBERED0000000"}
    aws.rebuild(World.parsed(company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids=remembered)))
    assert aws.admin_client("iam").get_user(UserName="member01")["User"]["UserId"] == remembered["member01"]


def test_rebuild_takes_away_what_was_not_declared(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.add_user_to_group(GroupName="ProdMemberWorkGroup", UserName="member01")
    iam.tag_user(UserName="member01", Tags=[{"Key": "sekisho:ttl:ProdMemberWorkGroup", "Value": "2026-11-23T20:00:00Z"}])
    aws.rebuild()
    assert iam.get_group(GroupName="ProdMemberWorkGroup")["Users"] == []
    assert iam.list_user_tags(UserName="member01")["Tags"] == []


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_account_trusts_the_jump_accounts_administrator_without_mfa(account: str) -> None:
    (role,) = (role for name, role in ROLES if name == account and role.name == ADMIN_ROLE)
    (statement,) = role.trust["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    assert "Condition" not in statement


def test_every_role_for_people_asks_for_mfa_and_for_their_own_name() -> None:
    for_people = [role for account, role in ROLES if account != "jump" and role.name not in FOR_OTHERS]
    assert len(for_people) == 14
    for role in for_people:
        (statement,) = role.trust["Statement"]
        assert statement["Condition"] == {
            "StringLike": {"sts:RoleSessionName": "${aws:username}"},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
        }


def _sids(account: str, managed: Any) -> set[str]:
    """Return the rails that what is attached holds, by the beginning of a statement's Sid."""
    (found,) = (each for each in WORLD.accounts if each.name == account)
    documents = {policy.name: policy.document for policy in found.managed_policies}
    names = {arn.rpartition("/")[2] for arn in managed}
    given = {statement["Sid"] for name in names & documents.keys() for statement in documents[name]["Statement"]}
    return {rail.sid for rail in rails() if any(sid.startswith(rail.sid) for sid in given)}


def _for_people(account: str) -> set[str]:
    """Return the rails that people carry there; others are of boundaries and of the organisation alone."""
    return {
        rail.sid for rail in rails() if {"people", "roles"} & rail.forms.keys() and account.replace("-", "_") in rail.accounts
    }


def test_production_roles_and_standing_groups_carry_every_guard_rail_of_their_account() -> None:
    (jump,) = (account for account in WORLD.accounts if account.name == "jump")
    guarded = [("production", role.managed) for account, role in ROLES if account == "production" and role.name not in FOR_OTHERS]
    guarded += [("jump", group.managed) for group in jump.groups if group.name in ("LeaderGroup", "MemberGroup")]
    assert len(guarded) > 5
    for account, managed in guarded:
        assert _sids(account, managed) == _for_people(account)


def test_declared_exceptions_are_the_only_roles_without_a_rail_of_their_account() -> None:
    missing = {
        role.name: _for_people(account) - _sids(account, role.managed)
        for account, role in ROLES
        if account != "jump" and role.name not in FOR_OTHERS
    }
    assert {name: rails for name, rails in missing.items() if rails} == {
        "Billing_AdminRole": {"DenyBilling"},
        "Log_ReadOnlyRole": {"DenyS3Download"},
        "Audit_ReadOnlyRole": {"DenyS3Download"},
    }


def test_portal_may_change_members_of_work_groups_only_and_fences_of_bounded_users_only(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    arn = "arn:aws:iam::111111111111:policy/sekisho/SekishoPortal"
    document: Any = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]
    by_action = {action: statement for statement in document["Statement"] for action in _listed(statement["Action"])}
    writes = {action for action in by_action if not action.partition(":")[2].startswith(("Describe", "Get", "List", "Lookup"))}
    assert writes == {
        *("iam:AddUserToGroup", "iam:DeleteUserPolicy", "iam:PutUserPolicy", "iam:RemoveUserFromGroup"),
        *("iam:DeleteGroupPolicy", "iam:DetachGroupPolicy", "iam:TagUser", "iam:UntagUser", "sts:AssumeRole"),
    }
    assert by_action["sts:AssumeRole"]["Resource"] == "arn:aws:iam::*:role/sekisho/SekishoGateRole"
    of_groups = [by_action[action]["Resource"] for action in ("iam:AddUserToGroup", "iam:DeleteGroupPolicy")]
    assert of_groups == ["arn:aws:iam::*:group/sekisho/work/*"] * 2
    assert by_action["iam:TagUser"]["Condition"]["ForAllValues:StringLike"] == {"aws:TagKeys": "sekisho:ttl:*"}
    assert "iam:PermissionsBoundary" in by_action["iam:PutUserPolicy"]["Condition"]["ArnLike"]


def test_every_policy_of_the_companys_own_fits_into_a_managed_policy() -> None:
    sizes = {policy.name: len(json.dumps(policy.document)) for account in WORLD.accounts for policy in account.managed_policies}
    assert {name: size for name, size in sizes.items() if size > quotas.MANAGED_SIZE} == {}


def test_world_that_aws_would_not_allow_is_refused_and_leaves_nothing(aws: Aws) -> None:
    impossible = World(accounts=(Account(id=ACCOUNTS["jump"], name="jump", users=(User(name="u", groups=("nowhere",)),)),))
    with pytest.raises(ControlRefused, match=r"Bad Request.*Group nowhere not found"):
        aws.rebuild(impossible)
    with refused("InvalidClientTokenId", status=403):
        aws.admin_client("iam").list_users()


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        {"accounts": [{"id": "1"}]},
        {"accounts": [{"id": "1", "name": "n", "colour": "red"}]},
        {"accounts": [{"id": "1", "name": "n", "users": [{"name": "u", "keys": [{"id": "short", "secret": "s"}]}]}]},
        {"accounts": [{"id": "1", "name": "n", "users": ["u"]}]},
    ],
)
def test_what_is_no_world_is_refused(data: Any) -> None:
    with pytest.raises(WorldError):
        World.parsed(data)


def test_secret_of_a_key_is_not_shown() -> None:
    assert "hush" not in repr(AccessKey(id="AKIA0000000000000000", secret="hush"))
