"""Who may do what, and when: pure rules over what was gathered, a value in, a Rejection or nothing out.

    situations   the places where rules are asked, and what is known at each
    facts        what rules read, and which of it each names
    rules        the rules themselves, and RULES: all of them, in the order in which they refuse
    leave        what an elevation rests on: the rule of the workers, and of whoever reads an end for a fence
    proofs       which acts need a proof of who does them, how strong and how fresh
    windows, levels, texts   values and reckoning that rules and verbs share

A new rule is a function of `rules` and a line in RULES; its refusal is in `access_requests.errors`. A fact that nobody gathers
yet is a field of the situations that have it, and `services/requests/situations.py` or `services/elevations/rights.py` fills it.
"""

from access_requests.policy.rules import check, refusal
from access_requests.policy.situations import Place

__all__ = ["Place", "check", "refusal"]
