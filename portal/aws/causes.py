"""What AWS said is in the way, in one short stable word with its number or call: `groups_full:10`, `AccessDenied:iam:TagUser`.

`problem` of an error says what the portal does next; the cause says what somebody has to put right. IAM has one code for all of
its limits: which one it is the call tells.
"""

import re

LIMIT = "LimitExceeded"
DENIALS = frozenset({"AccessDenied", "AccessDeniedException"})
ROLE_FULL = "role_full"
# By the action that met the limit: the word, and IAM's quota unless AWS has raised it, where the answer names none.
LIMITS = {
    "AddUserToGroup": ("groups_full", 10),
    "TagUser": ("tags_full", 50),
    "PutUserPolicy": ("user_policies_full", 2048),
    "PutRolePolicy": (ROLE_FULL, 10_240),
}
NUMBER = re.compile(r"(?:quota for \w+: |size of )([0-9]+)", re.ASCII)
# As botocore words what an API answered, which runbooks hand on.
IN_WORDS = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation(?: \([^)]*\))?: (.*)", re.ASCII | re.DOTALL)
LONGEST = 120


def cause(code: str, *, service: str, action: str, message: str) -> str:
    """Return the word for what an API answered with this code."""
    if code == LIMIT and action in LIMITS:
        word, usual = LIMITS[action]
        found = NUMBER.search(message)
        return f"{word}:{found[1] if found else usual}"
    return f"{code}:{service}:{action}" if code in DENIALS else code


def cause_in(message: str) -> str:
    """Return the word for what IAM answered a runbook, by the runbook's message; empty where it says nothing of the kind."""
    found = IN_WORDS.search(message)
    return cause(found[1], service="iam", action=found[2], message=found[3]) if found else ""
