"""From where a log-in comes, and by what program."""

from django.http import HttpRequest

from access_requests.services.people.log_ins import Place
from portal.addresses import address_of
from portal.pages.actor import user_agent_of


def place_of(request: HttpRequest) -> Place:
    return Place(address=str(address_of(request) or ""), user_agent=user_agent_of(request))
