"""~/.aws/config, of which nothing but own profiles changes."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.configloader import raw_config_parse

from portal.cli import aws_config
from portal.cli.aws_profiles import Profile
from portal.cli.exits import Unusable

PROFILE = Profile(
    name="sekisho-ProdMemberWorkGroup",
    role_arn="arn:aws:iam::444444444444:role/Prod_MemberRole",
    role_session_name="member01",
    mfa_serial="arn:aws:iam::111111111111:mfa/member01",
    source_profile="jump",
    duration_seconds=3_600,
    region="ap-northeast-1",
)
OTHER = replace(PROFILE, name="sekisho-ProdLeaderWorkGroup")
OTHERS = b"""# my own \xff remarks
[default]
region = us-east-1   ; odd  spacing

[profile jump]
region=eu-west-1
[profile sekisho-by-hand]
x = y"""


def test_profiles_are_added_below_what_is_there_which_stays_byte_for_byte() -> None:
    once = aws_config.with_profile(OTHERS, PROFILE)
    assert once.startswith(OTHERS + b"\n\n# sekisho: begin sekisho-ProdMemberWorkGroup (")
    assert once.endswith(b"region = ap-northeast-1\n# sekisho: end sekisho-ProdMemberWorkGroup\n")
    twice = aws_config.with_profile(once, OTHER)
    assert twice.startswith(once)


def test_own_profile_is_replaced_in_its_place_and_only_it() -> None:
    before = aws_config.with_profile(aws_config.with_profile(OTHERS, PROFILE), OTHER) + b"\n[profile later]\nz = 1"
    after = aws_config.with_profile(before, replace(PROFILE, duration_seconds=900))
    assert after == before.replace(b"duration_seconds = 3600", b"duration_seconds = 900", 1)
    assert aws_config.with_profile(after, replace(PROFILE, duration_seconds=900)) == after


def test_what_somebody_added_to_the_profile_below_its_end_stays() -> None:
    before = aws_config.with_profile(b"", PROFILE) + b"output = json\n"
    after = aws_config.with_profile(before, replace(PROFILE, region=""))
    assert after.endswith(b"# sekisho: end sekisho-ProdMemberWorkGroup\noutput = json\n")
    assert b"region" not in after


def test_file_of_windows_keeps_its_line_ends() -> None:
    after = aws_config.with_profile(b"[default]\r\nregion = x\r\n", PROFILE)
    assert after.count(b"\n") == after.count(b"\r\n")


@pytest.mark.parametrize(
    "header",
    [
        b"[profile sekisho-ProdMemberWorkGroup]",
        b'[profile "sekisho-ProdMemberWorkGroup"]  ',
        b"[profile   sekisho-ProdMemberWorkGroup] # mine",
    ],
)
@pytest.mark.parametrize("with_own", [0, 1])
def test_profile_of_the_name_that_somebody_else_wrote_is_refused(header: bytes, with_own: int) -> None:
    """With two of a name the aws command reads nothing of the file."""
    text = aws_config.with_profile(b"", PROFILE) * with_own + header + b"\nrole_arn = mine\n"
    with pytest.raises(Unusable) as caught:
        aws_config.with_profile(text, PROFILE)
    assert caught.value.code == "profile_not_ours"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(b"# sekisho: end sekisho-ProdMemberWorkGroup\n", b""),
        lambda text: text.replace(b"# sekisho: begin sekisho-ProdMemberWorkGroup (", b"# ("),
        lambda text: text + text,
        lambda text: text.replace(b"[profile sekisho-ProdMemberWorkGroup]\n", b""),
        lambda text: text.replace(b"region =", b"[profile precious]\nregion ="),
        lambda text: b"# sekisho: end sekisho-ProdMemberWorkGroup\n" + text,
    ],
)
def test_damaged_comments_are_said_to_be_so_and_nothing_is_lost(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "config"
    path.write_bytes(damage(aws_config.with_profile(OTHERS, PROFILE)))  # type: ignore[operator]
    with pytest.raises(Unusable):
        aws_config.planned(path, [PROFILE])


def test_name_that_begins_like_another_is_another() -> None:
    longer = replace(PROFILE, name=f"{PROFILE.name}-Prod_MemberRole")
    both = aws_config.with_profile(aws_config.with_profile(b"", longer), PROFILE)
    assert both.count(b"[profile ") == 2
    assert aws_config.with_profile(both, longer) == both


def test_file_is_written_whole_under_its_own_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "config"
    real.parent.mkdir()
    real.write_bytes(OTHERS)
    real.chmod(0o640)
    link = tmp_path / "config"
    link.symlink_to(real)
    aws_config.planned(link, [PROFILE]).write()
    assert link.is_symlink()
    assert real.read_bytes() == aws_config.with_profile(OTHERS, PROFILE)
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert os.listdir(real.parent) == ["config"]  # noqa: PTH208  Nothing half written is left.


def test_new_file_is_its_owners_alone_and_botocore_reads_it(tmp_path: Path) -> None:
    path = tmp_path / ".aws" / "config"
    aws_config.planned(path, [PROFILE, OTHER]).write()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    read = raw_config_parse(str(path))
    assert read[f"profile {PROFILE.name}"] == PROFILE.settings()
    assert read[f"profile {OTHER.name}"] == OTHER.settings()


@pytest.mark.parametrize(
    "change",
    [
        {"role_arn": "arn:aws:iam::444444444444:role/x\ncredential_process = rm -rf ~"},
        {"role_session_name": "member01\nx = y"},
        {"role_session_name": "m"},
        {"mfa_serial": ""},
        {"mfa_serial": "arn:aws:iam::111111111111:u2f/user/member01/key"},
        {"source_profile": "jump]\n[default"},
        {"region": "eu west"},
        {"name": "sekisho-[x]"},
        {"name": "sekisho-x y"},
    ],
)
def test_value_that_could_be_a_setting_of_its_own_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Unusable) as caught:
        replace(PROFILE, **change)  # type: ignore[arg-type]
    assert caught.value.code == "profile_unusable"
