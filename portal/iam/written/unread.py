"""Policies that a file holds where nobody looks for them: in kinds of resources that are not read."""

from portal.iam.written.nodes import Node
from portal.iam.written.policies import Left

_NESTED = {"AWS::CloudFormation::Stack", "AWS::Serverless::Application"}
# Properties by which resources of SAM get rights.
_SERVERLESS = "AWS::Serverless::"
_GIVING = ("Policies", "AssumeRolePolicyDocument", "ResourcePolicy")


def of_resource(name: str, kind: str, properties: Node) -> list[Left]:
    """Return what is left of a resource of a kind that is not read."""
    if kind in _NESTED:
        return [_left(f"{name} stands in another file", properties)]
    gives = kind.startswith(_SERVERLESS) and any(properties.get(key) is not None for key in _GIVING)
    return [left(name, properties)] if gives or holds_policy(properties) else []


def by_function(name: str, node: Node) -> list[Left]:
    """Return what is left of resources that a function makes, such as Fn::ForEach."""
    return [_left(f"{name} is not resolved", node)] if name.startswith("Fn::") else []


def holds_policy(node: Node) -> bool:
    """Whether somewhere in it lies what looks like a policy, or like the text of one."""
    if node.text:
        return '"Statement"' in node.text and '"Effect"' in node.text
    if (found := node.get("Statement")) is not None and any(one.get("Effect") is not None for one in found.listed()):
        return True
    members = node.value if isinstance(node.value, list) else [value for _key, value in node.items()]
    return any(map(holds_policy, members))


def left(name: str, node: Node) -> Left:
    return _left(f"the policy of {name} is not read", node)


def _left(words: str, node: Node) -> Left:
    return Left(words=words, place=node.place, is_unread=True)
