"""Checks of what a caller hands in; each names the field, the value and the rule."""

from __future__ import annotations

import functools
import inspect
import json
import math
import reprlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeGuard, TypeVar

import attrs

from ._foreign import DEEPEST, STEERING, is_deep


T = TypeVar("T")

PROPERTIES_LIMIT = 50_000
"""Bytes of compact UTF-8 JSON that one object of properties may have.

Braze documents 50 KB without saying how it counts; this is the careful reading."""


SEND_ID_LENGTH = 64

_MOST_BITS = 1000
"""Bits of a number that is sent; a float holds 1,024."""


_SHORT = reprlib.Repr()
_SHORT.maxlevel = 4
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 10
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 200


def told(value: object) -> str:
    """Return *value* as an error shows it: its repr, cut, whatever it is."""
    try:
        shown = _SHORT.repr(value)
    except ValueError:  # an integer of thousands of digits
        return f"{type(value).__name__} that cannot be shown"
    return shown if len(shown) <= _SHORT.maxother else f"{shown[: _SHORT.maxother]}…"


def text(value: object, field: str) -> str:
    """Return *value* if it is text with more than blanks in it."""
    if not isinstance(value, str):
        raise TypeError(f"{field} must be a string, got {told(value)}")
    if not value.strip():
        raise ValueError(f"{field} must not be blank, got {told(value)}")
    return _encodable(value, field)


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether *value* is a number; ``True`` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def flag(value: object, field: str) -> bool:
    """Return *value* if it is true or false."""
    if not isinstance(value, bool):
        raise TypeError(f"{field} must be True or False, got {told(value)}")
    return value


def instance(value: object, field: str, kind: type[T], hint: str = "") -> T:
    """Return *value* if it is of *kind*; *hint* says how to make one."""
    if not isinstance(value, kind):
        name = kind.__name__
        such = f", such as {hint}" if hint else ""
        article = "an" if name[0] in "AEIOaeio" else "a"
        raise TypeError(f"{field} must be {article} {name}{such}, got {told(value)}")
    return value


def function(value: object, field: str) -> Callable[..., Any]:
    """Return *value* if it can be called."""
    if not callable(value):
        raise TypeError(f"{field} must be a function, got {told(value)}")
    return value


def optional_instance(
    kind: type,
) -> Callable[[object, attrs.Attribute[Any], object], None]:
    """Return the check of a field that is of *kind*, or ``None``."""

    def check(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None:
            instance(value, f"{type(owner).__name__}.{attribute.name}", kind)

    return check


def check_keywords(
    function: Callable[..., Any], given: Iterable[str], more: Iterable[str] = ()
) -> None:
    """Make sure that *function*, or one of *more*, has every argument that is *given*.

    Raises:
        TypeError: If none has; the text names the closest one, and never a value.
    """
    parameters = inspect.signature(function).parameters.values()
    names = [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]
    names += more
    for name in given:
        if name not in names:
            from difflib import get_close_matches  # noqa: PLC0415 - only for mistakes

            close = get_close_matches(name, names, n=1)
            hint = f"did you mean {close[0]!r}?" if close else ", ".join(names)
            raise TypeError(f"{function.__name__}() has no argument {name!r} ({hint})")


def closest_keywords(cls: type[T]) -> type[T]:
    """Let a class check its keywords when it is made (a decorator)."""
    make: Callable[..., None] = cls.__init__
    known = inspect.signature(make).parameters.keys()

    @functools.wraps(make)
    def checked(self: T, *args: Any, **given: Any) -> None:
        if not given.keys() <= known:
            check_keywords(cls, given)
        make(self, *args, **given)

    cls.__init__ = checked  # type: ignore[assignment]
    return cls


def whole(value: object, field: str, *, least: int) -> int:
    """Return *value* if it is an integer of *least* or more; ``True`` is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{field} must be an int, got {told(value)}")
    if value < least:
        raise ValueError(f"{field} must be {least} or more, got {told(value)}")
    return value


def many(values: object, field: str, what: str, *lone: type) -> Iterable[Any]:
    """Return *values* if they are many: not a text, a mapping or a data frame.

    Args:
        values: What was given.
        field: Name of the argument.
        what: What they should be, such as ``a list of str``.
        lone: Further types of which one alone is not many.

    Raises:
        TypeError: If they are not; the text says what to write instead.
    """
    kind = type(values)
    if hasattr(kind, "to_dict") and hasattr(kind, "columns"):
        raise TypeError(
            f"{field} must be {what}, got a data frame, which gives the "
            f'names of its columns; write df.to_dict("records") or df[column].tolist()'
        )
    single = isinstance(values, (str, bytes, bytearray, memoryview, Mapping, *lone))
    if single or not isinstance(values, Iterable):
        shown = (
            f"a {kind.__name__}" if isinstance(values, Mapping) else f"{told(values)}"
        )
        raise TypeError(
            f"{field} must be {what}, got {shown}; put a single one in a list"
        )
    return values


def sequence(values: object, field: str, kind: type) -> tuple[Any, ...]:
    """Return *values* as a tuple; a lone text, mapping or *kind* is not a list."""
    return tuple(many(values, field, f"a list of {kind.__name__}", kind))


def items(values: object, field: str, kind: type[T]) -> tuple[T, ...]:
    """Return *values* as a tuple of *kind*; a lone text or object is not a list."""
    found = sequence(values, field, kind)
    for index, value in enumerate(found):
        if not isinstance(value, kind):
            raise TypeError(
                f"{field}[{index}] must be a {kind.__name__}, got {told(value)}"
            )
        if isinstance(value, str):
            _encodable(value, field)
    return found


def json_object(value: object, field: str) -> dict[str, Any]:
    """Return a copy of *value* as a JSON object of at most 50,000 bytes.

    Dates and times in it become ISO 8601 text.
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"{field} must be a mapping, got {told(value)}")
    copy: dict[str, Any] = plain(value, field, most=PROPERTIES_LIMIT)
    size = len(json.dumps(copy, ensure_ascii=False, separators=(",", ":")).encode())
    if size > PROPERTIES_LIMIT:
        raise ValueError(
            f"{field} must have at most {PROPERTIES_LIMIT:,} bytes as JSON, "
            f"got {size:,}"
        )
    return copy


def optional_properties(value: object, field: str) -> dict[str, Any] | None:
    """Return `json_object` of *value*, or ``None``."""
    return None if value is None else json_object(value, field)


def moment_text(value: str | datetime | None, field: str) -> str | None:
    """Return an aware datetime as ISO 8601 text, anything else as it is."""
    return instant_text(value, field) if isinstance(value, datetime) else value


def plain(value: object, path: str, *, most: int = 250_000) -> Any:
    """Return *value* as plain JSON data, or say where it is none.

    Args:
        value: What was given.
        path: Name of the field.
        most: Values in it at most, however often one is shared.
    """
    return _plain(value, path, DEEPEST, [most, most])


def _plain(value: object, path: str, levels: int, room: list[int]) -> Any:
    if type(value) in _SCALARS or not isinstance(value, Mapping | list | tuple):
        return _plain_scalar(value, path)
    if not levels:
        raise ValueError(f"{path:.80}… must not nest deeper than {DEEPEST} levels")
    room[0] -= len(value)
    if room[0] < 0:
        raise ValueError(f"{path:.80} must hold at most {room[1]:,} values in all")
    levels -= 1
    if isinstance(value, list | tuple):
        return [_plain(v, f"{path}[{i}]", levels, room) for i, v in enumerate(value)]
    return {
        _key(k, path): _plain(v, f"{path}.{k}", levels, room) for k, v in value.items()
    }


def _plain_scalar(value: object, path: str) -> Any:
    if isinstance(value, str):
        return _encodable(value, path)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{path} must be a finite number, got {told(value)}")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ValueError(f"{path} must be a number of at most 300 digits")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return instant_text(value, path)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(
        f"{path} must be JSON (text, number, boolean, date, list or mapping), "
        f"got {told(value)}"
    )


_SCALARS = frozenset({str, int, float, bool, type(None)})


def check_depth(value: object) -> None:
    """Make sure that JSON data nests no deeper than what follows can walk.

    Raises:
        ValueError: If it does, or holds itself.
    """
    if is_deep(value):
        raise ValueError(f"nested deeper than {DEEPEST} levels")


def instant_text(value: datetime, field: str) -> str:
    """Return an aware *value* as ISO 8601 text in UTC."""
    return aware(value, field).astimezone(UTC).isoformat().replace("+00:00", "Z")


def aware(value: object, field: str) -> datetime:
    """Return *value* if it is a datetime with a time zone."""
    if not isinstance(value, datetime):
        raise TypeError(f"{field} must be a datetime, got {told(value)}")
    if value.tzinfo is None:
        raise ValueError(
            f"{field} must be a datetime with a time zone, got {told(value)}; "
            "for UTC add tzinfo=datetime.UTC"
        )
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError(
            f"{field} must be within the years 1 to 9999 in UTC, got {told(value)}"
        ) from None
    return value


def exactly_one(**named: object) -> str:
    """Return the name of the one argument that is not ``None``."""
    given = [name for name, value in named.items() if value is not None]
    if len(given) != 1:
        names = ", ".join(named)
        got = ", ".join(given) or "none"
        raise ValueError(f"exactly one of {names} must be given, got {got}")
    return given[0]


def check_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return *tags* as names fit to send, each once, in their order.

    Raises:
        TypeError: If it is a lone string, or holds something that is no string.
        ValueError: If it is empty, or a name is blank, has blanks at an end, or control
            characters in it.
    """
    names = dict.fromkeys(items(tags, "tags", str))
    if not names:
        raise ValueError("tags must hold at least one name, got none")
    for name in names:
        text(name, "tags")
        if name != name.strip():
            raise ValueError(
                f"tags must not begin or end with a blank, got {told(name)}"
            )
        if STEERING.search(name):
            raise ValueError(
                "tags must stand on one line, without control characters, got "
                f"{told(name)}"
            )
    return tuple(names)


def check_ttl(ttl: int | timedelta) -> int:
    """Return *ttl* in seconds.

    Raises:
        TypeError: If it is neither an int nor a timedelta.
        ValueError: If it is below a second, or not whole seconds.
    """
    if isinstance(ttl, timedelta):
        seconds, rest = divmod(ttl, timedelta(seconds=1))
        if rest:
            raise ValueError(f"ttl must be whole seconds, got {told(ttl)}")
        ttl = seconds
    return whole(ttl, "ttl", least=1)


def check_send_id(send_id: str) -> str:
    """Return *send_id* if Braze takes it: ASCII of at most 64 characters."""
    if not send_id.isascii() or len(send_id) > SEND_ID_LENGTH:
        raise ValueError(
            f"send_id must be ASCII of at most {SEND_ID_LENGTH} characters, "
            f"got {told(send_id)}"
        )
    return send_id


def optional_text(
    instance: object, attribute: attrs.Attribute[Any], value: object
) -> None:
    """Check a field that is text or ``None``."""
    if value is not None:
        text(value, f"{type(instance).__name__}.{attribute.name}")


def required_text(
    instance: object, attribute: attrs.Attribute[Any], value: object
) -> None:
    """Check a field that is text."""
    text(value, f"{type(instance).__name__}.{attribute.name}")


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{path} must have text keys, got {told(key)}")
    return _encodable(key, path)


def _encodable(value: str, field: str) -> str:
    """Return *value* if UTF-8 can hold it: half a surrogate pair cannot travel."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{field} must be Unicode text, got {told(value)}") from None
    return value
