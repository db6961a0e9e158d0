"""Where the seconds went, by step and by test, and which tests failed: from the reports that pytest writes."""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from running import Outcome

MOST = 20
MOST_SIGNS = 200


def words(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield lines: each step with its seconds, the longest first, then the slowest tests with their set-up and tear-down."""
    yield "\nseconds by step, and of them CPU seconds: not those of processes that a step left to themselves"
    for outcome in sorted(outcomes, key=lambda each: -each.seconds):
        yield f"{outcome.seconds:7.1f} {outcome.cpu_seconds:7.1f}  {outcome.step.name}"
    yield f"\nthe {MOST} slowest tests"
    for seconds, test in sorted(_tests(outcomes), reverse=True)[:MOST]:
        yield f"{seconds:7.1f}  {test}"
    yield ""


def failures(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield a line for each test that failed: what a step printed may be thousands of lines up, or cut off."""
    for outcome in outcomes:
        for case in _cases(outcome):
            for kind in ("failure", "error"):
                if (found := case.find(kind)) is not None:
                    why = (found.get("message") or "").partition("\n")[0]
                    yield f"{kind} in {outcome.step.name}: {case.get('classname')}::{case.get('name')}: {why[:MOST_SIGNS]}"


def _tests(outcomes: Sequence[Outcome]) -> Iterator[tuple[float, str]]:
    for outcome in outcomes:
        for case in _cases(outcome):
            yield float(case.get("time", 0)), f"{case.get('classname')}::{case.get('name')} ({outcome.step.name})"


def _cases(outcome: Outcome) -> Iterator[ET.Element]:
    report = outcome.step.report
    if report and report.exists():
        yield from ET.parse(report).iter("testcase")  # noqa: S314  pytest wrote it just now.
