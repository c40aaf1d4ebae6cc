"""Models to JSON and back: the one place that converts, with cattrs.

A class says by its fields what travels: attributes carry the wire's names.  A class
with a field ``extra`` is read from a server: what it does not know, and what is of a
type it cannot read, goes there and is written back.  Any other class is a caller's, and
both are a mistake.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import attrs
import cattrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from .._checks import check_depth, instant_text, is_number, told
from ..exceptions import PayloadError, ResponseMeta


T = TypeVar("T")

_Reader = Callable[[Any], Any]

LOCAL: Mapping[str, Any] = {"wire": False}
"""Metadata of a field that never travels."""

ALWAYS: Mapping[str, Any] = {"always": True}
"""Metadata of a field that is written even when it has its default."""

REQUIRED: Mapping[str, Any] = {"required": True}
"""Metadata of a field that has a default in Python and none on the wire: without it,
or with another type, the body is no such model."""

converter = cattrs.Converter(detailed_validation=True)


def load(cls: type[T], body: Any, /) -> T:
    """Read a model from decoded JSON, such as ``response.json()`` gives.

    Args:
        cls: The model's class.
        body: The JSON value.

    Raises:
        PayloadError: If it does not have the shape of the model; its ``problems``
            list every fault as ``what @ path``.

    Example:
        >>> from sessionm_braze import Tag
        >>> from sessionm_braze.models import load
        >>> load(Tag, {"name": "vip", "ttl": 60})
        Tag(name='vip', count=None, ttl=60)
    """
    if isinstance(body, Mapping | list):
        try:
            check_depth(body)
        except ValueError as error:
            raise wrong_shape(cls.__name__, _problems(error, "$")) from None
    return load_at(cls, body, "$")


def load_at(cls: type[T], body: Any, path: str, what: str = "") -> T:
    """Read a model from the part of a body that stands at *path*."""
    envelope = getattr(cls, "_envelope", None)
    if envelope is not None and isinstance(body, Mapping) and envelope in body:
        path = f"{path}.{envelope}"
    try:
        return converter.structure(body, cls)
    except KeyError as error:
        problems = [f"required field missing @ {path}.{error.args[0]}"]
    except (cattrs.BaseValidationError, ValueError, TypeError) as error:
        problems = _problems(error, path)
    raise wrong_shape(what or cls.__name__, problems)


def wrong_shape(
    what: str, problems: Sequence[str], meta: ResponseMeta | None = None
) -> PayloadError:
    """Return the error that says what is wrong with *what*, an answer or a model."""
    text = f"{what} has the wrong shape: {'; '.join(problems)}"
    return PayloadError(text, problems=problems, meta=meta)


def dump(model: Any, /) -> Any:
    """Write a model as JSON data: what is ``None`` or by default is left out.

    Raises:
        TypeError: If *model* is none of this package's models.

    Example:
        >>> from sessionm_braze import Tag
        >>> from sessionm_braze.models import dump
        >>> dump(Tag(name="vip", ttl=60))
        {'name': 'vip', 'ttl': 60}
    """
    if not attrs.has(type(model)):
        raise TypeError(f"dump() takes a model, got {told(model)}")
    return converter.unstructure(model)


def _problems(error: Exception, path: str) -> list[str]:
    if isinstance(error, cattrs.BaseValidationError):
        return cattrs.transform_error(error, path, format_exception=_in_words)
    return [f"{error} @ {path}"]


def _in_words(error: BaseException, _: type | None) -> str:
    if isinstance(error, KeyError):
        return "required field missing"
    if isinstance(error, ForbiddenExtraKeysError):
        return f"unknown fields {', '.join(sorted(error.extra_fields))}"
    return str(error)


# --- plain values: of another type only where the meaning is plain


_BEYOND = 2**63
"""What no data frame holds as a number, and no platform means as one."""

_NUMBER = re.compile(r"\s*([+-]?[0-9]{1,18}(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?)\s*")


class _NoJsonError(ValueError):
    """A number that JSON does not have."""


def _unexpected(expected: str, value: object) -> Exception:
    if isinstance(value, float) and not math.isfinite(value):
        return _NoJsonError(f"{value} is no JSON")
    return TypeError(f"expected {expected}, got {type(value).__name__}")


def _text(value: Any, _: type) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _unexpected("text", value)


def _integer(value: Any, _: type) -> int:
    number = _as_number(value)
    if isinstance(number, float) and number.is_integer() and abs(number) < _BEYOND:
        return int(number)
    if isinstance(number, int):
        return number
    raise _unexpected("a whole number", value)


def _number(value: Any, _: type) -> int | float:
    number = _as_number(value)
    if number is not None:
        return number
    raise _unexpected("a number", value)


def _as_number(value: Any) -> int | float | None:
    """Return the number that *value* is, or that a text spells, or ``None``."""
    number = value
    if isinstance(value, str) and (match := _NUMBER.fullmatch(value)):
        number = float(value) if match[2] or match[3] else int(value)
    if isinstance(number, float):
        return number if math.isfinite(number) else None
    return number if is_number(number) and -_BEYOND <= number < _BEYOND else None


_FLAGS = {"true": True, "false": False, "1": True, "0": False}


def _boolean(value: Any, _: type) -> bool:
    """SessionM's own clients send ``opted_in`` as text, so text comes back."""
    if isinstance(value, bool):
        return value
    flag = _FLAGS.get(str(value).lower()) if isinstance(value, int | str) else None
    if flag is None:
        raise _unexpected("true or false", value)
    return flag


def _word(value: Any, kind: type) -> int | str:
    """One of a set of values that is not documented; numbers and texts both occur."""
    return value if isinstance(value, str) else _integer(value, kind)


def _mapping(value: Any, _: type) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise _unexpected("an object", value)


def moment(text: object) -> datetime:
    """Read a date-time as either platform writes it; without a zone it is UTC.

    Raises:
        TypeError: If it is no text.
        ValueError: If it is no date-time.
    """
    if not isinstance(text, str):
        raise _unexpected("a date-time", text)
    value = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"not within years 1 to 9999 in UTC: {text!r}") from None
    return value


def _day(text: object) -> date:
    if not isinstance(text, str):
        raise _unexpected("a date", text)
    return date.fromisoformat(text)


converter.register_structure_hook(str, _text)
converter.register_structure_hook(int, _integer)
converter.register_structure_hook(bool, _boolean)
converter.register_structure_hook(datetime, lambda value, _: moment(value))
converter.register_structure_hook(date, lambda value, _: _day(value))
converter.register_structure_hook_func(lambda kind: kind == Mapping[str, Any], _mapping)
converter.register_structure_hook_func(
    lambda kind: kind == int | float | None,
    lambda value, kind: None if value is None else _number(value, kind),
)
converter.register_structure_hook_func(
    lambda kind: kind == int | str | None,
    lambda value, kind: None if value is None else _word(value, kind),
)
converter.register_unstructure_hook(datetime, lambda value: instant_text(value, "date"))
converter.register_unstructure_hook(date, date.isoformat)


@converter.register_structure_hook_factory(
    lambda kind: getattr(kind, "__origin__", None) is tuple
)
def _tuple(kind: Any) -> Callable[[Any, Any], tuple[Any, ...]]:
    element = kind.__args__[0]
    as_list = converter.get_structure_hook(list[element])  # type: ignore[valid-type]

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        if value is _Missing:
            raise KeyError
        if not isinstance(value, list | tuple):
            raise _unexpected("a list", value)
        return tuple(as_list(value, list[element]))  # type: ignore[valid-type]

    return structure


@converter.register_unstructure_hook_factory(
    lambda kind: getattr(kind, "__origin__", None) is tuple
)
def _list(kind: Any) -> Callable[[Any], list[Any]]:
    write = converter.get_unstructure_hook(kind.__args__[0])
    return lambda values: [write(value) for value in values]


# --- classes


def _wire(field: attrs.Attribute[Any]) -> bool:
    return field.metadata.get("wire", True) and field.name != "extra"


@converter.register_structure_hook_factory(attrs.has)
def _class(cls: Any) -> Callable[[Any, Any], Any]:
    attrs.resolve_types(cls)
    fields = attrs.fields(cls)
    if not any(field.name == "extra" for field in fields):
        return _caller_class(cls)
    build = make_dict_structure_fn(cls, converter)
    known_names = frozenset(field.name for field in fields if _wire(field))
    required = [field.name for field in fields if "required" in field.metadata]
    aliases = _aliases(cls)
    optional = {} if getattr(cls, "_exact", True) else _optional(fields)
    envelope = getattr(cls, "_envelope", None)

    def structure(body: Any, _: Any) -> Any:
        whole = body
        if envelope in _mapping(body, cls):
            body = _mapping(body[envelope], cls)
        elif envelope is not None and "status" in body:
            raise KeyError(envelope)
        known, extra = _split(body, known_names, required)
        for alias in aliases.keys() & extra.keys():
            known.setdefault(aliases[alias], extra[alias])
        if envelope is not None:
            known["raw"] = whole if whole is not body else _wrapped(envelope, body)
        if extra:
            known["extra"] = extra
        try:
            return build(known, cls)
        except ClassValidationError as error:
            _set_aside(error, known, extra, optional)
        if extra:
            known["extra"] = extra
        return build(known, cls)

    return structure


def _optional(fields: Iterable[attrs.Attribute[Any]]) -> dict[str, _Reader]:
    """Return how to read each field that may have any type: not those of the frame."""
    return {
        field.name: _reader(field.type)
        for field in fields
        if _wire(field)
        and field.default is not attrs.NOTHING
        and "required" not in field.metadata
    }


def _reader(kind: Any) -> _Reader:
    read = converter.get_structure_hook(kind)
    return lambda value: read(value, kind)


def _set_aside(
    error: ClassValidationError,
    known: dict[str, Any],
    extra: dict[str, Any],
    optional: Mapping[str, _Reader],
) -> None:
    """Move what cannot be read to *extra*; of a list, keep what can be read."""
    for cause, note in error.group_exceptions()[0]:
        name = note.name
        if name not in optional or _is_no_json(cause):
            continue
        extra[name] = known.pop(name)
        if rest := _readable(optional[name], extra[name]):
            known[name] = rest


def _readable(read: _Reader, value: Any) -> list[Any]:
    """Return the elements that can be read, if *value* is a list."""
    elements = value if isinstance(value, list) else ()
    return [each for each in elements if _is_read(read, each)]


def _is_read(read: _Reader, element: Any) -> bool:
    try:
        read([element])
    except (cattrs.BaseValidationError, TypeError, ValueError):
        return False
    return True


def _is_no_json(error: Exception) -> bool:
    return ExceptionGroup("", [error]).subgroup(_NoJsonError) is not None


def _wrapped(envelope: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": "ok", envelope: body}


def _aliases(cls: Any) -> dict[str, str]:
    fields = attrs.fields(cls)
    named = {field.metadata.get("alias"): field.name for field in fields}
    return {alias: name for alias, name in named.items() if alias is not None}


def renamed(cls: Any, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a caller's class, each under its present name.

    Raises:
        ValueError: If one is there under both of its names.
    """
    for alias, name in _aliases(cls).items():
        if alias in body:
            if name in body:
                raise ValueError(f"{alias} is the former name of {name}: give one")
            rest = {key: value for key, value in body.items() if key != alias}
            body = {**rest, name: body[alias]}
    return body


def _caller_class(cls: Any) -> Callable[[Any, Any], Any]:
    build = make_dict_structure_fn(cls, converter, _cattrs_forbid_extra_keys=True)

    def structure(body: Any, _: Any) -> Any:
        return build(renamed(cls, _mapping(body, cls)), cls)

    return structure


def _split(
    body: Mapping[str, Any], names: frozenset[str], required: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what the class knows from what it does not; a null counts as not sent."""
    known = {name: body[name] for name in names & body.keys() if body[name] is not None}
    extra = {name: body[name] for name in body if name not in names}
    for name in required:
        if name not in body:
            known[name] = _Missing
        else:
            known.setdefault(name, ())
    return known, extra


class _Missing:
    """Stands for a required field that the server did not send."""


@converter.register_unstructure_hook_factory(attrs.has)
def _write(cls: Any) -> Callable[[Any], dict[str, Any]]:
    attrs.resolve_types(cls)
    overrides = {
        field.name: override(
            omit=not _wire(field), omit_if_default="always" not in field.metadata
        )
        for field in attrs.fields(cls)
    }
    write = make_dict_unstructure_fn(cls, converter, **overrides)  # type: ignore[arg-type]
    envelope = getattr(cls, "_envelope", None)
    fields = attrs.fields_dict(cls)
    optional = {} if getattr(cls, "_exact", True) else _optional(fields.values())

    def unstructure(model: Any) -> dict[str, Any]:
        extra: Mapping[str, Any] = getattr(model, "extra", {})
        body: dict[str, Any] = {**extra, **write(model)}
        for name in extra.keys() & optional.keys():
            rest = _readable(optional[name], extra[name])
            read = optional[name](rest) if rest else fields[name].default
            if read == getattr(model, name):  # what came still stands for the field
                body[name] = extra[name]
        if envelope is None:
            return body
        received = getattr(model, "raw", None)  # not there while a wallet is made
        return {**(received or {"status": "ok"}), envelope: body}

    return unstructure
