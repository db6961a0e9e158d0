"""What AWS ends by itself of a membership in an IAM group: all of it, where the roles are in accounts with a role of the portal.

The entry fence on the IAM user denies each switch after the end, and the session gate on the role each call of a session. No
policy ends open Session Manager sessions, which the end terminates, nor what somebody has started or made meanwhile.
"""

from access_requests.grants.fences import FENCED

FENCES = FENCED
