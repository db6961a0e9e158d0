"""What else of IAM and of Systems Manager a template may have: each is one call to make, and one to take away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.cloudformation.kinds.kind import Made, Properties, Work, gone


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A kind of which no property can be changed but those in `settled`."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()

    def replaces(self, before: Properties, after: Properties) -> bool:
        return any(before.get(name) != after.get(name) for name in (self.required | self.optional) - self.settled)

    def created(self, properties: Properties) -> Properties:
        return properties

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        """Nothing can be changed."""


class _AccessKey(_Fixed):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        key = work.call("CreateAccessKey", UserName=properties["UserName"])["AccessKey"]
        return Made(id=key["AccessKeyId"], attributes={"SecretAccessKey": key["SecretAccessKey"]})

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.call_if_there("DeleteAccessKey", UserName=properties["UserName"], AccessKeyId=made.id)


class _Addition(_Fixed):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        return Made(id=name)

    def created(self, properties: Properties) -> Properties:
        return {**properties, "Users": []}

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        for user in gone(after["Users"], before["Users"]):
            work.call("AddUserToGroup", GroupName=after["GroupName"], UserName=user)
        for user in gone(before["Users"], after["Users"]):
            work.call_if_there("RemoveUserFromGroup", GroupName=before["GroupName"], UserName=user)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        self.settle(work, made, properties, self.created(properties))


class _Profile(_Fixed):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given = properties.get("InstanceProfileName", name)
        made = work.call("CreateInstanceProfile", InstanceProfileName=given, Path=properties.get("Path"))
        return Made(id=given, attributes={"Arn": made["InstanceProfile"]["Arn"]})

    def created(self, properties: Properties) -> Properties:
        return {**properties, "Roles": []}

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        for role in gone(before["Roles"], after["Roles"]):
            work.call_if_there("RemoveRoleFromInstanceProfile", InstanceProfileName=made.id, RoleName=role)
        for role in gone(after["Roles"], before["Roles"]):
            work.call("AddRoleToInstanceProfile", InstanceProfileName=made.id, RoleName=role)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        self.settle(work, made, properties, self.created(properties))
        work.call_if_there("DeleteInstanceProfile", InstanceProfileName=made.id)


class _OpenId(_Fixed):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given = {"ThumbprintList": properties.get("ThumbprintList", []), "ClientIDList": properties.get("ClientIdList", [])}
        arn = work.call("CreateOpenIDConnectProvider", Url=properties["Url"], **given)["OpenIDConnectProviderArn"]
        return Made(id=arn, attributes={"Arn": arn})

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.call_if_there("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=made.id)


class _Saml(_Fixed):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given = properties["SamlMetadataDocument"]
        arn = work.call("CreateSAMLProvider", Name=properties.get("Name", name), SAMLMetadataDocument=given)["SAMLProviderArn"]
        return Made(id=arn, attributes={"Arn": arn})

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        if before != after:
            given = after["SamlMetadataDocument"]
            work.call("UpdateSAMLProvider", SAMLProviderArn=made.id, SAMLMetadataDocument=given)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.call_if_there("DeleteSAMLProvider", SAMLProviderArn=made.id)


class _Document(_Fixed):
    """A document of Systems Manager. With UpdateMethod NewVersion a change of its content is a new version of it."""

    def replaces(self, before: Properties, after: Properties) -> bool:
        is_version = after.get("UpdateMethod") == "NewVersion"
        return super().replaces(before, after) or (not is_version and before["Content"] != after["Content"])

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given = properties.get("Name", name)
        made = {"Name": given, "Content": json.dumps(properties["Content"]), "DocumentFormat": "JSON"}
        work.call("CreateDocument", service="ssm", **made, DocumentType=properties.get("DocumentType", "Command"))
        return Made(id=given)

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        if before["Content"] == after["Content"]:
            return
        given = {"Name": made.id, "Content": json.dumps(after["Content"]), "DocumentVersion": "$LATEST"}
        version = work.call("UpdateDocument", service="ssm", **given, DocumentFormat="JSON")["DocumentDescription"]
        work.call("UpdateDocumentDefaultVersion", service="ssm", Name=made.id, DocumentVersion=version["DocumentVersion"])

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.call_if_there("DeleteDocument", service="ssm", Name=made.id)


KINDS: Mapping[str, Any] = {
    "AWS::IAM::AccessKey": _AccessKey(frozenset({"UserName"})),
    "AWS::IAM::UserToGroupAddition": _Addition(frozenset({"GroupName", "Users"}), settled=frozenset({"Users"})),
    "AWS::IAM::InstanceProfile": _Profile(
        frozenset({"Roles"}), frozenset({"InstanceProfileName", "Path"}), settled=frozenset({"Roles"})
    ),
    "AWS::IAM::OIDCProvider": _OpenId(frozenset({"Url"}), frozenset({"ClientIdList", "ThumbprintList"})),
    "AWS::IAM::SAMLProvider": _Saml(
        frozenset({"SamlMetadataDocument"}), frozenset({"Name"}), settled=frozenset({"SamlMetadataDocument"})
    ),
    "AWS::SSM::Document": _Document(
        frozenset({"Content"}),
        frozenset({"Name", "DocumentType", "DocumentFormat", "UpdateMethod"}),
        settled=frozenset({"Content", "UpdateMethod"}),
    ),
}
