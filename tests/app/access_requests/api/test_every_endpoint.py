"""Every call of the API as everybody: a call that is missing from the table fails here."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from access_requests.models import ApiClient
from audits.models import TrailEntry
from portal.api import api
from tests.stand_ins.bots import ASK, COMMENT, SCOPES, Bot, make_personal_client, own_token_of, read, token_of
from tests.worlds.cast import Cast
from tests.worlds.inspections import planned
from tests.worlds.reports import never_given, written
from tests.worlds.story import elevated, submitted

pytestmark = pytest.mark.django_db(transaction=True)
WHO = ("stranger", "client", "reader", "member02", "member01", "leader01", "auditor01", "admin01")
FINDING_VERBS = ("comment", "assign", "ask-acceptance", "accept", "refuse-acceptance", "end-acceptance", "close")
# Of member01's waiting request R and elevation E: what each of WHO is answered, every call from the same start.
# stranger: no token; client: no person; reader: member01 by a token that only reads requests; member02: has no part in it.
TABLE: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/me"): (401, 200, 200, 200, 200, 200, 200, 200),
    ("GET", "/work-groups"): (401, 401, 200, 200, 200, 200, 200, 200),
    ("GET", "/requests"): (401, 401, 200, 200, 200, 200, 200, 200),
    ("POST", "/requests"): (401, 401, 403, 201, 201, 201, 201, 201),
    ("GET", "/requests/{code}"): (401, 401, 200, 404, 200, 200, 200, 200),
    ("GET", "/requests/{code}/timeline"): (401, 401, 200, 404, 200, 200, 200, 200),
    ("POST", "/requests/{code}/approve"): (401, 401, 403, 404, 403, 200, 403, 403),
    ("POST", "/requests/{code}/reject"): (401, 401, 403, 404, 403, 200, 403, 403),
    ("POST", "/requests/{code}/send-back"): (401, 401, 403, 404, 403, 200, 403, 403),
    ("POST", "/requests/{code}/withdraw"): (401, 401, 403, 404, 200, 403, 403, 403),
    ("GET", "/elevations"): (401, 401, 200, 200, 200, 200, 200, 200),
    ("GET", "/elevations/{code}"): (401, 401, 200, 200, 200, 200, 200, 200),
    ("POST", "/elevations/{code}/return"): (401, 401, 403, 403, 200, 403, 403, 403),
    ("POST", "/elevations/{code}/extend"): (401, 401, 403, 403, 201, 403, 403, 403),
    ("POST", "/elevations/{code}/stop"): (401, 401, 403, 403, 403, 200, 403, 200),
    # Of access of member01's that is over; of the answers, with a report on it.
    ("POST", "/elevations/{code}/report"): (401, 401, 403, 403, 200, 403, 403, 403),
    ("POST", "/elevations/{code}/report/confirm"): (401, 401, 403, 403, 403, 200, 403, 403),
    ("POST", "/elevations/{code}/report/ask"): (401, 401, 403, 403, 403, 200, 403, 403),
    # The leads inspect; nothing of the day is read. A program that only names its person signs nothing.
    ("GET", "/inspections"): (401, 401, 403, 403, 403, 200, 200, 200),
    ("GET", "/inspections/{day}"): (401, 401, 403, 403, 403, 200, 200, 200),
    ("POST", "/inspections/{day}/sign"): (401, 401, 403, 403, 403, 403, 403, 403),
    ("GET", "/audit/entries"): (401, 401, 403, 403, 403, 403, 200, 200),
    ("GET", "/audit/state"): (401, 401, 403, 403, 403, 403, 200, 200),
    ("GET", "/audit/checkpoints"): (401, 401, 403, 403, 403, 403, 200, 200),
    ("GET", "/audit/findings"): (401, 401, 403, 403, 403, 403, 200, 200),
    # There is none of this code; and a program that only names its person changes none.
    ("GET", "/audit/findings/{code}"): (401, 401, 403, 403, 403, 403, 404, 404),
    **{("POST", f"/audit/findings/{{code}}/{verb}"): (401, 401, *(403,) * 6) for verb in FINDING_VERBS},
    ("GET", "/audit/log-ins"): (401, 401, 403, 403, 403, 403, 200, 200),
    ("GET", "/audit/coverage"): (401, 401, 403, 403, 403, 403, 200, 200),
    ("GET", "/audit/log-ins/{code}"): (401, 401, 403, 403, 403, 403, 404, 404),
    ("GET", "/audit/packs"): (401, 401, 403, 403, 403, 403, 200, 200),
    ("GET", "/audit/packs/{code}"): (401, 401, 403, 403, 403, 403, 404, 404),
    # Nothing is sealed.
    ("GET", "/audit/stories/{code}"): (401, 401, 403, 403, 403, 403, 404, 404),
}
CASES = [(who, *call, status) for call, statuses in TABLE.items() for who, status in zip(WHO, statuses, strict=True)]


def test_table_has_every_call_of_the_document() -> None:
    paths = api.get_openapi_schema(path_prefix="/")["paths"]
    assert {(method.upper(), path) for path, calls in paths.items() for method in calls} == set(TABLE)


@pytest.fixture
def codes(cast: Cast) -> dict[str, str]:
    now = datetime.now(UTC)
    waiting = submitted(cast.member01, now=now, starts_at=now + timedelta(days=1))
    scheduled = elevated(cast.member01, cast.leader01, now=now, starts_at=now + timedelta(hours=1))
    return {"requests": waiting.code, "elevations": scheduled.code, "audit": waiting.code}


def _target(path: str, codes: dict[str, str], cast: Cast) -> str:
    """Return the call's address, with what it must be asked with."""
    if "/report" in path:
        codes = {"elevations": _over(cast, is_reported=not path.endswith("report"))}
    if path.startswith("/inspections"):
        planned("leader01", "leader02", now=datetime.now(UTC))
    asked = {"/audit/state": "?person=member01&at=2026-11-23T05:00:00Z", "/inspections": "?month=2026-11"}.get(path, "")
    return path.replace("{day}", "2026-11-05").replace("{code}", codes.get(path.split("/")[1], "")) + asked


def _over(cast: Cast, *, is_reported: bool) -> str:
    now = datetime.now(UTC)
    elevation = never_given(cast, now=now, starts_at=now + timedelta(hours=6))
    if is_reported:
        written(elevation, cast.member01, now=now)
    return elevation.code


def _body(path: str) -> dict[str, object]:
    if path.endswith("extend"):
        return {"ends_at": (datetime.now(UTC) + timedelta(hours=3)).isoformat(), "reason": "More"}
    said: dict[str, dict[str, object]] = {
        "assign": {"owner": ""},
        "ask-acceptance": {"until": "2026-12-23", "reason": "x"},
        "accept": {"comment": "x", "seen": 1},
        "refuse-acceptance": {"comment": "x", "seen": 1},
    }
    if "/findings/" in path:
        return said.get(path.rpartition("/")[2], dict(COMMENT))
    if path.endswith("sign"):
        return {"rows": [{"number": 1, "seen": "0" * 16}]}
    if path.endswith("report"):
        return {"done": "", "unused": True}
    return ASK if path == "/requests" else dict(COMMENT)


@pytest.mark.parametrize(("who", "method", "path", "status"), CASES, ids=str)
def test_everybody_gets_what_is_theirs(
    bot: Bot, chatbot: ApiClient, cast: Cast, codes: dict[str, str], who: str, method: str, path: str, status: int
) -> None:
    person = {"stranger": None, "client": None, "reader": cast.member01}.get(who) or getattr(cast, who, None)
    if who == "reader":
        bot = Bot(token_of(chatbot, "requests:read"), Client())
    target = _target(path, codes, cast)
    before = TrailEntry.objects.count()
    body = _body(path) if method == "POST" else None
    header = {"authorization": ""} if who == "stranger" else {}
    response = bot.call(method, target, body, for_person=person, **header)
    assert response.status_code == status, read(response)
    assert (TrailEntry.objects.count() > before) is (method == "POST" and status < 300)


@pytest.mark.parametrize(("method", "path", "status"), [case[1:] for case in CASES if case[0] == "member01"], ids=str)
def test_own_token_opens_what_is_its_persons(cast: Cast, codes: dict[str, str], method: str, path: str, status: int) -> None:
    token = own_token_of(cast.member01, make_personal_client("command-line", cast), *SCOPES)
    target = _target(path, codes, cast)
    response = Bot(token, Client()).call(method, target, _body(path) if method == "POST" else None)
    assert response.status_code == status, read(response)


@pytest.mark.parametrize("path", sorted({path for _, path in TABLE}))
def test_log_in_by_browser_opens_no_call(cast: Cast, codes: dict[str, str], path: str) -> None:
    http = Client()
    http.force_login(cast.admin01)
    target = _target(path, codes, cast)
    for method in {method for method, known in TABLE if known == path}:
        assert Bot("", http).call(method, target, {}, authorization="").status_code == 401
