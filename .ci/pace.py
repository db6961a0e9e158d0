"""How fast the machine computes: a CPU second on a machine that others crowd holds a third of the work of one on a quiet one.

The same work is done again and again while the gate runs: a process that imports what the tests import, and makes a client of
AWS. A loop over a number would say nothing: it fits into the processor's own memory, which others do not crowd.
"""

import resource
import statistics
import subprocess
import sys
import time

WORK = """
import boto3, celery, django.db.models.sql, django.http.multipartparser, django.template.loader
boto3.Session().client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
"""
# CPU seconds of the work on the machine for which the budget was set.
USUAL_SECONDS = 0.3
EVERY_SECONDS = 30.0


class Pace:
    """Samples of what the work costs. `slowness` is 1 on the machine of the budget, 3 where the same takes thrice as long."""

    def __init__(self) -> None:
        self._costs = [cost()]
        self._next = time.monotonic() + EVERY_SECONDS

    def sample(self) -> None:
        """Take a sample, unless the last one is not old enough."""
        if time.monotonic() >= self._next:
            self._costs.append(cost())
            self._next = time.monotonic() + EVERY_SECONDS

    @property
    def slowness(self) -> float:
        return statistics.median(self._costs) / USUAL_SECONDS


def cost() -> float:
    """Return the CPU seconds of the work. Of children only those that were waited for count: here this one alone."""
    before = _of_children()
    subprocess.run([sys.executable, "-c", WORK], check=True)
    return _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
