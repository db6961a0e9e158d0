"""Where the seconds went: by step, and the tests that took longest, from the reports that pytest writes."""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from running import Outcome

MOST = 20


def words(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield lines: each step with its seconds, the longest first, then the slowest tests with their set-up and tear-down."""
    yield "\nseconds by step"
    for outcome in sorted(outcomes, key=lambda each: -each.seconds):
        yield f"{outcome.seconds:7.1f}  {outcome.step.name}"
    yield f"\nthe {MOST} slowest tests"
    for seconds, test in sorted(_tests(outcomes), reverse=True)[:MOST]:
        yield f"{seconds:7.1f}  {test}"
    yield ""


def _tests(outcomes: Sequence[Outcome]) -> Iterator[tuple[float, str]]:
    for outcome in outcomes:
        report = outcome.step.report
        if report and report.exists():
            for case in ET.parse(report).iter("testcase"):  # noqa: S314  pytest wrote it just now.
                yield float(case.get("time", 0)), f"{case.get('classname')}::{case.get('name')} ({outcome.step.name})"
