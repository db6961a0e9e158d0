"""What AWS must hold for each work group before a backend can grant it, such as runbooks; most need nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from access_requests.grants.needs import Owner
from portal.aws.calls import AwsClient


class DocumentKind(StrEnum):
    RUNBOOK = "runbook"
    CHANGE_TEMPLATE = "change_template"


class State(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    APPROVED = "approved"


@dataclass(frozen=True, kw_only=True)
class Published:
    """`version` is the default one now; `before` was it until now, None where the document was not there."""

    document: str
    version: str
    before: str | None
    state: State
    kind: DocumentKind = DocumentKind.RUNBOOK


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A document that is not as it must be; `problem` is a short stable word."""

    document: str
    problem: str


class Documents:
    """`kinds` are those that each work group has, none by default; `rendered_from` the settings that they name."""

    kinds: Sequence[DocumentKind] = ()
    rendered_from: Sequence[str] = ()

    def is_nameable(self, group: str) -> bool:  # noqa: ARG002  Without documents any name will do.
        """Return whether each of the group's documents can be called after it."""
        return True

    def publish(self, owner: Owner, *, publisher: AwsClient) -> Iterator[Published]:  # noqa: ARG002
        """Create or update the group's documents one by one, so that each can be recorded before the next. Raises BackendError.

        Safe to call twice: what was published before an error stays, and the next call goes on from there.
        """
        return iter(())

    def review(self, owner: Owner, *, reviewer: AwsClient) -> list[Published]:  # noqa: ARG002
        """Approve what waits for a review and says exactly what the portal renders. Raises BackendError."""
        return []

    def differences(self, owner: Owner, ssm: AwsClient) -> Iterator[Difference]:  # noqa: ARG002
        """Yield each document of the group that `publish` or a review has yet to put right. Raises BackendError."""
        return iter(())


NO_DOCUMENTS = Documents()
