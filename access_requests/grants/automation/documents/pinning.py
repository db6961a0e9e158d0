"""Which versions may be run: those whose content is what we render. A version never changes in AWS, so its number will do."""

from collections.abc import Callable, Collection, Iterator
from functools import partial

from access_requests.grants.automation.documents.naming import name
from access_requests.grants.automation.documents.reading import held
from access_requests.grants.automation.documents.rendering import runbook
from access_requests.grants.documents import Difference
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused

# What is wrong with a runbook, as against a call that was refused.
PROBLEMS = frozenset({"runbook_missing", "runbook_changed"})


def pinned_runbook(owner: Owner, purpose: Purpose, ssm: AwsClient) -> tuple[str, str]:
    """Return name and default version of the runbook.

    Raises BackendRefused: runbook_missing, or runbook_changed where it is not what we render; and what calls raise. One call.
    """
    document = name(purpose, owner.group)
    there = held(ssm, document)
    if there is None:
        raise BackendRefused("runbook_missing", document)
    if there.content != runbook(purpose, owner):
        raise BackendRefused("runbook_changed", document)
    return document, there.version


def differences(owner: Owner, ssm: AwsClient) -> Iterator[Difference]:
    """Yield each runbook of the group that `publish` has yet to put right. Raises BackendError."""
    for purpose in Purpose:
        yield from difference(name(purpose, owner.group), partial(pinned_runbook, owner, purpose, ssm), PROBLEMS)


def difference(document: str, look: Callable[[], object], problems: Collection[str]) -> Iterator[Difference]:
    """Yield what is wrong with the document where that is one of these problems. Raises BackendError for any other."""
    try:
        look()
    except BackendRefused as error:
        if error.problem not in problems:
            raise
        yield Difference(document=document, problem=error.problem)
