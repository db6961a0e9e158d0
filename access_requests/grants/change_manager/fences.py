"""What AWS ends by itself of a membership that a change request has led to: as much as of one that a runbook has written.

AWS ends no change request with the access. One that nobody decides on runs out of its own time, and the portal cancels the rest.
"""

from access_requests.grants.automation.fences import FENCES

__all__ = ["FENCES"]
