"""What would become of a request, before it is sent. Nothing is locked or written: whether it holds, submitting says."""

from datetime import datetime

from access_requests import policy
from access_requests.services.requests import situations
from access_requests.services.requests.submit import Ask, asked_groups, asked_window
from portal.users.models import User
from portal.verbs.rejections import Rejection


def refusal(ask: Ask, person: User, *, now: datetime) -> Rejection | None:
    """Return why groups and times would be refused, if they would. Texts are not looked at."""
    try:
        groups, window = asked_groups(ask.work_groups), asked_window(ask)
        policy.check(situations.asking(person, groups, window, now=now))
    except Rejection as rejection:
        return rejection
    return None
