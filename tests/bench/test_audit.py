"""audit: accounts with hundreds of principals, all guard rails and all that is too much; half as many, and none like another.

Each in a process of its own, which tells how much memory it took at the most.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.measuring import report_bounded

ACCOUNTS, PRINCIPALS = int(os.environ.get("BENCH_ACCOUNTS", "20")), int(os.environ.get("BENCH_PRINCIPALS", "500"))
LONGEST_SECONDS, MOST_MEGABYTES, GROWTH = 60.0, 500.0, 2.3
CHECKOUT = Path(__file__).resolve().parents[2]


def test_audit() -> None:
    half, whole = _audited(ACCOUNTS // 2, alike=True), _audited(ACCOUNTS, alike=True)
    unlike = _audited(ACCOUNTS, alike=False)
    size = f"{ACCOUNTS} accounts with {PRINCIPALS} principals"
    report_bounded("audit", whole["seconds"], unit="s", of=size, most=LONGEST_SECONDS)
    report_bounded("audit_memory", whole["megabytes"], unit="MB", of=size, most=MOST_MEGABYTES)
    report_bounded("audit_growth", whole["seconds"] / half["seconds"], unit="times", of="twice as many accounts", most=GROWTH)
    report_bounded("audit_all_unlike", unlike["seconds"], unit="s", of=f"{size}, no two alike", most=None)


def _audited(accounts: int, *, alike: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.auditing", str(accounts), str(PRINCIPALS), "alike" if alike else "unlike"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=1800)
    found: dict[str, float] = json.loads(done.stdout)
    return found
