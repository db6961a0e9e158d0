"""The tool for faults, before a demo that runs."""

import os
import stat
import subprocess
import sys

from portal.demo.environment import CONTROL_FILE
from tests.demo.running import CHECKOUT, Demo


def test_demos_aws_fails_as_it_is_told_to(demo: Demo) -> None:
    kept = demo.folder / "keys" / CONTROL_FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    environment = {**os.environ, "DEMO_DIR": str(demo.folder)}

    def tool(*arguments: str) -> str:
        line = [sys.executable, "-m", "portal.demo.faults", *arguments]
        done = subprocess.run(line, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    fault = tool("set", "latency", "--action", "GetAccountSummary").strip()
    assert tool("list").startswith(fault)
    tool("clear", fault)
    assert tool("list") == ""
