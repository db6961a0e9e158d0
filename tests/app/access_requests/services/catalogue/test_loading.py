"""What a file makes, what loading it again changes, and what the trail then says."""

from datetime import datetime

import pytest
from allauth.idp.oidc.models import Client, Token

from access_requests.models import (
    ApiClient,
    ApprovalPolicy,
    AwsAccount,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from access_requests.services import catalogue
from audits.models import TrailEntry
from portal.users.models import LinkedIdentity, User
from tests.app.access_requests.services.catalogue.loading import (
    BOT_SECRET,
    DEMO,
    edited,
    load,
    signs,
    without_leader_group,
)
from tests.worlds.cast import iam_user_id

pytestmark = pytest.mark.django_db


class TestWhatTheFileMakes:
    def test_the_demo_company_comes_into_being(self, demo: None) -> None:
        assert AwsAccount.objects.count() == 7
        role = TargetRole.objects.get(name="Prod_MemberRole")
        assert role.arn == "arn:aws:iam::444444444444:role/Prod_MemberRole"
        group = WorkGroup.objects.get(name="ProdMemberWorkGroup")
        assert {person.username for person in group.requesters.all()} == {"member01", "member02", "leader01", "leader02"}
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
        assert client.oauth_client.get_scopes() == ["audit:read", "decisions:write", "requests:read", "requests:write"]
        assert client.oauth_client.get_default_scopes() == ["audit:read", "requests:read", "requests:write"]
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
        assert list(acts) == ["person.added", "iam_user.bound", "identity_center_user.bound"]


class TestLoadingAgain:
    def test_the_same_file_changes_nothing_and_leaves_no_entry(self, demo: None, later: datetime) -> None:
        entries = TrailEntry.objects.count()
        assert load(DEMO, later).changes == []
        assert TrailEntry.objects.count() == entries

    def test_the_order_of_names_says_nothing(self, demo: None, later: datetime) -> None:
        assert load(edited(("[leader01, leader02]", "[leader02, leader01]")), later).changes == []

    def test_asking_for_the_difference_changes_nothing(self, demo: None) -> None:
        wanted = catalogue.read(edited(("longest: 4h", "longest: 3h")).encode())
        changes = catalogue.difference(wanted=wanted, found=catalogue.Found(), secrets={})
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
        assert signs(load(without_leader_group(), later)) == [
            "- policy two-levels",
            "- work_group ProdLeaderWorkGroup",
            "~ client command-line",
            "~ client demo-bot",
        ]
        row.refresh_from_db()
        assert row.retired_at == later
        assert TrailEntry.objects.filter(act="catalogue.retired", subject="work_group:ProdLeaderWorkGroup").count() == 1
        assert load(without_leader_group(), later).changes == []
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

    def test_a_client_that_left_is_revoked_with_its_tokens_and_comes_back_as_the_same_row(
        self, demo: None, later: datetime
    ) -> None:
        _token()
        row = ApiClient.objects.get(key="demo-bot")
        load(DEMO[: DEMO.index("clients:")], later)
        row.refresh_from_db()
        assert row.retired_at == later
        assert not row.oauth_client.check_secret(BOT_SECRET)
        assert not Token.objects.exists()
        assert load(DEMO[: DEMO.index("clients:")], later).changes == []
        assert signs(load(DEMO, later)) == ["+ client command-line", "+ client demo-bot"]
        row.refresh_from_db()
        assert row.retired_at is None
        assert Client.objects.get(pk="sekisho-demo-bot").check_secret(BOT_SECRET)
        acts = TrailEntry.objects.filter(subject="client:demo-bot").order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["client.added", "client.revoked", "client.restored"]

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
        load(edited((", decisions:write", "")), later)
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
        gate, role = "    gate_role: sekisho/SekishoGateRole\n", "Audit_ReadOnlyRole: read_only"
        arn = "Audit_ReadOnlyRole: {level: read_only, arn: arn:aws:iam::777777777777:role/Audit_ReadOnlyRole}"
        jump = ("name: Jump, kind: jump", "name: Jump, kind: audit")
        load(edited(jump, (f"kind: audit\n{gate}", "kind: jump\n"), (role, arn)), later)
        assert AwsAccount.objects.get(kind="jump").key == "audit"


def test_a_failure_in_the_middle_leaves_nothing_behind(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("access_requests.services.catalogue.kinds.client.write", full)
    with pytest.raises(OSError, match="disk full"):
        load(DEMO, now)
    assert not AwsAccount.objects.exists()
    assert not User.objects.exists()
    assert not TrailEntry.objects.exists()


def _token() -> None:
    token = Token(type=Token.Type.ACCESS_TOKEN, client=Client.objects.get(pk="sekisho-demo-bot"))
    token.set_value("a token")
    token.save()
