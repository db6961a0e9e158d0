"""The words of states, in the reader's language; doors use these and nothing else for them."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access_requests.evaluation import ALLOWED, DENIED, NO_GATE_ROLE, NO_IAM_USER, NO_ROLE, NOT_FENCED, UNKNOWN
from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import AccessRequest, ApprovalLevel, ApprovalPolicy, Elevation
from audits.acts import terms
from portal.iam import anybody, contexts
from portal.iam.evaluation import KEY_UNREAD, THING_UNREAD
from portal.listed import listed
from portal.users.models import User
from portal.verbs import phrases

REQUEST_STATES: Mapping[str, Promise] = {
    RequestStatus.PENDING: _("waiting for approval"),
    RequestStatus.APPROVED: _("approved"),
    RequestStatus.REJECTED: _("rejected"),
    RequestStatus.SENT_BACK: _("sent back"),
    RequestStatus.WITHDRAWN: _("withdrawn"),
    RequestStatus.LAPSED: _("lapsed"),
}
ELEVATION_STATES: Mapping[str, Promise] = {
    ElevationStatus.SCHEDULED: pgettext_lazy("elevation", "scheduled"),
    ElevationStatus.GRANTING: _("granting"),
    ElevationStatus.ACTIVE: pgettext_lazy("elevation", "active"),
    ElevationStatus.REVOKING: _("revoking"),
    ElevationStatus.ENDED: pgettext_lazy("elevation", "ended"),
    ElevationStatus.CANCELLED: pgettext_lazy("elevation", "cancelled"),
}
# Shown in the place of the state of an elevation that ended without a grant, and of its request.
NOT_GRANTED = "not_granted"
# Whether somebody can switch to a role, as evaluated over the policies that AWS has.
SWITCHES: Mapping[str, Promise] = {
    ALLOWED: _("can switch"),
    DENIED: _("cannot switch"),
    UNKNOWN: _("not known"),
}
# What decided, where it is no policy; without a word for it, no policy allows it.
DECIDED: Mapping[str, Promise] = {
    "": _("no policy allows it"),
    NO_IAM_USER: _("the IAM user is gone"),
    NO_ROLE: _("the role is gone"),
}
# Why an evaluation could not tell. What is missing here is a problem of AWS, or the evaluator's own words for a policy.
_UNREADABLE = _("AWS does not let the portal read the account")
_NO_PATIENCE = _("AWS asked for patience too often")
UNTOLD: Mapping[str, Promise] = {
    NO_GATE_ROLE: _("the portal has no role in the account with which to read its policies"),
    "identity_unread": _("it is not known yet which role in AWS this is"),
    NOT_FENCED: _("in Identity Center AWS ends nothing by itself; the portal takes the membership out"),
    "no_identity_center": _("there is no Identity Center, or more than one, where the portal looks for it"),
    "AccessDenied": _UNREADABLE,
    "AccessDeniedException": _UNREADABLE,
    "Throttling": _NO_PATIENCE,
    "ThrottlingException": _NO_PATIENCE,
    "ConnectTimeoutError": _("AWS did not answer"),
    "ReadTimeoutError": _("AWS did not answer in time"),
    "EndpointConnectionError": _("AWS could not be reached"),
    KEY_UNREAD: _("the key has a policy of its own, which is not read"),
    THING_UNREAD: _("what is called may have a policy of its own, which is not read"),
    "unreadable": _("AWS answered what the portal cannot read"),
    "unreadable_answer": _("AWS answered what the portal cannot read"),
}
# Not translated here: they are in the OpenAPI document too, which speaks English.
SCOPES: Mapping[str, str] = {
    "requests:read": gettext_noop("See requests and elevations"),
    "requests:write": gettext_noop("Ask, withdraw, return and extend"),
    "decisions:write": gettext_noop("Approve, reject, send back and stop"),
    "audit:read": gettext_noop("Read the audit trail"),
}
PROVIDERS: Mapping[str, Promise] = {"slack": _("Slack"), "email": _("e-mail")}


def untold(reasons: Iterable[str]) -> str:
    """Return why an evaluation could not tell."""
    return clauses(_untold(reason) for reason in reasons)


def clauses(words: Iterable[str]) -> str:
    """Return clauses as one sentence."""
    return pgettext("between clauses", "; ").join(words)


def _untold(reason: str) -> str:
    if not reason.endswith(contexts.OF_THE_CALL_SAID):
        return str(UNTOLD.get(reason, reason))
    place, _colon, word = reason.removesuffix(contexts.OF_THE_CALL_SAID).rpartition(": ")
    key = gettext("the resource") if word == anybody.KEYS[anybody.THING] else word
    if not place:
        return gettext("a policy asks for %(key)s, which is known once the call is made") % {"key": key}
    return gettext("%(place)s asks for %(key)s, which is known once the call is made") % {"place": place, "key": key}


def shown_state(row: AccessRequest | Elevation) -> str:
    """Return the state that is shown: as it is stored, or NOT_GRANTED."""
    return NOT_GRANTED if row.was_not_granted else row.status


def state(word: str) -> str:
    """Return the word for a state of a request or of an elevation, as it is stored or as `shown_state` has it."""
    if word == NOT_GRANTED:
        return gettext("not granted")
    return str(REQUEST_STATES.get(word) or ELEVATION_STATES.get(word) or word)


def source(word: str) -> str:
    """Return who says something of a person: the catalogue, a provider of log-in, a chat."""
    return str(PROVIDERS[word]) if word in PROVIDERS else terms.source(word)


def scope(word: str) -> str:
    """Return what a token with this scope is good for."""
    return gettext(SCOPES[word]) if word in SCOPES else word


def approval(level: ApprovalLevel) -> str:
    """Return who must approve at a level: 1 of leader01, leader02. No query where the approvers are prefetched."""
    return some_of(level.approvals, level.approvers.all())


def some_of(number: int, people: Iterable[User]) -> str:
    """Return how many of these people approve, by their names in the order of their user names."""
    names = [person.called for person in sorted(people, key=lambda person: person.username)]
    if len(names) == number == 1:
        return names[0]
    data = {"n": number, "people": listed(names)}
    return gettext("all of %(people)s") % data if len(names) == number else gettext("%(n)s of %(people)s") % data


def approvals(rule: ApprovalPolicy) -> str:
    """Return who must approve, level by level."""
    levels = sorted(rule.levels.all(), key=lambda level: level.number)
    return pgettext("between levels of approval", ", then ").join(approval(level) for level in levels)


def policy(rule: ApprovalPolicy) -> str:
    """Return an approval policy in words: who approves, how long access may last, how soon it is decided."""
    times = [gettext("%(setting)s %(time)s") % {"setting": name, "time": phrases.duration(time)} for name, time in rule.times()]
    said = [gettext("Approved by %(approvals)s") % {"approvals": approvals(rule)}, lasts(rule), *times]
    return pgettext("between what a policy says", "; ").join(said)


def lasts(rule: ApprovalPolicy) -> str:
    """Return how long access may last."""
    times = {"shortest": phrases.duration(rule.shortest_minutes), "longest": phrases.duration(rule.longest_minutes)}
    return gettext("%(shortest)s to %(longest)s") % times
