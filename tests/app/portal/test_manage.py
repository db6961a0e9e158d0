"""The command line tells whoever forgot a setting which one it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MANAGE = Path(__file__).parents[3] / "manage.py"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "SECRET_KEY is missing: set SECRET_KEY, or SECRET_KEY_FILE to a file that holds it."),
        ({"SECRET_KEY": "x" * 50, "OIDC_PRIVATE_KEY": "x"}, 'Environment variable "ALLOWED_HOSTS" not set'),
    ],
)
def test_setting_that_is_missing_is_named_in_one_line(given: dict[str, str], expected: str) -> None:
    environment = {"PATH": os.environ["PATH"], **given}
    done = subprocess.run([sys.executable, MANAGE, "check"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"portal.settings.production cannot start: {expected}\n"
