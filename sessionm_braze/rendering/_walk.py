"""Walks through lists and objects, whatever they hold, with a bounded effort.

Data may hold the same list many times, or itself: 40 lists in each other, each with the
next one twice, have 10^12 elements.  So everything that goes deeper than one level is a
method of `Walk`, which counts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any, TypeGuard

from ._errors import LimitError
from ._plain import PLAIN_TYPES, SIMPLE_TYPES, ForeignValueError, plain
from ._texts import quoted, single_text


MAX_EFFORT = 20_000_000
"""Characters that a walk may pass, or what takes as long; about half a second."""

ELEMENT_EFFORT = 30
"""Characters that an element counts for."""

CONTAINER_EFFORT = 100
"""Characters that a list or an object counts for, besides its elements."""

COMPARED_CHARACTERS = 16
"""Characters that are compared with the effort of one that is copied."""


COMPACT = (",", ":")
"""Separators of JSON without blanks."""


def is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Return whether *value* is a list."""
    return isinstance(value, list | tuple)


def is_container(value: object) -> bool:
    """Return whether *value* is a list or an object."""
    return isinstance(value, list | tuple | Mapping)


_HASHED_TYPES = SIMPLE_TYPES | {str}


class Walk:
    """One walk; it ends with an error when it becomes too long.

    Every method takes plain values and raises a LimitError when the effort of the walk
    is spent.
    """

    __slots__ = ("_left", "_parts")

    def __init__(self) -> None:
        self._left = MAX_EFFORT
        self._parts: list[str] = []

    def spend(self, effort: int) -> None:
        """Count an effort.

        Raises:
            LimitError: If it is too much, with what was counted before.
        """
        self._left -= effort
        if self._left < 0:
            raise LimitError("a value holds more than a template may work on")

    # As text

    def printed(self, value: Sequence[Any], glue: str = "") -> str:
        """Return the elements of a list as text, with *glue* between them.

        Lists in it are printed without anything between their elements.
        """
        if not glue:
            return self._text(self._print, value)
        self.spend(len(glue) * len(value))
        return glue.join([self._text(self._print, (item,)) for item in value])

    def _text(self, write: Callable[[Any], None], value: Any) -> str:
        """Return what *write* makes of *value*."""
        write(value)
        text = "".join(self._parts)
        self._parts.clear()
        return text

    def _print(self, value: Sequence[Any]) -> None:
        self.spend(CONTAINER_EFFORT)
        for given in value:
            item = plain(given)
            if isinstance(item, str):
                self._add(item)
            elif is_list(item):
                self._print(item)
            elif isinstance(item, Mapping):
                self._inspect(item)
            else:
                self._add(single_text(item))

    def inspected(self, value: Any) -> str:
        """Return *value* as Ruby shows it inside a list or an object."""
        return self._text(self._inspect, value)

    def text(self, given: Any) -> str:
        """Return *given* as Ruby's ``to_s`` does."""
        value = plain(given)
        if is_container(value):
            return self.inspected(value)
        text = single_text(value)
        self.spend(len(text))
        return text

    def _inspect(self, value: Any) -> None:
        if value is None:
            self._add("nil")
        elif isinstance(value, str):
            self.spend(len(value))
            self._add(quoted(value))
        elif isinstance(value, Mapping):
            self.spend(CONTAINER_EFFORT)
            self._add("{")
            for at, (key, item) in enumerate(value.items()):
                self._add(", " if at else "")
                self._inspect(plain(key))
                self._add("=>")
                self._inspect(plain(item))
            self._add("}")
        elif is_list(value):
            self.spend(CONTAINER_EFFORT)
            self._add("[")
            for at, item in enumerate(value):
                self._add(", " if at else "")
                self._inspect(plain(item))
            self._add("]")
        else:
            self._add(single_text(value))

    def _add(self, text: str) -> None:
        self.spend(len(text) + ELEMENT_EFFORT)
        self._parts.append(text)

    def json(self, value: Any) -> str:
        """Return *value* as compact JSON."""
        value = self.json_value(value)
        return json.dumps(value, ensure_ascii=False, separators=COMPACT)

    def json_value(self, given: Any) -> Any:
        """Return *given* as the module `json` knows it."""
        value = plain(given)
        self.spend(ELEMENT_EFFORT)
        if isinstance(value, str):
            self.spend(len(value))
            return value
        if value is None or isinstance(value, int):
            single_text(value)  # a fault if it has too many digits
            return value
        if isinstance(value, list | tuple | range):
            self.spend(CONTAINER_EFFORT)
            return [self.json_value(item) for item in value]
        if isinstance(value, Mapping):
            self.spend(CONTAINER_EFFORT)
            return {
                self.text(key): self.json_value(item) for key, item in value.items()
            }
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return self.text(value)

    # As values

    def flattened(self, value: Sequence[Any]) -> list[Any]:
        """Return the elements of a list as plain values, inner lists flattened."""
        if not PLAIN_TYPES.issuperset(map(type, value)):
            value = [plain(item) for item in value]
        if not any(map(is_list, value)):
            return list(value)
        self.spend(CONTAINER_EFFORT + len(value) * ELEMENT_EFFORT)
        parts = (self.flattened(item) if is_list(item) else (item,) for item in value)
        return list(chain.from_iterable(parts))

    def equal(
        self, left: Any, right: Any, equals: Callable[[object, object], bool]
    ) -> bool:
        """Compare two values; those that hold no others with *equals*."""
        if is_list(left) and is_list(right):
            self.spend(CONTAINER_EFFORT + len(left) * ELEMENT_EFFORT)
            pairs = zip(left, right, strict=False)
            return len(left) == len(right) and all(
                self.equal(plain(one), plain(other), equals) for one, other in pairs
            )
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            self.spend(CONTAINER_EFFORT + len(left) * ELEMENT_EFFORT)
            return left.keys() == right.keys() and all(
                self.equal(plain(item), plain(right[key]), equals)
                for key, item in left.items()
            )
        if isinstance(left, str) and isinstance(right, str):
            self.spend(min(len(left), len(right)) // COMPARED_CHARACTERS)
        return equals(left, right)

    def compare(
        self, left: Any, right: Any, compare: Callable[[object, object], int]
    ) -> int:
        """Return the order of two values; of those that are no lists by *compare*."""
        self.spend(ELEMENT_EFFORT)
        if not (is_list(left) and is_list(right)):
            return compare(left, right)
        self.spend(CONTAINER_EFFORT)
        for one, other in zip(left, right, strict=False):
            if result := self.compare(plain(one), plain(other), compare):
                return result
        return (len(left) > len(right)) - (len(left) < len(right))

    def identity(self, given: Any) -> object:
        """Return a key, equal for what Ruby's ``eql?`` calls equal: 1 is not 1.0."""
        value = plain(given)
        self.spend(ELEMENT_EFFORT)
        if type(value) in _HASHED_TYPES:
            return (type(value), value)
        if is_container(value):
            self.spend(CONTAINER_EFFORT)
        if is_list(value):
            return ("list", *map(self.identity, value))
        if isinstance(value, Mapping):
            pairs = ((key, self.identity(item)) for key, item in value.items())
            return ("object", frozenset(pairs))
        if isinstance(value, float) and value != value:  # noqa: PLR0124 - NaN equals nothing
            return object()
        return (type(value), value)


def path_to(value: object, root: object) -> str | None:
    """Return the path to *value* below *root*, such as ``wallet.payload.x[0]``."""
    ahead: list[tuple[str, Any]] = [("", root)] if is_container(root) else []
    met = {id(root)}
    for path, holder in ahead:  # which grows
        named = isinstance(holder, Mapping)
        for key, given in holder.items() if named else enumerate(holder):
            if given is not value and type(given) in _HASHED_TYPES:
                continue
            held = getattr(given, "raw", given)
            if given is not value and (id(held) in met or not is_container(held)):
                continue
            step = f"{path}.{key}".lstrip(".") if named else f"{path}[{key}]"
            if given is value:
                return step
            met.add(id(held))
            ahead.append((step, held))
    return None


def json_text(value: object, *, separators: tuple[str, str] | None = None) -> str:
    """Return *value* as JSON; what stands for a plain value is that value.

    Raises:
        TypeError: If there is no JSON for something in it; the text says where.
    """
    options: dict[str, Any] = {"ensure_ascii": False, "separators": separators}
    try:
        return json.dumps(value, allow_nan=False, default=_json_of, **options)
    except ForeignValueError as error:
        path = path_to(error.value, value) or "the answer"
        raise TypeError(f"{path}: {error}") from None
    except ValueError:  # a value that is not a number, which is nil
        return json.dumps(Walk().json_value(value), **options)


def _json_of(given: Any) -> Any:
    """Return a value of another kind as the module `json` knows it."""
    value = plain(given)
    if type(value) in SIMPLE_TYPES:
        return value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, float | Decimal):
        return float(value)
    return list(value) if isinstance(value, range) else single_text(value)
