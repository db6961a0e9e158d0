"""What a role can do once somebody is let in: an answer to each of the questions, over its policies and its boundary. Pure.

"May" names a thing on which AWS would allow one of the calls. "May not" holds whatever the calls are about and wherever they come
from. All else is unknown: a policy looks at what nobody knows before the call. The session gate is left out, since it says who is
let in and when. Policies of buckets, keys and the organisation are not read: whether a key may be used or changed that the role's
own policies leave open is therefore unknown.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

from portal.iam import anybody
from portal.iam.asking import REGION, Asker, beginning, filled, is_plain
from portal.iam.evaluation import THING_UNREAD, Answer, Decision, policy_unread
from portal.iam.matching import arn_pattern, written
from portal.iam.principals import Context, Role
from portal.iam.questions import ANYTHING, QUESTIONS, Asked
from portal.iam.session_gate import SESSION_GATE_NAME
from portal.iam.statements import body_of
from portal.iam.variables import Plain

# Raised when the same policies are answered differently: kept answers are then evaluated anew.
VERSION = 4
MOST_ACTIONS = 30
# How often one call is tried at the most, however many things policies name.
MOST_TRIED = 100
# With which texts a wildcard of a policy is filled in to get a thing of the asked shape.
FILLINGS = ("x", "x/x")
OF_TIME = ("aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:multifactorauthage")


class Verdict(StrEnum):
    MAY = "may"
    MAY_NOT = "may_not"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Ability:
    """The answer to one question. `call` is the one that decided, `thing` on what it is allowed, as the policy writes it.

    `policy` and `statement` name what decided, `document` is that statement, shortened; none where no policy allows any of the
    calls. A `policy` without a statement is the boundary that leaves it out. `why` says what an unknown depends on, and what
    is not read and may let in all the same whom no policy of the role lets in.
    """

    question: str
    verdict: Verdict
    call: str = ""
    thing: str = ""
    policy: str = ""
    statement: str = ""
    document: Mapping[str, Any] | None = None
    why: tuple[str, ...] = ()


def abilities_of(role: Role, *, at: datetime) -> list[Ability]:
    """Return the answers to all questions, in their order."""
    asker = Asker(role=without_gate(role), at=at)
    return [_ability(asker, question, calls) for question, calls in QUESTIONS.items()]


def fingerprint(role: Role, *, at: datetime) -> str:
    """Return 64 hex digits: while they are the same, so are the answers. Policies that look at the time have others each time."""
    asker = Asker(role=without_gate(role), at=at)
    behind = [[policy.name, policy.document] for policy in asker.policies]
    asked = {question: [asdict(call) for call in calls] for question, calls in QUESTIONS.items()}
    moment = at.isoformat() if asker.keys & set(OF_TIME) else ""
    said = json.dumps([VERSION, asked, role.arn, role.role_id, dict(role.tags), behind, moment], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def without_gate(role: Role) -> Role:
    """Return the role as it is for somebody who is let in."""
    return replace(role, policies=tuple(one for one in role.policies if not one.name.endswith(f": {SESSION_GATE_NAME}")))


def _ability(asker: Asker, question: str, calls: Iterable[Asked]) -> Ability:
    """Return the first call that is allowed, else the first that may be, else a denied one, an explicit deny before others."""
    found: list[Ability] = []
    for asked in calls:
        ability = _of_call(asker, question, asked)
        if ability.verdict is Verdict.MAY:
            return ability
        found.append(ability)
    return min(found, key=lambda each: (each.verdict is Verdict.MAY_NOT, not each.statement, not each.policy))


def _of_call(asker: Asker, question: str, asked: Asked) -> Ability:
    shape = asker.shape(asked)
    whatever = asker.ask_of_any(asked, shape)
    if whatever.decision is not Decision.UNKNOWN:
        return _said(asker, question, asked, whatever, thing=shape)
    for thing, answer in islice(_tried(asker, asked, shape), MOST_TRIED):
        if answer.allowed:
            return _said(asker, question, asked, answer, thing=thing)
    denied = _denied_on_all(asker, asked, shape)
    if denied is not None:
        return _said(asker, question, asked, denied, thing=shape)
    return Ability(question=question, verdict=Verdict.UNKNOWN, call=asked.action, thing=written(shape), why=whatever.unknown)


def _tried(asker: Asker, asked: Asked, shape: Plain) -> Iterator[tuple[Plain, Answer]]:
    """Yield the answers for a thing of the shape, and for one of each text that policies write."""
    for thing in dict.fromkeys((shape, *asker.named(asked))):
        texts = (ANYTHING,) if asked.thing == ANYTHING else dict.fromkeys(filled(thing, filling) for filling in FILLINGS)
        for text in texts:
            if text == ANYTHING or _has_shape(asked, shape, text):
                yield from ((thing, asker.ask(asked, text, context)) for context in asker.chosen if _is_in_region(text, context))


def _has_shape(asked: Asked, shape: Plain, text: str) -> bool:
    return arn_pattern(shape).fullmatch(text) is not None and not (asked.is_about_bucket and "/" in text)


def _is_in_region(thing: str, context: Context) -> bool:
    region, of_thing = context[REGION], (thing.split(":") + [""] * 4)[3]
    return not isinstance(region, str) or of_thing in (region, "", *FILLINGS)


def _denied_on_all(asker: Asker, asked: Asked, shape: Plain) -> Answer | None:
    """Return what denies the call on each text on which a policy allows it, or None where one of them may be open."""
    allowed = asker.allowed(asked)
    if allowed is None or asked.thing == ANYTHING:
        return None
    any_of_shape = filled(shape, anybody.THING)
    answers = []
    for thing in allowed:
        if arn_pattern(thing).fullmatch(any_of_shape):
            return None
        if _may_meet(asked, thing, shape):
            answers.append(asker.ask_of_any(asked, thing))
    if not all(answer.decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY) for answer in answers):
        return None
    return answers[0] if answers else Answer(decision=Decision.IMPLICIT_DENY, unknown=policy_unread(asked.action, any_of_shape))


def _may_meet(asked: Asked, thing: Plain, shape: Plain) -> bool:
    if is_plain(thing) or (asked.is_about_bucket and "/" in written(thing)):
        return _has_shape(asked, shape, written(thing))
    one, other = beginning(thing), beginning(shape)
    return one.startswith(other) or other.startswith(one)


def _said(asker: Asker, question: str, asked: Asked, answer: Answer, *, thing: Plain) -> Ability:
    policy = answer.policy or (_boundary_in_the_way(asker, asked, thing) if not answer.allowed else "")
    carried = next((one for one in asker.policies if one.name == policy), None)
    return Ability(
        question=question,
        verdict=Verdict.MAY if answer.allowed else Verdict.MAY_NOT,
        call=asked.action,
        thing=written(thing),
        policy=policy,
        statement=answer.statement,
        document=_shortened(body_of(carried, answer.statement), asked.action) if carried and answer.statement else None,
        why=tuple(words for words in answer.unknown if words == THING_UNREAD and not answer.allowed),
    )


def _shortened(body: Mapping[str, Any] | None, action: str) -> Mapping[str, Any] | None:
    """Return the statement with the call's own actions alone where it lists very many: those of AWS name hundreds."""
    actions = body.get("Action") if body else None
    if body is None or not isinstance(actions, list) or len(actions) <= MOST_ACTIONS:
        return body
    own = [one for one in actions if fnmatchcase(action.lower(), str(one).lower())]
    return {**body, "Action": [*own, f"… (+{len(actions) - len(own)})"]}


def _boundary_in_the_way(asker: Asker, asked: Asked, thing: Plain) -> str:
    """Return the boundary's name where without it the role's policies would, or might, allow the call."""
    if asker.role.boundary is None:
        return ""
    without = replace(asker, role=replace(asker.role, boundary=None)).ask_of_any(asked, thing)
    return asker.role.boundary.name if without.decision in (Decision.ALLOWED, Decision.UNKNOWN) else ""
