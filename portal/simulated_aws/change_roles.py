"""Names of the roles by which the portal uses Change Manager, Automation and Identity Center, and of the one its runbooks act in.

Four for Change Manager, since who writes a template must not review it, and who asks must not approve.
"""

PATH = "/sekisho/"
PUBLISHER, REVIEWER = "SekishoChangePublisherRole", "SekishoChangeReviewerRole"
STARTER, APPROVER = "SekishoChangeStarterRole", "SekishoChangeApproverRole"
RUNBOOK = "SekishoRunbookRole"
IDENTITY_CENTER = "SekishoIdentityCenterRole"
