"""Which kind of file it is: a policy, a template of CloudFormation, or what `terraform show -json` prints."""

from collections.abc import Mapping

from portal.iam.statements import Kind
from portal.iam.written.nodes import Node
from portal.iam.written.policies import OWN_ACCOUNT, Carrier, File, Holder, Written
from portal.iam.written.reading import Unreadable, read
from portal.iam.written.template import policies_of_template
from portal.iam.written.terraform import policies_of_terraform


def policies_of(text: str, *, parameters: Mapping[str, str] | None = None, account: str = OWN_ACCOUNT) -> File:
    """Return the policies of a file that is deployed in the account, with these parameters of a template. Raises Unreadable."""
    root = read(text)
    try:
        if root.get("Statement") is not None:
            return _alone(root)
        if (resources := root.get("Resources")) is not None and resources.value and isinstance(resources.value, Mapping):
            return policies_of_template(root, parameters or {}, account)
        if root.get("format_version") is not None:
            return policies_of_terraform(root)
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    raise Unreadable("it is no policy, no template of CloudFormation, and not what terraform show -json prints")


def _alone(root: Node) -> File:
    kind = _kind(root)
    written = Written(kind=kind, name="policy", body=root)
    if kind is Kind.RESOURCE:
        return File(others=[written])
    holder = Holder(name="policy", carrier=Carrier.NOBODY, place=root.place)
    if kind is Kind.TRUST:
        holder.trust = written
    else:
        holder.policies.append(written)
    return File(holders=[holder])


def _kind(root: Node) -> Kind:
    """Return what it is by its words: a trust names who and no resource."""
    bodies = [body for body in (root.get("Statement") or root).listed() if isinstance(body.value, Mapping)]
    keys = {key for body in bodies for key in body.keys}
    if not {"Principal", "NotPrincipal"} & keys:
        return Kind.IDENTITY
    return Kind.RESOURCE if {"Resource", "NotResource"} & keys else Kind.TRUST
