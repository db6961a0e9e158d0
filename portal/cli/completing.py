"""What a shell offers for the next word: names and codes from the portal, or nothing, and soon."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from portal.cli import credentials, finding, speaking
from portal.cli.exits import Failure
from portal.cli.portal import Json, Portal, headers
from portal.cli.transport import Transport
from portal.cli.words import listed

# A shell that hangs is worse than one that offers nothing.
SECONDS = 1.5
Offer = list[tuple[str, str]]


def work_groups(incomplete: str) -> Offer:
    return _offered(incomplete, lambda portal: _named(portal.get("/work-groups", limit=100)["items"]))


def waiting_for_me(incomplete: str) -> Offer:
    return _offered(incomplete, lambda portal: _requests(portal.get("/requests", waiting_for_me="true")["items"]))


def pending(incomplete: str) -> Offer:
    return _offered(incomplete, lambda portal: _requests(portal.get("/requests", state="pending")["items"]))


def my_access(incomplete: str) -> Offer:
    return _offered(incomplete, lambda portal: _elevations(finding.mine(portal)))


def access(incomplete: str) -> Offer:
    return _offered(incomplete, lambda portal: _elevations(portal.get("/elevations")["items"]))


def requests_and_access(incomplete: str) -> Offer:
    return _offered(
        incomplete,
        lambda portal: [*_requests(portal.get("/requests")["items"]), *_elevations(portal.get("/elevations")["items"])],
    )


def portals(incomplete: str) -> list[str]:
    try:
        return [portal for portal in credentials.saved() if portal.startswith(incomplete)]
    except Failure:
        return []


def _offered(incomplete: str, of: Callable[[Portal], Offer]) -> Offer:
    """Return what of it begins so; nothing where the portal is not reached, or says anything unexpected."""
    try:
        log_in = credentials.chosen(None, now=datetime.now(UTC))
        transport = Transport(
            address=log_in.portal, token=log_in.token, headers=headers(), attempts=1, timeout=(SECONDS, SECONDS)
        )
        return list(_beginning(incomplete, of(Portal(address=log_in.portal, transport=transport))))
    except (Failure, KeyError, TypeError):
        return []


def _beginning(incomplete: str, offer: Offer) -> Iterator[tuple[str, str]]:
    for word, about in offer:
        if word.startswith(incomplete):
            yield speaking.one_line(word), speaking.one_line(about)


def _named(items: Sequence[Json]) -> Offer:
    return [(each["name"], each["description"]) for each in items]


def _requests(items: Sequence[Json]) -> Offer:
    return [(each["id"], f"{each['requester']['username']}: {listed(each['work_groups'])}") for each in items]


def _elevations(items: Sequence[Json]) -> Offer:
    return [(each["id"], f"{each['person']['username']}: {each['work_group']}") for each in items]
