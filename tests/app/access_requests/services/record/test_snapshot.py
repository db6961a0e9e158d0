"""What approvers decide on keeps the shape that it was submitted with, whatever later releases show more of."""

from datetime import datetime

import pytest

from access_requests import details, errors
from access_requests.models import AccessRequest
from access_requests.services.record import snapshot
from tests.stand_ins.next_release import put_in_place
from tests.worlds.cast import Cast, iam_user_id
from tests.worlds.story import approved, refused, submitted

# As the first release stored it, but for the id of the IAM user: texts are in columns of their own, and there is no version.
FIRST = {
    "asked": {
        "requester": "member01",
        "iam_user": {"name": "member01", "user_id": iam_user_id("member01")},
        "work_groups": [
            {
                "name": "ProdMemberWorkGroup",
                "backend": "iam_group",
                "target_roles": ["arn:aws:iam::444444444444:role/Prod_MemberRole"],
            }
        ],
        "change_ticket": "CHG-123",
        "starts_at": None,
        "ends_at": None,
        "duration_minutes": 30,
        "extends": None,
    }
}
FIRST_DIGEST = "7aaec3368c4bdbde500d6ac81aa7b3b0b7d894f21fad21aa3b15ef659e239e46"


def test_row_of_the_first_release_has_its_digest_for_ever(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    AccessRequest.objects.filter(pk=request.pk).update(
        snapshot={**FIRST, "policy": request.snapshot["policy"]}, digest=FIRST_DIGEST
    )
    request.refresh_from_db()
    assert snapshot.version(request) == 1
    assert snapshot.digest(snapshot.current(request)) == snapshot.digest(snapshot.submitted(request)) == FIRST_DIGEST
    assert approved(request, cast.leader01, now=now).status == "approved"


def test_request_of_the_next_release_has_its_version(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place(monkeypatch)
    request = submitted(cast.member01, now=now)
    assert request.snapshot["version"] == snapshot.version(request) == 2
    assert request.snapshot["asked"]["risk"] == ""
    assert approved(request, cast.leader01, now=now).decisions.get().seen == request.digest


def test_process_of_the_release_before_decides_nothing_about_the_next_ones_requests(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_place(monkeypatch)
    request = submitted(cast.member01, now=now)
    monkeypatch.undo()
    assert snapshot.current_digest(request) != request.digest
    with refused(errors.SeenChanged):
        approved(request, cast.leader01, now=now)
    assert not request.decisions.exists()


def test_a_request_keeps_all_of_its_policy_but_where_it_is_shown(cast: Cast) -> None:
    cast.one_lead.slack_channel = "C0APPROVALS"
    assert snapshot.policy(cast.one_lead) == {
        "key": "one-lead",
        "shortest_minutes": 1,
        "longest_minutes": 240,
        "decision_minutes": 1440,
        "decide_by": ["browser", "chat", "client"],
        "factor_age_minutes": 0,
        "same_client_may_decide": False,
        "levels": [{"number": 1, "approvals": 1, "approvers": ["leader01", "leader02"]}],
    }


def test_each_version_says_its_texts_and_approvers_see_every_detail() -> None:
    """A detail that no version has would be approved unseen; one that joined an old version would change its digests."""
    assert set(snapshot.TEXTS) == set(snapshot.VERSIONS)
    assert set(details.NAMES) <= set(snapshot.TEXTS[snapshot.LATEST])
