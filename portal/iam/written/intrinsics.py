"""CloudFormation's functions, resolved as far as a template tells.

Of a condition both sides are taken, as either may be deployed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from portal.iam.written.nodes import Node, Scalar
from portal.iam.written.policies import OWN_ACCOUNT, Left, unresolved
from portal.iam.written.reading import Unreadable

NO_VALUE = "AWS::NoValue"
PSEUDO: Mapping[str, str] = {
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::Region": "region",
}
PLACEHOLDER = re.compile(r"\$\{(?P<literal>!)?(?P<name>[^}]*)\}")
MOST_RESOLVED, SIGNS_OF_A_PART = 200_000, 200
IF, LONGEST_IF = "Fn::If", 3


@dataclass(kw_only=True)
class Resolver:
    """`parameters` are given values, which win over the template's defaults. `left` fills with what was not told."""

    template: Node
    parameters: Mapping[str, str] = field(default_factory=dict)
    account: str = OWN_ACCOUNT
    left: list[Left] = field(default_factory=list)
    spent: int = 0

    def resolved(self, node: Node) -> Node | None:
        """Return the value with every function in it resolved; None for AWS::NoValue. Raises Unreadable."""
        self._spend(1, node)
        if isinstance(node.value, Mapping):
            return self._mapping(node)
        if isinstance(node.value, list):
            members = (each for member in node.value for each in self._members(member))
            return replace(node, value=list(members))
        return node

    def text_at(self, node: Node | None) -> Node | None:
        """Return the one text that the value comes to, if it does."""
        found = self.resolved(node) if node else None
        return found if found is not None and found.text else None

    def _spend(self, parts: int, node: Node) -> None:
        """Count parts and texts: a map may look into a map, and stand for more than any machine holds."""
        self.spent += parts
        if self.spent > MOST_RESOLVED:
            raise Unreadable("its functions stand for too many parts", node.place)

    def _members(self, member: Node) -> list[Node]:
        branches = self._branches(member)
        found = [self.resolved(branch) for branch in branches] if branches else [self.resolved(member)]
        # A branch that is a list of statements stands for each of them.
        return [each for one in found if one is not None for each in (one.listed() if branches else [one])]

    def _mapping(self, node: Node) -> Node | None:
        values = dict(node.items())
        if len(values) == 1:
            ((name, argument),) = values.items()
            function = _FUNCTIONS.get(name)
            if function:
                return function(self, argument, node)
            if name.startswith("Fn::"):
                return self._untold(node, f"{name} is not resolved")
        resolved = {key: self.resolved(value) for key, value in values.items()}
        return replace(node, value={key: value for key, value in resolved.items() if value is not None})

    def ref(self, argument: Node, node: Node) -> Node | None:
        name = argument.text
        if name == NO_VALUE:
            return None
        if name == "AWS::AccountId":
            return self._text(node, self.account)
        return self._text(node, PSEUDO[name]) if name in PSEUDO else self._named(name, node)

    def _named(self, name: str, node: Node) -> Node:
        given = self.parameters.get(name)
        if given is not None:
            return self._text(node, given)
        parameter = self.template.at("Parameters", name)
        if parameter is not None:
            default = parameter.get("Default")
            if default is None:
                return self._untold(node, f"the parameter {name} has no default", name)
            return self._of_parameter(parameter, default, node)
        # What AWS calls it is known once it is there, and is no matter for most.
        return self._text(node, unresolved(name))

    def _of_parameter(self, parameter: Node, default: Node, node: Node) -> Node:
        kind = parameter.get("Type")
        text = str(default.plain())
        if kind and (kind.text.startswith("List<") or kind.text == "CommaDelimitedList"):
            return replace(node, value=[self._text(node, one.strip()) for one in text.split(",")], keys={})
        return self._text(node, text)

    def get_att(self, argument: Node, node: Node) -> Node:
        parts = [one.text for one in argument.listed()]
        name, attribute = (parts[0], ".".join(parts[1:])) if len(parts) > 1 else (argument.text, "")
        return self._text(node, self._attribute(name, attribute))

    def _attribute(self, name: str, attribute: str) -> str:
        resource = self.template.at("Resources", name)
        kind = resource.get("Type") if resource else None
        own = _ARNS.get(kind.text) if kind and attribute == "Arn" else None
        if resource is None or own is None:
            return unresolved(f"{name}.{attribute}")
        form, name_of = own
        given, path = (self.text_at(resource.at("Properties", key)) for key in (name_of, "Path"))
        return form.format(account=self.account, path=path.text if path else "/", name=given.text if given else unresolved(name))

    def sub(self, argument: Node, node: Node) -> Node:
        parts = argument.listed()
        own = parts[1] if len(parts) > 1 else None

        def filled(found: re.Match[str]) -> str:
            name = found["name"].strip()
            if found["literal"]:
                return f"${{{name}}}"
            given = own.get(name) if own else None
            if given is not None:
                return self._scalar(given, name)
            resource, dot, attribute = name.partition(".")
            if dot:
                return self._attribute(resource, attribute)
            told = self.ref(replace(argument, value=name), node)
            return _written(told.value) if told is not None and not isinstance(told.value, list) else unresolved(name)

        return self._text(node, PLACEHOLDER.sub(filled, parts[0].text))

    def join(self, argument: Node, node: Node) -> Node:
        parts = argument.listed()
        if len(parts) < 2:  # noqa: PLR2004  What lies between, and what is joined.
            return self._untold(node, "Fn::Join is not resolved")
        joined = self.resolved(parts[1])
        members = joined.listed() if joined else ()
        return self._text(node, parts[0].text.join(self._scalar(member, "Fn::Join") for member in members))

    def split(self, argument: Node, node: Node) -> Node:
        parts = argument.listed()
        text = self.text_at(parts[1]) if len(parts) > 1 else None
        if text is None:
            return self._untold(node, "Fn::Split is not resolved")
        members: list[Node] = [self._text(node, one) for one in text.text.split(parts[0].text or "\0")]
        return replace(node, value=members, keys={})

    def select(self, argument: Node, node: Node) -> Node:
        parts = argument.listed()
        found = self.resolved(parts[1]) if len(parts) > 1 else None
        index = str(parts[0].plain())
        if found is None or not isinstance(found.value, list) or not index.isdigit() or int(index) >= len(found.value):
            return self._untold(node, "Fn::Select is not resolved")
        chosen: Node = found.value[int(index)]
        return chosen

    def find_in_map(self, argument: Node, node: Node) -> Node | None:
        keys = [self.text_at(one) for one in argument.listed()]
        found = self.template.at("Mappings", *(key.text for key in keys if key)) if all(keys) else None
        return self.resolved(found) if found else self._untold(node, "Fn::FindInMap is not resolved")

    def either(self, argument: Node, node: Node) -> Node | None:
        found = [self.resolved(branch) for branch in self._branches(node)]
        there = [one for one in found if one is not None]
        if not there or all(one.plain() == there[0].plain() for one in there):
            return there[0] if there else None
        if any(isinstance(one.value, list) for one in there):
            return replace(node, value=[each for one in there for each in one.listed()], keys={})
        return self._untold(argument, "Fn::If is not resolved")

    def imported(self, argument: Node, node: Node) -> Node:
        name = self.text_at(argument)
        return self._untold(node, f"the value {name.text if name else ''} of another stack is not told", "import")

    def _branches(self, node: Node) -> list[Node]:
        argument = node.get(IF) if isinstance(node.value, Mapping) and len(node.value) == 1 else None
        parts = argument.listed() if argument else ()
        return list(parts[1:]) if len(parts) == LONGEST_IF else []

    def _scalar(self, node: Node, name: str) -> str:
        found = self.resolved(node)
        return unresolved(name) if found is None or isinstance(found.value, Mapping | list) else _written(found.value)

    def _untold(self, node: Node, words: str, name: str = "") -> Node:
        left = Left(words=words, place=node.place)
        if left not in self.left:
            self.left.append(left)
        return self._text(node, unresolved(name or words))

    def _text(self, node: Node, text: str) -> Node:
        self._spend(len(text) // SIGNS_OF_A_PART, node)
        return Node(value=text, place=node.place)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value if isinstance(value, Scalar) else "")


_ARNS: Mapping[str, tuple[str, str]] = {
    "AWS::IAM::Role": ("arn:aws:iam::{account}:role{path}{name}", "RoleName"),
    "AWS::IAM::User": ("arn:aws:iam::{account}:user{path}{name}", "UserName"),
    "AWS::S3::Bucket": ("arn:aws:s3:::{name}", "BucketName"),
}
_FUNCTIONS: Mapping[str, Callable[[Resolver, Node, Node], Node | None]] = {
    "Ref": Resolver.ref,
    "Fn::GetAtt": Resolver.get_att,
    "Fn::Sub": Resolver.sub,
    "Fn::Join": Resolver.join,
    "Fn::Split": Resolver.split,
    "Fn::Select": Resolver.select,
    "Fn::FindInMap": Resolver.find_in_map,
    IF: Resolver.either,
    "Fn::ImportValue": Resolver.imported,
}
