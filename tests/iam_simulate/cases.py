"""Random policies and requests, the same for the same seed. Values are few, so that they often meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from portal.iam.principals import Call, Context, Policy, Principal, Role

JUMP, PRODUCTION = "111111111111", "222222222222"
USER_ID, ROLE_ID = "AIDAMEMBER0000000001", "AROALEAD000000000001"
LEAD = f"arn:aws:iam::{JUMP}:role/team/Lead"
USERS = (f"arn:aws:iam::{JUMP}:user/member01", f"arn:aws:iam::{JUMP}:user/dev/member01")
TARGETS = (
    f"arn:aws:iam::{PRODUCTION}:role/Prod_MemberRole",
    f"arn:aws:iam::{PRODUCTION}:role/work/Prod_LeaderRole",
    f"arn:aws:iam::{JUMP}:role/Jump_Role",
)
TIMES = (
    "2026-11-23T19:59:59Z", "2026-11-23T20:00:00Z", "2026-11-23T20:00:01Z", "2026-11-24T05:00:00+09:00", "2026-11-23",
    "1795464000",
)  # fmt: skip
NAMES = ("member01", "Member01", "member02", "member*")
LIKE_NAMES = (
    "*",
    "member*",
    "member0?",
    "m*0*1",
    "*:member01",
    "AROA*:*",
    "${aws:username}",
    "*:${aws:username}",
    "${*}",
    "member${*}",
)
OLD_TEXTS = (
    *NAMES,
    "${aws:username}",
    "${AWS:UserName}",
    "${aws:PrincipalTag/Team, 'red'}",
    "${aws:PrincipalTag/Team}-x",
    "member${?}1",
)
ARNS = (
    *USERS, LEAD, f"arn:aws:iam::{JUMP}:user/*", "arn:aws:iam::*:role/*", f"arn:*:iam::{JUMP}:*", "arn:aws:iam::*",
    f"arn:aws:iam::{JUMP}:user/${{aws:username}}", f"arn:aws:sts::{JUMP}:assumed-role/Lead/member01",
    "arn:aws:iam:*:11111111111?:role/*/Lead",
)  # fmt: skip
WHOLE_ARNS = tuple(arn for arn in ARNS if arn.count(":") >= 5)
SET_PREFIXES = ("", "", "", "ForAllValues:", "ForAnyValue:")


@dataclass(frozen=True, kw_only=True)
class Key:
    """A condition key: the operators that suit it, values of policies and of requests."""

    name: str
    operators: Sequence[str]
    policy: Sequence[Any]
    request: Sequence[str]
    multivalued: bool = False


STRING = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike")
IP = ("IpAddress", "NotIpAddress")
ARN = ("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike")
ORDER = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
DATE, NUMERIC = tuple(f"Date{name}" for name in ORDER), tuple(f"Numeric{name}" for name in ORDER)
TEXTS = (*OLD_TEXTS, *LIKE_NAMES)
ADDRESSES = ("203.0.113.10", "203.0.113.0/24", "203.0.113.77/28", "10.0.0.0/8", "2001:db8::/32", "2001:db8::1", "0.0.0.0/0")
V6 = "2001:db8::1"
SECONDS = "1795464000"
COUNTS = ("10", "10.0", "9.5", 10, "-1", "300")
KEYS = (
    Key(name="aws:username", operators=STRING, policy=TEXTS, request=NAMES[:3]),
    Key(name="sts:RoleSessionName", operators=STRING, policy=TEXTS, request=NAMES[:3]),
    Key(name="aws:userid", operators=STRING, policy=TEXTS, request=(USER_ID, f"{ROLE_ID}:member01", f"{ROLE_ID}:member02")),
    Key(name="aws:PrincipalTag/Team", operators=STRING, policy=("red", "RED", "blue", *TEXTS), request=("red", "blue")),
    Key(name="aws:TagKeys", operators=STRING, policy=("red", "Blue", "*", "gr*"), request=("red", "blue"), multivalued=True),
    Key(name="aws:PrincipalArn", operators=(*ARN, "StringLike"), policy=WHOLE_ARNS, request=(*USERS, LEAD)),
    Key(name="aws:CurrentTime", operators=DATE, policy=TIMES, request=TIMES[:3]),
    Key(name="aws:TokenIssueTime", operators=DATE, policy=TIMES, request=TIMES[:3]),
    Key(name="aws:EpochTime", operators=(*NUMERIC, *DATE), policy=(SECONDS, int(SECONDS)), request=("1795463999", SECONDS)),
    Key(name="aws:MultiFactorAuthAge", operators=NUMERIC, policy=COUNTS, request=("10", "300", "0")),
    Key(name="aws:MultiFactorAuthPresent", operators=("Bool",), policy=("true", "false", True, False), request=("true", "false")),
    Key(name="aws:SourceIp", operators=IP, policy=ADDRESSES, request=("203.0.113.10", "10.1.2.3", V6)),
    Key(name="test:Binary", operators=("BinaryEquals",), policy=("QUJD", "QUJE"), request=("QUJD",)),
)  # fmt: skip
ACTIONS = (
    "sts:AssumeRole",
    "STS:assumerole",
    "sts:*",
    "*",
    "sts:Assume*",
    "s3:GetObject",
    "s3:Get*",
    "s3:?etObject",
    "iam:*",
    "s3:*",
)
RESOURCES = (
    "*", *TARGETS, f"arn:aws:iam::{PRODUCTION}:role/*", "arn:aws:iam::*:role/*Prod_*", f"arn:aws:iam::{JUMP}:role/?ump_Role",
    "arn:aws:s3:::*", "arn:aws:s3:::logs/*", "arn:aws:s3:::logs/${aws:username}/*", "arn:aws:s3", "arn:aws:iam::*",
    "arn:aws:s3:::logs/${aws:PrincipalTag/Team, 'red'}/*", "arn:aws:s3:::logs/Member01/*",
)  # fmt: skip
CALLS = (
    ("s3:GetObject", "arn:aws:s3:::logs/member01/a:b.txt"), ("s3:GetObject", "arn:aws:s3:::logs/red/x"), ("iam:ListUsers", "*"),
    ("iam:GetRole", TARGETS[2]), ("sts:AssumeRole", TARGETS[1]), ("sts:GetCallerIdentity", "*"),
)  # fmt: skip
TRUSTED: tuple[Any, ...] = (
    "*", {"AWS": "*"}, {"AWS": JUMP}, {"AWS": f"arn:aws:iam::{JUMP}:root"}, {"AWS": PRODUCTION}, {"AWS": USERS[0]},
    {"AWS": list(USERS)}, {"AWS": LEAD}, {"AWS": f"arn:aws:sts::{JUMP}:assumed-role/Lead/member01"},
    {"Service": "ec2.amazonaws.com"}, {"AWS": [JUMP, USERS[0]], "Service": ["ec2.amazonaws.com"]},
    {"Federated": f"arn:aws:iam::{JUMP}:saml-provider/idp"},
)  # fmt: skip


SWITCHING = Policy(
    name="switching",
    document={"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}},
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A call by a principal; with a role, the switch to it."""

    seed: int
    principal: Principal
    call: Call
    role: Role | None


def case(seed: int) -> Case:
    """Return, for an even seed, one condition, each operator in turn; for an odd one, all that policies may hold."""
    random = Random(seed)  # noqa: S311  Reproducible is the point.
    context = _context(random)
    if seed % 2 == 0:
        return Case(
            seed=seed, principal=_bearer(random, _condition_in_turn(random, seed // 2)), call=_call(random, context), role=None
        )
    principal = _principal(random)
    if random.random() < 0.4:
        return Case(seed=seed, principal=principal, call=_call(random, context), role=None)
    arn = random.choice(TARGETS)
    role = Role(arn=arn, role_id="AROATARGET0000000001", trust=_policy(random, "trust", _trusting))
    return Case(seed=seed, principal=principal, call=Call(action="sts:AssumeRole", resource=arn, context=context), role=role)


def _call(random: Random, context: Context) -> Call:
    action, resource = random.choice(CALLS[:-1] * 5 + CALLS)
    return Call(action=action, resource=resource, context=context)


def _condition_in_turn(random: Random, turn: int) -> dict[str, Any]:
    pairs = [(key, operator) for key in KEYS for operator in key.operators]
    key, operator = pairs[turn % len(pairs)]
    prefixes = SET_PREFIXES[3:] if key.multivalued else SET_PREFIXES[2:]
    suffix = random.choice(("", "", "IfExists"))
    return {f"{random.choice(prefixes)}{operator}{suffix}": {_cased(random, key.name): _some(random, key.policy)}}


def _bearer(random: Random, condition: dict[str, Any]) -> Principal:
    version = random.choices(("2012-10-17", "2008-10-17"), (9, 1))[0]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    conditional = {**everything, "Condition": condition}
    body = [conditional] if random.random() < 0.5 else [everything, {**conditional, "Effect": "Deny"}]
    return Principal(
        arn=USERS[0], account_id=JUMP, policies=(Policy(name="one", document={"Version": version, "Statement": body}),)
    )


def _principal(random: Random) -> Principal:
    policies = tuple(_policy(random, f"policy {number}", _touching) for number in range(random.randint(1, 3)))
    if random.random() < 0.6:
        policies = (*policies, SWITCHING)
    boundary = _policy(random, "boundary", _touching) if random.random() < 0.3 else None
    if boundary and random.random() < 0.5:
        body = boundary.document["Statement"]
        allowing = {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}
        boundary = replace(
            boundary, document={**boundary.document, "Statement": [allowing, *(body if isinstance(body, list) else [body])]}
        )
    if random.random() < 0.5:
        return Principal(arn=random.choice(USERS), account_id=JUMP, policies=policies, boundary=boundary)
    trust = Policy(name="trust", document={})
    return Role(arn=LEAD, role_id=ROLE_ID, trust=trust, policies=policies, boundary=boundary).session(random.choice(NAMES[:2]))


def _policy(random: Random, name: str, element: Callable[[Random], dict[str, Any]]) -> Policy:
    version = {"Version": random.choices(("2012-10-17", "2008-10-17"), (9, 1))[0]} if random.random() < 0.95 else {}
    body = [_statement(random, element) for _ in range(random.randint(1, 3))]
    return Policy(name=name, document={**version, "Statement": body[0] if len(body) == 1 and random.random() < 0.5 else body})


def _statement(random: Random, element: Callable[[Random], dict[str, Any]]) -> dict[str, Any]:
    conditions = _conditions(random)
    return {
        "Effect": random.choices(("Allow", "Deny"), (3, 1))[0],
        random.choices(("Action", "NotAction"), (9, 1))[0]: _some(random, ACTIONS) if random.random() < 0.7 else "sts:AssumeRole",
        **element(random),
        **({"Condition": conditions} if conditions else {}),
    }


def _touching(random: Random) -> dict[str, Any]:
    return {random.choices(("Resource", "NotResource"), (8, 1))[0]: _some(random, RESOURCES) if random.random() < 0.7 else "*"}


def _trusting(random: Random) -> dict[str, Any]:
    return {random.choices(("Principal", "NotPrincipal"), (12, 1))[0]: random.choice(TRUSTED)}


def _conditions(random: Random) -> dict[str, Any]:
    conditions: dict[str, dict[str, Any]] = {}
    for _ in range(random.choices((0, 1, 2), (3, 4, 2))[0]):
        key = random.choice(KEYS)
        conditions.setdefault(_operator(random, key), {})[_cased(random, key.name)] = _some(random, key.policy)
    if random.random() < 0.1:
        conditions["Null"] = {random.choice(KEYS).name: _some(random, ("true", "false", True))}
    return conditions


def _operator(random: Random, key: Key) -> str:
    prefix = random.choice(SET_PREFIXES[3:] if key.multivalued else SET_PREFIXES)
    return f"{prefix}{random.choice(key.operators)}{'IfExists' if random.random() < 0.2 else ''}"


def _context(random: Random) -> dict[str, str | list[str]]:
    context: dict[str, str | list[str]] = {}
    for key in KEYS:
        if random.random() < 0.7:
            name = _cased(random, key.name)
            context[name] = random.sample(key.request, random.randint(1, 2)) if key.multivalued else random.choice(key.request)
    return context


def _some(random: Random, values: Sequence[Any]) -> Any:
    return random.choice(values) if random.random() < 0.5 else random.sample(values, random.randint(1, min(3, len(values))))


def _cased(random: Random, name: str) -> str:
    return name if random.random() < 0.8 else random.choice((name.lower(), name.upper()))
