"""`identity_center`: memberships of groups in the identity store of IAM Identity Center.

backend  its verbs       needs  its role                          store  the identity store and the calls to it
fences   what AWS ends   probe  whether it could grant now        words  what people read of it
"""

from access_requests.grants.identity_center.backend import IdentityCenterBackend
from access_requests.grants.identity_center.store import IdentityCenterUser, find_identity_center_user

__all__ = ["IdentityCenterBackend", "IdentityCenterUser", "find_identity_center_user"]
