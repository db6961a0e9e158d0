"""Its verbs are those of every backend that grants by runbooks: for those who cannot have Change Manager."""

from access_requests.grants.automation.by_runbook import ByRunbook
from access_requests.grants.automation.documents import RUNBOOKS
from access_requests.grants.automation.grant import RunbookGrant
from access_requests.grants.automation.needs import NEEDS
from access_requests.grants.automation.words import WORDS
from access_requests.grants.contract import Facts, Grant


class SsmAutomationBackend(ByRunbook[RunbookGrant]):
    """A runbook that gives, one that moves the end, one that takes out; each checks, writes and reads back in AWS."""

    words = WORDS
    needs = NEEDS
    documents = RUNBOOKS

    def of(self, grant: Grant, facts: Facts) -> RunbookGrant:
        return RunbookGrant.made(grant, facts)
