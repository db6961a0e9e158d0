"""Policies and who carries them, as files tell it apart: first all that there is, then what belongs together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.iam.statements import Kind
from portal.iam.written.nodes import Node
from portal.iam.written.policies import UNRESOLVED, Attached, Carrier, File, Holder, Written

BOUNDARY = "iam:permissionsboundary"
REFERENCE = re.compile(r"\$\{" + re.escape(UNRESOLVED) + r"(?P<name>[^}]*)\}")


@dataclass(kw_only=True)
class Linked:
    """`holders` and `policies` are by each name that something else in the file may call them."""

    file: File = field(default_factory=File)
    holders: dict[tuple[Carrier, str], Holder] = field(default_factory=dict)
    policies: dict[str, Written] = field(default_factory=dict)
    # Whose a policy is, once all holders are known; and which ARN a holder has attached, or as its boundary.
    owners: list[tuple[Written, Carrier, Node | None]] = field(default_factory=list)
    attached: list[tuple[Carrier, str, Node]] = field(default_factory=list)
    boundaries: list[tuple[Holder, Node]] = field(default_factory=list)

    def hold(self, holder: Holder, *names: str) -> Holder:
        self.file.holders.append(holder)
        self.holders |= {(holder.carrier, name): holder for name in names if name}
        return holder

    def keep(self, written: Written, *names: str) -> Written:
        self.policies |= {name: written for name in names if name}
        return written

    def linked(self) -> File:
        for written, carrier, owner in self.owners:
            self._give(written, carrier, owner)
        for carrier, name, arn in self.attached:
            self._attach(self._holder(carrier, name, arn), arn)
        for holder, arn in self.boundaries:
            holder.has_boundary = True
            holder.boundary = self._policy(arn)
        self._lone()
        return self.file

    def _give(self, written: Written, carrier: Carrier, owner: Node | None) -> None:
        name = referred(owner) if owner else ""
        holder = self.holders.get((carrier, name))
        if holder is None:
            place = written.body.place
            holder = self.hold(Holder(name=written.name, carrier=carrier, place=place), name)
        holder.policies.append(written)

    def _holder(self, carrier: Carrier, name: str, arn: Node) -> Holder:
        holder = self.holders.get((carrier, name))
        return holder or self.hold(Holder(name=name, carrier=carrier, place=arn.place), name)

    def _attach(self, holder: Holder, arn: Node) -> None:
        written = self._policy(arn)
        if written is None:
            holder.attached.append(Attached(arn=arn))
        elif written not in holder.policies:
            holder.policies.append(written)

    def _policy(self, arn: Node) -> Written | None:
        return self.policies.get(referred(arn)) or self.policies.get(arn.text)

    def _lone(self) -> None:
        """Give what nobody in the file carries to nobody: a boundary limits, all else may be attached to anybody."""
        carried = {id(one) for holder in self.file.holders for one in holder.policies}
        limits = {id(holder.boundary) for holder in self.file.holders if holder.boundary} | self._demanded()
        for written in _once(self.policies.values()):
            if id(written) in carried:
                continue
            if id(written) in limits:
                written.is_limit = True
                self.file.others.append(written)
            elif written.kind is Kind.IDENTITY:
                place = written.body.place
                self.file.holders.append(Holder(name=written.name, carrier=Carrier.NOBODY, place=place, policies=[written]))

    def _demanded(self) -> set[int]:
        """Return the policies that a condition demands as somebody's boundary."""
        written = [*self.policies.values(), *(one for holder in self.file.holders for one in holder.policies)]
        conditions = (node.get("Condition") for one in written for _number, node in one.statements())
        keys = (keys for element in conditions if element for _operator, keys in element.items())
        values = (value for given in keys for key, value in given.items() if key.lower() == BOUNDARY)
        found = (self._policy(one) for value in values for one in value.listed())
        return {id(one) for one in found if one is not None}


def referred(node: Node) -> str:
    """Return the name of what a value refers to: a reference that is not resolved, else the text itself."""
    found = REFERENCE.fullmatch(node.text)
    return found["name"] if found else node.text


def _once(found: Iterable[Written]) -> Iterable[Written]:
    return {id(one): one for one in found}.values()
