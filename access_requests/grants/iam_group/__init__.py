"""`iam_group`: the portal itself writes a tag on the IAM user, and membership of the IAM group.

backend  its verbs       needs  what the portal must be allowed       probe  whether it could grant now
fences   what AWS ends   words  what people read of it
"""

from access_requests.grants.iam_group.backend import IamGroupBackend

__all__ = ["IamGroupBackend"]
