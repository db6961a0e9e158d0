"""Having drift undone in the browser, and what the drift's own page then says."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from access_requests.lifecycle import DriftAction, DriftStatus
from access_requests.messages import Task
from access_requests.models import Drift, DriftKind, WorkGroup
from access_requests.services.drift import answering, recording
from access_requests.services.drift.difference import Difference
from access_requests.services.drift.undoing import UNDOS
from access_requests.web.drift import drift_undoing
from audits.acts import Act
from audits.models import TrailEntry
from portal.outbox.models import Message
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.app.access_requests.web.drift.test_drift import drifted
from tests.app.access_requests.web.elevations.test_checked import active
from tests.worlds.cast import Cast, actor_of
from tests.worlds.clock import Clock

ALLOWS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NOT_THE_PORTALS = {
    DriftKind.USER_RENAMED: "The portal ends every access of this IAM user by itself.",
    DriftKind.SWITCH_ALLOWED: "An administrator changes the policies in AWS, or the catalogue",
    DriftKind.ROLE_POLICY_MISSING: "An administrator puts it right in AWS, or in the catalogue",
}


def found(cast: Cast, now: datetime, **changes: Any) -> Drift:
    """Return a drift as a comparison records it, with its entry in the trail."""
    usual = {"kind": DriftKind.UNEXPLAINED_MEMBER, "account": "jump", "thing": "ProdMemberWorkGroup", "name": "member02"}
    difference = Difference(**{**usual, "work_group_id": cast.prod_member.pk, **changes})
    run(partial(recording._find, difference, now))
    return Drift.objects.latest("pk")


def seen(drift: Drift) -> dict[str, str]:
    """Return what the page that asks sends with the act."""
    return {"seen": answering.digest(drift)}


def rewrite(drift: Drift, detail: dict[str, Any], now: datetime) -> None:
    """Have a comparison see that AWS shows something else by now."""
    keys: dict[str, Any] = {"kind": DriftKind(drift.kind), "account": drift.account, "thing": drift.thing, "name": drift.name}
    run(partial(recording._change, drift.pk, Difference(**keys, detail=detail), now))


def failed(drift: Drift, problem: str, now: datetime) -> None:
    """Have AWS refuse to undo it."""
    row = recording.lock(drift.pk)
    row.problem = problem
    row.save()
    call = {"action": "iam:RemoveUserFromGroup", "outcome": problem, "request_id": "r-1", "at": now, "milliseconds": 40}
    recording.tell(row, Act.DRIFT_UNDO_ATTEMPT_FAILED, actor=WORKER, now=now, data={"calls": [call]})


def test_administrator_is_told_what_is_done_and_whom_it_touches_and_then_has_it_undone(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    drift = found(cast, clock.now)
    client = browse(cast.admin01)
    for page in ("/drift/", f"/drift/{drift.code}/"):
        assert f'href="/drift/{drift.code}/undo/"' in client.get(page).content.decode()
    asked = client.get(f"/drift/{drift.code}/undo/").content.decode()
    for fact in (
        *("Undo this in AWS?", "member02 is taken out of ProdMemberWorkGroup, and the membership is read back."),
        *("<code>RemoveUserFromGroup</code>", "<code>UntagUser</code>", "Whom it touches", "member02 alone"),
        'method="post"',
    ):
        assert fact in asked, fact
    assert not Message.objects.exists()
    said = client.post(f"/drift/{drift.code}/undo/", seen(drift), follow=True)
    assert said.redirect_chain == [(f"/drift/{drift.code}/", 302)]
    page = laid_out(said)
    for fact in (
        "being undone",
        f"You asked to have {drift.code} undone.",
        "<dt>Undo asked by</dt><dd>admin01",
        "伊藤 由紀 (admin01) asked to have it undone",
    ):
        assert fact in page, fact
    assert 'hx-trigger="every 2s"' in page
    assert f'href="/drift/{drift.code}/undo/"' not in page
    message = Message.objects.get()
    assert (message.task, message.object_id) == (Task.UNDO_DRIFT, drift.pk)


@pytest.mark.parametrize("who", ["leader01", "auditor01"])
def test_nobody_but_administrators_has_it_undone(cast: Cast, browse: Browse, clock: Clock, who: str) -> None:
    drift, client = found(cast, clock.now), browse(getattr(cast, who))
    for page in ("/drift/", f"/drift/{drift.code}/"):
        assert f'href="/drift/{drift.code}/undo/"' not in client.get(page).content.decode()
    assert client.get(f"/drift/{drift.code}/undo/").headers["location"] == f"/drift/{drift.code}/"
    refused = client.post(f"/drift/{drift.code}/undo/", seen(drift))
    assert refused.status_code == 403
    assert "Only an administrator may do this." in refused.content.decode()
    drift.refresh_from_db()
    assert (drift.status, Message.objects.count()) == ("open", 0)


def test_what_was_asked_for_or_is_settled_is_refused_and_the_page_shows_how_it_is(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    drift, client = found(cast, clock.now), browse(cast.admin01)
    client.post(f"/drift/{drift.code}/undo/", seen(drift))
    for status, word in (("undoing", "being undone"), ("undone", "undone"), ("gone", "gone by itself")):
        Drift.objects.update(status=status)
        assert client.get(f"/drift/{drift.code}/undo/").status_code == 302
        again = client.post(f"/drift/{drift.code}/undo/", seen(drift))
        assert again.status_code == 409
        assert "This is no longer possible: the state has changed meanwhile." in again.content.decode()
        assert f">{word}</span>" in again.content.decode()
    assert TrailEntry.objects.filter(subject=drift.code, act=Act.DRIFT_UNDOING).count() == 1
    assert client.post("/drift/D-00000000/undo/").status_code == 404


@pytest.mark.parametrize("kind", NOT_THE_PORTALS)
def test_what_the_portal_cannot_undo_has_no_button_and_says_who_acts(
    cast: Cast, browse: Browse, clock: Clock, kind: DriftKind
) -> None:
    drift, client = found(cast, clock.now, kind=kind), browse(cast.admin01)
    page = client.get(f"/drift/{drift.code}/").content.decode()
    assert "/undo/" not in page
    assert NOT_THE_PORTALS[kind] in page
    assert client.get(f"/drift/{drift.code}/undo/").status_code == 302
    refused = client.post(f"/drift/{drift.code}/undo/", seen(drift))
    assert refused.status_code == 409
    assert "The portal cannot undo this." in refused.content.decode()


def test_page_says_why_aws_refused_and_when_it_is_tried_again(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift, client = found(cast, clock.now), browse(cast.admin01)
    client.post(f"/drift/{drift.code}/undo/", seen(drift))
    run(partial(failed, drift, "AccessDenied", clock.now))
    page = client.get(f"/drift/{drift.code}/").content.decode()
    assert page.count("It could not be undone: AWS denies this to the portal.") == 2
    assert "permission. Next attempt within 3 minutes." in page
    assert "<code>iam:RemoveUserFromGroup</code>" in page
    assert "1 call to AWS in 0.04 s" in page


def test_timeline_tells_the_whole_story_in_words(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift, now = found(cast, clock.now), clock.now
    run(partial(answering.undo, code=drift.code, seen=answering.digest(drift), actor=actor_of(cast.admin01), now=now))
    event = {"eventName": "AddUserToGroup", "eventTime": "2026-11-23T04:58:00Z", "sourceIPAddress": "203.0.113.9"}
    Drift.objects.update(principal="arn:aws:iam::111111111111:user/ops", event=event)
    told_of: tuple[tuple[Act, dict[str, Any]], ...] = (
        (Act.DRIFT_CHANGED, {}),
        (Act.DRIFT_ATTRIBUTED, {}),
        (Act.DRIFT_UNDO_WRITTEN, {"calls": []}),
    )
    for act, data in told_of:
        run(lambda act=act, data=data: recording.tell(recording.lock(drift.pk), act, actor=WORKER, now=now, data=data))  # type: ignore[misc]
    run(partial(recording._settle, drift.pk, now))
    response = browse(cast.auditor01).get(f"/drift/{drift.code}/")
    told = [(item.kind, item.sentence) for item in response.context["items"]]
    assert told == [
        ("alert", "A comparison with AWS found: member02 is in ProdMemberWorkGroup, and no access explains it"),
        ("step", "伊藤 由紀 (admin01) asked to have it undone"),
        ("step", "It changed in AWS. What it is now is kept as its details"),
        ("step", "CloudTrail names who did it: arn:aws:iam::111111111111:user/ops"),
        ("step", "The portal wrote in AWS how it should be"),
        ("check", "AWS does not show it any more: it is undone"),
    ]
    page = response.content.decode()
    assert page.count("AddUserToGroup · 2026-11-23 13:58:00 · 203.0.113.9") == 2
    assert "identity proven by password" in page
    assert "hx-get" in page


def test_what_is_undone_by_itself_is_said_to_be(cast: Cast, browse: Browse, clock: Clock) -> None:
    WorkGroup.objects.update(drift="undo")
    drift, client = found(cast, clock.now), browse(cast.auditor01)
    page = client.get(f"/drift/{drift.code}/").content.decode()
    assert "The next comparison undoes it by itself, as the work group is configured." in page
    Drift.objects.update(undo_asked_by=WORKER.name)
    run(lambda: recording.apply(recording.lock(drift.pk), DriftAction.ASK_UNDO, actor=WORKER, now=clock.now))
    page = client.get(f"/drift/{drift.code}/").content.decode()
    assert "the portal, as the work group is configured" in page
    assert "The portal set about undoing it, as the work group is configured" in page


def test_drift_of_an_access_is_on_the_timeline_of_its_request(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = active(cast, clock)
    drift = found(cast, clock.now, kind=DriftKind.MEMBER_MISSING, name="member01", elevation_id=elevation.pk)
    page = browse(cast.member01).get(f"/requests/{elevation.request.code}/").content.decode()
    assert "A comparison with AWS found: member01 has access and is not in ProdMemberWorkGroup" in page
    assert drift.code in page
    asked = browse(cast.admin01).get(f"/drift/{drift.code}/undo/").content.decode()
    assert f"member01 alone, whose access {elevation.code} goes on as it was approved." in asked
    written = {"actor": WORKER, "now": clock.now, "data": {"calls": []}}
    run(lambda: recording.tell(recording.lock(drift.pk), Act.DRIFT_UNDO_WRITTEN, **written))  # type: ignore[arg-type]
    page = browse(cast.admin01).get(f"/drift/{drift.code}/").content.decode()
    assert f"the calls to AWS are those of {elevation.code}" in page


@pytest.mark.parametrize(
    ("kind", "thing", "name", "call"),
    [
        (DriftKind.GATE_EDITED, "Prod_MemberRole", "sekisho-session-gate", "PutRolePolicy"),
        (DriftKind.ROLE_POLICY, "Prod_MemberRole", "arn:aws:iam::aws:policy/AdministratorAccess", "DetachRolePolicy"),
        (DriftKind.GROUP_POLICY, "ProdMemberWorkGroup", "More", "DeleteGroupPolicy"),
    ],
)
def test_who_is_at_work_there_right_now_is_named_before_it_is_taken(
    cast: Cast, browse: Browse, clock: Clock, kind: DriftKind, thing: str, name: str, call: str
) -> None:
    account = "jump" if kind == DriftKind.GROUP_POLICY else "production"
    drift, client = found(cast, clock.now, kind=kind, account=account, thing=thing, name=name), browse(cast.admin01)
    asked = client.get(f"/drift/{drift.code}/undo/").content.decode()
    assert f"<code>{call}</code>" in asked
    assert "Nobody has approved access there right now." in asked
    elevation = active(cast, clock)
    asked = client.get(f"/drift/{drift.code}/undo/").content.decode()
    assert elevation.code in asked
    assert "Nobody has approved access" not in asked


def test_every_kind_that_can_be_undone_says_what_that_does_and_whom_it_touches(cast: Cast, clock: Clock) -> None:
    assert set(drift_undoing.STEPS) == set(drift_undoing.TOUCHES) == set(UNDOS)
    for kind in UNDOS:
        drift = drifted(cast, clock, kind=kind, name=f"x-{kind}")
        assert drift_undoing.steps(drift)
        assert "%(" not in drift_undoing.touches(drift) + "".join(said for _, said in drift_undoing.steps(drift))


def test_what_changed_while_it_was_read_is_not_undone(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift = found(cast, clock.now, kind=DriftKind.GROUP_POLICY, name="Extra", detail={"document": {"Statement": []}})
    client = browse(cast.admin01)
    assert f'value="{seen(drift)["seen"]}"' in client.get(f"/drift/{drift.code}/undo/").content.decode()
    rewrite(drift, {"document": ALLOWS}, clock.now)
    for sent in (seen(drift), {}):
        refused = client.post(f"/drift/{drift.code}/undo/", sent)
        assert refused.status_code == 409
        assert "AWS shows something else than you saw." in refused.content.decode()
    assert Drift.objects.get().status == DriftStatus.OPEN
    assert not Message.objects.exists()
    drift.refresh_from_db()
    assert client.post(f"/drift/{drift.code}/undo/", seen(drift)).status_code == 302
