"""Logging in and out, and who one is."""

from typing import Annotated

import typer

from portal.cli import completing, credentials, device, moments, speaking, tables
from portal.cli import version as versions
from portal.cli.commands.options import Address, AsJson
from portal.cli.exits import Failure, NotLoggedIn
from portal.cli.portal import Json, Portal, failing_as, headers, reached
from portal.cli.transport import Transport
from portal.cli.words import listed, said, spoken, to_say

USUAL_SCOPES = "requests:read requests:write"


def login(
    portal: Annotated[
        str | None,
        typer.Argument(
            metavar="PORTAL_URL",
            help="Such as https://portal.example.com.",
            envvar="SEKISHO_PORTAL",
            autocompletion=completing.portals,
        ),
    ] = None,
    *,
    may_decide: Annotated[bool, typer.Option("--may-decide", help="Also approve, reject, send back and stop.")] = False,
    audit: Annotated[bool, typer.Option("--audit", help="Also read the audit trail, as an auditor.")] = False,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in a browser.")] = False,
    client_id: Annotated[str, typer.Option(help="How this program is called at the portal.")] = device.CLIENT,
    as_json: AsJson = False,
) -> None:
    """Log in: you confirm a code in the browser.

    The token is kept in ~/.config/sekisho/credentials.json, for your eyes only, and ends by itself.
    """
    with failing_as(as_json=as_json):
        address = credentials.address_of(portal)
        scopes = " ".join((USUAL_SCOPES, *(["decisions:write"] if may_decide else []), *(["audit:read"] if audit else [])))
        transport = Transport(address=address, headers=headers())
        credentials.saved()  # A file that cannot be used is found before anybody confirms anything.
        pending = device.begin(transport, client_id=client_id, scopes=scopes)
        device.show(pending, browser=browser)
        log_in = device.confirmed(transport, pending)
        credentials.save(log_in)
    zone, language = _learn_preferences(log_in)
    with moments.shown_in(zone), spoken(language):
        _say_log_in(log_in, as_json=as_json)


def logout(
    portal: Address = None,
    *,
    everywhere: Annotated[bool, typer.Option("--all", help="Of every portal.")] = False,
    as_json: AsJson = False,
) -> None:
    """Log out. The portal forgets the token, and so does this machine."""
    with failing_as(as_json=as_json):
        saved = credentials.saved()
        address = "" if everywhere else credentials.address_of(portal)
        left = list(saved) if everywhere else [each for each in saved if each == address]
        if not left:
            raise NotLoggedIn(said("You are not logged in."), code="not_logged_in")
        for each in left:
            _forget(saved[each])
    if as_json:
        speaking.say_json({"portals": left})


def whoami(portal: Address = None, *, as_json: AsJson = False) -> None:
    """Show who you are to the portal. And what this log-in may do until when."""
    with reached(portal, as_json=as_json) as found:
        me = found.get("/me")
        _remember(found.address, me)
        if as_json:
            speaking.say_json(me)
            return
        speaking.say_fields([(said("portal"), found.address), *_about(me)])


def version(*, as_json: AsJson = False) -> None:
    """Show the version of this program."""
    if as_json:
        speaking.say_json({"version": versions.version()})
    else:
        speaking.say(f"sekisho {versions.version()}")


def _learn_preferences(log_in: credentials.LogIn) -> tuple[str, str]:
    """Return the person's zone and language; empty where the portal does not answer that now. The log-in stands."""
    transport = Transport(address=log_in.portal, token=log_in.token, attempts=1, headers=headers())
    try:
        return _remember(log_in.portal, Portal(address=log_in.portal, transport=transport).get("/me"))
    except Failure:
        return "", ""
    finally:
        transport.close()


def _remember(address: str, me: Json) -> tuple[str, str]:
    """Keep in which zone and language the person is spoken to; a portal before these fields does not say."""
    person = me.get("person") or {}
    zone, language = str(person.get("time_zone", "")), str(person.get("language", ""))
    credentials.remember_preferences(address, time_zone=zone, language=language)
    return zone, language


def _about(me: Json) -> list[tuple[str, str]]:
    person, client, token = me["person"] or {}, me["client"] or {}, me["token"] or {}
    roles = [said(name) for name in (to_say("administrator"), to_say("auditor")) if person.get(name)]
    return [
        (said("who"), tables.person(person) if person else ""),
        (said("also"), listed(roles)),
        (said("IAM user"), person.get("iam_user_name") or ""),
        (said("by"), str(client.get("name", ""))),
        (said("may"), " ".join(client.get("scopes", ()))),
        (said("token"), token.get("id", "")),
        (said("until"), moments.shown(token.get("expires_at"))),
        (said("times in"), person.get("time_zone", "")),
    ]


def _forget(log_in: credentials.LogIn) -> None:
    """Forget a token here in any case; whoever cannot tell the portal is told until when it would take it."""
    credentials.forget(log_in.portal)
    transport = Transport(address=log_in.portal, attempts=1, headers=headers())
    try:
        device.revoke(log_in, transport)
    except Failure as failure:
        kept = {"portal": log_in.portal, "why": failure.detail, "at": moments.shown(log_in.expires_at)}
        speaking.note(said("%(portal)s did not revoke the token: %(why)s It ends %(at)s.", **kept))
    finally:
        transport.close()
    speaking.note(said("Logged out of %(portal)s.", portal=log_in.portal))


def _say_log_in(log_in: credentials.LogIn, *, as_json: bool) -> None:
    if as_json:
        speaking.say_json({"portal": log_in.portal, "expires_at": log_in.expires_at or None, "scopes": list(log_in.scopes)})
        return
    if not log_in.expires_at:
        speaking.say(said("Logged in to %(portal)s.", portal=log_in.portal))
        return
    speaking.say(said("Logged in to %(portal)s until %(at)s.", portal=log_in.portal, at=moments.shown(log_in.expires_at)))
