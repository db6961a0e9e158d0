"""The catalogue as code: read a file, compare it with what is there, change what differs.

document   the file as plain data that knows its lines     current     what the database has
values     the form of one value                           looking_up  what AWS is asked, and what it did not answer
fields     the form of objects, their columns              completing  what AWS and the database add to the file
kinds      each kind of object: its fields, its rows       identities  which roles in AWS the file's are
wanted     what the file wants                             refusing    what the database stands against
checking   whether it fits together                        comparing   the difference
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
