"""The public codes of what people here speak of, by kind."""

import uuid

from portal import codes


def request_code() -> str:
    return codes.new("R")


def elevation_code() -> str:
    return codes.new("E")


def drift_code() -> str:
    return codes.new("D")


def token_code() -> str:
    return codes.new("T")


def delivery_code() -> str:
    return codes.new("N")


def webhook_code() -> str:
    return codes.new("W")


def resource_id() -> str:
    """Return what a directory calls a person or group of its own by; programs read it, nobody aloud."""
    return str(uuid.uuid4())
