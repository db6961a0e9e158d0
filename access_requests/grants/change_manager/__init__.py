"""`change_manager`: a change request from the work group's template, whose approval runs the runbooks of `automation`.

backend  its verbs       needs  its roles and documents       documents  the change template, its pins and its review
fences   what AWS ends   probe  whether it could grant now    words      what people read of it
"""

from access_requests.grants.change_manager.backend import ChangeManagerBackend

__all__ = ["ChangeManagerBackend"]
