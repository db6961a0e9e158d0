"""The identity store's calls about users and groups."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from portal.simulated_aws import identity_directory, paging
from portal.simulated_aws.directory_errors import Invalid, NotFound
from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.identity_directory import Directory, Group, Person

Answer = dict[str, Any]
_PAGE = 100
_REVISION = "1"
_NOT_SIMULATED = ("Extensions", "Photos", "Roles")


class StoreCalls(Gateway):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="identitystore")
        self.automated_parameter_parsing = True

    def create_user(self) -> ActionResult:
        for name in _NOT_SIMULATED:
            if name in self.params:
                raise NotSimulated(f"{name} of a user are not simulated")
        given = {name: value for name, value in self.params.items() if name != "IdentityStoreId"}
        for name in ("UserName", "DisplayName", "Name"):
            if not given.get(name):
                raise Invalid(f"{name}: The attribute {name} is required")
        user = Person(id=str(uuid.uuid4()), name=given["UserName"], attributes=given, created_at=self.envelope.at)
        self.store.add_user(user)
        return ActionResult({**self._of_user(user), "Revision": _REVISION})

    def describe_user(self) -> ActionResult:
        user = self.store.user(self.params["UserId"])
        return ActionResult(self._whole_user(user))

    def get_user_id(self) -> ActionResult:
        paths: dict[str, Callable[[str], Person | None]] = {
            "username": self.store.user_named,
            "emails.value": self._user_with_email,
        }
        user = self._by_attribute(paths)
        if user is None:
            raise NotFound("USER")
        return ActionResult(self._of_user(user))

    def list_users(self) -> ActionResult:
        users = [user for user in self.store.users.values() if self._passes("UserName", user.name)]
        return self.page("Users", users, self._whole_user)

    def delete_user(self) -> ActionResult:
        self.store.drop("users", self.store.user(self.params["UserId"]).id)
        return EmptyResult()

    def create_group(self) -> ActionResult:
        if not self.params.get("DisplayName"):
            raise Invalid("DisplayName: The attribute DisplayName is required")
        group = Group(
            id=str(uuid.uuid4()),
            name=self.params["DisplayName"],
            description=self.params.get("Description"),
            created_at=self.envelope.at,
        )
        self.store.add_group(group)
        return ActionResult({**self._of_group(group), "Revision": _REVISION})

    def describe_group(self) -> ActionResult:
        return ActionResult(self._whole_group(self.store.group(self.params["GroupId"])))

    def get_group_id(self) -> ActionResult:
        group = self._by_attribute({"displayname": self.store.group_named})
        if group is None:
            raise NotFound("GROUP")
        return ActionResult(self._of_group(group))

    def list_groups(self) -> ActionResult:
        groups = [group for group in self.store.groups.values() if self._passes("DisplayName", group.name)]
        return self.page("Groups", groups, self._whole_group)

    def delete_group(self) -> ActionResult:
        self.store.drop("groups", self.store.group(self.params["GroupId"]).id)
        return EmptyResult()

    @property
    def store(self) -> Directory:
        return identity_directory.find(self.caller.account_id, self.region, self.params["IdentityStoreId"])

    def page(self, name: str, items: Sequence[Any], show: Callable[[Any], Answer]) -> ActionResult:
        """Answer the page that was asked for. Raises Invalid for a bad token."""
        size, refusal = self._get_int_param("MaxResults", _PAGE), Invalid("The pagination token is invalid.")
        page, token = paging.cut(items, marker=self.params.get("NextToken"), size=size, refusal=refusal)
        return ActionResult({name: [show(item) for item in page], **({"NextToken": token} if token else {})})

    def _by_attribute(self, paths: dict[str, Callable[[str], Any]]) -> Any:
        """Return what has the unique attribute that was asked for; None if nothing has."""
        asked = self.params["AlternateIdentifier"]
        if "UniqueAttribute" not in asked:
            raise NotSimulated("External ids are not simulated")
        path = asked["UniqueAttribute"]["AttributePath"].lower()
        if path not in paths:
            raise Invalid(f"The attribute {path} is not a unique attribute")
        return paths[path](str(asked["UniqueAttribute"]["AttributeValue"]))

    def _user_with_email(self, email: str) -> Person | None:
        def has(user: Person) -> bool:
            return any(each.get("Value", "").casefold() == email.casefold() for each in user.attributes.get("Emails", ()))

        return next((user for user in self.store.users.values() if has(user)), None)

    def _passes(self, attribute: str, value: str) -> bool:
        for given in self.params.get("Filters", ()):
            if given["AttributePath"] != attribute:
                raise Invalid(f"The filter {given['AttributePath']} is not supported.")
            if given["AttributeValue"].casefold() != value.casefold():
                return False
        return True

    def _of_user(self, user: Person) -> Answer:
        return {"IdentityStoreId": self.store.id, "UserId": user.id, "UserArn": f"arn:aws:identitystore:::user/{user.id}"}

    def _of_group(self, group: Group) -> Answer:
        return {"IdentityStoreId": self.store.id, "GroupId": group.id, "GroupArn": f"arn:aws:identitystore:::group/{group.id}"}

    def _whole_user(self, user: Person) -> Answer:
        return {
            **self._of_user(user),
            **user.attributes,
            "Revision": _REVISION,
            "UserStatus": "ENABLED",
            "CreatedAt": user.created_at,
            "UpdatedAt": user.created_at,
        }

    def _whole_group(self, group: Group) -> Answer:
        shown = {
            **self._of_group(group),
            "Revision": _REVISION,
            "DisplayName": group.name,
            "CreatedAt": group.created_at,
            "UpdatedAt": group.created_at,
        }
        return {**shown, "Description": group.description} if group.description else shown
