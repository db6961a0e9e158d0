"""What it needs: who writes runbooks, who starts them, and in which role they act."""

from access_requests.grants.needs import Needs, Permissions

PUBLISHER, STARTER, RUNBOOK = "AWS_CHANGE_PUBLISHER_ROLE_ARN", "AWS_CHANGE_STARTER_ROLE_ARN", "AWS_RUNBOOK_ROLE_ARN"
PORTAL = Permissions(policy="portal-jump.json")
PUBLISHING = Permissions(setting=PUBLISHER, policy="change-publisher.json")
STARTING = Permissions(setting=STARTER, policy="change-starter.json")
# It trusts Systems Manager alone.
ACTING = Permissions(setting=RUNBOOK, policy="runbook.json", is_taken_on=False)
NEEDS = Needs(permissions=(PORTAL, PUBLISHING, STARTING, ACTING))
