"""Reviews of change templates: a version can be used once somebody else than its author approved it.

That an author cannot be the reviewer is stricter than what AWS documents, which only says that reviewers verify what
other users have submitted.
"""

from dataclasses import dataclass
from datetime import datetime

from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.systems_manager.errors import InvalidDocumentOperation

NOT_REVIEWED, PENDING, APPROVED, REJECTED = "NOT_REVIEWED", "PENDING", "APPROVED", "REJECTED"


@dataclass(slots=True, kw_only=True)
class Review:
    """Where the review of one version stands. `reviewer` is an ARN."""

    status: str = NOT_REVIEWED
    requested_at: datetime | None = None
    reviewed_at: datetime | None = None
    reviewer: str | None = None
    comment: str | None = None

    def act(self, action: str, *, by: str, author: str, at: datetime, comment: str | None) -> None:
        """Take the review a step on. Raises InvalidDocumentOperation, NotSimulated."""
        match action:
            case "SendForReview":
                self._send(at)
            case "Approve" | "Reject":
                self._decide(APPROVED if action == "Approve" else REJECTED, by=by, author=author, at=at)
                self.comment = comment
            case _:
                raise NotSimulated(f"The review action {action} is not simulated")

    def _send(self, at: datetime) -> None:
        if self.status not in (NOT_REVIEWED, REJECTED):
            raise InvalidDocumentOperation(f"The version cannot be sent for review: its review status is {self.status}.")
        self.status, self.requested_at = PENDING, at

    def _decide(self, status: str, *, by: str, author: str, at: datetime) -> None:
        if self.status != PENDING:
            raise InvalidDocumentOperation(f"The version is not pending review: its review status is {self.status}.")
        if by == author:
            raise InvalidDocumentOperation("A change template is not reviewed by whoever wrote it.")
        self.status, self.reviewed_at, self.reviewer = status, at, by
