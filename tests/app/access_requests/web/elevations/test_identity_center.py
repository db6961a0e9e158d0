"""What pages and the API say of access by IAM Identity Center: one signs in, and AWS ends nothing by itself."""

from datetime import timedelta

import pytest
from django.utils import translation

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Drift, Elevation, TargetRole
from access_requests.selectors import switching
from access_requests.web.drift import drift_undoing
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import let_portal_in
from tests.worlds.identity_center import GROUP, bind_everybody, work_group
from tests.worlds.jump import Jump
from tests.worlds.story import elevated, submitted

LIVES_ON = "may live on for up to 1 hour after it"
PORTAL_ENDS = "AWS does not end it by itself: a session that is open then may live on for up to 1 hour."


@pytest.fixture
def elevation(jump: Jump) -> Elevation:
    """Return member01's access, as a worker gave it."""
    let_portal_in(jump.cast.production)
    bind_everybody()
    work_group(jump.cast)
    made = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now, work_groups=[GROUP])
    made.status, made.granted_at, made.written_ends_at = ElevationStatus.ACTIVE, jump.clock.now, made.ends_at
    made.seen = {"membership": True, "ttl": None, "entry_fence": {}, "session_gate": None}
    made.seen_at = jump.clock.now
    made.save()
    return made


def page(browse: Browse, jump: Jump, address: str, **options: str) -> str:
    return laid_out(browse(jump.cast.member01, **options).get(address))


def test_pass_says_how_to_sign_in_and_that_the_portal_ends_it(browse: Browse, jump: Jump, elevation: Elevation) -> None:
    said = page(browse, jump, f"/elevations/{elevation.code}/")
    assert PORTAL_ENDS in said
    assert LIVES_ON in said
    assert "as member01, and choose SekishoOperate in the account Production" in said.replace("<bdi>", "").replace("</bdi>", "")
    assert "Identity Center user" in said
    assert "In the group of Identity Center" in said
    for wrong in ("signin.aws.amazon.com", "role_session_name", "IAM user</dt>", "AWS refuses to switch", "Entry fence</dt>"):
        assert wrong not in said


def test_pass_says_it_in_japanese_too(browse: Browse, jump: Jump, elevation: Elevation) -> None:
    said = page(browse, jump, f"/elevations/{elevation.code}/", language="ja")
    assert "AWS が自動で終了させることはありません" in said
    assert "Identity Center ユーザー" in said


def test_request_names_the_user_that_it_is_for(browse: Browse, jump: Jump, elevation: Elevation) -> None:
    said = page(browse, jump, f"/requests/{elevation.request.code}/")
    assert "Identity Center user <code>member01</code>" in said
    assert "IAM user <code>" not in said
    assert f"The portal takes 佐藤 美咲 (member01) out of {GROUP} and reads it back" in said
    both = submitted(jump.cast.member02, now=jump.clock.now, work_groups=[GROUP, "ProdMemberWorkGroup"])
    said = laid_out(browse(jump.cast.member02).get(f"/requests/{both.code}/"))
    assert "IAM user <code>member02</code>" in said
    assert "Identity Center user <code>member02</code>" in said


def test_who_asks_knows_beforehand_how_long_a_session_lives_on(browse: Browse, jump: Jump, elevation: Elevation) -> None:
    for address in ("/requests/new/", "/catalogue/"):
        said = page(browse, jump, address)
        assert LIVES_ON in said
        assert "there is no switch of roles" in said
    card = said.partition(f"<h3>{GROUP}</h3>")[2].partition("<h3>")[0]
    assert "no session gate" in card
    assert "Before you sign in: what to know" in card
    assert "The portal terminates those of Session Manager" not in card


def test_matrix_says_that_nobody_switches_there(browse: Browse, jump: Jump, elevation: Elevation) -> None:
    said = page(browse, jump, "/matrix/")
    assert GROUP in said
    assert "member01" in said


def test_permission_set_is_read_off_the_role() -> None:
    assert switching.permission_set(TargetRole(name="AWSReservedSSO_Two_Words_0123456789abcdef")) == "Two_Words"
    assert switching.permission_set(TargetRole(name="Prod_MemberRole")) == "Prod_MemberRole"


def test_undoing_a_member_is_one_call_and_leaves_the_open_session(jump: Jump, elevation: Elevation) -> None:
    drift = Drift(kind="unexplained_member", account="jump", thing=GROUP, name="member02", work_group=elevation.work_group)
    assert [call for call, _ in drift_undoing.steps(drift)] == ["DeleteGroupMembership"]
    with translation.override("en"):
        assert "One that is open lives on until it expires" in drift_undoing.touches(drift)
    drift.kind = "member_missing"
    drift.elevation = elevation
    assert [call for call, _ in drift_undoing.steps(drift)] == ["CreateGroupMembership"]


def test_an_extension_is_asked_for_as_anywhere(browse: Browse, jump: Jump, elevation: Elevation) -> None:
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=elevation.ends_at + timedelta(days=1))
    assert "Ask for more time" in page(browse, jump, "/")
