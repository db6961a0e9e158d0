"""Documents for tests of Systems Manager."""

import json
from typing import Any

HELLO: dict[str, Any] = {
    "description": "Looks at a group.",
    "schemaVersion": "0.3",
    "parameters": {"Group": {"type": "String", "description": "Which", "default": "MemberGroup"}},
    "mainSteps": [
        {
            "name": "look",
            "action": "aws:executeAwsApi",
            "inputs": {"Service": "iam", "Api": "GetGroup", "GroupName": "{{ Group }}"},
            "outputs": [{"Name": "Arn", "Selector": "$.Group.Arn", "Type": "String"}],
        }
    ],
    "outputs": ["look.Arn"],
}
TEMPLATE: dict[str, Any] = {
    "description": "Lets somebody look at a group.",
    "templateInformation": "### 変更対象\n本番",
    "schemaVersion": "0.3",
    "emergencyChange": False,
    "autoApprovable": False,
    "executableRunBooks": [{"name": "Hello", "version": "1"}],
    "mainSteps": [
        {
            "name": "Lead",
            "action": "aws:approve",
            "timeoutSeconds": 3600,
            "inputs": {
                "Message": "Please.",
                "EnhancedApprovals": {"Approvers": [{"approver": "leader01", "type": "IamUser", "minRequiredApprovals": 1}]},
            },
        }
    ],
}


def as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


def with_steps(*steps: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """Return a runbook of these steps."""
    return {"schemaVersion": "0.3", "description": "A test's.", "mainSteps": list(steps), **rest}


def call(name: str, service: str, api: str, /, *, inputs: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    """Return a step that calls AWS."""
    return {"name": name, "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api, **(inputs or {})}, **rest}


def publish(ssm: Any, name: str, document: dict[str, Any], kind: str = "Automation") -> Any:
    answer = ssm.create_document(Name=name, Content=as_json(document), DocumentType=kind, DocumentFormat="JSON")
    return answer["DocumentDescription"]
