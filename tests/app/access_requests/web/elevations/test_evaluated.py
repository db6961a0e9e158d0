"""The timeline says what was evaluated: denied, allowed, denied; with when and how."""

from datetime import timedelta
from typing import Any

import pytest

from access_requests.lifecycle import ElevationAction
from access_requests.models import Elevation
from access_requests.services.record import transition
from audits.acts import Act
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.entry import data_of
from tests.worlds.story import elevated

ROLE = "production/Prod_MemberRole"
BY = "group ProdMemberWorkGroup: SwitchRole (#1)"
GATE = "role Prod_MemberRole: sekisho-session-gate (#1)"


def evaluation(
    decision: str, *, at: str = "2026-11-23T05:00:07Z", by: str = "", tries: int = 0, why: tuple[str, ...] = ()
) -> Any:
    role = {"role": ROLE, "decision": decision, "by": by, "gate": "open", "why": list(why)}
    return {"decision": decision, "at": at, "roles": [role], "tries": tries}


def tell(elevation: Elevation, moment: str, said: Any, expected: str | None) -> None:
    data = {"judged": said, "moment": moment, "calls": [], **({"expected": expected} if expected else {})}
    now = elevation.starts_at + timedelta(minutes=1)
    run(lambda: transition.record(elevation, act=Act.ELEVATION_EVALUATED, actor=WORKER, now=now, data=data))


@pytest.mark.parametrize(
    ("moment", "said", "expected", "kind", "sentence"),
    [
        (
            "before",
            evaluation("denied"),
            None,
            "check",
            "Evaluated before the grant: 佐藤 美咲 (member01) cannot switch to Prod_MemberRole",
        ),
        ("before", evaluation("allowed", by=BY), None, "step", "(member01) can switch to Prod_MemberRole already"),
        ("before", evaluation("unknown", why=("AccessDenied",)), None, "step", "AWS does not let the portal read the account"),
        (
            "afterwards",
            evaluation("denied"),
            "denied",
            "check",
            "for the second after the end: 佐藤 美咲 (member01) cannot switch to Prod_MemberRole",
        ),
        (
            "afterwards",
            evaluation("unknown", why=("not_fenced",)),
            "denied",
            "step",
            "in Identity Center AWS ends nothing by itself",
        ),
        (
            "active",
            evaluation("allowed", by=BY),
            "allowed",
            "check",
            "Evaluated: 佐藤 美咲 (member01) can switch to Prod_MemberRole",
        ),
        (
            "active",
            evaluation("denied", tries=2),
            "allowed",
            "step",
            "cannot switch to Prod_MemberRole yet. It is evaluated again.",
        ),
        ("active", evaluation("denied"), "allowed", "alert", "(member01) cannot switch to Prod_MemberRole and should."),
        (
            "ended",
            evaluation("denied", by=GATE),
            "denied",
            "check",
            "Evaluated: 佐藤 美咲 (member01) cannot switch to Prod_MemberRole",
        ),
        ("ended", evaluation("allowed", by=BY), "denied", "alert", "(member01) can switch to Prod_MemberRole and should not."),
        ("ended", evaluation("allowed", by=BY), "allowed", "check", "can still switch to Prod_MemberRole, by another access"),
        ("ended", evaluation("unknown", why=("no_gate_role",)), "denied", "step", "the portal has no role in the account"),
        ("ended", evaluation("unknown", why=("role X: trust policy #1: the principal",)), "denied", "alert", "the principal"),
    ],
)
def test_timeline_says_what_was_evaluated_and_is_loud_when_it_should_be_otherwise(
    cast: Cast, browse: Browse, clock: Clock, moment: str, said: Any, expected: str | None, kind: str, sentence: str
) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    tell(elevation, moment, said, expected)
    item = browse(cast.member01).get(f"/requests/{elevation.request.code}/").context["items"][-2]
    assert (item.kind, sentence in item.sentence) == (kind, True)
    assert "evaluated 14:00:07" in item.meta


def test_evaluation_names_the_policy_and_the_statement_that_decided(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    tell(elevation, "active", evaluation("allowed", by=BY), "allowed")
    tell(elevation, "ended", evaluation("denied"), "denied")
    page = browse(cast.member01).get(f"/requests/{elevation.request.code}/").content.decode()
    assert f"decided by: {BY}" in page
    assert "decided by: no policy allows it" in page
    assert "判定 14:00:07" in browse(cast.member01, language="ja").get(f"/requests/{elevation.request.code}/").content.decode()


def test_end_says_which_open_sessions_were_terminated_and_which_could_not_be(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    ends = [
        {"role": ROLE, "region": "ap-northeast-1", "ended": ["member01-1", "member01-2"], "problem": ""},
        {"role": ROLE, "region": "us-east-1", "ended": [], "problem": "AccessDenied"},
        {"role": ROLE, "region": "eu-west-1", "ended": [], "problem": ""},
    ]
    data = {**data_of(ElevationAction.CONFIRM_REVOKE, clock.now), "open_sessions": ends, "from": "revoking", "to": "ended"}
    run(lambda: transition.record(elevation, act=Act.ELEVATION_ENDED, actor=WORKER, now=clock.now, data=data))
    page = browse(cast.member01).get(f"/requests/{elevation.request.code}/").content.decode()
    assert "2 Session Manager sessions of production/Prod_MemberRole were terminated in ap-northeast-1" in page
    assert "Open Session Manager sessions of production/Prod_MemberRole in us-east-1 could not be ended: AccessDenied" in page
    assert "No Session Manager session of production/Prod_MemberRole was open in eu-west-1" in page
