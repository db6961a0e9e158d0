"""Policies of a CloudFormation template."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from portal.iam.statements import Kind
from portal.iam.written import unread
from portal.iam.written.intrinsics import Resolver
from portal.iam.written.linking import Linked
from portal.iam.written.nodes import Node
from portal.iam.written.policies import Carrier, File, Holder, Written
from portal.iam.written.reading import Unreadable, read_json

CARRIERS: Mapping[str, tuple[Carrier, str]] = {
    "AWS::IAM::Role": (Carrier.ROLE, "RoleName"),
    "AWS::IAM::User": (Carrier.USER, "UserName"),
    "AWS::IAM::Group": (Carrier.GROUP, "GroupName"),
}
# The carrier whose policy it is, and the property with its name.
OF_ONE: Mapping[str, tuple[Carrier, str]] = {
    "AWS::IAM::RolePolicy": (Carrier.ROLE, "RoleName"),
    "AWS::IAM::UserPolicy": (Carrier.USER, "UserName"),
    "AWS::IAM::GroupPolicy": (Carrier.GROUP, "GroupName"),
}
OF_SEVERAL = {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
OWNERS = ((Carrier.ROLE, "Roles"), (Carrier.USER, "Users"), (Carrier.GROUP, "Groups"))
OF_THINGS: Mapping[str, str] = {
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
OF_THE_ORGANISATION = "AWS::Organizations::Policy"
CONTROLS = {"SERVICE_CONTROL_POLICY": Kind.IDENTITY, "RESOURCE_CONTROL_POLICY": Kind.RESOURCE}
PERMISSION_SET = "AWS::SSO::PermissionSet"


def policies_of_template(template: Node, parameters: Mapping[str, str], account: str) -> File:
    """Return what the template deploys in the account. Raises Unreadable."""
    return _Template(Resolver(template=template, parameters=parameters, account=account)).file()


class _Template:
    def __init__(self, resolver: Resolver) -> None:
        self.resources = resolver.template.get("Resources") or resolver.template
        self.resolver = resolver
        self.linked = Linked()

    def file(self) -> File:
        for logical_id, resource in self.resources.items():
            kind, properties = resource.get("Type"), resource.get("Properties")
            if kind and properties:
                self._read(logical_id, kind.text, replace(properties, place=self.resources.keys[logical_id]))
            self.linked.file.left += unread.by_function(logical_id, replace(resource, place=self.resources.keys[logical_id]))
        file = self.linked.linked()
        file.left += self.resolver.left
        return file

    def _read(self, logical_id: str, kind: str, properties: Node) -> None:
        name = f"{logical_id} ({kind})"
        if kind in CARRIERS:
            self._carrier(logical_id, name, *CARRIERS[kind], properties)
        elif kind == PERMISSION_SET:
            self._permission_set(logical_id, name, properties)
        elif kind in OF_ONE:
            carrier, owner = OF_ONE[kind]
            for written in self._written(Kind.IDENTITY, name, properties.get("PolicyDocument")):
                self.linked.owners.append((written, carrier, self._text(properties, owner)))
        elif kind in OF_SEVERAL:
            self._of_several(logical_id, name, properties)
        elif kind in OF_THINGS:
            self.linked.file.others += self._written(Kind.RESOURCE, name, properties.get(OF_THINGS[kind]))
        elif kind == OF_THE_ORGANISATION:
            self._of_the_organisation(name, properties)
        else:
            self.linked.file.left += unread.of_resource(name, kind, properties)

    def _carrier(self, logical_id: str, name: str, carrier: Carrier, name_of: str, properties: Node) -> None:
        own = self._text(properties, name_of)
        path = self._text(properties, "Path")
        holder = Holder(name=name, carrier=carrier, place=properties.place, path=path.text if path else "/")
        self.linked.hold(holder, logical_id, own.text if own else "")
        for number, policy in enumerate(self._listed(properties, "Policies"), 1):
            called = policy.get("PolicyName")
            inline = f"{name} {called.text if called else f'policy {number}'}"
            holder.policies += self._written(Kind.IDENTITY, inline, policy.get("PolicyDocument"))
        for trust in self._written(Kind.TRUST, f"{name} trust", properties.get("AssumeRolePolicyDocument")):
            holder.trust = trust
        self._limited(holder, logical_id, properties, "ManagedPolicyArns", "PermissionsBoundary")

    def _limited(self, holder: Holder, logical_id: str, properties: Node, attached: str, boundary: str) -> None:
        self.linked.attached += [(holder.carrier, logical_id, arn) for arn in self._listed(properties, attached)]
        found = self._text(properties, boundary)
        if found is not None:
            self.linked.boundaries.append((holder, found))

    def _permission_set(self, logical_id: str, name: str, properties: Node) -> None:
        holder = self.linked.hold(Holder(name=name, carrier=Carrier.ROLE, place=properties.place), logical_id)
        holder.policies += self._written(Kind.IDENTITY, name, properties.get("InlinePolicy"))
        self.linked.attached += [(Carrier.ROLE, logical_id, arn) for arn in self._listed(properties, "ManagedPolicies")]
        holder.has_boundary = properties.get("PermissionsBoundary") is not None

    def _of_several(self, logical_id: str, name: str, properties: Node) -> None:
        for written in self._written(Kind.IDENTITY, name, properties.get("PolicyDocument")):
            self.linked.keep(written, logical_id, self._arn(properties))
            for carrier, key in OWNERS:
                self.linked.owners += [(written, carrier, owner) for owner in self._listed(properties, key)]

    def _arn(self, properties: Node) -> str:
        """Return the ARN by which what lies in another place of the template may call it."""
        name, path = self._text(properties, "ManagedPolicyName"), self._text(properties, "Path")
        return f"arn:aws:iam::{self.resolver.account}:policy{path.text if path else '/'}{name.text}" if name else ""

    def _of_the_organisation(self, name: str, properties: Node) -> None:
        kind = self._text(properties, "Type")
        if kind is not None and kind.text in CONTROLS:
            for written in self._written(CONTROLS[kind.text], name, properties.get("Content")):
                written.is_limit = True
                self.linked.file.others.append(written)

    def _written(self, kind: Kind, name: str, document: Node | None) -> Iterator[Written]:
        body = self.resolver.resolved(document) if document else None
        if body is None:
            return
        yield Written(kind=kind, name=name, body=from_text(body))

    def _text(self, properties: Node, key: str) -> Node | None:
        return self.resolver.text_at(properties.get(key))

    def _listed(self, properties: Node, key: str) -> list[Node]:
        found = properties.get(key)
        resolved = self.resolver.resolved(found) if found else None
        return list(resolved.listed()) if resolved else []


def from_text(node: Node) -> Node:
    """Return the document that a text holds as JSON, all of it where the text stands; what is no text is returned as it is."""
    if not node.text:
        return node
    try:
        return read_json(node.text).placed(node.place)
    except Unreadable as unreadable:
        shown = json.dumps(node.text[:40])
        raise Unreadable(f"the policy {shown} is no JSON: {unreadable.words}", node.place) from unreadable
