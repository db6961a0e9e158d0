"""Statements that give too much."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase

from portal.iam.checks.bodies import Body
from portal.iam.checks.escalating import is_let
from portal.iam.checks.remarks import Remark
from portal.iam.written.nodes import Node
from portal.iam.written.policies import Holder

# However many wildcards say it.
ANYTHING = r"[*?]*\*[*?]*"
EVERYTHING = re.compile(rf"\*|\*:{ANYTHING}")
ANY_THING = re.compile(r"\*+|arn:(aws[a-z-]*:)?[*:]*\*")
# Who may do this may do everything.
ANY_RIGHT = "iam:AttachUserPolicy"
SERVICE = re.compile(rf"[A-Za-z0-9-]+:{ANYTHING}")
PASS_ROLE, TO_SERVICE = "iam:passrole", "iam:passedtoservice"
VERSIONS = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
# Roles and policies of the whole account, however it is written.
ANY_ROLE = re.compile(r"\*+|arn:[^:]*:iam:[^:]*:[^:]*:(role/)?\*+")
ANY_POLICY = re.compile(r"\*+|arn:[^:]*:iam:[^:]*:[^:]*:(policy/)?\*+")
# Everything, or everything but for what the role's own fences leave.
ADMINISTRATORS = re.compile(r"arn:[^:]*:iam::aws:policy/(AdministratorAccess|IAMFullAccess)")


def given(body: Body, *, at: datetime) -> Iterator[Remark]:
    """Yield what an Allow of a user, group or role gives too much of, unless denies or a boundary are known to keep it."""
    if not body.allows or not body.is_of_identity or body.written.is_limit:
        return
    for remark, action in _given(body):
        if body.holder is None or is_let(body.holder, action, at=at):
            yield remark


def _given(body: Body) -> Iterator[tuple[Remark, str]]:
    """Yield what the statement gives, and a call that tells whether something keeps it from that."""
    if (everything := next((one for one in body.actions if EVERYTHING.fullmatch(one.text)), None)) and _on_everything(body):
        yield body.remark("administrator", everything.place, what=f"Action {everything.text}"), ANY_RIGHT
        return
    if body.not_actions:
        yield body.remark("not-action-allow", body.place_of("NotAction")), ANY_RIGHT
    for action in body.actions:
        if SERVICE.fullmatch(action.text) or EVERYTHING.fullmatch(action.text):
            one = f"{action.text.partition(':')[0].strip('*') or 'iam'}:Anything"
            yield body.remark("wildcard-action", action.place, action=action.text), one
    yield from ((remark, "iam:PassRole") for remark in _passed(body))
    yield from ((remark, remark.fields["action"]) for remark in _versions(body))


def attached(holder: Holder, *, at: datetime) -> Iterator[Remark]:
    """Yield policies of AWS with all rights that somebody has attached; a note where the boundary keeps them from the most."""
    is_let_by_boundary = is_let(replace(holder, policies=[]), ANY_RIGHT, at=at)
    for one in holder.attached:
        if ADMINISTRATORS.fullmatch(one.arn.text):
            fields = {"what": _name(one.arn), **({} if is_let_by_boundary else {"is_note": "yes"})}
            yield Remark(rule="administrator", place=one.arn.place, where=holder.name, fields=fields)


def _name(arn: Node) -> str:
    return arn.text.rpartition("/")[2]


def _on_everything(body: Body) -> bool:
    return any(ANY_THING.fullmatch(one.text) for one in body.resources)


def _passed(body: Body) -> Iterator[Remark]:
    if any(one.key == TO_SERVICE and not one.is_negated and "*" not in one.values for one in body.conditions):
        return
    found = _covering(body, PASS_ROLE)
    resource = next((one for one in body.resources if ANY_ROLE.fullmatch(one.text)), None)
    if found is not None and resource is not None:
        yield body.remark("pass-role-anywhere", found.place, resource=resource.text)


def _versions(body: Body) -> Iterator[Remark]:
    resource = next((one for one in body.resources if ANY_POLICY.fullmatch(one.text)), None)
    for action in VERSIONS:
        found = _covering(body, action.lower())
        if found is not None and resource is not None:
            yield body.remark("policy-versions", found.place, action=action, resource=resource.text)
            return


def _covering(body: Body, action: str) -> Node | None:
    """Return the action of the statement that this one falls under."""
    return next((one for one in body.actions if fnmatchcase(action, one.text.lower())), None)
