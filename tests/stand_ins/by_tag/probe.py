"""Whether it could grant now: what every grant reads about an IAM user."""

from access_requests.grants.iam_group.probe import people as probe

__all__ = ["probe"]
