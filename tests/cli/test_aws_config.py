"""~/.aws/config, of which nothing but own profiles changes."""

import codecs
import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.configloader import raw_config_parse

from portal.cli import aws_config
from portal.cli.aws_profiles import Profile
from portal.cli.exits import Unusable

ROOT = Path(__file__).resolve().parents[2]
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
OTHERS = (
    "# my own 備考\n".encode()
    + b"""\
[default]
region = us-east-1   ; odd  spacing

[profile jump]
region=eu-west-1
[profile sekisho-by-hand]
x = y"""
)


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


def test_file_that_cannot_be_replaced_is_written_in_place_and_no_copy_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted into a container by itself: rename answers EBUSY."""
    path = tmp_path / "config"
    path.write_bytes(OTHERS)
    number = path.stat().st_ino
    edit = aws_config.planned(path, [PROFILE])
    monkeypatch.setattr(Path, "replace", refusing(errno.EBUSY))
    edit.write()
    assert (path.read_bytes(), path.stat().st_ino) == (edit.after, number)
    assert os.listdir(tmp_path) == ["config"]  # noqa: PTH208  Nothing half written is left.


IN_A_MOUNT = """
mount --bind config config && mount --bind config elsewhere && exec "$0" -c '
import sys
from pathlib import Path
from tests.cli.test_aws_config import PROFILE
from portal.cli import aws_config
aws_config.planned(Path(sys.argv[1]), [PROFILE]).write()' "$PWD/config"
"""


def test_file_that_is_a_mount_is_written(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(OTHERS)
    (tmp_path / "elsewhere").touch()
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", IN_A_MOUNT, sys.executable]
    if subprocess.run(["unshare", "--map-root-user", "--mount", "true"], check=False, capture_output=True).returncode:
        pytest.skip("nobody may mount anything here")
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    assert (tmp_path / "config").read_bytes() == aws_config.with_profile(OTHERS, PROFILE)
    assert sorted(os.listdir(tmp_path)) == ["config", "elsewhere"]  # noqa: PTH208


def test_file_with_a_second_name_keeps_it(tmp_path: Path) -> None:
    path, other = tmp_path / "config", tmp_path / "dotfiles"
    path.write_bytes(OTHERS)
    other.hardlink_to(path)
    aws_config.planned(path, [PROFILE]).write()
    assert other.read_bytes() == path.read_bytes() != OTHERS


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_what_cannot_be_written_leaves_the_file_and_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int) -> None:
    path = tmp_path / "config"
    path.write_bytes(OTHERS)
    edit = aws_config.planned(path, [PROFILE])
    monkeypatch.setattr(os, "fsync", refusing(reason))
    with pytest.raises(Unusable, match="cannot be written"):
        edit.write()
    assert path.read_bytes() == OTHERS
    assert os.listdir(tmp_path) == ["config"]  # noqa: PTH208


def test_file_in_place_keeps_what_it_had_if_the_new_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, usual, full = tmp_path / "config", os.write, iter([True])
    path.write_bytes(OTHERS)
    edit = aws_config.planned(path, [PROFILE])

    def half(file: int, data: memoryview) -> int:
        """The disk is full once half of it is there, and has room again for what was there before."""
        if next(full, False):
            usual(file, data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return usual(file, data)

    monkeypatch.setattr(Path, "replace", refusing(errno.EBUSY))
    monkeypatch.setattr(os, "write", half)
    with pytest.raises(Unusable, match="No space left"):
        edit.write()
    assert path.read_bytes() == OTHERS


def test_file_that_somebody_changed_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(OTHERS)
    edit = aws_config.planned(path, [PROFILE])
    path.write_bytes(b"[default]\n")
    with pytest.raises(Unusable, match="Run this command again"):
        edit.write()
    assert path.read_bytes() == b"[default]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (codecs.BOM_UTF8 + OTHERS, "byte order mark"),
        (OTHERS.decode().encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + "[default]\n".encode("utf-16-be"), "UTF-16"),
        ("[default]\n".encode("utf-32"), "UTF-32"),
        ("[default]\n".encode("utf-16-le"), "AWS's tools cannot read"),
        (b"# my own \xff remarks\n", "AWS's tools cannot read"),
        (b"region = x\n", "AWS's tools cannot read"),
        (b"[default]\nregion = x\n[default]\n", "AWS's tools cannot read"),
        (b"[default]\nregion = x\nregion = y\n", "AWS's tools cannot read"),
        (b"[default]\na line of nothing\n", "AWS's tools cannot read"),
        (b"[default]\ns3 =\n  nothing\n", "AWS's tools cannot read"),
    ],
)
def test_file_that_aws_cannot_read_is_not_written(tmp_path: Path, text: bytes, says: str) -> None:
    path = tmp_path / "config"
    path.write_bytes(text)
    with pytest.raises(Unusable, match=says) as caught:
        aws_config.planned(path, [PROFILE])
    assert caught.value.code == "config_unreadable"
    assert str(path) in caught.value.detail
    assert path.read_bytes() == text


def test_what_aws_would_read_otherwise_than_it_is_meant_is_not_written(tmp_path: Path) -> None:
    """A setting that somebody indented below ours becomes a part of our last value."""
    path = tmp_path / "config"
    path.write_bytes(aws_config.with_profile(b"", PROFILE) + b"  output = json\n")
    with pytest.raises(Unusable, match="otherwise than it is meant") as caught:
        aws_config.planned(path, [PROFILE])
    assert caught.value.code == "config_unreadable"


# What others' tools did to such a file: each as it was reported of one of them.
NESTED = b"[default]\ns3 =\n  signature_version = s3v4\n  addressing_style = path\nregion = x\n"
PRECIOUS = (
    NESTED,
    b"# vim: ft=dosini\n; an account that is closed\n#[profile old]\n#region = x\n",
    b"[profile a]\nregion = x\n\n\n[profile b]\n# why\nregion=y\n",
    b"[sso-session mine]\nsso_region = x\n[profile c]\nsso_session = mine\n[services local]\ndynamodb =\n  endpoint_url = http://x\n",
    b"[default]\nregion = x",
    b"\n",
)


@pytest.mark.parametrize("text", PRECIOUS)
def test_nothing_of_anybodys_is_lost_reordered_or_written_twice(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "config"
    path.write_bytes(text)
    before = raw_config_parse(str(path))
    for _ in range(2):
        aws_config.planned(path, [PROFILE]).write()
    assert path.read_bytes().startswith(text)
    assert path.read_bytes().count(b"[profile sekisho-ProdMemberWorkGroup]") == 1
    after = raw_config_parse(str(path))
    assert after.pop(f"profile {PROFILE.name}") == PROFILE.settings()
    assert after == before


def test_defaults_of_all_sections_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"[DEFAULT]\noutput = json\n[profile jump]\nregion = x\n")
    aws_config.planned(path, [PROFILE]).write()
    assert raw_config_parse(str(path))[f"profile {PROFILE.name}"] == {**PROFILE.settings(), "output": "json"}


def test_what_is_no_file_is_not_written(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/null")):
        with pytest.raises(Unusable, match="no file"):
            aws_config.planned(path, [PROFILE])


def refusing(reason: int) -> Callable[..., object]:
    def refused(*_arguments: object) -> None:
        raise OSError(reason, os.strerror(reason))

    return refused


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
        {"mfa_serial": "arn:aws:iam::111111111111:user/member01"},
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
