"""Roles, groups and users: what is attached to them and put on them is alike for all three."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.cloudformation.kinds.kind import Made, Properties, Work, gone, pairs, text

_COMMON = frozenset({"Path", "ManagedPolicyArns", "Policies"})


@dataclass(frozen=True, slots=True)
class _Identity:
    """`word` is Role, Group or User: their calls are named by it."""

    word: str
    required: frozenset[str]
    optional: frozenset[str]

    @property
    def key(self) -> str:
        return f"{self.word}Name"

    def replaces(self, before: Properties, after: Properties) -> bool:
        return any(before.get(name) != after.get(name) for name in (self.key, "Path"))

    def created(self, properties: Properties) -> Properties:
        return {name: value for name, value in properties.items() if name not in ("ManagedPolicyArns", "Policies", "Groups")}

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        on = {self.key: made.id}
        old, new = before.get("ManagedPolicyArns", ()), after.get("ManagedPolicyArns", ())
        # What denies comes before what allows goes: attach first.
        for arn in gone(new, old):
            work.call(f"Attach{self.word}Policy", **on, PolicyArn=arn)
        inline, kept = _inline(after), _inline(before)
        for name, document in inline.items():
            if kept.get(name) != document:
                work.call(f"Put{self.word}Policy", **on, PolicyName=name, PolicyDocument=document)
        for arn in gone(old, new):
            work.call_if_there(f"Detach{self.word}Policy", **on, PolicyArn=arn)
        for name in gone(kept, inline):
            work.call_if_there(f"Delete{self.word}Policy", **on, PolicyName=name)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        _Identity.settle(self, work, made, properties, {})
        work.call_if_there(f"Delete{self.word}", **{self.key: made.id})

    def _tag(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        old, new = pairs(before.get("Tags", ())), pairs(after.get("Tags", ()))
        if set_anew := [{"Key": key, "Value": value} for key, value in new.items() if old.get(key) != value]:
            work.call(f"Tag{self.word}", **{self.key: made.id}, Tags=set_anew)
        if taken := gone(old, new):
            work.call(f"Untag{self.word}", **{self.key: made.id}, TagKeys=taken)

    def _bound(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        old, new = before.get("PermissionsBoundary"), after.get("PermissionsBoundary")
        if new and new != old:
            work.call(f"Put{self.word}PermissionsBoundary", **{self.key: made.id}, PermissionsBoundary=new)
        elif old and not new:
            work.call(f"Delete{self.word}PermissionsBoundary", **{self.key: made.id})


class _Role(_Identity):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given: dict[str, Any] = {key: properties.get(key) for key in ("Path", "Description", "PermissionsBoundary", "Tags")}
        seconds = properties.get("MaxSessionDuration")
        role = work.call(
            "CreateRole",
            RoleName=properties.get("RoleName", name),
            AssumeRolePolicyDocument=text(properties["AssumeRolePolicyDocument"]),
            MaxSessionDuration=int(seconds) if seconds else None,
            **given,
        )["Role"]
        return Made(id=role["RoleName"], attributes={"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        self._bound(work, made, before, after)
        if before.get("AssumeRolePolicyDocument") != (trust := after.get("AssumeRolePolicyDocument")) and trust:
            work.call("UpdateAssumeRolePolicy", RoleName=made.id, PolicyDocument=text(trust))
        if any(before.get(name) != after.get(name) for name in ("MaxSessionDuration", "Description")):
            seconds = int(after.get("MaxSessionDuration", 3_600))
            work.call("UpdateRole", RoleName=made.id, MaxSessionDuration=seconds, Description=after.get("Description", ""))
        self._tag(work, made, before, after)
        super().settle(work, made, before, after)


class _Group(_Identity):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given = properties.get("GroupName", name)
        group = work.call("CreateGroup", GroupName=given, Path=properties.get("Path"))["Group"]
        return Made(id=group["GroupName"], attributes={"Arn": group["Arn"]})


class _User(_Identity):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given: dict[str, Any] = {key: properties.get(key) for key in ("Path", "PermissionsBoundary", "Tags")}
        user = work.call("CreateUser", UserName=properties.get("UserName", name), **given)["User"]
        return Made(id=user["UserName"], attributes={"Arn": user["Arn"]})

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        self._bound(work, made, before, after)
        self._tag(work, made, before, after)
        super().settle(work, made, before, after)
        for group in gone(after.get("Groups", ()), before.get("Groups", ())):
            work.call("AddUserToGroup", UserName=made.id, GroupName=group)
        for group in gone(before.get("Groups", ()), after.get("Groups", ())):
            work.call_if_there("RemoveUserFromGroup", UserName=made.id, GroupName=group)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        for group in properties.get("Groups", ()):
            work.call_if_there("RemoveUserFromGroup", UserName=made.id, GroupName=group)
        super().delete(work, made, {**properties, "Groups": []})


def _inline(properties: Properties) -> dict[str, str]:
    return {each["PolicyName"]: text(each["PolicyDocument"]) for each in properties.get("Policies", ())}


_OF_ROLE = {"RoleName", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags"}
_OF_USER = {"UserName", "Groups", "PermissionsBoundary", "Tags"}
KINDS: Mapping[str, Any] = {
    "AWS::IAM::Role": _Role("Role", frozenset({"AssumeRolePolicyDocument"}), _COMMON | _OF_ROLE),
    "AWS::IAM::Group": _Group("Group", frozenset(), _COMMON | {"GroupName"}),
    "AWS::IAM::User": _User("User", frozenset(), _COMMON | _OF_USER),
}
