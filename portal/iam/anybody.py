"""A user who is nobody in particular: what a policy says to everybody's name is said to this one, and all else is unknown.

So it is with a thing that is none in particular, of which the mark stands for any part of its ARN.

A mark stands for what is not known of a text. Neither a name nor a policy in AWS can hold such a character.
Source: IAM's reference of CreateUser (UserName, Path) and PutUserPolicy (PolicyDocument).
"""

import re
from itertools import takewhile

from portal.iam.contexts import OF_THE_CALL_SAID
from portal.iam.truth import Truth, Unknown, unknown
from portal.iam.variables import Plain, Text, Wild

PATH, ID, NAME, THING = "\ue000", "\ue001", "\ue002", "\ue003"
MARK = re.compile(f"[{PATH}{ID}{NAME}{THING}]")
KEYS = {PATH: "aws:PrincipalArn", ID: "aws:userid", NAME: "aws:username", THING: "the resource"}

USER_ID = f"AIDA{ID}"


def arn(account_id: str, *, partition: str) -> str:
    return f"arn:{partition}:iam::{account_id}:user/{PATH}{NAME}"


def is_in(text: str) -> bool:
    return MARK.search(text) is not None


def unknown_in(text: str) -> Unknown:
    """Return that what the text's first mark stands for is unknown."""
    return unknown(f"{KEYS[next(character for character in text if character in KEYS)]}{OF_THE_CALL_SAID}")


def truth(matched: Truth, policy: Plain, value: str, *, is_text: bool = True) -> Truth:
    """Return whether a policy's text matches the value, whoever it is, where `matched` is so of the marks.

    Only a star, or the same mark, can have matched a mark: then any name does. A question mark tells how long a name is.
    What differs before the first mark or wildcard differs whatever comes there.
    """
    written = "".join(part.text for part in policy if isinstance(part, Text))
    if isinstance(matched, Unknown) or not is_in(value + written):
        return matched
    if is_text and matched and Wild("?") not in policy:
        return True
    if is_text and not matched and _differ(_beginning(policy), MARK.split(value)[0]):
        return False
    return unknown_in(value + written)


def _beginning(policy: Plain) -> str:
    before = takewhile(lambda part: isinstance(part, Text), policy)
    return MARK.split("".join(part.text for part in before if isinstance(part, Text)))[0]


def _differ(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return not one.startswith(other) and not other.startswith(one)
