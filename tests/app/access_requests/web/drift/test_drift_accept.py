"""Accepting drift in the browser: what was changed in AWS on purpose."""

from functools import partial
from typing import Any

import pytest

from access_requests.models import Baseline, Drift, DriftKind
from access_requests.services.drift import recording
from audits import mentions, trail
from audits.acts import Act
from audits.findings import raising
from audits.kinds import FindingKind
from audits.models import TrailEntry
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import Browse
from tests.app.access_requests.web.drift.test_drift_undo import ALLOWS, found, rewrite, seen
from tests.worlds.cast import Cast, add_person, iam_user_id
from tests.worlds.clock import Clock

SERIAL = "arn:aws:iam::111111111111:mfa/new-telephone"


def new_device(cast: Cast, clock: Clock) -> Drift:
    detail = {"user_id": iam_user_id("member01")}
    return found(cast, clock.now, kind=DriftKind.NEW_MFA_DEVICE, thing="member01", name=SERIAL, work_group_id=None, detail=detail)


def test_administrator_is_asked_and_then_it_is_known_as_right(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift, client = new_device(cast, clock), browse(cast.admin01)
    page = client.get(f"/drift/{drift.code}/").content.decode()
    for fact in (f'href="/drift/{drift.code}/accept/"', "An administrator asks the person, by another way than the portal."):
        assert fact in page, fact
    asked = client.get(f"/drift/{drift.code}/accept/").content.decode()
    for fact in ("Accept it as it is now?", SERIAL, "In AWS nothing is written.", 'method="post"'):
        assert fact in asked, fact
    said = client.post(f"/drift/{drift.code}/accept/", seen(drift), follow=True)
    assert said.redirect_chain == [(f"/drift/{drift.code}/", 302)]
    page = said.content.decode()
    for fact in (f"You accepted {drift.code}", ">accepted</span>", "伊藤 由紀 (admin01) accepted it"):
        assert fact in page, fact
    assert f'href="/drift/{drift.code}/accept/"' not in page
    known = Baseline.objects.get()
    assert (known.kind, known.account, known.thing, known.name) == ("mfa_device", "jump", iam_user_id("member01"), SERIAL)
    assert known.accepted_by == "admin01"
    assert client.post(f"/drift/{drift.code}/accept/", seen(drift)).status_code == 409


def test_auditor_reads_it_and_accepts_nothing(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift, client = new_device(cast, clock), browse(cast.auditor01)
    assert f'href="/drift/{drift.code}/accept/"' not in client.get(f"/drift/{drift.code}/").content.decode()
    assert client.get(f"/drift/{drift.code}/accept/").status_code == 302
    assert client.post(f"/drift/{drift.code}/accept/", seen(drift)).status_code == 403
    assert not Baseline.objects.exists()
    assert not TrailEntry.objects.filter(act="drift.accepted").exists()


def test_administrator_who_may_have_caused_it_is_told_why_they_cannot_accept_it(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift, client, other = new_device(cast, clock), browse(cast.admin01), add_person("admin02", administrator=True)
    key = {"difference": drift.kind, "account": drift.account, "thing": drift.thing, "name": drift.name}
    finding = partial(raising.raise_finding, kind=FindingKind.DRIFT, key=key, evidence=[], now=clock.now)
    run(partial(finding, caused_by=["admin01"]))
    for page in ("/drift/", f"/drift/{drift.code}/"):
        shown = client.get(page).content.decode()
        assert "You may have caused this drift. Another administrator accepts it, or it is undone." in shown
        assert f'href="/drift/{drift.code}/accept/"' not in shown
        assert f'href="/drift/{drift.code}/accept/"' in browse(other).get(page).content.decode()
    assert client.get(f"/drift/{drift.code}/accept/").status_code == 302
    refused = client.post(f"/drift/{drift.code}/accept/", seen(drift))
    assert refused.status_code == 409
    assert not Baseline.objects.exists()


def test_culprit_is_refused_before_anybody_made_a_finding_of_it(cast: Cast, browse: Browse, clock: Clock) -> None:
    """Workers make findings seconds after the entry: until then the trail itself says who may have caused it."""
    user = {"name": "aws-admin01", "user_id": "AIDA"}
    said = {"door": "browser", "proof": {}, "before": None, "after": user}
    run(partial(trail.record, now=clock.now, act=Act.IAM_USER_BOUND, actor="admin01", subject="person:admin01", data=said))
    mentions.catch_up()
    drift = new_device(cast, clock)
    drift.principal = "arn:aws:iam::111111111111:user/ops/aws-admin01"
    drift.save()
    run(partial(recording.tell, drift, Act.DRIFT_ATTRIBUTED, actor=WORKER, now=clock.now))
    assert browse(cast.admin01).post(f"/drift/{drift.code}/accept/", seen(drift)).status_code == 409
    assert not Baseline.objects.exists()


@pytest.mark.parametrize("kind", [DriftKind.ROLE_BOUNDARY, DriftKind.ROLE_OPEN, DriftKind.GATE_EDITED, DriftKind.TRUST_OPEN])
def test_what_opens_a_gate_is_never_accepted(cast: Cast, browse: Browse, clock: Clock, kind: DriftKind) -> None:
    drift, client = found(cast, clock.now, kind=kind, thing="Prod_MemberRole", name=""), browse(cast.admin01)
    assert client.get(f"/drift/{drift.code}/accept/").status_code == 302
    refused = client.post(f"/drift/{drift.code}/accept/", seen(drift))
    assert refused.status_code == 409
    assert "This cannot be accepted as it is." in refused.content.decode()


def test_boundary_that_a_work_group_needs_is_put_back_and_nobody_is_told_to_accept_it(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    needed = {"kind": DriftKind.USER_BOUNDARY, "thing": "member01", "name": "policy/sekisho/SekishoPersonBoundary"}
    drift = found(cast, clock.now, **needed, work_group_id=None, detail={"needed_by": ["ProdMemberWorkGroup"]})
    page = browse(cast.admin01).get(f"/drift/{drift.code}/").content.decode()
    assert "puts the boundary SekishoPersonBoundary on the IAM user" in page
    assert "or accepts it" not in page


def test_what_was_rewritten_while_it_was_read_is_not_accepted(cast: Cast, browse: Browse, clock: Clock) -> None:
    detail: dict[str, Any] = {"document": {"Statement": []}, "expected": {"Statement": []}}
    drift = found(cast, clock.now, kind=DriftKind.ROLE_POLICY_EDITED, thing="Prod_MemberRole", name="Work", detail=detail)
    client = browse(cast.admin01)
    assert f'value="{seen(drift)["seen"]}"' in client.get(f"/drift/{drift.code}/accept/").content.decode()
    rewrite(drift, {**detail, "document": ALLOWS}, clock.now)
    for sent in (seen(drift), {}):
        refused = client.post(f"/drift/{drift.code}/accept/", sent)
        assert refused.status_code == 409
        assert "AWS shows something else than you saw." in refused.content.decode()
    assert not Baseline.objects.exists()
    drift.refresh_from_db()
    assert client.post(f"/drift/{drift.code}/accept/", seen(drift)).status_code == 302
    assert Baseline.objects.get().document == ALLOWS
