"""Whether it could grant now: as for runbooks; and what no read says, the latest change request that was to begin."""

from collections.abc import Iterator

from access_requests.grants.automation.probe import probe
from access_requests.grants.needs import Missing
from portal.aws.calls import UNAVAILABLE

__all__ = ["probe", "told_by_start"]


def told_by_start(execution_id: str, problem: str) -> Iterator[Missing]:
    """Yield that there is no Change Manager. Where one was begun after all, by the grant, the problem may still stand there."""
    if (execution_id, problem) == ("", UNAVAILABLE):
        yield Missing(what="Change Manager", problem=UNAVAILABLE)
