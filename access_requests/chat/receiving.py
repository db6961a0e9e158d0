"""What Slack sends, by whichever way it came: who says it, and which answer it gets."""

from datetime import datetime

from access_requests.chat import commands, pressing
from access_requests.chat.answers import Answer
from access_requests.chat.reading import Fields, text_at
from access_requests.chat.speaking import Speaker

INTERACTIONS = {"block_actions": pressing.pressed, "view_submission": pressing.submitted}


def command(fields: Fields, *, method: str, now: datetime) -> Answer | None:
    """Answer a command. Slack asks now and then whether the certificate is good, and nothing else."""
    if text_at(fields, "ssl_check"):
        return None
    user, locale = text_at(fields, "user_id"), text_at(fields, "user_locale")
    teams = _said(text_at(fields, "team_id"))
    speaker = Speaker(user_id=user, teams=teams, method=method, now=now, locale=locale)
    return commands.answer(speaker, text_at(fields, "text"))


def interaction(payload: Fields, *, method: str, now: datetime) -> Answer | None:
    """Answer a press or a window that was sent; None for whatever else there is. Raises Unreadable."""
    answer = INTERACTIONS.get(text_at(payload, "type"))
    if answer is None:
        return None
    user = payload.get("user")
    teams = _said(text_at(payload, "team", "id"), text_at(user, "team_id"))
    locale = text_at(user, "locale")
    return answer(Speaker(user_id=text_at(user, "id"), teams=teams, method=method, now=now, locale=locale), payload)


def _said(*teams: str) -> tuple[str, ...]:
    return tuple(team for team in teams if team)
