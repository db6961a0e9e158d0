"""What AWS ends by itself: as much as of a membership, since whoever has the tag is an IAM user who switches to the role."""

from access_requests.grants.fences import FENCED

FENCES = FENCED
