"""The workers' way to AWS: with their own key, or through a role of the Jump account."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from pytest_django import Settings

from portal.aws import sessions
from tests.stand_ins.aws_proxy import AwsProxy

ROLE = "arn:aws:iam::111111111111:role/SekishoPortalRole"


def test_without_a_role_workers_act_with_the_key_of_the_ordinary_chain(proxy: AwsProxy) -> None:
    assert sessions.jump_iam().get_user(UserName="member01")["User"]["UserName"] == "member01"
    assert proxy.actions == ("GetUser",)


def test_role_of_the_jump_account_is_taken_on_once_and_before_the_first_call(proxy: AwsProxy, settings: Settings) -> None:
    settings.AWS_JUMP_ROLE_ARN = ROLE
    for _ in range(2):
        sessions.jump_iam().get_user(UserName="member01")
    assert proxy.actions == ("AssumeRole", "GetUser", "GetUser")
    parameters = proxy.calls[0].parameters
    assert (parameters["RoleArn"], parameters["RoleSessionName"]) == (ROLE, "sekisho")


def test_client_is_made_once(proxy: AwsProxy) -> None:
    assert sessions.jump_iam() is sessions.jump_iam()


def test_busy_aws_is_asked_as_often_as_the_settings_say_and_no_more(proxy: AwsProxy, settings: Settings) -> None:
    settings.AWS_CALL_ATTEMPTS = 2
    proxy.refuse("GetUser", status=503, code="ServiceUnavailable")
    sessions.jump_iam().get_user(UserName="member01")
    assert proxy.count("GetUser") == 2


def test_call_lasts_at_most_as_long_as_all_its_attempts_and_the_renewal_of_a_role(settings: Settings) -> None:
    settings.AWS_CONNECT_TIMEOUT, settings.AWS_READ_TIMEOUT, settings.AWS_CALL_ATTEMPTS = 3, 10, 2
    assert sessions.longest_call() == timedelta(seconds=30)
    settings.AWS_JUMP_ROLE_ARN = ROLE
    assert sessions.longest_call() == timedelta(seconds=73)
    assert sessions.longest_call(in_target=True) == timedelta(seconds=116)


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidAccessKeyId", "InvalidClientTokenId"])
def test_session_of_a_role_that_aws_takes_no_longer_is_renewed_within_the_call(
    proxy: AwsProxy, settings: Settings, code: str
) -> None:
    settings.AWS_JUMP_ROLE_ARN, settings.AWS_CALL_ATTEMPTS = ROLE, 1
    sessions.jump_iam().get_user(UserName="member01")
    proxy.forget()
    proxy.refuse("GetUser", status=403, code=code)
    assert sessions.jump_iam().get_user(UserName="member01")["User"]["UserName"] == "member01"
    assert proxy.actions == ("GetUser", "AssumeRole", "GetUser")


def test_session_that_is_not_taken_even_when_new_is_not_asked_for_again_and_again(proxy: AwsProxy, settings: Settings) -> None:
    settings.AWS_JUMP_ROLE_ARN, settings.AWS_CALL_ATTEMPTS = ROLE, 1
    proxy.refuse("GetUser", status=403, code="InvalidClientTokenId", times=None)
    with pytest.raises(ClientError):
        sessions.jump_iam().get_user(UserName="member01")
    assert proxy.actions == ("AssumeRole", "GetUser", "AssumeRole", "GetUser")


def test_call_that_waited_too_long_for_its_credentials_is_not_sent(
    proxy: AwsProxy, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AWS_JUMP_ROLE_ARN = ROLE
    monkeypatch.setattr(sessions, "longest_call", lambda **_role: sessions._one_attempt() + timedelta(seconds=0.2))
    proxy.delay("AssumeRole", seconds=0.5)
    with pytest.raises(sessions.TooLateToSendError):
        sessions.jump_iam().get_user(UserName="member01")
    assert "GetUser" not in proxy.actions
    proxy.heal()
    assert sessions.jump_iam().get_user(UserName="member01")["User"]["UserName"] == "member01"


def test_key_of_the_ordinary_chain_that_is_not_taken_is_tried_once(proxy: AwsProxy, settings: Settings) -> None:
    settings.AWS_CALL_ATTEMPTS = 1
    proxy.refuse("GetUser", status=403, code="InvalidClientTokenId")
    with pytest.raises(ClientError):
        sessions.jump_iam().get_user(UserName="member01")
    assert proxy.actions == ("GetUser",)
