"""Becoming somebody in the portal by a code that was made there, and nobody again."""

from functools import partial

from django.utils.translation import gettext

from access_requests.chat import answers
from access_requests.chat.answers import Answer
from access_requests.chat.refusals import NotLinked
from access_requests.chat.speaking import COMMAND, PROVIDER, USER_ID, Speaker, portal_page, read_by
from access_requests.chat.words import Line
from access_requests.services.people import identities
from portal.users.models import User
from portal.verbs.rejections import Rejection
from portal.verbs.run import act_as


def link(speaker: Speaker, line: Line) -> Answer:
    """Link whoever types a good code. Nothing of the portal is told before."""
    try:
        if not USER_ID.fullmatch(speaker.user_id):
            raise NotLinked(url=portal_page(), command=COMMAND)
        code = line.whole()
        typed = {"provider": PROVIDER, "external_id": speaker.user_id.upper()}
        linked = identities.link(code=code, **typed, proof=speaker.proof(), now=speaker.now)
    except Rejection as rejection:
        return answers.refused(rejection, f"{COMMAND} link CODE")
    with read_by(linked.person, speaker.locale):
        who = {"person": linked.person.username, "command": COMMAND}
        return answers.said(gettext("You are %(person)s here now. Type %(command)s help for what you can do.") % who)


def unlink(speaker: Speaker, person: User) -> Answer:
    actor = speaker.actor(person)
    verb = partial(identities.unlink, person=person, provider=PROVIDER, actor=actor, now=speaker.now)
    act_as(actor, verb, ends_own_rights=True)
    return answers.said(gettext("You are unlinked: the portal does not know who you are here any more."))
