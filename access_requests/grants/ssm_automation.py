"""The backend that starts runbooks itself: for those who cannot have Change Manager."""

from access_requests.grants.documents import SSM_AUTOMATION
from access_requests.grants.runbooks import ByRunbook


class SsmAutomationBackend(ByRunbook):
    """A runbook that gives, one that moves the end, one that takes out; each checks, writes and reads back in AWS."""

    by = SSM_AUTOMATION
