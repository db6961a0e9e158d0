"""Policies of what `terraform show -json` prints, of a plan or of a state."""

from collections.abc import Iterator

from portal.iam.statements import Kind
from portal.iam.written import unread
from portal.iam.written.linking import Linked
from portal.iam.written.nodes import Node
from portal.iam.written.policies import Carrier, File, Holder, Left, Written
from portal.iam.written.reading import Unreadable
from portal.iam.written.template import CONTROLS, from_text

CARRIERS = {"aws_iam_role": Carrier.ROLE, "aws_iam_user": Carrier.USER, "aws_iam_group": Carrier.GROUP}
OF_ONE = {
    "aws_iam_role_policy": (Carrier.ROLE, "role"),
    "aws_iam_user_policy": (Carrier.USER, "user"),
    "aws_iam_group_policy": (Carrier.GROUP, "group"),
}
ATTACHMENTS = {
    "aws_iam_role_policy_attachment": (Carrier.ROLE, "role"),
    "aws_iam_user_policy_attachment": (Carrier.USER, "user"),
    "aws_iam_group_policy_attachment": (Carrier.GROUP, "group"),
}
# Attached to several at once, each kind of whom has a list.
OF_SEVERAL = ((Carrier.ROLE, "roles"), (Carrier.USER, "users"), (Carrier.GROUP, "groups"))
TO_SEVERAL = "aws_iam_policy_attachment"
SETS = "aws_ssoadmin_"
SET, INLINE, MANAGED = f"{SETS}permission_set", f"{SETS}permission_set_inline_policy", f"{SETS}managed_policy_attachment"
# By its name in each account, where nobody knows what it says.
CUSTOMERS = f"{SETS}customer_managed_policy_attachment"
OF_THINGS = {
    "aws_ecr_repository_policy",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_s3_bucket",
    "aws_s3_bucket_policy",
    "aws_secretsmanager_secret_policy",
    "aws_sns_topic",
    "aws_sns_topic_policy",
    "aws_sqs_queue",
    "aws_sqs_queue_policy",
}
OF_THE_ORGANISATION = "aws_organizations_policy"
# What a plan leaves out because only AWS will tell it.
DOCUMENTS = (
    *("policy", "inline_policy", "assume_role_policy", "content"),
    *("policy_arn", "managed_policy_arn", "managed_policy_arns", "permissions_boundary"),
)


def policies_of_terraform(shown: Node) -> File:
    """Return what the plan would leave, or what the state has. Raises Unreadable."""
    linked = Linked()
    root = shown.at("planned_values", "root_module") or shown.at("values", "root_module")
    if root is None:
        raise Unreadable("it has neither planned values nor values")
    for resource in _resources(root):
        _read(resource, linked)
    file = linked.linked()
    file.left += _unknown(shown)
    return file


def _resources(module: Node) -> Iterator[Node]:
    for resource in _members(module.get("resources")):
        mode = resource.get("mode")
        if mode is None or mode.text == "managed":
            yield resource
    for child in _members(module.get("child_modules")):
        yield from _resources(child)


def _members(node: Node | None) -> Iterator[Node]:
    yield from node.value if node and isinstance(node.value, list) else ()


def _read(resource: Node, linked: Linked) -> None:
    kind, values = _text(resource, "type"), resource.get("values")
    name = _text(resource, "address") or kind
    if values is None:
        return
    if kind in CARRIERS:
        _carrier(name, CARRIERS[kind], values, linked)
    elif kind in OF_ONE:
        carrier, owner = OF_ONE[kind]
        linked.owners += [(one, carrier, values.get(owner)) for one in _written(Kind.IDENTITY, name, values.get("policy"))]
    elif kind in ATTACHMENTS:
        _attachment(name, *ATTACHMENTS[kind], values, linked)
    elif kind == TO_SEVERAL:
        _attachment_to_several(values, linked)
    elif kind.startswith(SETS):
        _of_a_set(kind, name, values, linked)
    else:
        _alone(kind, name, values, linked)


def _alone(kind: str, name: str, values: Node, linked: Linked) -> None:
    if kind == "aws_iam_policy":
        for written in _written(Kind.IDENTITY, name, values.get("policy")):
            linked.keep(written, name, _text(values, "arn"))
    elif kind in OF_THINGS:
        linked.file.others += _written(Kind.RESOURCE, name, values.get("policy"))
    elif kind == OF_THE_ORGANISATION:
        _of_the_organisation(name, values, linked)
    elif unread.holds_policy(values):
        linked.file.left.append(unread.left(name, values))


def _of_a_set(kind: str, name: str, values: Node, linked: Linked) -> None:
    """Read what a permission set has. Before it is there nothing tells which one that is."""
    owner, arn = values.get("permission_set_arn"), values.get("managed_policy_arn")
    if kind == SET:
        linked.hold(Holder(name=name, carrier=Carrier.ROLE, place=values.place), name, _text(values, "arn"))
    elif kind == INLINE:
        linked.owners += [(one, Carrier.ROLE, owner) for one in _written(Kind.IDENTITY, name, values.get("inline_policy"))]
    elif kind == MANAGED and arn is not None and arn.text:
        linked.attached.append((Carrier.ROLE, (owner.text if owner else "") or name, arn))
    elif kind == CUSTOMERS:
        linked.file.left.append(unread.left(name, values))


def _attachment_to_several(values: Node, linked: Linked) -> None:
    arn = values.get("policy_arn")
    if arn is not None and arn.text:
        linked.attached += [(carrier, one.text, arn) for carrier, several in OF_SEVERAL for one in _members(values.get(several))]


def _attachment(name: str, carrier: Carrier, owner: str, values: Node, linked: Linked) -> None:
    arn = values.get("policy_arn")
    if arn is not None and arn.text:
        linked.attached.append((carrier, _text(values, owner) or name, arn))


def _carrier(name: str, carrier: Carrier, values: Node, linked: Linked) -> None:
    own = _text(values, "name")
    path = _text(values, "path") or "/"
    holder = linked.hold(Holder(name=name, carrier=carrier, place=values.place, path=path), name, own)
    for inline in _members(values.get("inline_policy")):
        holder.policies += _written(Kind.IDENTITY, f"{name} {_text(inline, 'name')}", inline.get("policy"))
    for trust in _written(Kind.TRUST, f"{name} trust", values.get("assume_role_policy")):
        holder.trust = trust
    linked.attached += [(carrier, name, arn) for arn in _members(values.get("managed_policy_arns"))]
    boundary = values.get("permissions_boundary")
    if boundary is not None and boundary.text:
        linked.boundaries.append((holder, boundary))


def _of_the_organisation(name: str, values: Node, linked: Linked) -> None:
    kind = CONTROLS.get(_text(values, "type") or "SERVICE_CONTROL_POLICY")
    for written in _written(kind, name, values.get("content")) if kind else ():
        written.is_limit = True
        linked.file.others.append(written)


def _written(kind: Kind, name: str, document: Node | None) -> Iterator[Written]:
    if document is not None and document.text:
        yield Written(kind=kind, name=name, body=from_text(document))


def _unknown(shown: Node) -> Iterator[Left]:
    for change in _members(shown.get("resource_changes")):
        kind, after = _text(change, "type"), change.at("change", "after_unknown")
        known = kind in {*OF_ONE, *ATTACHMENTS, *OF_THINGS, *CARRIERS, "aws_iam_policy", TO_SEVERAL, INLINE, MANAGED}
        for key in DOCUMENTS if known and after else ():
            found = after.get(key) if after else None
            if found is not None and found.value is True:
                yield Left(words=f"{key} of {_text(change, 'address')} is known after apply", place=found.place)


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return found.text if found else ""
