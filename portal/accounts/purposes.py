"""What somebody is sent to a provider for."""

from enum import StrEnum


class Purpose(StrEnum):
    """`LOGIN` is allauth's word for it. `CONFIRM`: whoever is logged in proves it again; `TRY`: an administrator looks."""

    LOGIN = "login"
    CONFIRM = "confirm"
    TRY = "try"
