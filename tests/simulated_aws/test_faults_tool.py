"""The demo's tool for faults, before any simulated AWS."""

import json
from pathlib import Path

import pytest

from portal.demo import faults
from portal.demo.environment import CONTROL_FILE
from portal.simulated_aws.faults import KINDS
from tests.simulated_aws.automations import admin_ssm
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import TEMPLATE, publish
from tests.stand_ins.aws import Aws


@pytest.fixture
def _door(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the tool find this AWS where a demo leaves word of its own."""
    (tmp_path / "keys").mkdir()
    text = json.dumps({"endpoint": aws.endpoint_url, "token": aws.control_token})
    (tmp_path / "keys" / CONTROL_FILE).write_text(text)
    monkeypatch.setenv("DEMO_DIR", str(tmp_path))


@pytest.mark.usefixtures("_door")
def test_fault_is_set_listed_and_cleared(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    iam = aws.admin_client("iam")
    assert faults.main(["set", "throttle", "--action", "ListUsers", "--times", "2"]) == 0
    assert faults.main(["set", "stale", "--seconds", "30", "--until-cleared"]) == 0
    capsys.readouterr()
    assert faults.main(["list"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[1:] == ["throttle", "ListUsers", "0", "s", "2", "more"]
    assert second.split()[1:] == ["stale", "any", "action", "30", "s", "until", "cleared"]
    with refused("Throttling", status=400):
        iam.list_users()
    assert faults.main(["clear"]) == 0
    assert iam.list_users()["Users"]


@pytest.mark.usefixtures("_door")
def test_change_manager_is_taken_away_and_given_back(aws: Aws) -> None:
    ssm = admin_ssm(aws)
    assert faults.main(["change-manager", "--available", "no"]) == 0
    with refused("NoLongerSupportedException", status=400):
        publish(ssm, "Template", TEMPLATE, "Automation.ChangeTemplate")
    arn = "arn:aws:iam::111111111111:user/leader02"
    assert faults.main(["change-manager", "--available", "yes", "--calendar", "CLOSED", "--freeze-approver", arn]) == 0
    assert publish(ssm, "Template", TEMPLATE, "Automation.ChangeTemplate")


@pytest.mark.usefixtures("_door")
def test_what_aws_refuses_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.main(["set", "throttle", "--action", "Nonsense"]) == 1
    assert "Nonsense is no action" in capsys.readouterr().err
    assert faults.main(["clear", "fault-0"]) == 1


def test_without_a_demo_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DEMO_DIR", str(tmp_path))
    assert faults.main(["list"]) == 1
    assert "no demo runs here" in capsys.readouterr().err
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / CONTROL_FILE).write_text(json.dumps({"endpoint": "http://127.0.0.1:1", "token": ""}))
    assert faults.main(["list"]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_it_offers_every_fault_that_there_is() -> None:
    assert faults.KINDS == KINDS
