"""Whether AWS would allow a call: an explicit deny wins, then an allow where one is needed, else it is denied implicitly.

Covered are identity policies, the permissions boundary, session policies, service and resource control policies of an
organisation, a role's trust policy, and the policy of another thing where it is given. Not looked at are grants of keys, lists of
access (ACLs) and policies of access points, which could also give, and policies of VPC endpoints, which could only take away.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from portal.iam import sides
from portal.iam.conditions import request_values
from portal.iam.principals import Call, Called, Context, Principal, Role
from portal.iam.sides import Finding, Side
from portal.iam.statements import Kind
from portal.iam.trust import Reach
from portal.iam.truth import Truth, Unknown, all_of, any_of, negate, unknown
from portal.iam.variables import ANY_KEY, Values

ASSUME_ROLE = "sts:AssumeRole"
# AWS answers it to whoever asks, whatever policies say.
NEVER_REFUSED = "sts:getcalleridentity"
# Its own policy must let in even its own account.
KEY = re.compile(r"arn:[a-z-]+:kms:[^:]*:[^:]*:key/.*", re.DOTALL)
KEY_UNREAD = "the policy of the key, which is not read"
THING_UNREAD = "the policy of what is called, which is not read"
# Things of these may have a policy of their own. A switch is about a trust, of which `evaluate` says itself that it is not asked.
WITH_POLICIES = frozenset(
    {
        *("acm-pca", "apigateway", "aoss", "backup", "bedrock", "bedrock-agentcore", "codeartifact", "codebuild", "dsql"),
        *("dynamodb", "ecr", "elasticfilesystem", "es", "events", "glacier", "glue", "iot", "kinesis", "kms", "lambda", "lex"),
        *("logs", "mediastore", "redshift", "redshift-serverless", "s3", "s3-object-lambda", "s3-outposts", "s3express"),
        *("s3tables", "s3vectors", "schemas", "secretsmanager", "serverlessrepo", "ses", "signer", "sns", "sqs", "ssm"),
        *("ssm-contacts", "ssm-incidents", "vpc-lattice"),
    }
)
ACCOUNT = re.compile(r"\d{12}")


class Decision(StrEnum):
    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`policy` and `statement` (its Sid, else `#2`) name what decided, if anything did. `unknown` has words for what is open.

    An implicit deny has such words where it may be an explicit one; so have it and an allow where the thing's policy, which
    nobody has given, may turn them. `left_out_by` names what leaves out a call that is denied implicitly although the caller's
    own policies do not: the boundary, the session policies or the level of the organisation.
    """

    decision: Decision
    policy: str = ""
    statement: str = ""
    unknown: tuple[str, ...] = ()
    left_out_by: str = ""

    @property
    def allowed(self) -> bool:
        return self.decision is Decision.ALLOWED


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The caller's own sides: `limits` bind the own policies, `organisation` whatever anybody else allows as well."""

    identity: Side
    limits: tuple[Side, ...]
    organisation: tuple[Side, ...]

    @property
    def sides(self) -> tuple[Side, ...]:
        return (self.identity, *self.limits, *self.organisation)

    def denies(self) -> Iterator[Finding]:
        return (finding for side in self.sides for finding in side.denies)

    def within(self) -> Truth:
        return all_of(side.allow() for side in self.limits)

    def within_organisation(self) -> Truth:
        return all_of(side.allow() for side in self.organisation)

    def left_out_by(self) -> str:
        if self.identity.allow() is False:
            return ""
        return next((side.name for side in (*self.limits, *self.organisation) if side.allow() is False), "")


def evaluate(principal: Principal, call: Call, called: Called | None = None) -> Answer:
    """Return what AWS says to the call.

    Of a thing that is not given the own policy is unknown, where it must allow too: of keys, and of what is in another account. A
    switch is answered from the caller's side alone. A thing whose account neither ARN nor context tells counts as the caller's.
    """
    if call.action.lower() == NEVER_REFUSED:
        return Answer(decision=Decision.ALLOWED)
    request = request_values(call.context)
    caller = _caller(principal, call, request)
    if called is not None:
        return _by_both(principal, caller, called, call, request, Kind.RESOURCE)
    allowed = all_of((caller.identity.allow(), caller.within(), caller.within_organisation(), _leave(principal, call, request)))
    answer = _answer(allowed, caller.sides, allows=caller.identity.allows, caller=caller)
    return replace(answer, unknown=(*answer.unknown, *_unread(answer, principal, caller, call, request)))


def policy_unread(action: str, resource: str) -> tuple[str, ...]:
    """Return the words for the policy that such a thing may have; none where it has none."""
    return (THING_UNREAD,) if resource != "*" and action.partition(":")[0].lower() in WITH_POLICIES else ()


def is_open(principal: Principal, call: Call) -> bool:
    """Return whether the caller's own policies allow the call, and nothing that is known to hold keeps them from it."""
    return opened_by(principal, call) is not None


def opened_by(principal: Principal, call: Call) -> Finding | None:
    """Return the statement of the caller's own that allows the call, if nothing that is known to hold keeps them from it.

    Limits and denies of which nobody knows whether they hold keep nobody from anything. Allowed is the call without any key that
    the context does not name, which is who calls to choose.
    """
    request = request_values(call.context)
    plain = {key: value for key, value in request.items() if key != ANY_KEY}
    allow = next((one for one in sides.of_caller(principal, call, plain).allows if one.truth is True), None)
    if allow is None:
        return None
    caller = _caller(principal, call, request)
    left_out = any(side.allow() is False for side in (*caller.limits, *caller.organisation))
    return None if left_out or any(finding.truth is True for finding in caller.denies()) else allow


def explicit_deny(principal: Principal, call: Call) -> Answer:
    """Return what on the caller's side denies the call explicitly, whatever allows it; an implicit deny where nothing does."""
    denies = tuple(_caller(principal, call, request_values(call.context)).denies())
    certain = next((finding for finding in denies if finding.truth is True), None)
    if certain is not None:
        return Answer(decision=Decision.EXPLICIT_DENY, policy=certain.policy, statement=certain.statement)
    words = _words(any_of(finding.truth for finding in denies))
    return Answer(decision=Decision.UNKNOWN if words else Decision.IMPLICIT_DENY, unknown=words)


def evaluate_assume_role(principal: Principal, role: Role, context: Context) -> Answer:
    """Return whether the principal may switch to the role: both sides are asked."""
    call = Call(action=ASSUME_ROLE, resource=role.arn, context=context)
    request = request_values(context)
    return _by_both(principal, _caller(principal, call, request), role.called, call, request, Kind.TRUST)


def _caller(principal: Principal, call: Call, request: Values) -> Caller:
    return Caller(
        identity=sides.of_caller(principal, call, request),
        limits=sides.limiting(principal, call, request),
        organisation=sides.of_organisation(principal, call, request),
    )


def _by_both(principal: Principal, caller: Caller, called: Called, call: Call, request: Values, kind: Kind) -> Answer:
    thing = sides.of_thing(called, kind, principal, call, request)
    asked = (*caller.sides, thing, sides.of_things_organisation(called, principal, call, request))
    is_abroad = principal.account_id != called.account_id
    must_let_in = is_abroad or kind is Kind.TRUST or KEY.fullmatch(call.resource)
    let_in = thing.allow_of_any_reach() if must_let_in else True
    own = all_of((let_in, caller.identity.allow(), caller.within(), caller.within_organisation()))
    if own is True or is_abroad:
        return _answer(own, asked, allows=caller.identity.allows, caller=caller)
    alone = all_of((_by_thing_alone(thing, caller.within()), caller.within_organisation()))
    # The closest first: it suffices where the others may not.
    direct = [
        finding for reach in (Reach.CALLER, Reach.ROLE, Reach.EVERYONE) for finding in thing.allows if finding.reach is reach
    ]
    return _answer(any_of((own, alone)), asked, allows=direct, caller=caller)


def _by_thing_alone(thing: Side, within: Truth) -> Truth:
    """Return whether, in one account, the thing's policy suffices without an allow of the caller's own."""
    if within is False:
        # AWS says it of a user and a session, and denies it of a role; of everyone it says nothing.
        everyone = all_of((thing.allow(Reach.EVERYONE), unknown("whether a boundary limits what everyone may")))
        return any_of((thing.allow(Reach.CALLER), everyone))
    return any_of((thing.allow(Reach.CALLER), *(all_of((thing.allow(reach), within)) for reach in (Reach.ROLE, Reach.EVERYONE))))


def _leave(principal: Principal, call: Call, request: Values) -> Truth:
    """Return whether the call goes without a policy of the thing, which nobody has given."""
    if KEY.fullmatch(call.resource):
        return unknown(KEY_UNREAD)
    owner = _owner(call, request)
    if owner in ("", principal.account_id) or call.action.lower().startswith("sts:"):
        return True
    return unknown(f"whether the account {owner} lets in {principal.account_id}")


def _unread(answer: Answer, principal: Principal, caller: Caller, call: Call, request: Values) -> tuple[str, ...]:
    """Return the words for the thing's policy where it may turn the answer: in the own account it may give by itself, or deny."""
    is_abroad = _owner(call, request) not in ("", principal.account_id)
    is_refused = answer.decision is Decision.IMPLICIT_DENY and not is_abroad and caller.within_organisation() is not False
    return policy_unread(call.action, call.resource) if answer.allowed or is_refused else ()


def _owner(call: Call, request: Values) -> str:
    """Return the account of what is called, if anything tells it: an ARN of S3 names none."""
    written, told = (call.resource.split(":", 5) + [""] * 5)[4], request.get("aws:resourceaccount")
    named = written or (told if isinstance(told, str) else "")
    return named if ACCOUNT.fullmatch(named) else ""


def _answer(allowed: Truth, asked: Iterable[Side], *, allows: Iterable[Finding], caller: Caller) -> Answer:
    """Return the answer; `allows` holds the statement to name when the call goes through."""
    denies = [finding for side in asked for finding in side.denies]
    for finding in denies:
        if finding.truth is True:
            return Answer(decision=Decision.EXPLICIT_DENY, policy=finding.policy, statement=finding.statement)
    if allowed is False:
        words = _words(any_of(finding.truth for finding in denies))
        return Answer(decision=Decision.IMPLICIT_DENY, unknown=words, left_out_by=caller.left_out_by())
    # An unknown deny matters only now that without it the call would, or might, go through.
    open_ = all_of((allowed, *(negate(finding.truth) for finding in denies)))
    if isinstance(open_, Unknown):
        return Answer(decision=Decision.UNKNOWN, unknown=open_.words)
    decisive = next(finding for finding in allows if finding.truth is True)
    return Answer(decision=Decision.ALLOWED, policy=decisive.policy, statement=decisive.statement)


def _words(truth: Truth) -> tuple[str, ...]:
    return truth.words if isinstance(truth, Unknown) else ()
