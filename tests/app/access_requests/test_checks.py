from collections.abc import Mapping
from typing import Any

import pytest
from allauth.idp.oidc.models import Client
from django.core.checks import run_checks
from django.db import OperationalError
from django.utils import timezone
from django.utils.module_loading import import_string
from pytest_django import Settings

from access_requests.grants.iam_group import IamGroupBackend
from access_requests.grants.registry import FORMER_PATHS, backend_of
from access_requests.grants.words import Words
from access_requests.models import ApiClient, WorkGroup
from tests.stand_ins.bots import make_client, make_personal_client
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db


def warnings() -> list[str]:
    return [f"{message.id} {message.msg}" for message in run_checks(tags=["security"], include_deployment_checks=True)]


def test_a_client_that_may_decide_on_what_it_asked_is_warned_of(cast: Cast) -> None:
    cast.one_lead.same_client_may_decide = True
    cast.one_lead.save()
    assert any(said.startswith("access_requests.W001 Policy one-lead:") for said in warnings())


def test_a_policy_that_clients_cannot_decide_under_is_not_warned_of(cast: Cast) -> None:
    cast.one_lead.same_client_may_decide, cast.one_lead.decide_by = True, ["browser"]
    cast.one_lead.save()
    assert not any("W001" in said for said in warnings())


def test_a_client_that_may_act_for_everyone_is_warned_of(cast: Cast) -> None:
    oauth_client = Client.objects.create(id="bot", name="Bot")
    client = ApiClient.objects.create(key="bot", oauth_client=oauth_client, everyone=True)
    assert "access_requests.W002 API client bot may act for everyone." in warnings()
    client.everyone = False
    client.save()
    assert not any("W002" in said for said in warnings())


def test_personal_client_is_everyones_for_themselves_and_a_revoked_one_nobodys(cast: Cast) -> None:
    make_personal_client("scripts", cast)
    make_client("gone", cast)
    ApiClient.objects.filter(key="gone").update(retired_at=timezone.now())
    assert not any("W002" in said for said in warnings())


def test_every_policy_that_a_service_may_decide_is_named_with_the_service(cast: Cast) -> None:
    make_client("pager", cast).work_groups.set([cast.prod_leader])
    make_client("bot", cast)
    start = "Policy {}: services may decide, in the name of people who prove nothing: {}."
    said = [line.removeprefix("access_requests.W005 ") for line in warnings() if "W005" in line]
    assert said == [start.format("one-lead", "bot"), start.format("two-levels", "bot, pager")]
    cast.two_levels.decide_by = ["browser", "chat"]
    cast.two_levels.save()
    assert [line for line in warnings() if "W005" in line] == [f"access_requests.W005 {said[0]}"]


def test_policy_that_only_people_decide_is_not_named(cast: Cast) -> None:
    """By their own tokens, by a service that may not decide, by one that was revoked: by no service."""
    make_personal_client("scripts", cast)
    asking, gone = make_client("asking", cast), make_client("gone", cast)
    asking.oauth_client.set_scopes(["requests:read", "requests:write"])
    asking.oauth_client.save()
    ApiClient.objects.filter(pk=gone.pk).update(retired_at=timezone.now())
    assert not any("W005" in said or "W006" in said for said in warnings())


def test_service_that_may_decide_and_is_nobodys_is_named_until_somebody_owns_it(cast: Cast) -> None:
    bot = make_client("bot", cast)
    assert "access_requests.W006 API client bot may decide, and nobody is known to own it." in warnings()
    bot.owners.set([cast.admin01])
    assert not any("W006" in said for said in warnings())


def test_without_a_database_the_check_says_that_it_did_not_look(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("access_requests.models.ApprovalPolicy.objects.filter", gone)
    assert any(said.startswith("access_requests.I001") for said in warnings())


def granted_by(alias: str) -> None:
    WorkGroup.objects.filter(name="ProdMemberWorkGroup").update(backend=alias)


def errors() -> list[str]:
    return [said for said in warnings() if said.startswith("access_requests.E")]


def test_ways_that_have_all_they_need_are_not_complained_of(cast: Cast) -> None:
    granted_by("change_manager")
    assert errors() == []


def test_role_that_a_way_lacks_is_an_error_that_says_whom_it_concerns(cast: Cast, settings: Settings) -> None:
    settings.AWS_CHANGE_APPROVER_ROLE_ARN = settings.AWS_RUNBOOK_ROLE_ARN = ""
    granted_by("ssm_automation")
    said = "access_requests.E003 {} is empty, and work groups are granted by {}: ProdMemberWorkGroup."
    assert errors() == [said.format("AWS_RUNBOOK_ROLE_ARN", "ssm_automation")]
    granted_by("change_manager")
    names = ("AWS_CHANGE_APPROVER_ROLE_ARN", "AWS_RUNBOOK_ROLE_ARN")
    assert errors() == [said.format(name, "change_manager") for name in names]


def test_roles_of_a_way_that_no_work_group_uses_may_be_missing(cast: Cast, settings: Settings) -> None:
    settings.AWS_CHANGE_STARTER_ROLE_ARN = settings.AWS_IDENTITY_CENTER_ROLE_ARN = ""
    assert errors() == []


@pytest.mark.parametrize("config", [{"BACKEND": "access_requests.grants.nothing.Nothing"}, {}], ids=["no such class", "no class"])
def test_backend_that_cannot_be_imported_is_an_error(cast: Cast, settings: Settings, config: dict[str, str]) -> None:
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "own": config}
    (said,) = errors()
    assert said.startswith("access_requests.E001 GRANT_BACKENDS names a backend own that cannot be imported")


class Silent(IamGroupBackend):
    """A backend whose author has forgotten its words."""

    @property
    def words(self) -> Words:  # type: ignore[override]
        raise AttributeError


class Configured(IamGroupBackend):
    def __init__(self, *, region: str) -> None:
        self.region = region


CONFIGS: Mapping[str, tuple[dict[str, Any], str]] = {
    "no backend": ({"BACKEND": "access_requests.grants.fences.Entrance"}, "missing 1 required positional argument"),
    "a class of another kind": ({"BACKEND": "access_requests.grants.needs.Needs"}, "is no GrantBackend"),
    "no words": ({"BACKEND": f"{__name__}.Silent"}, "says nothing of its words"),
    "no options": ({"BACKEND": f"{__name__}.Configured"}, "'region'"),
    "an option too many": ({"BACKEND": f"{__name__}.Configured", "OPTIONS": {"region": "x", "zone": "y"}}, "'zone'"),
}


@pytest.mark.parametrize(("config", "why"), CONFIGS.values(), ids=CONFIGS)
def test_class_of_which_no_backend_can_be_made_is_an_error(
    cast: Cast, settings: Settings, config: dict[str, Any], why: str
) -> None:
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "own": config}
    (said,) = errors()
    assert said.startswith("access_requests.E001 GRANT_BACKENDS names a backend own that cannot be imported")
    assert why in said


def test_options_of_the_settings_make_the_backend(cast: Cast, settings: Settings) -> None:
    config = {"BACKEND": f"{__name__}.Configured", "OPTIONS": {"region": "eu-west-1"}}
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "own": config}
    assert errors() == []
    assert vars(backend_of("own")) == {"region": "eu-west-1"}


def test_role_that_a_backend_lacks_is_an_error_under_an_alias_of_ones_own(cast: Cast, settings: Settings) -> None:
    path = "access_requests.grants.change_manager.ChangeManagerBackend"
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "own": {"BACKEND": path}}
    settings.AWS_CHANGE_APPROVER_ROLE_ARN = ""
    granted_by("own")
    (said,) = errors()
    assert (
        said
        == "access_requests.E003 AWS_CHANGE_APPROVER_ROLE_ARN is empty, and work groups are granted by own: ProdMemberWorkGroup."
    )


@pytest.mark.parametrize(("former", "now"), FORMER_PATHS.items())
def test_path_of_the_release_before_works_and_is_warned_of(cast: Cast, settings: Settings, former: str, now: str) -> None:
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "own": {"BACKEND": former}}
    granted_by("own")
    assert errors() == []
    assert f"access_requests.W007 GRANT_BACKENDS names the backend own by where it was: {former}." in warnings()
    assert type(backend_of("own")) is import_string(now)


def test_backend_that_the_settings_do_not_name_is_an_error(cast: Cast) -> None:
    granted_by("letter_post")
    (said,) = errors()
    assert said.startswith("access_requests.E002 Work groups are granted by letter_post, which GRANT_BACKENDS does not name")
    WorkGroup.objects.filter(name="ProdMemberWorkGroup").update(retired_at="2026-01-01T00:00:00Z")
    assert errors() == []


def test_channel_to_which_nothing_can_be_sent_is_warned_of(cast: Cast, settings: Settings) -> None:
    def said() -> list[str]:
        messages = run_checks(tags=["compatibility"], include_deployment_checks=True)
        return [f"{message.id} {message.msg}" for message in messages if message.id == "access_requests.W003"]

    assert said() == []
    cast.one_lead.slack_channel = "C0APPROVALS"
    cast.one_lead.save()
    assert said() == ["access_requests.W003 Policy one-lead: nothing is sent to its Slack channel."]
    settings.SLACK_BOT_TOKEN = "xoxb"
    assert said() == []


def test_workspace_that_is_not_named_is_warned_of(settings: Settings) -> None:
    def said() -> list[str]:
        return [message.id for message in run_checks(include_deployment_checks=True) if message.id == "access_requests.W004"]

    assert said() == ["access_requests.W004"]
    settings.SLACK_TEAM_ID = "T0SEKISHO"
    assert said() == []
    settings.SLACK_TEAM_ID = settings.SLACK_SIGNING_SECRET = ""
    assert said() == []


def test_names_that_are_no_acts_and_ages_of_nothing_stop_the_start(settings: Settings) -> None:
    assert not any(said.startswith(("access_requests.E004", "access_requests.E005")) for said in warnings())
    settings.STEP_UP_MINUTES, settings.STEP_UP_BY_PASSKEY = {"decide": 5, "stop": 0}, ["decision", "drifts"]
    said = [each for each in warnings() if each.startswith(("access_requests.E004", "access_requests.E005"))]
    assert [each.split(": ")[-1] for each in said[:2]] == ["decide.", "drifts."]
    assert said[2:] == ["access_requests.E005 STEP_UP_MINUTES has an age of less than a minute."]


def test_portal_that_does_without_second_factors_is_warned_of(settings: Settings) -> None:
    assert not any("access_requests.W008" in said for said in warnings())
    settings.SECOND_FACTOR_REQUIRED = False
    assert any(said.startswith("access_requests.W008 Whoever decides or administers") for said in warnings())
