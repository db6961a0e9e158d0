"""Loading the catalogue: what it makes, what it refuses because something stands on it, and what the trail then says."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from allauth.idp.oidc.models import Client, Token

from access_requests.actor import COMMAND
from access_requests.grants.directory import IamUser
from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import (
    AccessRequest,
    ApiClient,
    ApprovalPolicy,
    AwsAccount,
    Elevation,
    IamUserBinding,
    RequestedGroup,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from access_requests.services import catalogue
from access_requests.services.catalogue import CatalogueRefused, Loaded
from access_requests.services.run import run
from audits.models import TrailEntry
from portal.users.models import LinkedIdentity, User
from tests.cast import iam_user_id

pytestmark = pytest.mark.django_db

DEMO = (Path(__file__).parents[4] / "portal/demo/catalogue.yaml").read_text()
BOT_SECRET = "what only the bot should know"


def find(name: str) -> IamUser | None:
    return IamUser(name=name, user_id=iam_user_id(name))


def load(text: str, now: datetime, *, secrets: Mapping[str, str] | None = None, directory: catalogue.Directory = find) -> Loaded:
    wanted = catalogue.read(text.encode())
    found = catalogue.look_up(wanted=wanted, directory=directory)
    secrets = {"demo-bot": BOT_SECRET} if secrets is None else secrets
    return run(lambda: catalogue.load(wanted=wanted, found=found, secrets=secrets, actor=COMMAND, now=now))


def edited(*edits: tuple[str, str]) -> str:
    text = DEMO
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def refused(text: str, now: datetime, *, directory: catalogue.Directory = find) -> str:
    """Return why the file is refused, having seen that nothing changed."""
    entries = TrailEntry.objects.count()
    with pytest.raises(CatalogueRefused) as refusal:
        load(text, now, directory=directory)
    assert TrailEntry.objects.count() == entries
    return str(refusal.value)


def signs(loaded: Loaded) -> list[str]:
    return [f"{change.sign} {change.kind} {change.key}" for change in loaded.changes]


@pytest.fixture
def demo(now: datetime) -> None:
    load(DEMO, now)


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=1)


def an_elevation(username: str, group: str, status: ElevationStatus, now: datetime) -> Elevation:
    request = a_request(username, group, RequestStatus.APPROVED, now)
    binding = IamUserBinding.objects.get(person__username=username)
    return Elevation.objects.create(
        request=request,
        person=request.requester,
        work_group=WorkGroup.objects.get(name=group),
        iam_user_name=binding.user_name,
        iam_user_id=binding.user_id,
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


class TestWhatTheFileMakes:
    def test_the_demo_company_comes_into_being(self, demo: None) -> None:
        assert AwsAccount.objects.count() == 7
        role = TargetRole.objects.get(name="Prod_MemberRole")
        assert role.arn == "arn:aws:iam::444444444444:role/Prod_MemberRole"
        group = WorkGroup.objects.get(name="ProdMemberWorkGroup")
        assert group.everyone_may_request
        assert list(group.target_roles.all()) == [role]
        assert (group.policy.shortest_minutes, group.policy.longest_minutes, group.policy.decision_minutes) == (1, 240, 1440)
        levels = ApprovalPolicy.objects.get(key="two-levels").levels.order_by("number")
        assert [sorted(person.username for person in level.approvers.all()) for level in levels] == [
            ["leader01", "leader02"],
            ["admin01", "leader01", "leader02"],
        ]

    def test_people_are_bound_and_linked_and_cannot_log_in_yet(self, demo: None, now: datetime) -> None:
        member = User.objects.get(username="member01")
        assert (member.iam_user.user_name, member.iam_user.user_id) == ("member01", iam_user_id("member01"))
        assert LinkedIdentity.objects.get(person=member).external_id == "U0MEMBER01"
        assert LinkedIdentity.objects.get(person=member).verified_at == now
        assert not member.has_usable_password()
        assert [group.name for group in member.standing_groups.all()] == ["MemberGroup"]
        assert User.objects.get(username="admin01").is_administrator
        assert User.objects.get(username="auditor01").is_auditor
        assert not User.objects.filter(is_superuser=True).exists()

    def test_a_client_never_decides_by_default_and_keeps_no_readable_secret(self, demo: None) -> None:
        client = ApiClient.objects.get(key="demo-bot")
        assert client.oauth_client.grant_types == "client_credentials"
        assert client.oauth_client.get_scopes() == ["decisions:write", "requests:read", "requests:write"]
        assert client.oauth_client.get_default_scopes() == ["requests:read", "requests:write"]
        assert client.oauth_client.check_secret(BOT_SECRET)
        assert BOT_SECRET not in client.oauth_client.secret
        assert not any(BOT_SECRET in str(entry.data) for entry in TrailEntry.objects.all())

    def test_a_client_without_a_secret_gets_one_that_is_shown_once(self, now: datetime) -> None:
        made = load(DEMO, now, secrets={}).made_secrets
        assert Client.objects.get(pk="sekisho-demo-bot").check_secret(made["demo-bot"])
        assert load(DEMO, now, secrets={}).made_secrets == {}

    def test_every_object_has_its_entry_in_the_trail(self, demo: None, now: datetime) -> None:
        entry = TrailEntry.objects.get(subject="work_group:ProdMemberWorkGroup")
        assert (entry.act, entry.actor, entry.at) == ("catalogue.added", "sekisho:command", now)
        assert entry.data["before"] is None
        assert entry.data["after"]["policy"] == "one-lead"
        acts = TrailEntry.objects.filter(subject="person:member01").order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["person.added", "iam_user.bound"]


class TestLoadingAgain:
    def test_the_same_file_changes_nothing_and_leaves_no_entry(self, demo: None, later: datetime) -> None:
        entries = TrailEntry.objects.count()
        assert load(DEMO, later).changes == []
        assert TrailEntry.objects.count() == entries

    def test_the_order_of_names_says_nothing(self, demo: None, later: datetime) -> None:
        assert load(edited(("[leader01, leader02]", "[leader02, leader01]")), later).changes == []

    def test_asking_for_the_difference_changes_nothing(self, demo: None) -> None:
        wanted = catalogue.read(edited(("longest: 4h", "longest: 3h")).encode())
        changes = catalogue.difference(wanted=wanted, found={}, secrets={})
        assert [line for change in changes for line in change.lines()] == ["~ policy one-lead", "    longest: 240 -> 180"]
        assert ApprovalPolicy.objects.get(key="one-lead").longest_minutes == 240

    def test_a_change_is_recorded_as_it_was_and_is(self, demo: None, later: datetime) -> None:
        load(edited(("longest: 4h", "longest: 3h")), later)
        entry = TrailEntry.objects.latest("pk")
        assert (entry.act, entry.subject) == ("catalogue.changed", "policy:one-lead")
        assert (entry.data["before"]["longest"], entry.data["after"]["longest"]) == (240, 180)

    def test_a_level_keeps_its_row_when_it_changes(self, demo: None, later: datetime) -> None:
        level = ApprovalPolicy.objects.get(key="one-lead").levels.get()
        load(edited(("approvals: 1", "approvals: 2")), later)
        again = ApprovalPolicy.objects.get(key="one-lead").levels.get()
        assert (again.pk, again.approvals) == (level.pk, 2)

    def test_a_level_that_left_is_gone(self, demo: None, later: datetime) -> None:
        load(edited(("      - approvals: 1\n        approvers: [admin01, leader01, leader02]\n", "")), later)
        assert ApprovalPolicy.objects.get(key="two-levels").levels.count() == 1

    def test_what_left_the_file_is_retired_and_comes_back_as_the_same_row(self, demo: None, later: datetime) -> None:
        row = WorkGroup.objects.get(name="ProdLeaderWorkGroup")
        assert signs(load(_without_leader_group(), later)) == [
            "- policy two-levels",
            "- work_group ProdLeaderWorkGroup",
            "~ client demo-bot",
        ]
        row.refresh_from_db()
        assert row.retired_at == later
        assert TrailEntry.objects.filter(act="catalogue.retired", subject="work_group:ProdLeaderWorkGroup").count() == 1
        assert load(_without_leader_group(), later).changes == []
        load(DEMO, later)
        row.refresh_from_db()
        assert row.retired_at is None

    def test_what_nothing_points_to_is_deleted(self, demo: None, later: datetime) -> None:
        start, end = DEMO.index("  billing:"), DEMO.index("  log-archive:")
        text = DEMO[:start] + DEMO[end:]
        start, end = text.index("  JumpAdminGroup:"), text.index("  LeaderGroup:")
        text = (text[:start] + text[end:]).replace("standing_groups: [JumpAdminGroup]", "standing_groups: []")
        load(text, later)
        assert not AwsAccount.objects.filter(key="billing").exists()
        assert not TargetRole.objects.filter(name="Billing_AdminRole").exists()
        assert not StandingGroup.objects.filter(name="JumpAdminGroup").exists()

    def test_a_client_that_left_is_gone_with_its_tokens(self, demo: None, later: datetime) -> None:
        _token()
        load(DEMO[: DEMO.index("clients:")], later)
        assert not Client.objects.filter(pk="sekisho-demo-bot").exists()
        assert not Token.objects.exists()

    def test_a_new_secret_ends_the_tokens_of_the_old_one(self, demo: None, later: datetime) -> None:
        _token()
        loaded = load(DEMO, later, secrets={"demo-bot": "another one that nobody guesses"})
        assert [line for change in loaded.changes for line in change.lines()] == [
            "~ client demo-bot",
            '    secret: "set" -> "set anew"',
        ]
        assert Client.objects.get(pk="sekisho-demo-bot").check_secret("another one that nobody guesses")
        assert not Token.objects.exists()

    def test_fewer_scopes_end_the_tokens_that_had_more(self, demo: None, later: datetime) -> None:
        _token()
        load(edited((", decisions:write]", "]")), later)
        assert not Token.objects.exists()

    def test_two_people_can_change_places(self, demo: None, later: datetime) -> None:
        text = DEMO
        for old, new in (("iam_user: member0", "iam_user: memberX"), ("U0MEMBER0", "U0MEMBERX")):
            text = text.replace(f"{old}1", f"{new}2").replace(f"{old}2", f"{old}1").replace(f"{new}2", f"{old}2")
        load(text, later)
        member = User.objects.get(username="member01")
        assert member.iam_user.user_name == "member02"
        assert LinkedIdentity.objects.get(person=member).external_id == "U0MEMBER02"
        assert load(text, later).changes == []

    def test_the_jump_account_can_become_another(self, demo: None, later: datetime) -> None:
        load(edited(("name: Jump, kind: jump", "name: Jump, kind: audit"), ("kind: audit\n", "kind: jump\n")), later)
        assert AwsAccount.objects.get(kind="jump").key == "audit"


class TestPeople:
    def test_who_left_the_file_is_disabled_and_loses_access_now(self, demo: None, now: datetime, later: datetime) -> None:
        elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
        load(_without_member01(), later)
        member = User.objects.get(username="member01")
        elevation.refresh_from_db()
        assert not member.is_active
        assert elevation.status == ElevationStatus.REVOKING
        assert member.iam_user.user_name == "member01"
        assert TrailEntry.objects.filter(act="person.disabled", subject="person:member01").count() == 1
        assert load(_without_member01(), later).changes == []

    def test_who_is_disabled_in_the_file_has_what_was_scheduled_cancelled(
        self, demo: None, now: datetime, later: datetime
    ) -> None:
        elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.SCHEDULED, now)
        load(edited(("name: 佐藤 美咲", "name: 佐藤 美咲\n    disabled: true")), later)
        elevation.refresh_from_db()
        assert elevation.status == ElevationStatus.CANCELLED

    def test_who_comes_back_is_enabled(self, demo: None, later: datetime) -> None:
        load(_without_member01(), later)
        load(DEMO, later)
        assert User.objects.get(username="member01").is_active
        assert TrailEntry.objects.filter(act="person.enabled", subject="person:member01").count() == 1

    def test_the_last_administrator_cannot_be_taken_out(self, demo: None, later: datetime) -> None:
        text = edited(("    administrator: true\n", ""))
        assert 'no administrator would be left; now there is "admin01"' in refused(text, later)

    def test_an_iam_user_that_aws_does_not_know_is_refused(self, now: datetime) -> None:
        expected = 'people.member02.iam_user: there is no IAM user "member02" in the Jump account'
        assert expected in refused(DEMO, now, directory=lambda name: None if name == "member02" else find(name))

    def test_a_user_id_that_aws_contradicts_is_refused(self, now: datetime) -> None:
        text = edited(("iam_user: member01", "iam_user: {name: member01, user_id: AIDASOMEBODYELSE0000}"))
        assert f'the UserId of "member01" is {iam_user_id("member01")} in AWS, not AIDASOMEBODYELSE0000' in refused(text, now)

    def test_a_name_is_written_as_aws_spells_it(self, now: datetime) -> None:
        spelled = IamUser(name="Member01", user_id=iam_user_id("member01"))
        assert 'AWS spells this "Member01"' in refused(DEMO, now, directory=lambda n: spelled if n == "member01" else find(n))

    def test_a_user_made_again_in_aws_is_not_bound_by_its_name(self, demo: None, later: datetime) -> None:
        def made_again(name: str) -> IamUser:
            return IamUser(name=name, user_id=iam_user_id(f"{name} again"))

        assert load(DEMO, later, directory=made_again).changes == []
        assert IamUserBinding.objects.get(person__username="member01").user_id == iam_user_id("member01")
        text = edited(("iam_user: member01", f"iam_user: {{name: member01, user_id: {iam_user_id('member01 again')}}}"))
        load(text, later, directory=made_again)
        assert IamUserBinding.objects.get(person__username="member01").user_id == iam_user_id("member01 again")
        acts = TrailEntry.objects.filter(subject="person:member01", at=later).order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["iam_user.unbound", "iam_user.bound"]

    def test_aws_is_asked_only_about_bindings_that_change(self, demo: None, later: datetime) -> None:
        asked: list[str] = []

        def directory(name: str) -> IamUser | None:
            asked.append(name)
            return find(name)

        load(edited(("iam_user: member02", "iam_user: member03")), later, directory=directory)
        assert asked == ["member03"]

    def test_one_iam_user_is_one_person(self, now: datetime) -> None:
        assert 'people.member02.iam_user: this IAM user is "member01"\'s' in refused(
            edited(("iam_user: member02", "iam_user: member01")), now
        )
        same_id = IamUser(name="member02", user_id=iam_user_id("member01"))
        assert "this IAM user is" in refused(DEMO, now, directory=lambda n: same_id if n == "member02" else find(n))

    def test_one_identity_is_one_person(self, now: datetime) -> None:
        text = edited(("U0MEMBER02", "U0MEMBER01"))
        assert 'people.member02.identities.slack: this identity is "member01"\'s' in refused(text, now)

    def test_who_left_the_file_keeps_their_iam_user_until_it_is_taken(self, demo: None, later: datetime) -> None:
        load(_without_member01(), later)
        text = _without_member01().replace("iam_user: member02", "iam_user: member01", 1)
        assert 'this IAM user is "member01"\'s' in refused(text, later)
        freed = text.replace("people:\n", "people:\n  member01: {name: 佐藤 美咲, disabled: true}\n", 1)
        load(freed, later)
        assert IamUserBinding.objects.get(user_name="member01").person.username == "member02"

    @pytest.mark.parametrize("status", [ElevationStatus.SCHEDULED, ElevationStatus.ACTIVE, ElevationStatus.REVOKING])
    def test_a_binding_rests_while_access_is_open(
        self, status: ElevationStatus, demo: None, now: datetime, later: datetime
    ) -> None:
        elevation = an_elevation("member01", "ProdMemberWorkGroup", status, now)
        expected = f"people.member01.iam_user: this is in use and can change when {elevation.code} is over"
        assert expected in refused(edited(("    iam_user: member01\n", "")), later)
        assert expected in refused(edited(("iam_user: member01", "iam_user: member03")), later)

    def test_a_name_that_only_case_tells_from_one_in_use_is_refused(self, demo: None, later: datetime) -> None:
        assert "differ by letter case only" in refused(
            _without_member01().replace("people:\n", "people:\n  Member01: {name: 佐藤}\n"), later
        )


class TestInUse:
    def test_a_work_group_with_a_pending_request_stays(self, demo: None, now: datetime, later: datetime) -> None:
        request = a_request("member01", "ProdLeaderWorkGroup", RequestStatus.PENDING, now)
        assert f"work_groups.ProdLeaderWorkGroup: this is in use and can change when {request.code} is over" in refused(
            _without_leader_group(), later
        )

    @pytest.mark.parametrize("status", [ElevationStatus.SCHEDULED, ElevationStatus.ACTIVE, ElevationStatus.REVOKING])
    def test_a_work_group_with_open_access_stays(
        self, status: ElevationStatus, demo: None, now: datetime, later: datetime
    ) -> None:
        elevation = an_elevation("member01", "ProdLeaderWorkGroup", status, now)
        assert f"when {elevation.code} is over" in refused(_without_leader_group(), later)

    def test_a_work_group_whose_access_is_over_may_go(self, demo: None, now: datetime, later: datetime) -> None:
        an_elevation("member01", "ProdLeaderWorkGroup", ElevationStatus.ENDED, now)
        load(_without_leader_group(), later)
        assert WorkGroup.objects.get(name="ProdLeaderWorkGroup").retired_at == later

    def test_where_a_work_group_leads_does_not_move_under_open_access(self, demo: None, now: datetime, later: datetime) -> None:
        elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
        text = edited(
            ("Prod_ReadOnlyRole: read_only", "Prod_ReadOnlyRole: read_only, Prod_NewRole: member"),
            ("[production/Prod_MemberRole]", "[production/Prod_NewRole]"),
        )
        expected = f"work_groups.ProdMemberWorkGroup.target_roles: this is in use and can change when {elevation.code} is over"
        assert expected in refused(text, later)

    def test_a_role_that_open_access_leads_to_stays(self, demo: None, now: datetime, later: datetime) -> None:
        elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
        text = edited(
            ("Prod_MemberRole: member", "Prod_NewRole: member"), ("[production/Prod_MemberRole]", "[production/Prod_NewRole]")
        )
        assert f"accounts.production.roles.Prod_MemberRole: this is in use and can change when {elevation.code}" in refused(
            text, later
        )

    def test_a_policy_that_a_pending_request_waits_under_stays(self, demo: None, now: datetime, later: datetime) -> None:
        request = a_request("member01", "ProdLeaderWorkGroup", RequestStatus.PENDING, now)
        text = edited(("policy: two-levels", "policy: one-lead"))
        start, end = text.index("  two-levels:"), text.index("work_groups:\n  Prod")
        expected = f"policies.two-levels: this is in use and can change when {request.code} is over"
        assert expected in refused(text[:start] + text[end:], later)

    def test_the_id_of_an_account_does_not_change(self, demo: None, later: datetime) -> None:
        text = edited(('"444444444444"', '"444444444445"'))
        assert "accounts.production.id: this is 444444444444 and does not change" in refused(text, later)

    def test_the_id_of_a_client_does_not_change(self, demo: None, later: datetime) -> None:
        text = edited(("client_id: sekisho-demo-bot", "client_id: other"))
        assert "clients.demo-bot.client_id: this is sekisho-demo-bot and does not change" in refused(text, later)

    def test_an_oauth_client_of_somebody_else_is_not_taken_over(self, now: datetime) -> None:
        Client.objects.create(id="sekisho-demo-bot", name="not ours")
        assert "clients.demo-bot.client_id: another OAuth client has this id" in refused(DEMO, now)


def test_a_failure_in_the_middle_leaves_nothing_behind(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("access_requests.services.catalogue.clients.write", full)
    with pytest.raises(OSError, match="disk full"):
        load(DEMO, now)
    assert not AwsAccount.objects.exists()
    assert not User.objects.exists()
    assert not TrailEntry.objects.exists()


def _token() -> None:
    token = Token(type=Token.Type.ACCESS_TOKEN, client=Client.objects.get(pk="sekisho-demo-bot"))
    token.set_value("a token")
    token.save()


def _without_member01() -> str:
    start, end = DEMO.index("  member01:\n"), DEMO.index("  member02:\n")
    return DEMO[:start].replace("requesters: [member01, member02,", "requesters: [member02,") + DEMO[end:]


def _without_leader_group() -> str:
    text = edited(("[ProdMemberWorkGroup, ProdLeaderWorkGroup]", "[ProdMemberWorkGroup]"))
    for start, end in (("  two-levels:", "work_groups:\n  Prod"), ("  ProdLeaderWorkGroup:", "people:\n  member01")):
        text = text[: text.index(start)] + text[text.index(end) :]
    return text
