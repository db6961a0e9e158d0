"""Which request or access is meant by what was typed."""

from collections.abc import Sequence

from portal import typed_words
from portal.cli.exits import Refused, Unusable
from portal.cli.portal import Json, Portal
from portal.cli.words import listed, said

OVER = frozenset({"ended", "cancelled"})


def request_code(typed: str) -> str:
    """Return the code of a request. Raises Unusable."""
    code = typed_words.code(typed.strip())
    if code is None or not is_request(code):
        why = said("%(typed)r is no ID of a request. Type R- and eight letters or digits.", typed=typed)
        raise Unusable(why, code="no_request_id")
    return code


def access_code(typed: str) -> str:
    """Return the code of an access. Raises Unusable."""
    code = typed_words.code(typed.strip())
    if code is None or is_request(code):
        why = said("%(typed)r is no ID of an access. Type E- and eight letters or digits.", typed=typed)
        raise Unusable(why, code="no_access_id")
    return code


def code(typed: str) -> str:
    """Return the code of a request or an access. Raises Unusable."""
    found = typed_words.code(typed.strip())
    if found is None:
        why = said("%(typed)r is no ID. Type that of a request (R-…) or of an access (E-…).", typed=typed)
        raise Unusable(why, code="no_id")
    return found


def is_request(code: str) -> bool:
    return code.startswith("R-")


def elevation_code(portal: Portal, typed: str | None) -> str:
    """Return the access that is meant: by its code, its request's, its work group's name, or as the only one that I have.

    Raises Refused where there is none, Unusable where it may be several.
    """
    named = typed_words.plain((typed or "").strip())
    if code := typed_words.code(named):
        if not is_request(code):
            return code
        request = portal.get(f"/requests/{code}")
        return _only([each for each in request["elevations"] if each["state"] not in OVER], named)
    return _only([each for each in mine(portal) if named in ("", each["work_group"])], named)


def mine(portal: Portal) -> list[Json]:
    """Return what I have access to, or will have."""
    me = portal.my_username()
    return [each for each in portal.items("/elevations", every=True)["items"] if each["person"]["username"] == me]


def _only(found: Sequence[Json], named: str) -> str:
    if not found:
        why = said("You have no access by %(name)r.", name=named) if named else said("You have no access.")
        raise Refused(why, code="no_access")
    if len(found) > 1:
        each = listed(f"{row['id']} ({row['work_group']})" for row in found)
        raise Unusable(said("Which one? Type its ID: %(each)s.", each=each), code="ambiguous")
    return str(found[0]["id"])
