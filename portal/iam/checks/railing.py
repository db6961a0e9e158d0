"""Guard rails in a file: out of date, broken, or missing from whom they are to hold."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.iam import contexts
from portal.iam.checks.bodies import Body
from portal.iam.checks.escalating import EVERYTHING
from portal.iam.checks.remarks import Remark
from portal.iam.checks.trusting import is_account
from portal.iam.principals import Context, Policy, Principal, Role
from portal.iam.rails.holding import Held, Standing, held
from portal.iam.rails.rail import Form, Place, Rail, rails
from portal.iam.truth import unknown
from portal.iam.written.nodes import Node
from portal.iam.written.nodes import Place as Written
from portal.iam.written.policies import OWN_ACCOUNT, UNRESOLVED_KEY, Carrier, Holder

BILLING = "DenyBilling"
# The name by which the rails' own calls tell a person from others.
PERSON = "member01"
NAMED: tuple[Form, ...] = ("people", "roles")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rails are to hold: those of this kind of account. `account` is where they do.

    `spared` are the names of rails, each with that of a group or a role; with an empty one nobody needs the rail.
    """

    account: str = OWN_ACCOUNT
    kind: str = ""
    spared: Collection[tuple[str, str]] = ()

    def spares(self, rail: Rail, holder: Holder) -> bool:
        return any(sid == rail.sid and (not name or holder.is_called(name)) for sid, name in self.spared)


def obsolete(body: Body) -> Iterator[Remark]:
    """Yield a Deny that was to keep people from bills, and does not any more."""
    actions = [one.text.lower() for one in body.actions]
    if (
        body.denies
        and any(one.startswith("aws-portal:") for one in actions)
        and not any(one.startswith("billing:") for one in actions)
    ):
        place = next(one.place for one in body.actions if one.text.lower().startswith("aws-portal:"))
        yield body.remark("rail-obsolete", place)


def missing(holder: Holder, wanted: Wanted, *, at: datetime) -> Iterator[Remark]:
    """Yield each rail that does not hold for a group, or for a role that people switch to."""
    forms: tuple[Form, ...] = ("people", "roles") if holder.carrier is Carrier.ROLE else ("people",)
    is_people = _is_standing(holder) if holder.carrier is Carrier.GROUP else _is_switched_to(holder)
    if not wanted.kind or not is_people:
        return
    principal = _principal(holder, wanted.account)
    for rail in rails():
        is_wanted = wanted.kind in rail.accounts and any(form in rail.forms for form in forms) and not wanted.spares(rail, holder)
        if is_wanted:
            place = Place(account=wanted.account)
            found = held(rail, forms, place, principal, lambda mfa: _context(wanted.account, at, mfa=mfa))
            yield from _said(holder, rail, found)


def named(holder: Holder, account: str, *, at: datetime) -> Iterator[Remark]:
    """Yield each rail that a policy has by its name, and that does not deny what it is to, or may not."""
    principal = _principal(holder, account)
    for rail in rails():
        form = next((form for form in NAMED if _has(holder, rail, form)), None)
        if form is not None:
            found = held(rail, (form,), Place(account=account), principal, lambda mfa: _context(account, at, mfa=mfa))
            if found.standing in (Standing.BROKEN, Standing.UNKNOWN):
                yield from _said(holder, rail, found)


def _said(holder: Holder, rail: Rail, found: Held) -> Iterator[Remark]:
    if found.standing is Standing.HOLDS:
        return
    fields = {"rail": rail.sid, "who": holder.name, "call": found.call, "why": "; ".join(found.why)}
    place = _place(holder, found) or holder.place
    yield Remark(rule=f"rail-{found.standing}", place=place, where=found.policy, statement=found.statement, fields=fields)


def _place(holder: Holder, found: Held) -> Written | None:
    for written in holder.policies:
        for number, node in written.statements():
            if written.name == found.policy and _label(node, number) == found.statement:
                return node.place
    return None


def _has(holder: Holder, rail: Rail, form: Form) -> bool:
    """Return whether a statement has the rail's name in this form."""
    sids = {statement["Sid"] for statement in rail.statements(form, Place(account=OWN_ACCOUNT))}
    found = (node.get("Sid") for written in holder.policies for _number, node in written.statements())
    return any(sid is not None and sid.text in sids for sid in found)


def _label(node: Node, number: int) -> str:
    sid = node.get("Sid")
    return sid.text if sid and sid.text else f"#{number}"


def _is_standing(holder: Holder) -> bool:
    """Return whether it is a group that people are always in: who is in a work group is in one of these too."""
    return not holder.path.startswith(Place(account=OWN_ACCOUNT).work_groups)


def _is_switched_to(holder: Holder) -> bool:
    """Return whether people switch to the role: a whole account is trusted, or a directory of people."""
    found = holder.trust.statements() if holder.trust else ()
    trusted = [principal for _number, node in found if (principal := node.get("Principal")) is not None]
    named = [one.text for principal in trusted if (aws := principal.get("AWS")) for one in aws.listed()]
    federated = [one.text for principal in trusted if (by := principal.get("Federated")) for one in by.listed()]
    everybody = [principal.text for principal in trusted if principal.text == "*"]
    return bool(everybody) or any(map(is_account, named)) or any(":saml-provider/" in one for one in federated)


def _principal(holder: Holder, account: str) -> Principal:
    policies = (*(written.policy() for written in holder.policies), *(_attached(one.arn) for one in holder.attached))
    if holder.carrier is Carrier.ROLE:
        trust = Policy(name="trust", document={})
        return Role(arn=f"arn:aws:iam::{account}:role/some", role_id="AROASOME", trust=trust, policies=policies).session(
            "somebody"
        )
    return Principal(arn=_person(account), account_id=account, policies=policies)


def _person(account: str) -> str:
    return f"arn:aws:iam::{account}:user/{PERSON}"


def _attached(arn: Node) -> Policy:
    """Return a policy that the file does not hold. AWS's own deny nothing that a rail is about; another may deny anything."""
    is_of_aws = ":iam::aws:policy/" in arn.text
    return Policy(name=arn.text, document=EVERYTHING.document if is_of_aws else {})


def _context(account: str, at: datetime, *, mfa: bool) -> Context:
    keys = contexts.of_user(arn=_person(account), user_id="AIDASOMEBODY", user_name=PERSON, at=at, mfa=mfa)
    told = contexts.not_made_yet(keys, unread=(*contexts.TAGS_OF_CALLER, *contexts.BY_A_SERVICE))
    return {**told, UNRESOLVED_KEY: unknown("what the file does not tell")}
