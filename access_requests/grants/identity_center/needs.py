"""What it needs: a role that may write memberships where Identity Center is administered."""

from access_requests.grants.needs import Needs, Permissions

DIRECTORY = "AWS_IDENTITY_CENTER_ROLE_ARN"
WRITING = Permissions(setting=DIRECTORY, role="SekishoIdentityCenterRole", policy="identity-center.json")
NEEDS = Needs(permissions=(WRITING,))
