"""The ways in: the link for the console, the profile for the command line, and their traps, told before the request."""

import pytest

from access_requests.models import IamUserBinding, RoleGate, TargetRole
from tests.app.access_requests.web.conftest import Browse
from tests.app.access_requests.web.elevations.test_checked import active
from tests.worlds.cast import Cast, let_portal_in
from tests.worlds.clock import Clock

TOTP = "arn:aws:iam::111111111111:mfa/phone-of-member01"
PASSKEY = "arn:aws:iam::111111111111:u2f/user/member01/key-ABC"


def devices(*serials: str) -> None:
    IamUserBinding.objects.filter(user_name="member01").update(mfa_serials=list(serials))


def test_profile_has_the_role_the_session_name_and_the_device_that_takes_codes(cast: Cast, browse: Browse, clock: Clock) -> None:
    devices(PASSKEY, TOTP)
    elevation = active(cast, clock)
    page = browse(cast.member01).get(f"/elevations/{elevation.code}/")
    (switch,) = page.context["shown"].switches
    assert switch.profile.splitlines() == [
        "[profile sekisho-ProdMemberWorkGroup]",
        "role_arn = arn:aws:iam::444444444444:role/Prod_MemberRole",
        "source_profile = jump",
        "role_session_name = member01",
        f"mfa_serial = {TOTP}",
        "duration_seconds = 1800",
        "region = ap-northeast-1",
    ]
    assert "aws --profile sekisho-ProdMemberWorkGroup sts get-caller-identity" in page.content.decode()
    assert switch.url.startswith("https://signin.aws.amazon.com/switchrole?account=444444444444&roleName=Prod_MemberRole&")


@pytest.mark.parametrize("serial", ["GAHT12345678", "arn:aws:iam::111111111111:sms-mfa/member01"])
def test_device_that_is_no_passkey_is_one_that_takes_codes(cast: Cast, browse: Browse, clock: Clock, serial: str) -> None:
    devices(PASSKEY, serial)
    page = browse(cast.member01).get(f"/elevations/{active(cast, clock).code}/").content.decode()
    assert f"mfa_serial = {serial}" in page
    assert "cannot switch at all" not in page


def test_no_device_is_guessed_before_aws_was_asked(cast: Cast, browse: Browse, clock: Clock) -> None:
    page = browse(cast.member01).get(f"/elevations/{active(cast, clock).code}/").content.decode()
    assert "mfa_serial =" not in page
    assert "Your MFA devices have not been read yet" in page


def test_console_is_led_to_a_role_under_its_path(cast: Cast, browse: Browse, clock: Clock) -> None:
    TargetRole.objects.filter(name="Prod_MemberRole").update(arn="arn:aws-cn:iam::444444444444:role/team/Prod_MemberRole")
    devices(TOTP)
    page = browse(cast.member01).get(f"/elevations/{active(cast, clock).code}/")
    (switch,) = page.context["shown"].switches
    assert switch.url.startswith("https://signin.amazonaws.cn/switchrole?account=444444444444&roleName=team%2FProd_MemberRole&")
    assert "role_arn = arn:aws-cn:iam::444444444444:role/team/Prod_MemberRole" in switch.profile


def test_there_is_no_profile_for_who_has_passkeys_only(cast: Cast, browse: Browse, clock: Clock) -> None:
    devices(PASSKEY)
    page = browse(cast.member01).get(f"/elevations/{active(cast, clock).code}/").content.decode()
    assert "role_session_name =" not in page
    assert "You have passkeys only: they work in the console and not on the command line." in page
    assert "Switch role" in page


@pytest.mark.parametrize(
    ("serials", "sentence"),
    [
        ([PASSKEY], "You have passkeys only"),
        ([TOTP], "Your device for one-time codes works on the command line."),
        ([], "AWS lists no MFA device of yours"),
        (None, "On the command line only a device for one-time codes (TOTP) works"),
    ],
)
@pytest.mark.parametrize("url", ["/requests/new/", "/catalogue/"])
def test_traps_are_told_before_the_request(
    cast: Cast, browse: Browse, serials: list[str] | None, sentence: str, url: str
) -> None:
    IamUserBinding.objects.filter(user_name="member01").update(mfa_serials=serials)
    page = browse(cast.member01).get(url).content.decode()
    assert sentence in page
    assert "The session must bear the name of your IAM user." in page
    assert "Prod_MemberRole has no session gate" in page
    assert "role chaining" in page


def test_catalogue_says_where_a_gate_is_and_tells_administrators_how_many_more_fit_in(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    let_portal_in(cast.production)
    RoleGate.objects.create(role=role("Prod_MemberRole"), read_at=clock.now, others_size=0)
    line = {"user_name": "member01", "since": "2026-11-23T05:00:00Z", "until": "2026-11-23T06:00:00Z"}
    full = RoleGate.objects.create(role=role("Prod_LeaderRole"), read_at=clock.now, others_size=10_100, lines=[line])
    page = browse(cast.admin01).get("/catalogue/whole/").content.decode()
    assert page.count('<span class="tag">session gate</span>') == 2
    assert "room for about 2" in page
    assert '<span class="tag danger">full</span>' in page
    others = browse(cast.member01).get("/catalogue/whole/").content.decode()
    assert "room for" not in others
    assert '<span class="tag danger">full</span>' not in others
    full.delete()
    assert '<span class="tag danger">full</span>' not in browse(cast.admin01).get("/catalogue/whole/").content.decode()


def role(name: str) -> TargetRole:
    return TargetRole.objects.get(name=name)
