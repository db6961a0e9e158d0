"""What AWS ends by itself of a membership that a runbook has written: as much as of any in an IAM group.

The portal writes fence and gate before a runbook is started, and the runbook gives nothing without the fence. A runbook that is
under way does not end with the access: what still gives is stopped before the removal begins.
"""

from access_requests.grants.iam_group.fences import FENCES

__all__ = ["FENCES"]
