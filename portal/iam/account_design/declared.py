"""Reading what a company declares about its design besides the catalogue."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from portal.iam.account_design.design import Declared
from portal.iam.rails.placing import Exemption
from portal.iam.rails.rail import rails

_FIELDS = {"hosts", "sealed_users", "administrators", "approvers", "exceptions"}
_EXCEPTION = {"rail", "account", "who", "why", "owner", "until"}


class NotDeclared(ValueError):
    """The file cannot be read as a declaration; the message says where."""


def read(text: str) -> Declared:
    """Return what the text, YAML, declares. Raises NotDeclared."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NotDeclared(f"not YAML: {error}") from error
    if not isinstance(found, dict) or not found.get("hosts"):
        raise NotDeclared("hosts, the ARNs of who runs the portal's workers, are missing")
    if unknown := found.keys() - _FIELDS:
        raise NotDeclared(f"unknown: {', '.join(sorted(map(str, unknown)))}")
    lists = {name: _texts(name, found.get(name, [])) for name in _FIELDS - {"exceptions"}}
    exemptions = tuple(_exemption(number, each) for number, each in enumerate(found.get("exceptions", []), 1))
    return Declared(**lists, exemptions=exemptions)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise NotDeclared(f"{name} is a list of texts")
    return tuple(value)


def _exemption(number: int, read: Any) -> Exemption:
    """An exception without a person who answers for it, a reason and an end is none."""
    where = f"exception {number}"
    if not isinstance(read, Mapping) or read.keys() != _EXCEPTION or not all(read.values()):
        raise NotDeclared(f"{where} has {', '.join(sorted(_EXCEPTION))}")
    if read["rail"] not in {rail.sid for rail in rails()}:
        raise NotDeclared(f"{where}: there is no rail {read['rail']}")
    if not isinstance(read["until"], date):
        raise NotDeclared(f"{where}: until is a date such as 2027-03-31")
    return Exemption(**read)
