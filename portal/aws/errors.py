"""What can go wrong in AWS, divided by who acts next.

BackendError
├── BackendBusy       the machine, later: throttled, 5xx, no connection, or a time-out whose outcome nobody knows
├── BackendRefused    an administrator: no permission, a limit, something is not there
├── UnderWay          AWS, by itself: a runbook or a change request is on its way
└── LeaseLost         whoever holds the lease now; this worker stops at once
"""

from portal.aws import causes


class BackendError(Exception):
    """`problem` is a short stable word, such as AWS's own error code; `cause` says more of what is in the way, if known."""

    def __init__(self, problem: str, detail: str = "", *, cause: str = "") -> None:
        self.problem = problem
        self.cause = (cause or problem)[: causes.LONGEST]
        self.detail = detail
        super().__init__(f"{problem}: {detail}" if detail else problem)


class BackendBusy(BackendError):
    """Try again later. After a time-out the call may have taken effect: every call is safe to make again."""


class BackendRefused(BackendError):
    """Trying again changes nothing until an administrator has acted."""


class UnderWay(BackendError):
    """AWS is at it by itself; it is looked at again soon."""

    def __init__(self) -> None:
        super().__init__("under_way")


class LeaseLost(BackendError):
    """Another worker may write about this person now."""

    def __init__(self) -> None:
        super().__init__("lease_lost")
