"""Reading the providers of a file or of the environment, with all that is wrong named by where one writes it."""

import types
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, SecretStr, ValidationError

from portal.providers.presets import PRESETS
from portal.providers.provider import Provider, kind_of

Secrets = Callable[[str], str]


class Unusable(ValueError):
    """What is configured is no provider, or half of one. The message names the field or the variable."""


def from_file(text: str, *, secret: Secrets) -> tuple[Provider, ...]:
    """Return the providers of a YAML document, `providers: {key: fields}`. Secrets are in no file of configuration.

    `secret` returns the value of a variable, and raises for one that is missing. Raises Unusable.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Unusable(f"it is not YAML: {error}") from error
    entries = document.get("providers") if isinstance(document, dict) and set(document) == {"providers"} else None
    if not isinstance(entries, dict):
        raise Unusable("it needs one field, providers, with a provider under each key")
    return tuple(_provider(str(key), fields, "providers.{key}.{field}", secret) for key, fields in entries.items())


def from_environment(keys: list[str], variables: Mapping[str, str], *, secret: Secrets) -> tuple[Provider, ...]:
    """Return the providers whose keys LOGIN_PROVIDERS names, each of variables such as LOGIN_OKTA_ADMITS_DOMAINS.

    Lists are parted by commas. Raises Unusable, also for a variable of a provider that no field takes.
    """
    if wrong := [key for key in keys if keys.count(key) > 1]:
        raise Unusable(f"LOGIN_PROVIDERS names {wrong[0]} twice")
    return tuple(_provider(key, _of_variables(key, _own(key, keys, variables)), "LOGIN_{KEY}_{FIELD}", secret) for key in keys)


def _own(key: str, keys: list[str], variables: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables of one provider: those of `okta-eu` begin as those of `okta` do."""
    others = tuple(_variable(other) + "_" for other in keys if other.startswith(key + "-"))
    prefix = _variable(key) + "_"
    return {name: value for name, value in variables.items() if name.startswith(prefix) and not name.startswith(others)}


def _provider(key: str, fields: object, place: str, secret: Secrets) -> Provider:
    if not isinstance(fields, dict):
        raise Unusable(_at(place, key, "") + " takes fields with values")
    preset = fields.get("preset", "")
    if preset and preset not in PRESETS:
        raise Unusable(f"{_at(place, key, 'preset')}: there is no preset {preset!r}; there are {', '.join(PRESETS)}")
    whole = _merged(PRESETS.get(preset, {}), fields)
    try:
        kind = kind_of(whole.pop("kind", None))
    except ValueError as error:
        raise Unusable(f"{_at(place, key, 'kind')}: {error}") from error
    for name in _secrets(kind):
        if name in whole:
            raise Unusable(f"{_at(place, key, name)}: no secret is written there; set {_variable(key, name)} or its _FILE")
        whole[name] = SecretStr(secret(_variable(key, name)))
    try:
        return kind.model_validate({"name": key, **whole, "key": key})
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)
        raise Unusable("; ".join(f"{_at(place, key, *one['loc'])}: {one['msg']}" for one in wrong)) from None


def _secrets(kind: type[Provider]) -> list[str]:
    return [name for name, field in kind.model_fields.items() if field.annotation is SecretStr]


def _merged(preset: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**preset, **fields}
    for name, value in preset.items():
        if isinstance(value, dict) and isinstance(fields.get(name), dict):
            merged[name] = {**value, **fields[name]}
    return merged


def _at(place: str, key: str, *path: str | int) -> str:
    """Return how the field is called where it is written."""
    words = [str(part) for part in path if part != ""]
    if place.startswith("LOGIN"):
        return _variable(key, *(word for word in words if not word.isdigit()))
    return ".".join(["providers", key, *words])


def _variable(key: str, *path: str) -> str:
    return "_".join(["LOGIN", key, *path]).upper().replace("-", "_")


def _of_variables(key: str, variables: Mapping[str, str]) -> dict[str, Any]:
    prefix = _variable(key) + "_"
    given = dict(variables)
    preset = PRESETS.get(given.get(prefix + "PRESET", ""), {})
    try:
        kind = kind_of(given.pop(prefix + "KIND", preset.get("kind")))
    except ValueError as error:
        raise Unusable(f"{prefix}KIND: {error}") from error
    fields: dict[str, Any] = {"kind": kind.kind}
    for path, reads in _leaves(kind):
        text = given.pop(_variable(key, *path), None)
        if text is None:
            continue
        inside = fields
        for step in path[:-1]:
            inside = inside.setdefault(step, {})
        inside[path[-1]] = reads(text)
    secrets = {
        _variable(key, name) + end
        for name, one in kind.model_fields.items()
        if one.annotation is SecretStr
        for end in ("", "_FILE")
    }
    if unknown := sorted(given.keys() - secrets):
        raise Unusable(f"{', '.join(unknown)}: a provider has no such field")
    return fields


def _leaves(model: type[BaseModel]) -> Iterator[tuple[tuple[str, ...], Callable[[str], object]]]:
    """Yield the path to each plain field, and how its text is read."""
    for name, field in model.model_fields.items():
        if name == "key" or field.annotation is SecretStr:
            continue
        kind = _plain(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (((name, *path), reads) for path, reads in _leaves(kind))
        else:
            yield (name,), _READS.get(kind, str)


def _plain(kind: Any) -> Any:
    """Return the type without its marks and without None."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return _plain(next(part for part in get_args(kind) if part is not type(None)))
    return get_origin(kind) or kind


def _flag(text: str) -> object:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)


def _number(text: str) -> object:
    return int(text) if text.isdigit() else text


def _list(text: str) -> object:
    return [part.strip() for part in text.split(",") if part.strip()]


_READS: Mapping[Any, Callable[[str], object]] = {bool: _flag, int: _number, tuple: _list}
