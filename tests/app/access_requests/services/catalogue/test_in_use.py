"""What stays because something stands on it."""

from datetime import datetime

import pytest
from allauth.idp.oidc.models import Client

from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import (
    WorkGroup,
)
from tests.app.access_requests.services.catalogue.loading import (
    DEMO,
    a_request,
    an_elevation,
    edited,
    load,
    refused,
    without_leader_group,
)

pytestmark = pytest.mark.django_db


def test_a_work_group_with_a_pending_request_stays(demo: None, now: datetime, later: datetime) -> None:
    request = a_request("member01", "ProdLeaderWorkGroup", RequestStatus.PENDING, now)
    assert f"work_groups.ProdLeaderWorkGroup: this is in use and can change when {request.code} is over" in refused(
        without_leader_group(), later
    )


@pytest.mark.parametrize("status", [ElevationStatus.SCHEDULED, ElevationStatus.ACTIVE, ElevationStatus.REVOKING])
def test_a_work_group_with_open_access_stays(status: ElevationStatus, demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", "ProdLeaderWorkGroup", status, now)
    assert f"when {elevation.code} is over" in refused(without_leader_group(), later)


def test_a_work_group_whose_access_is_over_may_go(demo: None, now: datetime, later: datetime) -> None:
    an_elevation("member01", "ProdLeaderWorkGroup", ElevationStatus.ENDED, now)
    load(without_leader_group(), later)
    assert WorkGroup.objects.get(name="ProdLeaderWorkGroup").retired_at == later


def test_where_a_work_group_leads_does_not_move_under_open_access(demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
    text = edited(
        ("      Prod_ReadOnlyRole:", "      Prod_NewRole: member\n      Prod_ReadOnlyRole:"),
        ("[production/Prod_MemberRole]", "[production/Prod_NewRole]"),
    )
    expected = f"work_groups.ProdMemberWorkGroup.target_roles: this is in use and can change when {elevation.code} is over"
    assert expected in refused(text, later)


def test_how_a_work_group_is_granted_does_not_move_under_a_pending_request(demo: None, now: datetime, later: datetime) -> None:
    request = a_request("member01", "ProdChangeWorkGroup", RequestStatus.PENDING, now)
    text = edited(("backend: change_manager", "backend: ssm_automation"))
    expected = f"work_groups.ProdChangeWorkGroup.backend: this is in use and can change when {request.code} is over"
    assert expected in refused(text, later)


def test_a_role_that_open_access_leads_to_stays(demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
    text = edited(
        ("      Prod_MemberRole:", "      Prod_NewRole:"), ("[production/Prod_MemberRole]", "[production/Prod_NewRole]")
    )
    assert f"accounts.production.roles.Prod_MemberRole: this is in use and can change when {elevation.code}" in refused(
        text, later
    )


def test_a_policy_that_a_pending_request_waits_under_stays(demo: None, now: datetime, later: datetime) -> None:
    request = a_request("member01", "ProdLeaderWorkGroup", RequestStatus.PENDING, now)
    text = edited(("policy: two-levels", "policy: one-lead"))
    start, end = text.index("  two-levels:"), text.index("work_groups:\n  Prod")
    expected = f"policies.two-levels: this is in use and can change when {request.code} is over"
    assert expected in refused(text[:start] + text[end:], later)


def test_the_id_of_an_account_does_not_change(demo: None, later: datetime) -> None:
    text = edited(('"444444444444"', '"444444444445"'))
    assert "accounts.production.id: this is 444444444444 and does not change" in refused(text, later)


def test_the_id_of_a_client_does_not_change(demo: None, later: datetime) -> None:
    text = edited(("client_id: sekisho-demo-bot", "client_id: other"))
    assert "clients.demo-bot.client_id: this is sekisho-demo-bot and does not change" in refused(text, later)


def test_an_oauth_client_of_somebody_else_is_not_taken_over(now: datetime) -> None:
    Client.objects.create(id="sekisho-demo-bot", name="not ours")
    assert "clients.demo-bot.client_id: another OAuth client has this id" in refused(DEMO, now)
