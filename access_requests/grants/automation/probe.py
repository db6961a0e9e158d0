"""Whether it could grant now: the groups, the documents as the role sees them that starts runbooks, and looking at executions."""

from collections.abc import Iterator

from django.conf import settings

from access_requests.grants.automation.needs import STARTER
from access_requests.grants.documents import Documents
from access_requests.grants.health import wrong
from access_requests.grants.iam_group.probe import groups, people
from access_requests.grants.needs import Asked, Missing
from portal.aws.errors import BackendError

NO_EXECUTION = "00000000-0000-0000-0000-000000000000"


def probe(asked: Asked, documents: Documents) -> Iterator[Missing]:
    yield from groups(asked)
    if STARTER in asked.usable:
        yield from _documents(asked, documents)
        yield from _executions(asked)
    yield from people(asked)


def _documents(asked: Asked, documents: Documents) -> Iterator[Missing]:
    """Yield which documents cannot be used."""
    if not all(getattr(settings, name) for name in documents.rendered_from):
        return  # What they are to say is not known, and the settings are named already.
    for owner in asked.owners:
        try:
            for difference in documents.differences(owner, asked.ssm(STARTER)):
                yield Missing(what=difference.document, problem=difference.problem)
        except BackendError as error:
            yield wrong("", error, call="ssm:GetDocument")
            return


def _executions(asked: Asked) -> Iterator[Missing]:
    """Yield whether executions may not be looked at: one that never was is not found by whoever may look."""
    try:
        asked.ssm(STARTER).call("get_automation_execution", AutomationExecutionId=NO_EXECUTION)
    except BackendError as error:
        if error.problem != "AutomationExecutionNotFoundException":
            yield wrong("", error, call="ssm:GetAutomationExecution")
