"""The catalogue as code: read a file, compare it with what is there, change what differs.

document   the file as plain data that knows its lines     current     what the database has
reading    readers of one value, a list, an object         looking_up  what AWS is asked, and what it did not answer
wanted     the file's fields and their form                completing  what AWS and the database add to the file
checking   whether it fits together                        identities  which roles in AWS the file's are
                                                           refusing    what the database stands against
                                                           comparing   the difference
                                                           ending      the access that ends by it
                                                           applying    the changes, with their trail
"""

from access_requests.services.catalogue.client_secrets import read as read_secrets
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.loading import Loaded, difference, left_alone, load, look_up
from access_requests.services.catalogue.looking_up import Found, Sources
from access_requests.services.catalogue.mistakes import CatalogueRefused, Mistake
from access_requests.services.catalogue.wanted import Wanted, read

__all__ = [
    "CatalogueRefused",
    "Change",
    "Found",
    "Loaded",
    "Mistake",
    "Sources",
    "Wanted",
    "difference",
    "left_alone",
    "load",
    "look_up",
    "read",
    "read_secrets",
]
