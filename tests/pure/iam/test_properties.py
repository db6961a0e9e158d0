"""What holds of every policy: laws, looked for with random documents."""

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.iam.evaluation import Decision
from portal.iam.principals import Policy
from tests.pure.iam.world import (
    ALLOWED,
    DENIED,
    IMPLICITLY,
    JUMP,
    MEMBER,
    UNKNOWN,
    Statement,
    allow,
    asked,
    deny,
    member,
    policy,
    role,
    switched,
    trusting,
)

CONTEXT = {"aws:username": "member01", "aws:CurrentTime": "2026-11-23T20:00:00Z", "aws:TagKeys": ["red", "blue"]}
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringLike": {"aws:username": "member*"}},
        {"StringNotLike": {"aws:username": ["x", "${aws:username}"]}},
        {"DateGreaterThan": {"aws:CurrentTime": "2026-11-23T19:59:59Z"}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "green"}},
        {"Strange": {"aws:username": "x"}},
        {"DateLessThan": {"aws:CurrentTime": "soon"}},
    ]
)
ACTIONS = st.sampled_from(["s3:*", "*", "sqs:*", "s3:GetObject", "sts:AssumeRole"])
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::logs/*", "arn:aws:s3:::other/*"])
STATEMENTS = st.builds(
    lambda make, action, resource, condition: make(action, resource, Condition=condition),
    st.sampled_from([allow, deny]),
    ACTIONS,
    RESOURCES,
    CONDITIONS,
)
BODIES = st.lists(STATEMENTS, max_size=4)
TRUSTING = st.builds(
    lambda named, effect, condition: trusting(named, effect, Condition=condition),
    st.sampled_from(["*", {"AWS": JUMP}, {"AWS": MEMBER}, {"Service": "ec2.amazonaws.com"}, {"Robot": "x"}]),
    st.sampled_from(["Allow", "Deny"]),
    CONDITIONS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Version", "Statement", "Effect", "Action", "Resource", "Condition", "Principal", "Sid"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def decided(body: list[Statement]) -> Decision:
    return asked(policy(*body), context=CONTEXT).decision


@given(BODIES, STATEMENTS)
def test_one_more_deny_never_allows_more(body: list[Statement], statement: Statement) -> None:
    more = decided([*body, {**statement, "Effect": "Deny"}])
    before = decided(body)
    assert more is before or more in {DENIED, UNKNOWN}
    assert not (before is not ALLOWED and more is ALLOWED)


@given(BODIES, STATEMENTS)
def test_one_more_allow_never_takes_away(body: list[Statement], statement: Statement) -> None:
    before, more = decided(body), decided([*body, {**statement, "Effect": "Allow"}])
    assert more is before or before in {IMPLICITLY, UNKNOWN}
    assert not (before is UNKNOWN and more is IMPLICITLY)


@given(BODIES)
def test_order_of_statements_is_of_no_matter(body: list[Statement]) -> None:
    assert len({decided(list(order)) for order in permutations(body)}) == 1


@given(BODIES)
def test_statements_may_be_spread_over_policies(body: list[Statement]) -> None:
    assert asked(*(policy(statement) for statement in body), context=CONTEXT).decision is decided(body)


@given(BODIES, BODIES)
def test_boundary_never_allows_more(body: list[Statement], boundary: list[Statement]) -> None:
    bounded = asked(policy(*body), boundary=policy(*boundary), context=CONTEXT).decision
    assert not (bounded is ALLOWED and decided(body) is not ALLOWED)


def known(body: list[Statement], *, strange: bool) -> list[Statement]:
    """Return the body with what is unknown in it made true or false."""
    kept = [statement for statement in body if strange or not _is_strange(statement)]
    return [{**statement, "Condition": {}} if _is_strange(statement) else statement for statement in kept]


def _is_strange(statement: Statement) -> bool:
    return "Strange" in statement["Condition"] or "soon" in str(statement["Condition"])


@given(BODIES)
def test_what_is_decided_stays_decided_whichever_way_the_unknown_turns_out(body: list[Statement]) -> None:
    denies, allows = ([one for one in body if one["Effect"] == effect] for effect in ("Deny", "Allow"))
    allowed = {
        decided([*known(denies, strange=first), *known(allows, strange=second)]) is ALLOWED
        for first in (False, True)
        for second in (False, True)
    }
    decision = decided(body)
    assert (decision is UNKNOWN) == (len(allowed) == 2)
    if decision is not UNKNOWN:
        assert allowed == {decision is ALLOWED}


@given(st.lists(TRUSTING, max_size=4), TRUSTING)
def test_one_more_deny_of_trust_never_lets_more_in(body: list[Statement], statement: Statement) -> None:
    caller = member(policy(allow("sts:AssumeRole")))
    before = switched(caller, role(*body), CONTEXT)
    more = switched(caller, role(*body, {**statement, "Effect": "Deny"}), CONTEXT)
    assert not (more is ALLOWED and before is not ALLOWED)


@given(JSON)
def test_no_document_is_too_strange_to_be_answered(document: Any) -> None:
    for strange in (document, {"Statement": document}, {"Statement": [allow(), document]}):
        wrapped = Policy(name="strange", document=strange)
        assert asked(wrapped, context=CONTEXT).decision in set(Decision)
        assert switched(member(wrapped), role(trusting({"AWS": JUMP})), CONTEXT) in set(Decision)


@given(JSON)
def test_strange_statement_never_makes_an_allow(strange: Any) -> None:
    assert asked(policy(strange), context=CONTEXT).decision is not ALLOWED
