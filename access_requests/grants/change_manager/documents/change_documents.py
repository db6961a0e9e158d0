"""Runbooks and change template of work groups, as what a backend needs AWS to hold."""

from collections.abc import Iterator

from access_requests.grants.automation.documents import Runbooks
from access_requests.grants.change_manager.documents import pinning, publishing
from access_requests.grants.change_manager.documents.rendering import template_name
from access_requests.grants.change_manager.needs import APPROVER
from access_requests.grants.documents import Difference, DocumentKind, Published
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.calls import AwsClient


class ChangeDocuments(Runbooks):
    kinds = (*Runbooks.kinds, DocumentKind.CHANGE_TEMPLATE)
    rendered_from = (*Runbooks.rendered_from, APPROVER)

    def names(self, group: str) -> list[str]:
        return [*super().names(group), template_name(group)]

    def publish(self, owner: Owner, *, publisher: AwsClient) -> Iterator[Published]:
        versions: dict[Purpose, str] = {}
        for purpose, done in zip(Purpose, super().publish(owner, publisher=publisher), strict=True):
            versions[purpose] = done.version
            yield done
        yield publishing.publish(owner, versions, publisher)

    def review(self, owner: Owner, *, reviewer: AwsClient) -> list[Published]:
        return publishing.review(owner, reviewer=reviewer)

    def differences(self, owner: Owner, ssm: AwsClient) -> Iterator[Difference]:
        yield from super().differences(owner, ssm)
        yield from pinning.differences(owner, ssm)


CHANGE_DOCUMENTS = ChangeDocuments()
