"""What it needs: who writes runbooks, who starts them, and in which role they act."""

from access_requests.grants.needs import Needs, Permissions

PUBLISHER, STARTER, RUNBOOK = "AWS_CHANGE_PUBLISHER_ROLE_ARN", "AWS_CHANGE_STARTER_ROLE_ARN", "AWS_RUNBOOK_ROLE_ARN"
PORTAL = Permissions(policy="portal-jump.json")
PUBLISHING = Permissions(setting=PUBLISHER, role="SekishoChangePublisherRole", policy="change-publisher.json")
STARTING = Permissions(setting=STARTER, role="SekishoChangeStarterRole", policy="change-starter.json")
ACTING = Permissions(
    setting=RUNBOOK,
    role="SekishoRunbookRole",
    policy="runbook.json",
    service="ssm.amazonaws.com",
    source="arn:aws:ssm:*:{account}:automation-execution/*",
)
NEEDS = Needs(permissions=(PORTAL, PUBLISHING, STARTING, ACTING))
