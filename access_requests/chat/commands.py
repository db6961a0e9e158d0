"""Each command: the verb that it stands for, and what is said then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests.chat import answers, finding, linking, listing
from access_requests.chat.answers import Answer
from access_requests.chat.refusals import NotLinked, UnknownCommand
from access_requests.chat.speaking import COMMAND, Speaker, read_by
from access_requests.chat.words import Line
from access_requests.models import AccessRequest, Elevation
from access_requests.services.elevations import reporting, stop
from access_requests.services.notices.slack import blocks, cards
from access_requests.services.requests import decide, extend, submit
from portal.users.models import User
from portal.verbs.actor import Actor
from portal.verbs.rejections import Rejection
from portal.verbs.run import act_as

LINK = "link"
# Behind the number of an access that is over.
UNUSED = frozenset({"unused", "未使用"})


@dataclass(frozen=True, kw_only=True)
class Told:
    """A command that a person of the portal gave."""

    speaker: Speaker
    person: User
    line: Line

    @property
    def actor(self) -> Actor:
        return self.speaker.actor(self.person)

    def request(self, word: str) -> AccessRequest:
        return finding.request(self.person, word)


@dataclass(frozen=True)
class Command:
    usage: str
    does: Promise
    carry_out: Callable[[Told], Answer]


def answer(speaker: Speaker, text: str) -> Answer:
    """Carry out what somebody typed behind the command, and return what they are told."""
    line = Line.of(text)
    try:
        person = speaker.person()
    except NotLinked as rejection:
        with read_by(None, speaker.locale):
            return linking.link(speaker, line) if line.verb == LINK else answers.refused(rejection)
    except Rejection as rejection:
        with read_by(None, speaker.locale):
            return answers.refused(rejection)
    with read_by(person, speaker.locale):
        return _carried_out(Told(speaker=speaker, person=person, line=line))


def _carried_out(told: Told) -> Answer:
    command = COMMANDS.get(told.line.verb)
    try:
        if command is None:
            raise UnknownCommand(word=told.line.verb, command=COMMAND)
        return command.carry_out(told)
    except Rejection as rejection:
        return answers.refused(rejection, f"{COMMAND} {command.usage}" if command else "")


def _request(told: Told) -> Answer:
    typed = told.line.request()
    asked = submit.Ask(work_groups=typed.names, reason=typed.reason, change_ticket=typed.ticket, duration_minutes=typed.minutes)
    made = act_as(told.actor, lambda: submit.submit(ask=asked, actor=told.actor, now=told.speaker.now))
    return _asked(told, made, gettext("You asked for access. The request has the ID %(code)s.") % {"code": made.code})


def _extend(told: Told) -> Answer:
    typed = told.line.extend()
    elevation = finding.elevation(typed.names[0])
    ends_at = elevation.ends_at + timedelta(minutes=typed.minutes)
    act = partial(extend.extend, elevation_id=elevation.pk, ends_at=ends_at, reason=typed.reason)
    made = act_as(told.actor, lambda: act(actor=told.actor, now=told.speaker.now))
    sentence = gettext("You asked for more time. The request has the ID %(code)s.") % {"code": made.code}
    return _asked(told, made, sentence)


def _asked(told: Told, made: AccessRequest, sentence: str) -> Answer:
    return answers.said(sentence, *listing.whom_it_waits_for(told.request(made.code)))


def _decide(verb: Callable[..., AccessRequest], said: Promise, told: Told) -> Answer:
    word, comment = told.line.code_and_why()
    request = told.request(word)
    act_as(told.actor, lambda: verb(request_id=request.pk, comment=comment, seen=None, actor=told.actor, now=told.speaker.now))
    return decided(told.person, request.code, said)


def decided(person: User, code: str, said: Promise) -> Answer:
    """Return what was decided, and how the request stands then."""
    below = blocks.context(blocks.typed(listing.in_one_line(finding.request(person, code))))
    return answers.said(str(said) % {"code": code}, below)


def _withdraw(told: Told) -> Answer:
    request = told.request(told.line.code())
    act_as(told.actor, lambda: decide.withdraw(request_id=request.pk, actor=told.actor, now=told.speaker.now))
    return answers.said(gettext("You withdrew %(code)s.") % {"code": request.code})


def _return(told: Told) -> Answer:
    elevation = finding.elevation(told.line.code())
    act_as(told.actor, lambda: stop.return_early(elevation_id=elevation.pk, actor=told.actor, now=told.speaker.now))
    return _ended(elevation, gettext("You returned %(group)s."))


def _stop(told: Told) -> Answer:
    word, comment = told.line.code_and_why()
    elevation = finding.elevation(word)
    act_as(told.actor, lambda: stop.stop(elevation_id=elevation.pk, comment=comment, actor=told.actor, now=told.speaker.now))
    return _ended(elevation, gettext("You stopped the access by %(group)s."))


def _ended(elevation: Elevation, sentence: str) -> Answer:
    taken = gettext("AWS takes it out now; it counts as ended when AWS shows that it is gone.")
    return answers.said(sentence % {"group": elevation.work_group.name}, blocks.context(blocks.typed(taken)))


def _report(told: Told) -> Answer:
    """Report what was done, or by one word that the access was not used."""
    word, done = told.line.code_and_why()
    elevation, is_unused = finding.elevation(word), done.strip().lower() in UNUSED
    act = partial(reporting.report, elevation=elevation, done="" if is_unused else done, deviation="", is_unused=is_unused)
    act_as(told.actor, lambda: act(actor=told.actor, now=told.speaker.now))
    return answers.said(gettext("You reported on %(code)s. Somebody who approved it confirms.") % {"code": elevation.code})


def _status(told: Told) -> Answer:
    card = cards.card(told.request(told.line.code()))
    return answers.only_to_them(card.text, card.blocks)


def _list(told: Told) -> Answer:
    told.line.nothing()
    return listing.listing(told.person, now=told.speaker.now)


def _link(told: Told) -> Answer:
    return linking.link(told.speaker, told.line)


def _unlink(told: Told) -> Answer:
    told.line.nothing()
    return linking.unlink(told.speaker, told.person)


def _help(_told: Told) -> Answer:
    lines = [f"`{COMMAND} {blocks.literal(command.usage)}`  {command.does}" for command in COMMANDS.values()]
    return answers.only_to_them(gettext("What you can type"), [blocks.section(blocks.marked("\n".join(lines)))])


COMMANDS: Mapping[str, Command] = {
    "request": Command("request GROUP[,GROUP] 2h CHG-123 WHY", _("asks for access"), _request),
    "list": Command("list", _("shows who is in production, and what waits for you"), _list),
    "status": Command("status ID", _("shows a request"), _status),
    "approve": Command("approve ID WHY", _("approves a request"), partial(_decide, decide.approve, _("You approved %(code)s."))),
    "reject": Command("reject ID WHY", _("rejects it"), partial(_decide, decide.reject, _("You rejected %(code)s."))),
    "send-back": Command(
        "send-back ID WHY", _("asks for another version"), partial(_decide, decide.send_back, _("You sent %(code)s back."))
    ),
    "withdraw": Command("withdraw ID", _("takes your own request back"), _withdraw),
    "return": Command("return ID", _("returns your access before its end"), _return),
    "extend": Command("extend ID 30m WHY", _("asks for more time"), _extend),
    "report": Command("report ID WHAT", _("reports what you did with your access; unused: that you did not use it"), _report),
    "stop": Command("stop ID WHY", _("ends somebody's access now"), _stop),
    LINK: Command("link CODE", _("links this Slack account with you, by a code from the portal"), _link),
    "unlink": Command("unlink", _("forgets who you are here"), _unlink),
    "help": Command("help", _("shows this"), _help),
}
