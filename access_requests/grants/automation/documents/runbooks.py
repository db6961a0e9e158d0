"""The runbooks of work groups, as what a backend needs AWS to hold."""

from collections.abc import Iterator, Sequence

from access_requests.grants.automation.documents import naming, pinning, publishing
from access_requests.grants.automation.needs import RUNBOOK
from access_requests.grants.documents import Difference, DocumentKind, Documents, Published
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.calls import AwsClient


class Runbooks(Documents):
    kinds: Sequence[DocumentKind] = (DocumentKind.RUNBOOK,)
    rendered_from: Sequence[str] = (RUNBOOK,)

    def names(self, group: str) -> list[str]:
        """Return what each of the group's documents is called."""
        return [naming.name(purpose, group) for purpose in Purpose]

    def is_nameable(self, group: str) -> bool:
        return all(map(naming.is_document_name, self.names(group)))

    def publish(self, owner: Owner, *, publisher: AwsClient) -> Iterator[Published]:
        return publishing.publish(owner, publisher=publisher)

    def differences(self, owner: Owner, ssm: AwsClient) -> Iterator[Difference]:
        return pinning.differences(owner, ssm)


RUNBOOKS = Runbooks()
