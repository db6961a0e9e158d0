"""A refusal and a length of time as people say them, in the reader's language."""

from django.utils.translation import gettext, ngettext

from portal.verbs.rejections import Rejection

MINUTES_A_DAY = 24 * 60


def sentence(rejection: Rejection) -> str:
    """Return the refusal as a sentence that says what to do."""
    minutes = rejection.data.get("minutes")
    said = {"minutes": duration(minutes)} if isinstance(minutes, int) else {}
    return gettext(rejection.sentence) % {**rejection.data, **said}


def duration(minutes: int) -> str:
    """Return a time as people say it: 1 day 2 hours 30 minutes."""
    days, rest = divmod(minutes, MINUTES_A_DAY)
    hours, rest = divmod(rest, 60)
    parts = (
        ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else "",
        ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest} if rest or not minutes else "",
    )
    return " ".join(part for part in parts if part)


def every(seconds: int) -> str:
    """Return how often something is done, or within which time, as people say it: 30 seconds, 1 minute 40 seconds."""
    minutes, rest = divmod(seconds, 60)
    parts = (
        duration(minutes) if minutes else "",
        ngettext("%(n)s second", "%(n)s seconds", rest) % {"n": rest} if rest or not minutes else "",
    )
    return " ".join(part for part in parts if part)
