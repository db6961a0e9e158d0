"""Tokens of this person, one a portal, in ~/.config/sekisho/credentials.json: for its owner's eyes alone, or else refused."""

import dataclasses
import json
import os
import stat
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.cli import files, moments
from portal.cli.exits import Failure, NotLoggedIn, Unusable
from portal.cli.transport import checked_address
from portal.cli.words import said

TOKEN, PORTAL, ON_BEHALF_OF = "SEKISHO_TOKEN", "SEKISHO_PORTAL", "SEKISHO_ON_BEHALF_OF"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, kw_only=True)
class LogIn:
    """A log-in to one portal. `expires_at` is as moments.sent writes it; empty where the portal did not say."""

    portal: str
    token: str
    client_id: str = ""
    expires_at: str = ""
    scopes: tuple[str, ...] = ()
    # The person's at the portal, as they were told last; empty for this machine's.
    time_zone: str = ""
    language: str = ""


def chosen(portal: str | None, *, now: datetime) -> LogIn:
    """Return the log-in to use: SEKISHO_TOKEN goes before the file; the portal is as typed, by SEKISHO_PORTAL, or the last one.

    Raises NotLoggedIn where there is none, or its time is over.
    """
    address = address_of(portal)
    if token := os.environ.get(TOKEN):
        return LogIn(portal=address, token=token)
    found = saved().get(address)
    if found is None:
        why = said("You are not logged in to %(portal)s. Run: sekisho login %(portal)s", portal=address)
        raise NotLoggedIn(why, code="not_logged_in")
    if found.expires_at and moments.parsed(found.expires_at) <= now:
        ended = moments.shown(found.expires_at)
        why = said("Your log-in to %(portal)s ended %(at)s. Run: sekisho login %(portal)s", portal=address, at=ended)
        raise NotLoggedIn(why, code="log_in_over")
    return found


def address_of(portal: str | None) -> str:
    """Return the portal that is meant. Raises Unusable or NotLoggedIn."""
    if named := portal or os.environ.get(PORTAL):
        return checked_address(named)
    last = _read().get("last")
    if not isinstance(last, str):
        raise NotLoggedIn(said("You are not logged in. Run: sekisho login https://your.portal"), code="not_logged_in")
    return checked_address(last)


def saved() -> dict[str, LogIn]:
    """Return each portal's log-in. Raises Unusable for a file that others can read, or that is none of ours."""
    try:
        return {portal: _log_in(portal, each) for portal, each in _read().get("portals", {}).items()}
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise _damaged() from error


def save(log_in: LogIn) -> None:
    everything = {**saved(), log_in.portal: log_in}
    _write(everything, last=log_in.portal)


def replace(log_in: LogIn) -> None:
    """Keep another token for a portal that may not be the one that is used by itself."""
    _write({**saved(), log_in.portal: log_in}, last=_read().get("last"))


def remember_preferences(portal: str, *, time_zone: str, language: str) -> None:
    """Keep the person's zone and language beside their log-in; a token from the environment may be somebody else's."""
    kept = {} if os.environ.get(TOKEN) else saved()
    if portal not in kept:
        return
    told = dataclasses.replace(kept[portal], time_zone=time_zone, language=language)
    if told != kept[portal]:
        _write({**kept, portal: told}, last=_read().get("last"))


def language() -> str:
    """Return the language of the person at the portal that is used by itself; empty where nothing can be read of it."""
    try:
        return "" if os.environ.get(TOKEN) else saved()[address_of(None)].language
    except (Failure, KeyError):
        return ""


def forget(portal: str) -> None:
    left = {address: each for address, each in saved().items() if address != portal}
    _write(left, last=next(reversed(left), None))


def path() -> Path:
    told = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(told) if Path(told).is_absolute() else Path.home() / ".config"
    return base / "sekisho" / "credentials.json"


def _log_in(portal: str, each: dict[str, Any]) -> LogIn:
    fields = {name: str(each.get(name, "")) for name in ("client_id", "expires_at", "time_zone", "language")}
    if fields["expires_at"]:
        moments.parsed(fields["expires_at"])
    return LogIn(portal=portal, token=str(each["token"]), scopes=tuple(map(str, each.get("scopes", ()))), **fields)


def _read() -> dict[str, Any]:
    try:
        # No link that somebody put there is followed.
        file = os.open(path(), os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return {}
    except OSError as error:
        why = said("%(file)s cannot be read: %(why)s.", file=path(), why=error.strerror)
        raise Unusable(why, code="credentials_unusable") from error
    with os.fdopen(file, encoding="utf-8", errors="strict") as opened:
        _check_is_ours_alone(os.fstat(opened.fileno()))
        try:
            found = json.load(opened)
        except ValueError as error:
            raise _damaged() from error
    if not isinstance(found, dict) or not isinstance(found.get("portals", {}), dict):
        raise _damaged()
    return found


def _check_is_ours_alone(status: os.stat_result) -> None:
    if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & OTHERS:
        raise Unusable(
            said(
                "%(file)s holds tokens and others can read it. If you trust it still, run: chmod 600 %(file)s; else log in anew.",
                file=path(),
            ),
            code="credentials_open_to_others",
        )


def _write(log_ins: dict[str, LogIn], *, last: str | None) -> None:
    portals = {
        portal: {name: value for name, value in asdict(each).items() if name != "portal"} for portal, each in log_ins.items()
    }
    target = path()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.chmod(0o700)
        text = json.dumps({"last": last, "portals": portals}, indent=2)
        files.replace(target, text.encode(), 0o600)
    except OSError as error:
        why = said("%(file)s cannot be written: %(why)s.", file=target, why=error.strerror)
        raise Unusable(why, code="credentials_unusable") from error


def _damaged() -> Unusable:
    return Unusable(said("%(file)s is damaged. Delete it and log in anew.", file=path()), code="credentials_unusable")
