"""What the portal must be allowed for it: nothing but what it needs in the Jump account anyway, and no document."""

from access_requests.grants.needs import Needs, Permissions

NEEDS = Needs(permissions=(Permissions(policy="portal-jump.json"),))
