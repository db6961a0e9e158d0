"""Bodies, read strictly: what two readers could read in two ways is refused."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from access_requests.api.refusals import Malformed, WrongMediaType


class StrictParser(Parser):
    """JSON in UTF-8 without NaN, doubled keys or bottomless nesting. ninja wraps what is raised here as a cause."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongMediaType
        try:
            return json.loads(request.body.decode(), object_pairs_hook=_each_once, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise Malformed from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key is doubled")
    return fields


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
