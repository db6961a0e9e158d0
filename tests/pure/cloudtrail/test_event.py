"""What is kept of an event: each way in with what leads to an elevation, calls of people's sessions, changes; no more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audits.cloudtrail.entering import Way
from audits.cloudtrail.event import ODD, Event, Part, Scope, parsed
from tests.worlds import cloudtrail as world

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SCOPE = Scope(homes={world.JUMP}, roles=frozenset({world.ROLE, world.READER}))
ROOT = {
    "type": "Root",
    "principalId": world.PRODUCTION,
    "arn": f"arn:aws:iam::{world.PRODUCTION}:root",
    "accountId": world.PRODUCTION,
}
LOCAL = world.user("old", account=world.PRODUCTION, user_id="AIDAOLD0000000000000", key="AKIAOLD0000000000000")


def kept(raw: dict[str, Any]) -> Event:
    event = parsed(raw, SCOPE)
    assert event is not None
    return event


def test_switch_says_the_role_and_the_user_by_the_ids_of_aws_in_both_accounts() -> None:
    ours, theirs = (kept(raw) for raw in world.switch(NOON))
    assert ours.tie == theirs.tie != ""
    for event in (ours, theirs):
        assert event.part == Part.ENTRY
        assert event.entered is not None
        assert (event.entered.way, event.entered.account, event.entered.role) == (Way.CLI, world.PRODUCTION, world.ROLE)
        assert (event.entered.role_id, event.entered.principal_id) == (world.ROLE_ID, world.USER_ID)
        assert event.entered.until == NOON + timedelta(hours=1)
        assert event.thread == f"{world.PRODUCTION}:{world.ROLE_ID}:member01"
    assert ours.entered is not None
    assert (ours.entered.principal, ours.entered.mfa) == (world.USER, True)


def test_console_adds_whom_it_switched_from() -> None:
    event = kept(world.console_switch(NOON)[-1])
    assert event.entered is not None
    assert (event.entered.way, event.entered.principal, event.entered.role_id) == (Way.CONSOLE, world.USER, world.ROLE_ID)
    assert event.thread == f"{world.PRODUCTION}:{world.ROLE_ID}:member01"


def test_refused_switch_is_known_by_its_error() -> None:
    (raw,) = world.switch(NOON, error="AccessDenied")
    event = kept(raw)
    assert (event.error, event.thread) == ("AccessDenied", "")
    assert event.entered is not None
    assert event.entered.account == world.PRODUCTION


@pytest.mark.parametrize(
    ("raw", "way", "error"),
    [
        (world.console_log_in(NOON, who=LOCAL, mfa=False), Way.USER, ""),
        (world.console_log_in(NOON, who=ROOT), Way.ROOT, ""),
        (world.console_log_in(NOON, who={**ROOT, "accountId": world.JUMP}), Way.ROOT, ""),
        (world.console_log_in(NOON, who=LOCAL, failed=True), Way.USER, "Failure"),
    ],
)
def test_console_log_ins_of_users_and_of_root(raw: dict[str, Any], way: Way, error: str) -> None:
    event = kept(raw)
    assert (event.part, event.error) == (Part.ENTRY, error)
    assert event.entered is not None
    assert (event.entered.way, event.entered.mfa) == (way, raw["additionalEventData"]["MFAUsed"] == "Yes")


def test_log_in_to_the_jump_account_is_none_to_production() -> None:
    assert parsed(world.console_log_in(NOON, who=world.user()), SCOPE) is None


def test_root_by_the_api_and_by_assume_root() -> None:
    by_api = kept(world.raw(NOON, "ListBuckets", source="s3", userIdentity=ROOT))
    who = world.in_role(NOON, role=f"arn:aws:iam::{world.JUMP}:role/Central")
    given = {
        "targetPrincipal": world.PRODUCTION,
        "taskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"},
    }
    assumed = kept(world.raw(NOON, "AssumeRoot", source="sts", account=world.JUMP, userIdentity=who, requestParameters=given))
    assert by_api.part == Part.CALL
    assert by_api.thread == assumed.thread == f"{world.PRODUCTION}:root"
    assert assumed.entered is not None
    assert assumed.entered.way == Way.ROOT


@pytest.mark.parametrize("name", ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"])
def test_providers_say_who_it_is(name: str) -> None:
    provider = f"arn:aws:iam::{world.PRODUCTION}:saml-provider/okta"
    who = {"type": "SAMLUser", "principalId": "abc:ann", "userName": "ann", "accountId": world.PRODUCTION}
    said: dict[str, Any] = {"who": who, "given": {"principalArn": provider}}
    if name == "AssumeRoleWithWebIdentity":
        said = {"who": {**who, "type": "WebIdentityUser", "identityProvider": provider}}
    event = kept(world.switch(NOON, name=name, **said)[0])
    assert event.entered is not None
    assert event.entered.way == (Way.SAML if "SAML" in name else Way.WEB_IDENTITY)
    assert (event.entered.provider, event.entered.principal) == (provider, "ann")


def test_identity_center_says_who_and_where_in_its_own_account_and_neither_in_the_target() -> None:
    event = kept(world.federated(NOON, directory_user="user-1"))
    assert event.entered is not None
    assert (event.entered.way, event.entered.directory_user) == (Way.IDENTITY_CENTER, "user-1")
    assert (event.entered.account, event.entered.role) == (world.PRODUCTION, "ProdOps")
    who = {"type": "SAMLUser", "principalId": "x:ann", "userName": "ann", "accountId": world.PRODUCTION}
    there = kept(world.switch(NOON, role=world.RESERVED, who=who, name="AssumeRoleWithSAML")[0])
    assert there.entered is not None
    assert there.entered.way == Way.RESERVED_ROLE


@pytest.mark.parametrize("name", ["AuthorizeOAuth2Access", "CreateOAuth2Token"])
def test_sign_in_goes_on_from_the_session_that_it_names(name: str) -> None:
    more: dict[str, Any] = {
        "additionalEventData": {"signInSessionArn": f"arn:aws:signin:ap-northeast-1:{world.PRODUCTION}:session/1"}
    }
    event = kept(world.raw(NOON, name, source="signin", userIdentity=world.in_role(NOON - timedelta(minutes=3)), **more))
    assert event.entered is not None
    assert event.entered.way == Way.SIGN_IN
    assert event.entered.parent == f"{world.PRODUCTION}:{world.ROLE_ID}:member01"
    assert event.entered.parent_began == NOON - timedelta(minutes=3)


def test_role_taken_from_a_role_names_the_session_that_it_goes_on_from() -> None:
    event = kept(
        world.switch(NOON, role=world.READER, role_id=world.READER_ID, who=world.in_role(NOON - timedelta(minutes=3)))[0]
    )
    assert event.entered is not None
    assert (event.entered.way, event.entered.parent) == (Way.CHAIN, f"{world.PRODUCTION}:{world.ROLE_ID}:member01")


def test_key_of_a_local_user_is_one_log_in_a_day() -> None:
    first, second = (kept(world.raw(NOON + timedelta(hours=each), "GetObject", userIdentity=LOCAL)) for each in (0, 3))
    assert first.thread == second.thread == f"{world.PRODUCTION}:key:AKIAOLD0000000000000"
    assert first.began == second.began == datetime(2026, 11, 23, tzinfo=UTC)
    assert first.entered is not None
    assert first.entered.way == Way.LOCAL_KEY


def test_calls_of_peoples_roles_are_kept_and_those_of_applications_are_not() -> None:
    assert kept(world.call(NOON, began=NOON)).part == Part.CALL
    application = f"arn:aws:iam::{world.PRODUCTION}:role/app/Web"
    assert parsed(world.call(NOON, began=NOON, role=application), SCOPE) is None
    assert (
        parsed(world.raw(NOON, "GetObject", userIdentity={"type": "AWSService", "invokedBy": "s3.amazonaws.com"}), SCOPE) is None
    )


def test_services_that_take_on_a_role_are_told_apart() -> None:
    who = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}
    given = {"roleArn": f"arn:aws:iam::{world.PRODUCTION}:role/OfAFunction"}
    event = kept(world.raw(NOON, "AssumeRole", source="sts", userIdentity=who, requestParameters=given))
    assert (event.part, event.entered) == (Part.SERVICE, None)


@pytest.mark.parametrize(
    ("name", "given", "thing"),
    [
        ("AddUserToGroup", {"groupName": "ProdMemberWorkGroup", "userName": "member01"}, "ProdMemberWorkGroup"),
        ("PutRolePolicy", {"roleName": "Prod_MemberRole", "policyName": "sekisho-session-gate"}, "Prod_MemberRole"),
        ("DeleteUserPolicy", {"userName": "member01", "policyName": "sekisho-entry-Prod_MemberRole"}, "member01"),
        ("StopLogging", {"name": "organisation"}, "organisation"),
    ],
)
def test_changes_of_members_gates_fences_and_trails(name: str, given: dict[str, str], thing: str) -> None:
    event = kept(world.raw(NOON, name, account=world.JUMP, userIdentity=world.user(), requestParameters=given))
    assert (event.part, event.thread) == (Part.CHANGE, "")
    assert event.change is not None
    assert (event.change.thing, event.change.by) == (thing, world.USER)


def test_other_policies_are_no_change_of_a_gate() -> None:
    given = {"roleName": "Web", "policyName": "Own"}
    assert (
        parsed(world.raw(NOON, "PutRolePolicy", account=world.JUMP, userIdentity=world.user(), requestParameters=given), SCOPE)
        is None
    )


@pytest.mark.parametrize(
    ("name", "source", "more", "left"),
    [
        ("CreateAccessKey", "iam", {"requestParameters": {"userName": "old"}}, ("key", "old")),
        ("RunInstances", "ec2", {"requestParameters": {"iamInstanceProfile": {"name": "web"}}}, ("machine", "")),
        (
            "ModifyDBSnapshotAttribute",
            "rds",
            {"requestParameters": {"dBSnapshotIdentifier": "of-today"}},
            ("snapshot", "of-today"),
        ),
        ("GetWebIdentityToken", "sts", {}, ("token", "")),
    ],
)
def test_what_may_remain_is_noted_by_the_list(name: str, source: str, more: dict[str, Any], left: tuple[str, str]) -> None:
    event = kept(world.call(NOON, name, began=NOON, source=source, **more))
    assert event.left is not None
    assert (event.left.kind, event.left.name) == left
    assert kept(world.call(NOON, name, began=NOON, source=source, error="AccessDenied", **more)).left is None


def test_machine_without_a_profile_leaves_nothing_that_lets_in() -> None:
    assert kept(world.call(NOON, "RunInstances", began=NOON, requestParameters={"imageId": "ami-1"})).left is None


def test_step_of_the_consoles_log_in_is_none_by_itself() -> None:
    assert parsed(world.raw(NOON, "CheckMfa", source="signin", userIdentity=ROOT, eventType="AwsConsoleSignIn"), SCOPE) is None


def test_hash_of_an_event_is_the_same_however_it_is_written() -> None:
    raw = world.call(NOON, began=NOON)
    assert kept(raw).sha256 == kept(dict(reversed(raw.items()))).sha256
    assert kept({**raw, "userAgent": "other"}).sha256 != kept(raw).sha256


def test_entered_survives_being_kept() -> None:
    for raw in (*world.console_switch(NOON), world.federated(NOON, directory_user="user-1")):
        entered = kept(raw).entered
        assert entered is not None
        assert type(entered).of(entered.kept) == entered


def test_texts_are_cut_to_what_the_database_holds_and_cleaned_of_what_it_does_not_keep() -> None:
    (raw,) = world.switch(NOON, error="AccessDenied")
    given = {"roleArn": f"arn:aws:iam::{'9' * 40}:role/{'r' * 3000}", "roleSessionName": "a\x00b\ud800" + "s" * 3000}
    event = kept({**raw, "requestParameters": given, "sourceIPAddress": "x" * 3000, "sharedEventID": "t" * 300})
    assert event.entered is not None
    assert (len(event.entered.account), len(event.entered.role), len(event.entered.session)) == (12, 700, 700)
    assert event.entered.session.startswith("a\ufffdb\ufffds")
    assert (len(event.address), len(event.tie)) == (200, 64)


@pytest.mark.parametrize(
    "more", [{"eventTime": "2026-11-23T12:00:00"}, {"eventID": "x" * 65}, {"eventID": ""}, {"requestParameters": ["no mapping"]}]
)
def test_what_is_no_event_is_refused_by_an_error_that_its_reader_knows(more: dict[str, Any]) -> None:
    (raw,) = world.switch(NOON, error="AccessDenied")
    with pytest.raises(ODD):
        parsed({**raw, **more}, SCOPE)


def test_event_that_goes_deeper_than_any_does_is_refused() -> None:
    (raw,) = world.switch(NOON, error="AccessDenied")
    deep: dict[str, Any] = {}
    for _each in range(100_000):
        deep = {"in": deep}
    with pytest.raises(ODD):
        parsed({**raw, "resources": deep}, SCOPE)


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ({**world.user(), "invokedBy": "cloudformation.amazonaws.com"}, "arn:aws:iam::444444444444:role/Deploy"),
        ({"type": "AWSService", "invokedBy": "rolesanywhere.amazonaws.com"}, "arn:aws:iam::444444444444:role/Deploy"),
        ({"type": "AWSService", "invokedBy": "account-access.amazonaws.com"}, "arn:aws:iam::444444444444:role/Deploy"),
        ({"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, world.ROLE),
    ],
)
def test_person_by_a_service_and_a_service_in_a_role_of_people_are_log_ins(who: dict[str, Any], role: str) -> None:
    event = kept(world.raw(NOON, "AssumeRole", source="sts", userIdentity=who, requestParameters={"roleArn": role}))
    assert event.part == Part.ENTRY
    assert event.entered is not None
    assert event.entered.principal == who.get("arn", who["invokedBy"])
