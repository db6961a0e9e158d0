"""Policies: managed ones, and those that are put on a role, a group or a user."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.cloudformation.kinds.kind import Made, Properties, Work, gone, text

_MOST_VERSIONS = 5
_HOLDERS = {"Roles": "Role", "Groups": "Group", "Users": "User"}


@dataclass(frozen=True, slots=True)
class _Managed:
    required: frozenset[str] = frozenset({"PolicyDocument"})
    optional: frozenset[str] = frozenset({"ManagedPolicyName", "Path", "Description", *_HOLDERS})

    def replaces(self, before: Properties, after: Properties) -> bool:
        return any(before.get(name) != after.get(name) for name in ("ManagedPolicyName", "Path", "Description"))

    def created(self, properties: Properties) -> Properties:
        return {name: value for name, value in properties.items() if name not in _HOLDERS}

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        policy = work.call(
            "CreatePolicy",
            PolicyName=properties.get("ManagedPolicyName", name),
            Path=properties.get("Path"),
            Description=properties.get("Description"),
            PolicyDocument=text(properties["PolicyDocument"]),
        )["Policy"]
        return Made(id=policy["Arn"], attributes={"PolicyArn": policy["Arn"], "PolicyId": policy["PolicyId"]})

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        if before["PolicyDocument"] != after["PolicyDocument"]:
            self._version(work, made, text(after["PolicyDocument"]))
        _attach(work, made, before, after)
        _detach(work, made, before, after)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        # A creation that failed may never have come to attach it: what is left attached keeps it from deletion.
        for holders, word in _HOLDERS.items():
            for holder in properties.get(holders, ()):
                work.try_call(f"Detach{word}Policy", **{f"{word}Name": holder}, PolicyArn=made.id)
        for version in self._versions(work, made):
            if not version["IsDefaultVersion"]:
                work.call("DeletePolicyVersion", PolicyArn=made.id, VersionId=version["VersionId"])
        work.call_if_there("DeletePolicy", PolicyArn=made.id)

    def _version(self, work: Work, made: Made, document: str) -> None:
        """Write the document as the version that counts; the oldest of five gives way."""
        versions = self._versions(work, made)
        if len(versions) >= _MOST_VERSIONS:
            oldest = min((each for each in versions if not each["IsDefaultVersion"]), key=lambda each: int(each["VersionId"][1:]))
            work.call("DeletePolicyVersion", PolicyArn=made.id, VersionId=oldest["VersionId"])
        work.call("CreatePolicyVersion", PolicyArn=made.id, PolicyDocument=document, SetAsDefault=True)

    def _versions(self, work: Work, made: Made) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = work.call("ListPolicyVersions", PolicyArn=made.id)["Versions"]
        return found


@dataclass(frozen=True, slots=True)
class _PutOnOne:
    """AWS::IAM::RolePolicy and its like: one policy on one role, group or user."""

    word: str
    required: frozenset[str]
    optional: frozenset[str] = frozenset({"PolicyDocument"})

    def replaces(self, before: Properties, after: Properties) -> bool:
        return any(before[name] != after[name] for name in self.required)

    def created(self, properties: Properties) -> Properties:
        return properties

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        self._put(work, properties)
        return Made(id=f"{properties['PolicyName']}|{properties[f'{self.word}Name']}")

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        if before != after:
            self._put(work, after)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        on = {name: properties[name] for name in self.required}
        work.call_if_there(f"Delete{self.word}Policy", **on)

    def _put(self, work: Work, properties: Properties) -> None:
        work.call(f"Put{self.word}Policy", **{**properties, "PolicyDocument": text(properties.get("PolicyDocument", {}))})


@dataclass(frozen=True, slots=True)
class _PutOnMany:
    """AWS::IAM::Policy: one policy, put on several."""

    required: frozenset[str] = frozenset({"PolicyName", "PolicyDocument"})
    optional: frozenset[str] = frozenset(_HOLDERS)

    def replaces(self, before: Properties, after: Properties) -> bool:
        return bool(before["PolicyName"] != after["PolicyName"])

    def created(self, properties: Properties) -> Properties:
        return {name: value for name, value in properties.items() if name not in _HOLDERS}

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        return Made(id=name)

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        changed = before["PolicyDocument"] != after["PolicyDocument"]
        for holders, word in _HOLDERS.items():
            for holder in after.get(holders, ()):
                if changed or holder not in before.get(holders, ()):
                    on = {f"{word}Name": holder, "PolicyName": after["PolicyName"]}
                    work.call(f"Put{word}Policy", **on, PolicyDocument=text(after["PolicyDocument"]))
            for holder in gone(before.get(holders, ()), after.get(holders, ())):
                work.call_if_there(f"Delete{word}Policy", **{f"{word}Name": holder, "PolicyName": before["PolicyName"]})

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        self.settle(work, made, properties, {**self.created(properties)})


def _attach(work: Work, made: Made, before: Properties, after: Properties) -> None:
    for holders, word in _HOLDERS.items():
        for holder in gone(after.get(holders, ()), before.get(holders, ())):
            work.call(f"Attach{word}Policy", **{f"{word}Name": holder}, PolicyArn=made.id)


def _detach(work: Work, made: Made, before: Properties, after: Properties) -> None:
    for holders, word in _HOLDERS.items():
        for holder in gone(before.get(holders, ()), after.get(holders, ())):
            work.call_if_there(f"Detach{word}Policy", **{f"{word}Name": holder}, PolicyArn=made.id)


KINDS: Mapping[str, Any] = {
    "AWS::IAM::ManagedPolicy": _Managed(),
    "AWS::IAM::Policy": _PutOnMany(),
    **{
        f"AWS::IAM::{word}Policy": _PutOnOne(word, frozenset({f"{word}Name", "PolicyName"})) for word in ("Role", "Group", "User")
    },
}
