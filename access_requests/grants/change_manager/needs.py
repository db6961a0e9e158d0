"""What it needs: the roles of runbooks, and two more. Who writes a template must not review it, and who asks must not approve."""

from access_requests.grants.automation.needs import ACTING, PORTAL, PUBLISHING, STARTING
from access_requests.grants.needs import Needs, Permissions

APPROVER, REVIEWER = "AWS_CHANGE_APPROVER_ROLE_ARN", "AWS_CHANGE_REVIEWER_ROLE_ARN"
APPROVING = Permissions(setting=APPROVER, role="SekishoChangeApproverRole", policy="change-approver.json")
# People may review templates in AWS.
REVIEWING = Permissions(setting=REVIEWER, role="SekishoChangeReviewerRole", policy="change-reviewer.json", is_optional=True)
NEEDS = Needs(permissions=(PORTAL, PUBLISHING, REVIEWING, STARTING, APPROVING, ACTING))
