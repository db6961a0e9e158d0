"""Only what Slack signed, just now and once, has an effect."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from access_requests.models import AccessRequest, ReceivedSignature
from access_requests.services.people import replays
from tests.stand_ins.slack import COMMANDS, INTERACTIONS, Slack, signature, signed, told
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import written

SIGNATURE, TIMESTAMP = "x-slack-signature", "x-slack-request-timestamp"
ASK = "request ProdMemberWorkGroup 30m CHG-123 fix the index"


def test_what_slack_signed_is_carried_out(cast: Cast, slack: Slack) -> None:
    told(slack.types(cast.member01, ASK), AccessRequest.objects.get().code)


@pytest.mark.parametrize("path", [COMMANDS, INTERACTIONS])
@pytest.mark.parametrize(
    "wrong",
    [
        {SIGNATURE: ""},
        {SIGNATURE: "v0=" + "0" * 64},
        {SIGNATURE: "v1=" + "0" * 64},
        {SIGNATURE: "v0=" + "é" * 64},
        {SIGNATURE: "v0=関所"},
        {TIMESTAMP: ""},
        {TIMESTAMP: "now"},
        {TIMESTAMP: "٣٣٣"},
        {TIMESTAMP: "-1"},
        {TIMESTAMP: "1_0"},
        {TIMESTAMP: "9" * 40},
    ],
    ids=lambda wrong: " ".join(f"{name} {value[:8]}" for name, value in wrong.items()),
)
def test_wrong_or_unreadable_proof_is_refused(cast: Cast, slack: Slack, wrong: dict[str, str], path: str) -> None:
    before, body = written(), slack.command_body(cast.member01, ASK)
    response = slack.post(path, body, headers=signed(body, changed=wrong))
    assert (response.status_code, response.content) == (401, b"")
    assert written() == before


@pytest.mark.parametrize("missing", ["x-slack-signature", "x-slack-request-timestamp"])
def test_missing_proof_is_refused(cast: Cast, slack: Slack, missing: str) -> None:
    body = slack.command_body(cast.member01, ASK)
    headers = signed(body)
    del headers[missing]
    assert slack.post(COMMANDS, body, headers=headers).status_code == 401
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("separator", [",", ", "])
def test_doubled_signature_is_refused(cast: Cast, slack: Slack, separator: str) -> None:
    body = slack.command_body(cast.member01, ASK)
    headers = signed(body)
    headers["x-slack-signature"] = separator.join([headers["x-slack-signature"]] * 2)
    assert slack.post(COMMANDS, body, headers=headers).status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (301, 401), (-299, 200), (299, 200)])
def test_time_stamp_is_good_for_five_minutes_either_way(
    cast: Cast, slack: Slack, clock: Clock, seconds: int, status: int
) -> None:
    body = slack.command_body(cast.member01, ASK)
    response = slack.post(COMMANDS, body, headers=signed(body, at=clock.now + timedelta(seconds=seconds)))
    assert response.status_code == status
    assert AccessRequest.objects.exists() is (status == 200)


def test_message_that_is_sent_again_has_no_second_effect(cast: Cast, slack: Slack, clock: Clock) -> None:
    body = slack.command_body(cast.member01, "request ProdMemberWorkGroup 30m CHG-123 once")
    headers = signed(body)
    assert slack.post(COMMANDS, body, headers=headers).status_code == 200
    AccessRequest.objects.get()
    slack.types(cast.member01, f"withdraw {AccessRequest.objects.get().code}")
    before = written()
    for later in (0, 100, 199):
        clock.forward(seconds=later)
        assert slack.post(COMMANDS, body, headers=headers).status_code == 401
    assert written() == before


def test_signature_of_one_door_opens_not_the_other_a_second_time(cast: Cast, slack: Slack) -> None:
    body = slack.command_body(cast.member01, ASK)
    headers = signed(body)
    assert slack.post(COMMANDS, body, headers=headers).status_code == 200
    assert slack.post(INTERACTIONS, body, headers=headers).status_code == 401


def test_signatures_are_forgotten_when_their_time_is_over(cast: Cast, slack: Slack, clock: Clock) -> None:
    slack.types(cast.member01, "help")
    clock.forward(minutes=14)
    replays.forget_old(now=clock.now)
    assert ReceivedSignature.objects.count() == 1
    clock.forward(minutes=2)
    replays.forget_old(now=clock.now)
    assert ReceivedSignature.objects.count() == 0


@pytest.mark.parametrize("more", [b"&", b"&text=x", b" "])
def test_changed_body_is_refused(cast: Cast, slack: Slack, more: bytes) -> None:
    body = slack.command_body(cast.member01, ASK)
    assert slack.post(COMMANDS, body + more, headers=signed(body)).status_code == 401
    assert not AccessRequest.objects.exists()


def test_the_bytes_are_signed_and_not_what_they_mean(cast: Cast, slack: Slack) -> None:
    body = slack.command_body(cast.member01, "help")
    other = body.replace(b"help", b"%68elp")
    assert slack.post(COMMANDS, other, headers=signed(body)).status_code == 401


def test_another_secret_signs_nothing(cast: Cast, slack: Slack, settings: Settings) -> None:
    body = slack.command_body(cast.member01, ASK)
    headers = signed(body)
    settings.SLACK_SIGNING_SECRET = "another one"
    assert slack.post(COMMANDS, body, headers=headers).status_code == 401


@pytest.mark.parametrize("path", [COMMANDS, INTERACTIONS])
def test_without_a_secret_there_is_no_such_door(slack: Slack, settings: Settings, path: str, cast: Cast) -> None:
    body = slack.command_body(cast.member01, ASK)
    headers = signed(body)
    settings.SLACK_SIGNING_SECRET = ""
    assert slack.post(path, body, headers=headers).status_code == 404
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("path", [COMMANDS, INTERACTIONS])
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_not_taken(slack: Slack, path: str, method: str, db: None) -> None:
    response = getattr(Client(), method)(path)
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_body_of_ten_megabytes_is_refused_unread(slack: Slack, db: None) -> None:
    body = b"text=" + b"x" * 10_000_000
    assert slack.post(COMMANDS, body).status_code == 413
    assert not ReceivedSignature.objects.exists()


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_other_media_types_are_not_read(cast: Cast, slack: Slack, content_type: str) -> None:
    body = slack.command_body(cast.member01, ASK)
    assert slack.post(COMMANDS, body, content_type=content_type).status_code == 415
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"text=a&text=b",
        b"text",
        b"text=%ff",
        urlencode({f"field{number}": "x" for number in range(200)}).encode(),
    ],
)
def test_form_that_can_be_read_in_two_ways_is_not_read(slack: Slack, body: bytes, db: None) -> None:
    assert slack.post(COMMANDS, body).status_code == 400


def test_bytes_that_are_no_text_are_not_authentic(slack: Slack, db: None) -> None:
    stamp = signed(b"")["x-slack-request-timestamp"]
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(b"text=x", stamp)}
    assert slack.post(COMMANDS, b"text=\xff\xfe", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "null",
        "[]",
        "{",
        '{"type": "block_actions", "type": "view_submission"}',
        '{"type": "block_actions", "actions": NaN}',
        '{"type": "block_actions", "actions": Infinity}',
        '{"type": "block_actions", "actions": ' + "[" * 20_000 + "]" * 20_000 + "}",
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '{"type": "view_submission", "view": {"callback_id": "decide", "private_metadata": "{}"}}',
    ],
    ids=lambda payload: payload[:30] or "empty",
)
def test_payload_that_is_no_strict_json_is_not_read(slack: Slack, payload: str, db: None) -> None:
    response = slack.post(INTERACTIONS, urlencode({"payload": payload}).encode())
    assert (response.status_code, response.content) == (400, b"")


@pytest.mark.parametrize(
    "payload", ['{"type": "shortcut"}', '{"type": ["block_actions"]}', '{"type": "block_actions", "actions": "approve"}', "{}"]
)
def test_what_the_portal_knows_nothing_of_is_taken_and_does_nothing(slack: Slack, payload: str, db: None) -> None:
    before = written()
    response = slack.post(INTERACTIONS, urlencode({"payload": payload}).encode())
    assert (response.status_code, response.content) == (200, b"")
    assert written() == before


def test_question_about_the_certificate_is_answered(slack: Slack, db: None) -> None:
    response = slack.post(COMMANDS, b"ssl_check=1&token=legacy")
    assert (response.status_code, response.content) == (200, b"")


def test_log_in_of_a_browser_is_no_proof(cast: Cast, slack: Slack) -> None:
    slack.http.force_login(cast.leader01)
    body = slack.command_body(cast.leader01, "list")
    assert slack.post(COMMANDS, body, headers={}).status_code == 401


def test_nothing_of_a_refused_message_is_in_the_log(cast: Cast, slack: Slack, caplog: pytest.LogCaptureFixture) -> None:
    body = slack.command_body(cast.member01, "approve R-00000000 a-confidential-reason", token="the-old-token")
    slack.post(COMMANDS, body, headers=signed(body, changed={SIGNATURE: "v0=" + "0" * 64}))
    for secret in ("a-confidential-reason", "the-old-token", settings.SLACK_SIGNING_SECRET):
        assert secret not in caplog.text


def test_log_says_whom_slack_named_and_nothing_of_what_was_said(
    cast: Cast, slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    slack.types(cast.member01, "status a-confidential-reason")
    slack.presses(cast.leader01, "approve", "R-00000000")
    assert "POST /chat/slack/commands 200 by slack:U0MEMBER01" in caplog.text
    assert "POST /chat/slack/interactions 200 by slack:U0LEADER01" in caplog.text
    assert "a-confidential-reason" not in caplog.text
