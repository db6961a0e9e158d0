"""How guard rails stand for groups, roles and users: a company whose rails hold, and each mistake by which one does not."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.iam.account import Account
from portal.iam.principals import Level, Policy, Principal
from portal.iam.rails import placing
from portal.iam.rails.holding import Standing, held
from portal.iam.rails.placing import Exemption, Guarded
from portal.iam.rails.rail import Place, named
from portal.iam.rails.standing import Carrier, Judge, Stands, Where
from portal.iam.session_gate import SESSION_GATE_NAME, session_gate

AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
JUMP, PRODUCTION = "111111111111", "444444444444"
ROLE = "Prod_LeaderRole"
WORK_ROLE = f"arn:aws:iam::{PRODUCTION}:role/{ROLE}"
PORTAL = f"arn:aws:iam::{JUMP}:user/sekisho-portal"
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
Page = dict[str, Any]


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def inline(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": document(*statements)}


def _packed(place: Place, guarded: Guarded) -> tuple[list[Page], list[Page]]:
    packs = placing.packs([guarded], exemptions=(), today=AT.date(), place=place)
    arns = {name: f"arn:aws:iam::{place.account}:policy{placing.PATH}{name}" for name in packs.policies}
    listed = [
        {"Arn": arns[name], "PolicyVersionList": [{"IsDefaultVersion": True, "Document": deepcopy(one)}]}
        for name, one in packs.policies.items()
    ]
    return listed, [{"PolicyArn": arns[name]} for name in packs.attached[guarded.name]]


def jump() -> Page:
    place = Place(account=JUMP, roles=(WORK_ROLE,), spared=(PORTAL,))
    policies, attached = _packed(place, Guarded(name="LeaderGroup", account="jump", kind="jump", is_role=False))
    group = {
        "GroupName": "LeaderGroup", "GroupId": "AGPA1", "Arn": f"arn:aws:iam::{JUMP}:group/LeaderGroup",
        "AttachedManagedPolicies": attached, "GroupPolicyList": [inline("Switch", allow("sts:AssumeRole"))],
    }  # fmt: skip
    work = {
        "GroupName": "ProdWorkGroup", "GroupId": "AGPA2", "Path": "/sekisho/work/",
        "Arn": f"arn:aws:iam::{JUMP}:group/sekisho/work/ProdWorkGroup",
    }  # fmt: skip
    users = [
        {"UserName": name, "UserId": f"AIDA{name}", "Arn": f"arn:aws:iam::{JUMP}:user/{name}", "GroupList": groups}
        for name, groups in {"leader01": ["LeaderGroup", "ProdWorkGroup"], "sekisho-portal": []}.items()
    ]
    return {"UserDetailList": users, "GroupDetailList": [group, work], "RoleDetailList": [], "Policies": policies}


def production() -> Page:
    place = Place(account=PRODUCTION)
    policies, attached = _packed(place, Guarded(name=ROLE, account="production", kind="production", is_role=True))
    trust = {"Effect": "Allow", "Principal": {"AWS": JUMP}, "Action": "sts:AssumeRole", "Condition": WITH_MFA}
    service = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    roles = [
        {"RoleName": ROLE, "RoleId": "AROA1", "Arn": WORK_ROLE, "AssumeRolePolicyDocument": document(trust),
         "AttachedManagedPolicies": attached, "RolePolicyList": [inline("Power", allow())]},
        {"RoleName": "web", "RoleId": "AROA2", "Arn": f"arn:aws:iam::{PRODUCTION}:role/app/web",
         "AssumeRolePolicyDocument": document(service), "RolePolicyList": [inline("All", allow())]},
    ]  # fmt: skip
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies}


def at_jump(**more: Any) -> Where:
    return Where(key="jump", kind="jump", place=Place(account=JUMP, roles=(WORK_ROLE,), spared=(PORTAL,)), **more)


def at_production(**more: Any) -> Where:
    return Where(key="production", kind="production", place=Place(account=PRODUCTION), roles=(ROLE,), **more)


def standings(page: Page, where: Where) -> list[Stands]:
    return list(Judge(at=AT).standings(Account.parsed(where.place.account, [page]), where))


def not_held(page: Page, where: Where) -> list[tuple[str, str, str, str]]:
    """Return of whom which rail does not hold, how, and by which statement."""
    return [
        (one.name, one.rail, str(one.held.standing), one.held.statement)
        for one in standings(page, where)
        if one.held and one.held.standing is not Standing.HOLDS
    ]


def statement(page: Page, sid: str) -> dict[str, Any]:
    found = (body for policy in page["Policies"] for body in policy["PolicyVersionList"][0]["Document"]["Statement"])
    return next(body for body in found if body["Sid"] == sid)


def test_rails_of_a_company_that_is_deployed_from_the_rails_hold() -> None:
    assert not_held(jump(), at_jump()) == []
    assert not_held(production(), at_production()) == []


def test_who_needs_rails_is_each_group_of_people_each_user_and_each_role_that_people_take_on() -> None:
    assert {(one.carrier, one.name) for one in standings(jump(), at_jump())} == {
        (Carrier.GROUP, "LeaderGroup"), (Carrier.USER, "leader01")
    }  # fmt: skip
    assert {one.name for one in standings(production(), at_production())} == {ROLE}


Break = Callable[[Page], object]
BROKEN: dict[str, tuple[str, str, Break]] = {
    "a condition that never holds": (
        "DenyS3Download", "DenyS3Download",
        lambda page: statement(page, "DenyS3Download").update(
            Condition={"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}
        ),
    ),
    "some buckets alone": (
        "DenyS3Delete", "DenyS3Delete", lambda page: statement(page, "DenyS3Delete").update(Resource="arn:aws:s3:::logs/*")
    ),
    "aws-portal alone": ("DenyBilling", "DenyBilling", lambda page: statement(page, "DenyBilling").update(Action="aws-portal:*")),
    "NotAction": (
        "DenyNetworkCreation", "DenyNetworkCreation",
        lambda page: [body := statement(page, "DenyNetworkCreation"), body.update(NotAction=body.pop("Action"))],
    ),
    "one action left out": (
        "DenyLogTampering", "DenyLogTampering",
        lambda page: statement(page, "DenyLogTampering")["Action"].remove("cloudtrail:StopLogging"),
    ),
    "a version of objects left out": (
        "DenyS3Download", "DenyS3Download", lambda page: statement(page, "DenyS3Download").update(Action="s3:GetObject")
    ),
    "an Allow in its place": ("DenyIamChanges", "", lambda page: statement(page, "DenyIamChanges").update(Effect="Allow")),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BROKEN))
def test_rail_that_denies_less_is_broken_by_that_statement_and_no_other_is(name: str) -> None:
    rail, blamed, spoil = BROKEN[name]
    page = production()
    spoil(page)
    standing = "broken" if blamed else "missing"
    assert not_held(page, at_production()) == [(ROLE, rail, standing, blamed)]


def test_call_that_goes_through_is_told_with_the_statement_that_lets_it() -> None:
    page = production()
    statement(page, "DenyS3Delete").update(Resource="arn:aws:s3:::logs/*")
    (found,) = (one.held for one in standings(page, at_production()) if one.rail == "DenyS3Delete")
    assert found is not None
    assert (found.call, found.policy, found.opened_by) == (
        "s3:DeleteObject", f"role {ROLE}: SekishoRails1", f"role {ROLE}: Power #1"
    )  # fmt: skip


def test_rails_on_the_group_are_not_on_the_role() -> None:
    page = production()
    page["RoleDetailList"][0]["AttachedManagedPolicies"] = []
    held = {one.rail for one in standings(page, at_production())}
    assert not_held(page, at_production()) == [(ROLE, rail, "missing", "") for rail in _in_order(page) if rail in held]


def _in_order(page: Page) -> list[str]:
    return [one.rail for one in standings(page, at_production())]


def test_gate_that_shuts_everybody_out_at_rest_is_no_rail() -> None:
    page = production()
    page["RoleDetailList"][0]["AttachedManagedPolicies"] = []
    page["RoleDetailList"][0]["RolePolicyList"].append({"PolicyName": SESSION_GATE_NAME, "PolicyDocument": session_gate()})
    assert {standing for _name, _rail, standing, _by in not_held(page, at_production())} == {"missing"}


def test_user_outside_of_all_groups_has_no_rails() -> None:
    page = jump()
    page["UserDetailList"][0]["GroupList"] = ["ProdWorkGroup"]
    assert {name for name, _rail, standing, _by in not_held(page, at_jump()) if standing == "missing"} == {"leader01"}


UNTOLD: dict[str, dict[str, Any]] = {
    "a negated key of a service": {"StringNotEquals": {"s3:signatureversion": "AWS"}},
    "a key of a service that is absent": {"Null": {"s3:signatureversion": "true"}},
    "a key of a service, if it is there": {"StringEqualsIfExists": {"s3:signatureversion": "AWS"}},
    "no service on the way": {"Bool": {"aws:ViaAWSService": "false"}},
    "no chain of services": {"Null": {"aws:CalledVia": "true"}},
    "a key that AWS may add": {"StringNotEquals": {"aws:Tomorrow": "x"}},
}


@pytest.mark.parametrize("name", list(UNTOLD))
def test_rail_that_depends_on_a_key_that_nobody_has_told_is_not_known_to_hold(name: str) -> None:
    page = production()
    for sid in ("DenyS3Download", "DenyS3Delete"):
        statement(page, sid).update(Condition=UNTOLD[name])
    assert not_held(page, at_production()) == [(ROLE, "DenyS3Download", "unknown", ""), (ROLE, "DenyS3Delete", "unknown", "")]


MALLORY = {
    "UserName": "mallory", "UserId": "AIDAmallory", "Arn": f"arn:aws:iam::{JUMP}:user/dev/mallory", "Path": "/dev/",
    "GroupList": ["LeaderGroup"],
}  # fmt: skip
BUT_FOR_ONE: dict[str, dict[str, Any]] = {
    "by name": {"StringNotEquals": {"aws:username": "mallory"}},
    "by a part of the name": {"StringNotLike": {"aws:username": "mal*"}},
    "by id": {"StringNotEquals": {"aws:userid": "AIDAmallory"}},
    "by ARN": {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{JUMP}:user/dev/*"}},
}


@pytest.mark.parametrize("name", list(BUT_FOR_ONE))
@pytest.mark.parametrize("first", [True, False])
def test_rail_that_spares_one_user_is_broken_for_that_one_alone(name: str, *, first: bool) -> None:
    page = jump()
    page["UserDetailList"].insert(0 if first else 2, MALLORY)
    statement(page, "DenyS3Download").update(Condition=BUT_FOR_ONE[name])
    assert not_held(page, at_jump()) == [("mallory", "DenyS3Download", "broken", "DenyS3Download")]


@pytest.mark.parametrize("first", [True, False])
def test_policy_of_the_organisation_that_spares_one_user_spares_no_other(*, first: bool) -> None:
    page = jump()
    page["UserDetailList"] = [{**one, "GroupList": []} for one in page["UserDetailList"]]
    page["UserDetailList"].insert(0 if first else 2, {**MALLORY, "GroupList": []})
    spares_mallory = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": BUT_FOR_ONE["by name"]}
    scps = (Level(name="r-root", policies=(Policy(name="scp", document=document(spares_mallory)),)),)
    assert {name for name, *_rest in not_held(page, at_jump(scps=scps))} == {"mallory"}


def test_user_who_is_called_as_the_ones_of_a_rails_calls_has_the_rail_as_others_do() -> None:
    page = jump()
    page["UserDetailList"][0].update(UserName="member02", Arn=f"arn:aws:iam::{JUMP}:user/member02")
    assert not_held(page, at_jump()) == []


@pytest.mark.parametrize("name", ["member01", "=somebody="])
def test_group_is_asked_as_itself_and_not_as_one_whom_a_policy_names(name: str) -> None:
    page = jump()
    page["UserDetailList"].append({**MALLORY, "UserName": name, "Arn": f"arn:aws:iam::{JUMP}:user/{name}"})
    statement(page, "DenyS3Download").update(Condition={"StringNotEquals": {"aws:username": name}})
    assert [who for who, *_rest in not_held(page, at_jump())] == [name]
    statement(page, "DenyS3Download").update(Condition={"StringEquals": {"aws:username": name}})
    assert [who for who, *_rest in not_held(page, at_jump())] == ["LeaderGroup", "leader01"]


def test_rail_that_spares_a_name_of_sessions_is_not_known_to_hold_in_a_role() -> None:
    page = production()
    statement(page, "DenyS3Download").update(Condition={"StringNotLike": {"aws:userid": "*:mallory"}})
    assert not_held(page, at_production()) == [(ROLE, "DenyS3Download", "unknown", "")]


@pytest.mark.parametrize("kept", ["one", "other"])
def test_rail_on_several_things_is_tried_on_each_of_them(kept: str) -> None:
    things = {name: f"arn:aws:sns:*:*:{name}" for name in ("one", "other")}
    rail = replace(
        named("DenyS3Download"), denies=(), forms={"people": ({"actions": ["sns:*"], "resources": list(things.values())},)}
    )
    held_by = Policy(name="own", document=document({"Effect": "Deny", "Action": "sns:*", "Resource": things[kept]}))
    principal = Principal(arn=PORTAL, account_id=JUMP, policies=(held_by,))
    found = held(rail, ("people",), Place(account=JUMP), principal, lambda _mfa: {})
    (left,) = set(things) - {kept}
    assert (found.standing, found.resource) == (Standing.BROKEN, f"arn:aws:sns:anything:anything:{left}")


def test_rail_that_is_missing_is_so_whatever_an_allow_depends_on() -> None:
    page = production()
    page["RoleDetailList"][0]["AttachedManagedPolicies"] = []
    untold = {"StringEquals": {"s3:signatureversion": "AWS"}}
    page["RoleDetailList"][0]["RolePolicyList"] = [inline("Some", allow(Condition=untold))]
    assert {standing for _name, _rail, standing, _by in not_held(page, at_production())} == {"missing"}


def test_whatever_is_allowed_besides_changes_no_rail() -> None:
    page = jump()
    page["UserDetailList"][0]["UserPolicyList"] = [inline("all", allow())]
    page["GroupDetailList"].append(
        {"GroupName": "Second", "GroupId": "AGPA3", "Arn": f"arn:aws:iam::{JUMP}:group/Second",
         "GroupPolicyList": [inline("all", allow())]}
    )  # fmt: skip
    page["UserDetailList"][0]["GroupList"].append("Second")
    assert {name for name, *_rest in not_held(page, at_jump())} == {"Second"}


def test_policy_that_could_not_be_read_leaves_its_rails_unknown() -> None:
    page = production()
    page["Policies"][0]["PolicyVersionList"][0]["Document"] = "{"
    assert {standing for _name, _rail, standing, _by in not_held(page, at_production())} == {"unknown"}


def test_policy_of_the_organisation_denies_as_well() -> None:
    page = production()
    page["RoleDetailList"][0]["AttachedManagedPolicies"] = []
    everything = document({"Effect": "Deny", "Action": "*", "Resource": "*"})
    scps = (Level(name="r-root", policies=(Policy(name="scp", document=everything),)),)
    assert not_held(page, at_production(scps=scps)) == []


def test_declared_exception_holds_until_its_last_day_and_for_the_people_of_its_group() -> None:
    page = jump()
    statement(page, "DenyBilling").update(Action="aws-portal:*")

    def where(until: date) -> Where:
        one = Exemption(rail="DenyBilling", account="jump", who="LeaderGroup", why="-", owner="finance", until=until)
        return at_jump(exemptions=(one,))

    assert not_held(page, where(AT.date())) == []
    exempted = [one.name for one in standings(page, where(AT.date())) if one.exempted]
    assert exempted == ["LeaderGroup", "leader01"]
    assert {name for name, *_rest in not_held(page, where(date(2026, 11, 22)))} == {"LeaderGroup", "leader01"}


def test_role_that_others_take_on_on_purpose_needs_no_rails() -> None:
    page = production()
    page["RoleDetailList"][1]["AssumeRolePolicyDocument"] = document(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"}, "Action": "sts:AssumeRole"}
    )
    assert {name for name, *_rest in not_held(page, at_production())} == {"web"}
    assert not_held(page, at_production(others=("web",))) == []


def test_whoever_has_the_same_policies_is_answered_once_and_told_under_the_own_name() -> None:
    page = production()
    twin = {**deepcopy(page["RoleDetailList"][0]), "RoleName": "Twin", "RoleId": "AROA9", "Arn": WORK_ROLE.replace(ROLE, "Twin")}
    page["RoleDetailList"].append(twin)
    statement(page, "DenyS3Delete").update(Resource="arn:aws:s3:::logs/*")
    judge = Judge(at=AT)
    found = list(judge.standings(Account.parsed(PRODUCTION, [page]), at_production()))
    broken = {one.name: one.held.policy for one in found if one.held and one.held.standing is Standing.BROKEN}
    assert broken == {ROLE: f"role {ROLE}: SekishoRails1", "Twin": "role Twin: SekishoRails1"}
    assert len(judge.kept) == len({one.rail for one in found})
