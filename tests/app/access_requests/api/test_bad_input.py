"""What cannot be used is refused with a problem that says which field and why; nothing is written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from access_requests.models import AccessRequest
from access_requests.selectors import clients
from portal.users.models import User
from tests.stand_ins.bots import ASK, COMMENT, Bot, read, refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_is_written() -> Iterator[None]:
    yield
    assert not AccessRequest.objects.exists()


FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"duration_minutes": 0}, "duration_minutes", "too_short"),
    ({"duration_minutes": -1}, "duration_minutes", "too_short"),
    ({"duration_minutes": 10**12}, "duration_minutes", "longest_exceeded"),
    ({"duration_minutes": 10**1000}, "duration_minutes", "longest_exceeded"),
    ({"duration_minutes": 241}, "duration_minutes", "longest_exceeded"),
    ({"duration_minutes": 1e12}, "duration_minutes", "int_type"),
    ({"duration_minutes": 1.5}, "duration_minutes", "int_type"),
    ({"duration_minutes": "1h;"}, "duration_minutes", "int_type"),
    ({"duration_minutes": "30"}, "duration_minutes", "int_type"),
    ({"duration_minutes": True}, "duration_minutes", "int_type"),
    ({"duration_minutes": None}, "duration_minutes", "duration_or_end"),
    ({"ends_at": "2126-01-01T00:00:00Z"}, "duration_minutes", "duration_or_end"),
    ({"starts_at": "2020-01-01T00:00:00Z"}, "starts_at", "in_the_past"),
    ({"starts_at": "9999-12-31T23:59:59Z"}, "starts_at", "too_far_ahead"),
    ({"starts_at": "9999-12-31T23:59:59-14:00"}, "starts_at", "too_far_ahead"),
    ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at", "in_the_past"),
    ({"starts_at": "2026-11-23T20:00:00"}, "starts_at", "naive_time"),
    ({"starts_at": "2026-11-23"}, "starts_at", "moment"),
    ({"starts_at": "2026-13-23T20:00:00Z"}, "starts_at", "moment"),
    ({"starts_at": 1795464000}, "starts_at", "moment"),
    ({"starts_at": "tomorrow"}, "starts_at", "moment"),
    ({"starts_at": "٢٠٢٦-11-23T20:00:00Z"}, "starts_at", "moment"),
    ({"reason": ""}, "reason", "missing"),
    ({"reason": " \n\t "}, "reason", "missing"),
    ({"reason": None}, "reason", "string_type"),
    ({"reason": 7}, "reason", "string_type"),
    ({"reason": ["why"]}, "reason", "string_type"),
    ({"reason": "x" * 2001}, "reason", "too_long"),
    ({"reason": "a\x00b"}, "reason", "control_characters"),
    ({"reason": "a\ud800"}, "reason", "control_characters"),
    ({"work_groups": ["\ud800"]}, "work_groups.0", "string_unicode"),
    ({"revises": "\ud800"}, "revises", "string_unicode"),
    ({"\ud800": 1}, "body", "string_unicode"),
    ({"change_ticket": "CHG\r\nBcc: x"}, "change_ticket", "control_characters"),
    ({"change_ticket": "x" * 101}, "change_ticket", "too_long"),
    ({"plan": "x" * 8001}, "plan", "too_long"),
    ({"work_groups": []}, "work_groups", "no_work_group"),
    ({"work_groups": ["ProdMemberWorkGroup"] * 2}, "work_groups", "no_work_group"),
    ({"work_groups": "ProdMemberWorkGroup"}, "work_groups", "list_type"),
    ({"work_groups": [7]}, "work_groups.0", "string_type"),
    ({"work_groups": ["Prod\x00"]}, "work_groups.0", "string_pattern_mismatch"),
    ({"work_groups": ["x"] * 51}, "work_groups", "too_long"),
    ({"work_groups": ["ProdMemberWorkGroup", "ProdLeaderWorkGroup"]}, "work_groups", "mixed_policies"),
    ({"work_groups": ["Administrators"]}, "work_groups", "unknown_work_group"),
    ({"work_groups": ["prodmemberworkgroup"]}, "work_groups", "unknown_work_group"),
    ({"status": "approved"}, "status", "extra_forbidden"),
    ({"state": "approved"}, "state", "extra_forbidden"),
    ({"requester": "leader01"}, "requester", "extra_forbidden"),
    ({"approver": "member01"}, "approver", "extra_forbidden"),
    ({"iam_user_name": "leader01"}, "iam_user_name", "extra_forbidden"),
]


@pytest.mark.parametrize(("change", "field", "code"), FIELDS, ids=lambda value: repr(value)[:40])
def test_field_that_cannot_be_used_is_named(bot: Bot, member01: User, change: dict[str, Any], field: str, code: str) -> None:
    response = bot.post("/requests", {**ASK, **change}, for_person=member01)
    problem = read(response)
    assert response.status_code == 422, problem
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
    assert problem["errors"][0]["detail"]


def test_every_missing_field_is_named_at_once(bot: Bot, member01: User) -> None:
    problem = refused(bot.post("/requests", {}, for_person=member01), 422, "invalid")
    assert {error["field"] for error in problem["errors"]} == {"work_groups", "reason", "change_ticket"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b'{"reason": NaN}',
        b'{"duration_minutes": Infinity}',
        b'{"reason": "one", "reason": "two"}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"duration_minutes": ' + b"9" * 5_000 + b"}",
        '{"reason": "理由"}'.encode("shift_jis"),
        "{}".encode("utf-16"),
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_body_that_is_no_strict_json_is_malformed(bot: Bot, member01: User, body: bytes) -> None:
    refused(bot.post("/requests", body, for_person=member01), 400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1"])
def test_body_that_is_no_object_cannot_be_used(bot: Bot, member01: User, body: bytes) -> None:
    refused(bot.post("/requests", body, for_person=member01), 422, "invalid")


def test_missing_body_is_said_to_be_missing(bot: Bot, member01: User) -> None:
    problem = refused(bot.post("/requests", for_person=member01), 422, "invalid")
    assert problem["errors"] == [{"field": "body", "code": "missing", "detail": "Fill this in."}]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"])
def test_other_media_types_are_refused(bot: Bot, member01: User, kind: str) -> None:
    refused(bot.post("/requests", ASK, for_person=member01, content_type=kind), 415, "wrong_media_type")


def test_media_type_may_name_its_charset(bot: Bot, member01: User) -> None:
    body = {**ASK, "reason": ""}
    refused(bot.post("/requests", body, for_person=member01, content_type="application/json; charset=utf-8"), 422, "missing")


def test_body_of_ten_megabytes_is_too_large(bot: Bot, member01: User) -> None:
    refused(bot.post("/requests", b" " * 10_000_000, for_person=member01), 413, "too_large")


def test_other_methods_are_refused_with_those_that_are_allowed(bot: Bot, member01: User) -> None:
    for method, path, allowed in [("DELETE", "/requests", {"GET", "POST"}), ("PUT", "/me", {"GET"}), ("HEAD", "/me", {"GET"})]:
        response = bot.call(method, path, for_person=member01)
        assert response.status_code == 405
        assert set(response["Allow"].split(", ")) == allowed
    refused(bot.call("PATCH", "/requests/R-00000000/approve", for_person=member01), 405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/", "/nothing", "/requests/", "/../v2", "/api/v2/me", "/requests/R-1/2/3", "/audit", "/api/"])
def test_unknown_addresses_are_problems_too(bot: Bot, path: str) -> None:
    refused(bot.get(path), 404, "not_found")
    refused(Bot(bot.token, Client(enforce_csrf_checks=True)).post(path, {}), 404, "not_found")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("limit=0", "limit", "greater_than_equal"),
        ("limit=101", "limit", "less_than_equal"),
        ("limit=1000000", "limit", "less_than_equal"),
        ("limit=ten", "limit", "int_parsing"),
        ("state=deleted", "state", "enum"),
        ("since=yesterday", "since", "moment"),
        ("since=2026-11-23T20:00:00", "since", "naive_time"),
        ("until=0001-01-01T00:00:00%2B14:00", "until", "moment"),
        ("requester=%00", "requester", "string_pattern_mismatch"),
        (f"work_group={'x' * 10_000}", "work_group", "string_too_long"),
        ("waiting_for_me=perhaps", "waiting_for_me", "bool_parsing"),
        ("page=1000000000", "page", "unknown_parameter"),
        ("status=pending", "status", "unknown_parameter"),
        ("state=pending&state=approved", "state", "unknown_parameter"),
        ("cursor=", "cursor", "cursor_unusable"),
        ("cursor=R-7K3M9QX2", "cursor", "cursor_unusable"),
        ("cursor=1;DROP", "cursor", "cursor_unusable"),
    ],
    ids=lambda value: value[:40],
)
def test_parameter_that_cannot_be_used_is_named(bot: Bot, member01: User, query: str, field: str, code: str) -> None:
    response = bot.get(f"/requests?{query}", for_person=member01)
    assert response.status_code == 422
    assert [(error["field"], error["code"]) for error in read(response)["errors"]] == [(field, code)]


@pytest.mark.parametrize("query", ["requester=' OR 1=1 --", "work_group=%25", "requester=%zz", "requester=%ED%A0%80", "state="])
def test_filters_are_values_and_never_sql(bot: Bot, member01: User, query: str) -> None:
    response = bot.get(f"/requests?{query}", for_person=member01)
    assert response.status_code in (200, 422)
    assert read(response).get("items", []) == []


def test_sentences_speak_the_callers_language(bot: Bot, member01: User) -> None:
    path = "/requests/R-00000000"
    english = read(bot.get(path, for_person=member01, accept_language="en"))["detail"]
    assert english == "There is no such thing, or it is not yours to see."
    assert bot.get(path, for_person=member01, accept_language="en")["Content-Language"] == "en"
    assert bot.get(path, for_person=member01, accept_language="")["Content-Language"] == "ja"


def test_crash_is_a_problem_that_tells_nothing(bot: Bot, member01: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "may_act_for", lambda *_: 1 / 0)
    problem = refused(bot.get("/me", for_person=member01), 500, "internal_error")
    assert "ZeroDivision" not in json.dumps(problem)


def test_database_that_is_away_is_said_so(bot: Bot, member01: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(clients, "may_act_for", away)
    response = bot.get("/me", for_person=member01)
    refused(response, 503, "unavailable")
    assert response["Retry-After"] == "5"


def test_browser_session_opens_nothing_and_no_csrf_is_asked(bot: Bot, member01: User) -> None:
    http = Client(enforce_csrf_checks=True, raise_request_exception=False)
    http.force_login(member01)
    refused(Bot("", http).post("/requests", ASK, for_person=member01, authorization=""), 401, "token_missing")
    refused(Bot(bot.token, http).post("/requests/R-00000000/approve", COMMENT, for_person=member01), 404, "not_found")
