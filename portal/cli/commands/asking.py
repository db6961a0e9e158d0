"""Asking for access, for more of it, and taking a request back."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from portal import typed_words
from portal.cli import asking_back, completing, finding, moments, speaking, tables
from portal.cli.commands.options import Address, AsJson, MineCode, NeededWord
from portal.cli.commands.waiting import wait_for
from portal.cli.exits import Unusable
from portal.cli.portal import Json, Portal, reached
from portal.cli.waits import Goal
from portal.cli.words import said

MINUTE = timedelta(minutes=1)
For = Annotated[str | None, typer.Option("--for", metavar="2h", help="How long: 2h, 90m, 1h30m.")]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="The end: 18:00, 2026-11-26 09:00, or ISO 8601 with a zone.")
]
Text = str | None


def request(
    groups: Annotated[
        list[str] | None, typer.Argument(metavar="GROUP...", help="Work groups.", autocompletion=completing.work_groups)
    ] = None,
    *,
    length: For = None,
    until: Until = None,
    start: Annotated[str | None, typer.Option("--from", metavar="TIME", help="The start; approval, if not given.")] = None,
    ticket: Annotated[Text, typer.Option(metavar="CHG-123", help="The change ticket.")] = None,
    reason: Annotated[Text, typer.Option("--reason", "-m", help="Why.")] = None,
    impact: Annotated[str, typer.Option(help="What it may affect.")] = "",
    plan: Annotated[str, typer.Option(help="What you will do.")] = "",
    way_back: Annotated[str, typer.Option(help="How you will undo it.")] = "",
    revises: Annotated[Text, typer.Option(metavar="R-…", help="The request that was sent back to you.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until access is active.")] = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Ask for access to work groups. What you leave out is asked for, at a terminal."""
    with reached(portal, as_json=as_json) as found:
        body = {
            "work_groups": _groups(groups) if groups else _asked_groups(found),
            **_window(start, length, until),
            "change_ticket": asking_back.given_or_asked(ticket, said("Change ticket"), option="--ticket"),
            "reason": asking_back.given_or_asked(reason, said("Reason"), option="--reason"),
            "impact": impact,
            "plan": plan,
            "way_back": way_back,
            **({"revises": finding.request_code(revises)} if revises else {}),
        }
        made = found.post("/requests", body)
        _say_asked(made, as_json=as_json, wait=wait)
        if wait:
            wait_for(found, made["id"], Goal.ACTIVE, seconds=None, as_json=as_json)


def extend(
    target: MineCode = None,
    *,
    length: Annotated[str | None, typer.Option("--for", metavar="30m", help="How much longer than now.")] = None,
    until: Until = None,
    reason: NeededWord = None,
    ticket: Annotated[str, typer.Option(help="Another change ticket than that of the access.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is decided.")] = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Ask for more time. It is a request of its own, which is approved like the first."""
    with reached(portal, as_json=as_json) as found:
        code = finding.elevation_code(found, target)
        if length and until:
            raise Unusable(said("Give --for or --until, not both."), code="duration_or_end")
        ends_at = moments.sent(_later_end(found, code, length, until))
        why = asking_back.given_or_asked(reason, said("Reason"), option="--message")
        made = found.post(f"/elevations/{code}/extend", {"ends_at": ends_at, "reason": why, "change_ticket": ticket})
        _say_asked(made, as_json=as_json, wait=wait)
        if wait:
            wait_for(found, made["id"], Goal.APPROVED, seconds=None, as_json=as_json)


def withdraw(
    code: Annotated[str, typer.Argument(metavar="ID", help="R-…", autocompletion=completing.pending)],
    *,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Take your request back, before it is decided."""
    with reached(portal, as_json=as_json) as found:
        answer = found.post(f"/requests/{finding.request_code(code)}/withdraw")
        if as_json:
            speaking.say_json(answer)
        else:
            speaking.say(answer["id"], tables.state(answer["state"]))


def _asked_groups(portal: Portal) -> list[str]:
    """Ask which work groups, of those that one may ask for."""
    if asking_back.somebody_is_there():
        speaking.note(said("You may ask for:"))
        for each in portal.items("/work-groups", every=True)["items"]:
            speaking.note(f"  {each['name']}  {each['description']}")
    return _groups(asking_back.given_or_asked(None, said("Work groups"), option=said("a work group")).split())


def _groups(words: list[str]) -> list[str]:
    """Return their names. Raises Unusable for a time among them: it is an option, and no work group is called 2h."""
    for at, word in enumerate(words):
        if at and (found := typed_words.leading_duration(words[at:])):
            minutes, count = found
            names = " ".join(typed_words.groups([*words[:at], *words[at + count :]]))
            command = f"sekisho request {names} --for {typed_words.duration(minutes)}"
            why = said("%(word)r is a time, not a work group. Type: %(command)s", word=word, command=command)
            raise Unusable(why, code="time_among_groups")
    return typed_words.groups(words)


def _window(start: str | None, length: str | None, until: str | None) -> Json:
    """Return the time that is asked for, and say it back: a time without a zone was in this machine's."""
    if length and until:
        raise Unusable(said("Give --for or --until, not both."), code="duration_or_end")
    now = datetime.now(UTC)
    begins = moments.moment(start, now=now) if start else None
    window: Json = {"starts_at": moments.sent(begins) if begins else None}
    if until:
        ends = moments.moment(until, now=begins or now)
        window["ends_at"] = moments.sent(ends)
        if begins:
            speaking.note(said("From %(start)s until %(end)s.", start=moments.local(begins), end=moments.local(ends)))
        else:
            speaking.note(said("From approval until %(end)s.", end=moments.local(ends)))
    else:
        typed = asking_back.given_or_asked(length, said("For how long"), option=said("--for or --until"), usual="1h")
        window["duration_minutes"] = moments.minutes(typed)
        if begins:
            lasts = moments.length(window["duration_minutes"] * 60)
            speaking.note(said("From %(start)s for %(lasts)s.", start=moments.local(begins), lasts=lasts))
    return window


def _later_end(portal: Portal, code: str, length: str | None, until: str | None) -> datetime:
    if until:
        return moments.moment(until, now=datetime.now(UTC))
    minutes = moments.minutes(
        asking_back.given_or_asked(length, said("How much longer"), option=said("--for or --until"), usual="30m")
    )
    return moments.parsed(portal.get(f"/elevations/{code}")["ends_at"]) + minutes * MINUTE


def _say_asked(made: Json, *, as_json: bool, wait: bool) -> None:
    """Say what was made of it; where it is waited for, the end of that is the answer."""
    if as_json and not wait:
        speaking.say_json(made)
        return
    waits = made["waits_for"]
    say = speaking.note if wait else speaking.say
    say(
        made["id"],
        tables.state(made["state"]),
        *([said("waits for %(approvals)s", approvals=tables.approvals(waits))] if waits else []),
    )
