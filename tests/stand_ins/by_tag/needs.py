"""What it needs: the portal's own permission to tag, which it has for TTL tags."""

from access_requests.grants.needs import Needs, Permissions

NEEDS = Needs(permissions=(Permissions(policy="portal-jump.json"),))
