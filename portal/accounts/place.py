"""From where a log-in comes, and by what program."""

from django.http import HttpRequest

from access_requests.services.people.log_ins import Place
from portal.addresses import address_of

LONGEST_USER_AGENT = 200


def place_of(request: HttpRequest) -> Place:
    agent = "".join(each for each in request.headers.get("User-Agent", "") if each.isprintable())
    return Place(address=str(address_of(request) or ""), user_agent=agent[:LONGEST_USER_AGENT])
