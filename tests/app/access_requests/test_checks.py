import pytest
from allauth.idp.oidc.models import Client
from django.core.checks import run_checks
from django.db import OperationalError

from access_requests.models import ApiClient
from tests.cast import Cast

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


def test_without_a_database_the_check_says_that_it_did_not_look(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("access_requests.models.ApprovalPolicy.objects.filter", gone)
    assert any(said.startswith("access_requests.I001") for said in warnings())
