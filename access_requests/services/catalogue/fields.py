"""What objects of the catalogue have in common: how a file writes their fields, which columns hold them, what the trail keeps.

A kind of object is a class in `kinds`, and each of its fields is spelled there, once. As the file writes it is validated by
pydantic; as the database has it is taken as it is, since it was validated when it came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from django.db.models import Model
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from access_requests.services.catalogue.document import Scalar
from access_requests.services.catalogue.mistakes import quoted
from access_requests.services.catalogue.values import USERNAME, mistake

Step = str | int
TAKES_FIELDS = "this takes fields with values"


@dataclass(frozen=True)
class Column:
    """The field's column, where it has another name than the field."""

    name: str


@dataclass(frozen=True)
class Mark:
    """Says how a field is unlike most."""

    says: str


# It is in other rows, or not as it is written: the kind's own functions read and write it.
APART = Mark("kept apart from the row's columns")
# No file may say it: AWS does, or the portal itself.
NOT_WRITTEN = Mark("not written in a file")


class Fields(BaseModel):
    """An object. `SHORT` is the field that is meant where a value stands alone; the others are None then."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    SHORT: ClassVar[str | None] = None

    @model_validator(mode="wrap")
    @classmethod
    def _as_written(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Read the object, or raise all that is wrong with it, each with the path to it."""
        known = [name for name, field in cls.model_fields.items() if NOT_WRITTEN not in field.metadata]
        if cls.SHORT is not None and isinstance(value, Scalar):
            return handler({**dict.fromkeys(known), cls.SHORT: value})
        fields = cls.spread(_fields(value, TAKES_FIELDS if cls.SHORT is None else "this takes one value, or fields with values"))
        wrong = [
            _wrong(f"there is no field {quoted(name)}; known: {', '.join(known)}", name)
            for name in sorted(fields.keys() - {*known})
        ]
        try:
            item = handler({name: fields[name] for name in known if name in fields})
        except ValidationError as error:
            wrong += _details(error)
        if wrong:
            raise ValidationError.from_exception_data(cls.__name__, wrong)
        return item

    @classmethod
    def spread(cls, fields: Mapping[str, object]) -> Mapping[str, object]:
        """Return the fields, with what a file writes in one of them put into several."""
        return fields

    @classmethod
    def columns(cls) -> Mapping[str, str]:
        """Return field -> column of those that are columns of the object's row."""
        return {name: _column(name, field.metadata) for name, field in cls.model_fields.items() if APART not in field.metadata}

    @classmethod
    def of_row(cls, row: Model, **apart: Any) -> Self:
        """Return the object as its row has it, and what is kept apart as given."""
        return cls.model_construct(**{name: getattr(row, column) for name, column in cls.columns().items()}, **apart)

    def in_columns(self) -> dict[str, Any]:
        """Return column -> value."""
        return {column: getattr(self, name) for name, column in self.columns().items()}

    def but(self, **changes: Any) -> Self:
        """Return the object with some fields changed."""
        if unheard_of := changes.keys() - type(self).model_fields.keys():
            raise TypeError(f"no fields of {type(self).__name__}: {unheard_of}")
        return self.model_copy(update=changes)

    def in_order(self) -> Self:
        """Return the object with lists of names sorted: their order says nothing, that of levels does."""
        return self.model_copy(update={name: _in_order(value) for name, value in self})


Item = TypeVar("Item")
Name = TypeVar("Name")


def _column(name: str, metadata: list[Any]) -> str:
    return next((mark.name for mark in metadata if isinstance(mark, Column)), name)


def _table(value: object) -> Mapping[str, object]:
    return _fields(value, TAKES_FIELDS)


def _fields(value: object, else_says: str) -> Mapping[str, object]:
    """Return the fields, none for nothing."""
    if value == Scalar("", "null"):
        return {}
    if not isinstance(value, dict):
        raise mistake(else_says)
    return value


def _wrong(says: str, *path: Step) -> InitErrorDetails:
    return InitErrorDetails(type=mistake(says), loc=path, input=None)


def _details(error: ValidationError) -> Iterator[InitErrorDetails]:
    """Yield what is wrong, in the catalogue's words. A field that is missing is a mistake of its object."""
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        if found["type"] == "missing":
            yield _wrong(f"the field {quoted(str(found['loc'][-1]))} is missing", *found["loc"][:-1])
        else:
            yield _wrong(found["msg"], *found["loc"])


def _each_once(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Read a list in which no name is there twice; two levels of approval may well be alike."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise mistake("this takes a list")
    wrong: list[InitErrorDetails] = []
    values: list[object] = [item.text if isinstance(item, Scalar) else item for item in value]
    try:
        values = handler(value)
    except ValidationError as error:
        wrong += _details(error)
    wrong += [
        _wrong("this is in the list twice", number)
        for number, name in enumerate(values)
        if isinstance(name, str) and name in values[:number]
    ]
    if wrong:
        raise ValidationError.from_exception_data("list", wrong)
    return values


def _in_order(value: Any) -> Any:
    if isinstance(value, Fields):
        return value.in_order()
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, str) for item in value) else [_in_order(item) for item in value]
    return value


Table = Annotated[dict[Name, Item], BeforeValidator(_table)]
Listed = Annotated[list[Item], WrapValidator(_each_once)]
Names = Listed[Annotated[str, USERNAME]]
EVERYONE = "everyone"


def everyone_or(names: Any) -> PlainValidator:
    """Return the validator of the word `everyone`, or else of these names."""
    listed: TypeAdapter[list[str]] = TypeAdapter(names)
    return PlainValidator(lambda value: EVERYONE if value == Scalar(EVERYONE, "str") else listed.validate_python(value))


EveryoneOrNames = Annotated[Literal["everyone"] | list[str], everyone_or(Names)]
