"""Models to JSON and back: the one place that converts, with cattrs.

A class says by its fields what travels: attributes carry the wire's names.  A class
with a field ``extra`` is read from a server: what it does not know goes there and is
written back.  Any other class is a caller's, and unknown fields are a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import attrs
import cattrs
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from .._checks import instant_text, is_number
from ..exceptions import PayloadError, ResponseMeta


T = TypeVar("T")

LOCAL: Mapping[str, Any] = {"wire": False}
"""Metadata of a field that never travels."""

ALWAYS: Mapping[str, Any] = {"always": True}
"""Metadata of a field that is written even when it has its default."""

REQUIRED: Mapping[str, Any] = {"required": True}
"""Metadata of a field that has a default in Python and none on the wire."""

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
        raise TypeError(f"dump() takes a model, got {model!r}")
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


# --- plain values: exact, where cattrs would be generous


def _text(value: Any, _: type) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"expected text, got {type(value).__name__}")


def _integer(value: Any, _: type) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError(f"expected a whole number, got {type(value).__name__}")


def _number(value: Any, _: type) -> int | float:
    if is_number(value):
        return value
    raise TypeError(f"expected a number, got {type(value).__name__}")


def _boolean(value: Any, _: type) -> bool:
    """SessionM's own clients send ``opted_in`` as text, so text comes back."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise TypeError(f"expected true or false, got {type(value).__name__}")


def _word(value: Any, _: type) -> int | str:
    """One of a set of values that is not documented; numbers and texts both occur."""
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    raise TypeError(f"expected a number or text, got {type(value).__name__}")


def _mapping(value: Any, _: type) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise TypeError(f"expected an object, got {type(value).__name__}")


def _same(value: Any, _: type) -> Any:
    return value


def moment(text: object) -> datetime:
    """Read a date-time as either platform writes it; without a zone it is UTC.

    Raises:
        ValueError: If it is no date-time.
    """
    if not isinstance(text, str):
        raise ValueError(f"expected a date-time, got {text!r}")  # noqa: TRY004
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
        raise ValueError(f"expected a date, got {text!r}")  # noqa: TRY004
    return date.fromisoformat(text)


_DATES: Mapping[Any, Callable[[object], date]] = {
    datetime | None: moment,
    date | None: _day,
}
"""How the text of a field is read, by the field's type; bad text goes to ``extra``."""


converter.register_structure_hook(str, _text)
converter.register_structure_hook(int, _integer)
converter.register_structure_hook(bool, _boolean)
converter.register_structure_hook(datetime, _same)
converter.register_structure_hook(date, _same)
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
            raise TypeError(f"expected a list, got {type(value).__name__}")
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
    aliases = {
        field.metadata["alias"]: field.name
        for field in fields
        if "alias" in field.metadata
    }
    readers = {
        field.name: _DATES[field.type]
        for field in fields
        if _wire(field) and field.type in _DATES
    }
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
        _read_dates(known, extra, readers)
        if extra:
            known["extra"] = extra
        if envelope is not None:
            known["raw"] = whole if whole is not body else _wrapped(envelope, body)
        return build(known, cls)

    return structure


def _wrapped(envelope: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": "ok", envelope: body}


def _caller_class(cls: Any) -> Callable[[Any, Any], Any]:
    build = make_dict_structure_fn(cls, converter, _cattrs_forbid_extra_keys=True)

    def structure(body: Any, _: Any) -> Any:
        return build(_mapping(body, cls), cls)

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


def _read_dates(
    known: dict[str, Any],
    extra: dict[str, Any],
    readers: Mapping[str, Callable[[object], date]],
) -> None:
    for name, read in readers.items():
        if name not in known:
            continue
        try:
            known[name] = read(known[name])
        except ValueError:
            extra[name] = known.pop(name)


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

    def unstructure(model: Any) -> dict[str, Any]:
        body: dict[str, Any] = {**getattr(model, "extra", {}), **write(model)}
        if envelope is None:
            return body
        received = getattr(model, "raw", None)  # not there while a wallet is made
        return {**(received or {"status": "ok"}), envelope: body}

    return unstructure
