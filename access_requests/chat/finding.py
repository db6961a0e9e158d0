"""What a number that somebody typed or pressed is. The same eyes as in the browser: what is not for them is not there."""

from access_requests.chat import words
from access_requests.chat.refusals import SeveralAccesses
from access_requests.models import AccessRequest, Elevation
from access_requests.selectors import elevations, requests
from portal.listed import listed
from portal.users.models import User
from portal.verbs import rejections


def request(person: User, word: str) -> AccessRequest:
    """Return the request whole. Raises NotFound."""
    number = words.code(word)
    found = requests.in_full(requests.visible_to(person)).filter(code=number).first()
    if found is None:
        raise rejections.NotFound
    return found


def elevation(word: str) -> Elevation:
    """Return the access, by its own number or by that of the request that gave it. Raises NotFound, SeveralAccesses."""
    number = words.code(word)
    by = {"request__code": number} if number.startswith(words.REQUEST) else {"code": number}
    found = list(elevations.in_brief(Elevation.objects.filter(**by)).order_by("id"))
    if not found:
        raise rejections.NotFound
    if len(found) > 1:
        raise SeveralAccesses(code=number, others=listed(row.code for row in found))
    return found[0]
