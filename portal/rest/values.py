"""Values as calls may say them: nothing is converted, and what could be read in two ways is refused."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
EXAMPLE_MOMENT = "2026-11-23T20:00:00Z"


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise PydanticCustomError("moment", "not a time")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise PydanticCustomError("moment", "not a time") from error


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PydanticCustomError("naive_time", "a time without its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("moment", "not a time") from error


def _day(value: object) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise PydanticCustomError("day", "not a day")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("day", "not a day") from error


Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-12-23"]})]
MOMENT_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time", "examples": [EXAMPLE_MOMENT]})
# May lack its zone: the verbs refuse that with a code of its own.
Moment = Annotated[datetime, PlainValidator(_moment), MOMENT_SCHEMA]
# Of filters: absent, but never null, which an address cannot say.
SomeMoment = Annotated[Annotated[Moment, AfterValidator(_in_utc)] | None, MOMENT_SCHEMA]
# Names that are looked for in the database, which takes no NUL.
Name = Annotated[StrictStr, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
