"""The demo's tool for ways in that are no switch, before any simulated AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.demo import sign_in
from portal.demo.environment import CONTROL_FILE
from portal.simulated_aws.company import ACCOUNTS
from tests.simulated_aws.trails import administrator
from tests.stand_ins.aws import REGION, Aws

Said = pytest.CaptureFixture[str]


@pytest.fixture
def _demo(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the tool find this AWS where a demo leaves word of its own."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / CONTROL_FILE).write_text(json.dumps({"endpoint": aws.endpoint_url, "token": aws.control_token}))
    info = {"accounts": dict(ACCOUNTS), "aws_endpoint_url": aws.endpoint_url, "region": REGION}
    (tmp_path / "info.json").write_text(json.dumps(info))
    monkeypatch.setenv("DEMO_DIR", str(tmp_path))


def _told(aws: Aws, name: str) -> dict[str, Any]:
    wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
    trail = administrator(aws, "production").client("cloudtrail", "us-east-1")
    found: dict[str, Any] = json.loads(trail.lookup_events(LookupAttributes=wanted)["Events"][0]["CloudTrailEvent"])
    return found


@pytest.mark.usefixtures("_demo")
def test_root_user_signs_in_from_somewhere_and_a_program_acts_for_it(
    aws: Aws, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in.main(["root", "--no-mfa", "--from", "198.51.100.9", "--json"]) == 0
    key = json.loads(capsys.readouterr().out)["AccessKeyId"]
    told = _told(aws, "ConsoleLogin")
    assert (told["userIdentity"]["type"], told["sourceIPAddress"]) == ("Root", "198.51.100.9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    assert sign_in.main(["aws-login", "--remote"]) == 0
    assert f"export AWS_ENDPOINT_URL={aws.endpoint_url}" in capsys.readouterr().out


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["user", "member01", "--account", "jump", "--wrong-password"], "Failed authentication"),
        (["identity-center", "member01"], "No access"),
        (["root", "--account", "moon"], "there is no such account"),
    ],
)
def test_who_is_not_let_in_is_told_why(capsys: Said, arguments: list[str], words: str) -> None:
    assert sign_in.main(arguments) == 1
    said = capsys.readouterr()
    assert (said.out, words in said.err) == ("", True)
