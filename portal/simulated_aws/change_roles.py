"""The roles by which the portal uses Change Manager, Automation and Identity Center, and the one that its runbooks act in.

Four for Change Manager, since who writes a template must not review it, and who asks must not approve.
"""

from collections.abc import Sequence

from portal.simulated_aws.guard_rails import Statement, allow, document
from portal.simulated_aws.world import Role

PATH = "/sekisho/"
PUBLISHER, REVIEWER = "SekishoChangePublisherRole", "SekishoChangeReviewerRole"
STARTER, APPROVER = "SekishoChangeStarterRole", "SekishoChangeApproverRole"
RUNBOOK = "SekishoRunbookRole"
IDENTITY_CENTER = "SekishoIdentityCenterRole"
# All documents of the portal's begin so.
DOCUMENTS = "Sekisho"

_LOOK_AT_DOCUMENTS = ("ssm:DescribeDocument", "ssm:GetDocument", "ssm:ListDocumentVersions")
_LOOK_AT_EXECUTIONS = ("ssm:DescribeAutomationStepExecutions", "ssm:GetAutomationExecution")


def roles(account_id: str, *, portal: Sequence[str], work_path: str) -> tuple[Role, ...]:
    """Return the roles of the Jump account; `portal` are the ARNs that may take on all but the runbooks' own."""
    place = f"arn:aws:ssm:*:{account_id}"
    documents, executions = f"{place}:document/{DOCUMENTS}*", f"{place}:automation-execution/*"
    runbook = f"arn:aws:iam::{account_id}:role{PATH}{RUNBOOK}"
    passed = {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
    look = (allow(_LOOK_AT_EXECUTIONS, executions), allow("ssm:DescribeAutomationExecutions"))
    return (
        _for_portal(PUBLISHER, portal, allow([*_WRITE_DOCUMENTS, *_LOOK_AT_DOCUMENTS], documents), allow("ssm:ListDocuments")),
        _for_portal(REVIEWER, portal, allow([*_LOOK_AT_DOCUMENTS, "ssm:UpdateDocumentMetadata"], documents)),
        _for_portal(
            STARTER,
            portal,
            allow(
                ["ssm:StartAutomationExecution", "ssm:StartChangeRequestExecution"], f"{place}:automation-definition/{DOCUMENTS}*"
            ),
            allow("ssm:StopAutomationExecution", executions),
            allow("iam:PassRole", runbook, Condition=passed),
            allow(_LOOK_AT_DOCUMENTS, documents),
            *look,
        ),
        _for_portal(APPROVER, portal, allow("ssm:SendAutomationSignal", executions), *look),
        _for_portal(IDENTITY_CENTER, portal, allow(_MEMBERSHIPS, "*"), allow("sso:ListInstances")),
        _for_runbooks(account_id, work_path),
    )


def _for_portal(name: str, portal: Sequence[str], *statements: Statement) -> Role:
    trust = document({"Effect": "Allow", "Principal": {"AWS": list(portal)}, "Action": "sts:AssumeRole"})
    return Role(name=name, path=PATH, trust=trust, inline={"Own": document(*statements)})


def _for_runbooks(account_id: str, work_path: str) -> Role:
    """Return the role of runbooks, for Automation of this account only: members of work groups, and TTL tags."""
    trusted = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:*:{account_id}:automation-execution/*"},
    }
    service = {"Service": "ssm.amazonaws.com"}
    trust = document({"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole", "Condition": trusted})
    groups, users = f"arn:aws:iam::{account_id}:group{work_path}*", f"arn:aws:iam::{account_id}:user/*"
    ttl = {"ForAllValues:StringLike": {"aws:TagKeys": "sekisho:ttl:*"}, "Null": {"aws:TagKeys": "false"}}
    rights = document(
        allow(["iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:GetGroup"], groups),
        allow(["iam:TagUser", "iam:UntagUser"], users, Condition=ttl),
        allow(["iam:GetUser", "iam:GetUserPolicy", "iam:ListGroupsForUser", "iam:ListUserPolicies", "iam:ListUserTags"], users),
    )
    return Role(name=RUNBOOK, path=PATH, trust=trust, inline={"Own": rights})


_WRITE_DOCUMENTS = (
    *("ssm:CreateDocument", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:UpdateDocumentMetadata"),
    "ssm:ListDocumentMetadataHistory",
)
_MEMBERSHIPS = (
    *("identitystore:CreateGroupMembership", "identitystore:DeleteGroupMembership", "identitystore:DescribeGroup"),
    *("identitystore:DescribeGroupMembership", "identitystore:DescribeUser", "identitystore:GetGroupId"),
    *("identitystore:GetGroupMembershipId", "identitystore:GetUserId", "identitystore:IsMemberInGroups"),
    *("identitystore:ListGroupMemberships", "identitystore:ListGroupMembershipsForMember"),
)
