"""The roles by which the portal uses Change Manager, Automation and Identity Center, and the one that its runbooks act in.

Four for Change Manager, since who writes a template must not review it, and who asks must not approve. What each may do are
the files that administrators are given: what is missing there is denied here.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.simulated_aws.guard_rails import document
from portal.simulated_aws.world import Document, Role

PATH = "/sekisho/"
PUBLISHER, REVIEWER = "SekishoChangePublisherRole", "SekishoChangeReviewerRole"
STARTER, APPROVER = "SekishoChangeStarterRole", "SekishoChangeApproverRole"
RUNBOOK = "SekishoRunbookRole"
IDENTITY_CENTER = "SekishoIdentityCenterRole"
FILES: Mapping[str, str] = {
    PUBLISHER: "change-publisher.json",
    REVIEWER: "change-reviewer.json",
    STARTER: "change-starter.json",
    APPROVER: "change-approver.json",
    RUNBOOK: "runbook.json",
    IDENTITY_CENTER: "identity-center.json",
}
_FOLDER = Path(__file__).parent.parent / "aws" / "policies"


def roles(account_id: str, *, portal: Sequence[str]) -> tuple[Role, ...]:
    """Return the roles of the Jump account; `portal` are the ARNs that may take on all but the runbooks' own."""
    trust = document({"Effect": "Allow", "Principal": {"AWS": list(portal)}, "Action": "sts:AssumeRole"})
    return tuple(_role(name, _trust_of_automation(account_id) if name == RUNBOOK else trust) for name in FILES)


def _role(name: str, trust: Document) -> Role:
    return Role(name=name, path=PATH, trust=trust, inline={"Own": json.loads((_FOLDER / FILES[name]).read_text())})


def _trust_of_automation(account_id: str) -> Document:
    """Trust Automation of this account only."""
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:*:{account_id}:automation-execution/*"},
    }
    service = {"Service": "ssm.amazonaws.com"}
    return document({"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole", "Condition": condition})
