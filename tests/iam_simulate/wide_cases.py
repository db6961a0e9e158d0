"""Random calls with all that has a say besides the caller's policies: the thing's own, the organisation's, and the session's."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from portal.iam.principals import Call, Called, Level, Levels, Policy, Principal, Role
from tests.iam_simulate.cases import JUMP, LEAD, PRODUCTION, ROLE_ID, TRUSTED, USERS, _conditions, _context

NAMED = tuple(who for who in TRUSTED if "Federated" not in who)
KEY = f"arn:aws:kms:eu-west-1:{PRODUCTION}:key/1234"
OWN_KEY = f"arn:aws:kms:eu-west-1:{JUMP}:key/1234"
QUEUE = f"arn:aws:sqs:eu-west-1:{PRODUCTION}:jobs"
OBJECT = "arn:aws:s3:::logs/x"
CALLS = (
    ("s3:GetObject", OBJECT, JUMP),
    ("s3:GetObject", OBJECT, PRODUCTION),
    ("kms:Decrypt", OWN_KEY, JUMP),
    ("kms:Decrypt", KEY, PRODUCTION),
    ("sqs:SendMessage", QUEUE, PRODUCTION),
)
FULL = Policy(
    name="FullAWSAccess",
    document={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
)
ACTIONS = ("*", "*", "s3:*", ["s3:GetObject", "kms:Decrypt"], ["kms:*", "sqs:*"], "s3:Put*")
RESOURCES = ("*", "*", "*", OBJECT, "arn:aws:s3:::logs/*", KEY, OWN_KEY, QUEUE, "arn:aws:kms:*:*:key/*")


@dataclass(frozen=True, kw_only=True)
class WideCase:
    seed: int
    principal: Principal
    call: Call
    called: Called


def wide_case(seed: int) -> WideCase:
    random = Random(seed)  # noqa: S311  Reproducible is the point.
    action, resource, account = random.choice(CALLS)
    policies = (_policy(random, "own", _about),) if random.random() < 0.5 else (FULL,)
    boundary = _policy(random, "boundary", _about) if random.random() < 0.3 else None
    principal = Principal(arn=random.choice(USERS), account_id=JUMP, policies=policies, boundary=boundary)
    if random.random() < 0.6:
        session = (_policy(random, "session", _about),) if random.random() < 0.5 else None
        role = Role(arn=LEAD, role_id=ROLE_ID, trust=Policy(name="trust", document={}), policies=policies, boundary=boundary)
        principal = role.session("member01", policies=session)
    principal = replace(principal, scps=_levels(random, _about))
    called = Called(account_id=account, policy=_of_thing(random), rcps=_levels(random, _denying, granted=False))
    call = Call(action=action, resource=resource, context=_context(random))
    return WideCase(seed=seed, principal=principal, call=call, called=called)


def _of_thing(random: Random) -> Policy:
    if random.random() < 0.15:
        return Policy(name="thing", document={"Version": "2012-10-17", "Statement": []})
    return _policy(random, "thing", _trusting)


def _levels(random: Random, element: Callable[[Random], dict[str, Any]], *, granted: bool = True) -> Levels:
    return tuple(
        Level(name=name, policies=(*((FULL,) * (granted and random.random() < 0.8)), _policy(random, name, element)))
        for name in ("r-root", "ou-1", JUMP)[: random.choice((0, 0, 0, 1, 2))]
    )


def _policy(random: Random, name: str, element: Callable[[Random], dict[str, Any]]) -> Policy:
    body = [_statement(random, element(random)) for _ in range(random.randint(1, 2))]
    return Policy(name=name, document={"Version": "2012-10-17", "Statement": body})


def _statement(random: Random, element: dict[str, Any]) -> dict[str, Any]:
    conditions = _conditions(random) if random.random() < 0.25 else {}
    effect = {"Effect": random.choices(("Allow", "Deny"), (6, 1))[0]}
    return {**effect, "Action": random.choice(ACTIONS), **element, **({"Condition": conditions} if conditions else {})}


def _about(random: Random) -> dict[str, Any]:
    return {"Resource": random.choice(RESOURCES)}


def _trusting(random: Random) -> dict[str, Any]:
    return {random.choices(("Principal", "NotPrincipal"), (12, 1))[0]: random.choice(NAMED), **_about(random)}


def _denying(random: Random) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", **_about(random)}
