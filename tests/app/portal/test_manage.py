"""The command line tells whoever forgot a setting which one it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.demo.environment import act_as_worker

MANAGE = Path(__file__).parents[3] / "manage.py"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "SECRET_KEY is missing: set SECRET_KEY, or SECRET_KEY_FILE to a file that holds it."),
        (
            {"SECRET_KEY": "x" * 50, "OIDC_PRIVATE_KEY": "x", "FACTOR_KEY": "x" * 32},
            'Environment variable "ALLOWED_HOSTS" not set',
        ),
    ],
)
def test_setting_that_is_missing_is_named_in_one_line(given: dict[str, str], expected: str) -> None:
    environment = {"PATH": os.environ["PATH"], **given}
    done = subprocess.run([sys.executable, MANAGE, "check"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"portal.settings.production cannot start: {expected}\n"


def test_command_on_a_demo_has_the_workers_keys_and_not_those_of_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {"AWS_ACCESS_KEY_ID": "AKIAADMIN", "AWS_SESSION_TOKEN": "his", "SETTLING_SECONDS": "1"})
    act_as_worker(tmp_path)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAADMIN"
    kept = {"AWS_ACCESS_KEY_ID": "AKIAWORKER", "SETTLING_SECONDS": "5", "BROKER_URL": "redis://"}
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "worker_environment.json").write_text(json.dumps(kept))
    act_as_worker(tmp_path)
    assert os.environ == {"AWS_ACCESS_KEY_ID": "AKIAWORKER", "SETTLING_SECONDS": "1", "BROKER_URL": "redis://"}
