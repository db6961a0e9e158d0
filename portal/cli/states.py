"""The words of what the API says by one: states, decisions, why an access ended. What is not known here is said as it came."""

from collections.abc import Mapping

from portal.cli.words import said, to_say

STATES: Mapping[str, str] = {
    "pending": to_say("pending"),
    "approved": to_say("approved"),
    "rejected": to_say("rejected"),
    "sent_back": to_say("sent back"),
    "withdrawn": to_say("withdrawn"),
    "lapsed": to_say("lapsed"),
    "scheduled": to_say("scheduled"),
    "granting": to_say("granting"),
    "active": to_say("active"),
    "revoking": to_say("revoking"),
    "ended": to_say("ended"),
    "cancelled": to_say("cancelled"),
}
REPORTS: Mapping[str, str] = {
    "owed": to_say("not written yet"),
    "written": to_say("waits for confirmation"),
    "asked_back": to_say("asked back"),
    "confirmed": to_say("confirmed"),
}
# Of a day of inspections, of a log-in, and what deviates.
INSPECTIONS: Mapping[str, str] = {
    "outside": to_say("not inspected"),
    "to_come": to_say("to come"),
    "not_read": to_say("log-ins not read yet"),
    "never_read": to_say("log-ins were not read then"),
    "no_use": to_say("no use"),
    "waits": to_say("waits for signatures"),
    "overdue": to_say("overdue"),
    "signed": to_say("signed"),
    "used": to_say("within an approved access"),
    "standing": to_say("standing"),
    "declared": to_say("declared exception"),
    "after_end": to_say("went on after the end"),
    "no_leave": to_say("without approval"),
    "unknown": to_say("not known"),
    "no_report": to_say("no work report"),
    "reported_unused": to_say("reported as not used"),
    "report_deviates": to_say("otherwise than planned"),
    "finding": to_say("open finding"),
}
VERDICTS: Mapping[str, str] = {
    "approve": to_say("approved by %(who)s, %(at)s"),
    "reject": to_say("rejected by %(who)s, %(at)s"),
    "send_back": to_say("sent back by %(who)s, %(at)s"),
}
ENDS: Mapping[str, str] = {
    "expired": to_say("its time was over"),
    "returned": to_say("returned early"),
    "stopped": to_say("stopped"),
    "person_disabled": to_say("the person was disabled"),
    "work_group_retired": to_say("the work group left the catalogue"),
    "requester_may_not": to_say("the person may no longer ask for this work group"),
    "iam_user_rebound": to_say("another IAM user was bound to the person"),
    "iam_user_changed": to_say("the IAM user was renamed, or deleted and made again"),
    "identity_center_user_rebound": to_say("another Identity Center user was bound to the person"),
    "identity_user_missing": to_say("the Identity Center user is gone"),
    "grant_refused": to_say("AWS refused the grant"),
    "change_rejected": to_say("the change request was rejected in AWS"),
    "change_timed_out": to_say("nobody approved the change request in AWS in time"),
    "execution_cancelled": to_say("it was cancelled in AWS"),
}


def word(state: str) -> str:
    """Return the word of a state of a request, an access or a work report."""
    return _word({**STATES, **REPORTS}, state)


def inspected(word: str) -> str:
    """Return the word of a day's state, a log-in's class or a deviation."""
    return _word(INSPECTIONS, word)


def why_ended(reason: str) -> str:
    return _word(ENDS, reason)


def decision(verdict: str, *, who: str, at: str) -> str:
    return said(VERDICTS.get(verdict, to_say("decided by %(who)s, %(at)s")), who=who, at=at)


def _word(words: Mapping[str, str], code: str) -> str:
    return said(words[code]) if code in words else code.replace("_", " ")
