"""Bodies, read strictly: what two readers could read in two ways is refused."""

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from portal.rest import strict_json
from portal.rest.refusals import Malformed, WrongMediaType


class StrictParser(Parser):
    """JSON in UTF-8 without NaN, doubled keys or bottomless nesting. ninja wraps what is raised here as a cause."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongMediaType
        try:
            return strict_json.read(request.body.decode())
        except ValueError as error:
            raise Malformed from error
