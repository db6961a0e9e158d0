"""What is refused before anybody looks what it means: bodies that two readers could read in two ways, characters nobody keeps."""

from typing import Any

from django.http import HttpRequest
from scim2_models import InvalidSyntaxException, InvalidValueException

from portal.rest import strict_json
from portal.storable import NOT_TAKEN

LONGEST_QUERY = 4000


def check(request: HttpRequest, body: bytes) -> None:
    """Raise InvalidSyntaxException or InvalidValueException."""
    if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        raise InvalidValueException(detail=f"A query has at most {LONGEST_QUERY} characters.")
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise InvalidValueException(detail=f"{name[:40]} is there twice.")
        _check_text(name)
        _check_text(values[0])
    if not body:
        return
    try:
        said = strict_json.read(body.decode())
    except ValueError as error:
        raise InvalidSyntaxException(detail="The body is not JSON that can be read in one way only.") from error
    _check_value(said)


def _check_value(value: Any) -> None:
    """Look at names and texts. How deeply they are nested, the reading has bounded."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for one in value:
            _check_value(one)
    elif isinstance(value, dict):
        # SCIM reads names whatever their letter case.
        if len({name.lower() for name in value}) != len(value):
            raise InvalidSyntaxException(detail="An attribute is there twice.")
        for name, one in value.items():
            _check_text(name)
            _check_value(one)


def _check_text(text: str) -> None:
    if NOT_TAKEN.search(text):
        raise InvalidValueException(detail="There is a character that cannot be kept.")
