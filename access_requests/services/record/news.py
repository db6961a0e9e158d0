"""What is worth telling, and the message that says there is some. Imports nothing that acts: whatever acts imports this."""

from access_requests.lifecycle import ElevationStatus, RequestStatus

# All drift that one comparison found and that was never told before.
DRIFT_FOUND = "comparison.drift_found"
# Every state that a request or an elevation comes to, and what moves it within one; and drift.
NEWS = frozenset(
    {
        "request.submitted",
        "request.approval_given",
        "elevation.extended",
        DRIFT_FOUND,
        *(f"request.{status}" for status in RequestStatus if status != RequestStatus.PENDING),
        *(f"elevation.{status}" for status in ElevationStatus),
    }
)
