"""Filters on lists; one value counts as a list of one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any

from .. import _values
from .._errors import FaultError, LimitError
from .._plain import EXACT_DECIMALS, MAX_DIGITS, Drop, plain
from .._texts import float_text
from .._values import equals, is_true, lookup, to_text
from .._walk import Walk, is_list
from .base import MAX_ITEMS, liquid_filter


def items_of(value: object) -> list[Any]:
    """Return *value* as a flat list of plain values."""
    value = plain(value)
    if is_list(value):
        return Walk().flattened(value)
    if value is None:
        return []
    if isinstance(value, range):
        if value.stop - value.start > MAX_ITEMS:
            raise LimitError("a range is longer than the limit on lists")
        return list(value)
    return [value]


def _property(item: object, name: object) -> object:
    """Return a property of a list's element, as Ruby's ``[]`` does."""
    return plain(_raw_property(item, plain(name)))


def _raw_property(item: object, name: object) -> object:
    if isinstance(item, Mapping):
        return lookup(item, name)
    if isinstance(item, str):
        return _character(item, name)
    if isinstance(item, int) and not isinstance(item, bool):
        if isinstance(name, range):
            return _bits(item, name.start, name.stop - 1)
        if not _values.is_number(name):
            raise FaultError(f"cannot select the property '{to_text(name)}'")
        bit = _position(name)
        if (
            isinstance(name, float)
            and not -_values.FIXNUM_LIMIT <= item < _values.FIXNUM_LIMIT
        ):
            _values.check_place(bit)
        return (item >> bit) & 1 if bit >= 0 else 0
    if isinstance(item, Drop):
        return lookup(item, name)
    raise _NoProperties


def _character(text: str, name: object) -> object:
    if isinstance(name, str):
        return name if name in text else None
    if isinstance(name, range):
        return _characters(text, name.start, name.stop - 1)
    if _values.is_number(name):
        at = _position(name)
        _values.check_place(at)
        return text[at] if -len(text) <= at < len(text) else None
    raise FaultError(f"cannot select the property '{to_text(name)}'")


def _characters(text: str, first: int, last: int) -> str | None:
    """Return a part of *text*, both ends included, counted from the end if below 0."""
    start = first + len(text) if first < 0 else first
    stop = last + len(text) if last < 0 else last
    if not 0 <= start <= len(text):
        return None
    return text[start : max(stop + 1, start)]


def _bits(number: int, first: int, last: int) -> int:
    """Return the bits of *number* from *first* to *last*, both included."""
    shifted = number >> first if first >= 0 else number << min(-first, MAX_DIGITS)
    if last < first:
        return shifted
    return shifted & ((1 << min(last - first + 1, MAX_DIGITS)) - 1)


def _position(number: Any) -> int:
    """Return *number* as an index, truncated to an integer."""
    if isinstance(number, float) and not math.isfinite(number):
        raise FaultError(f"Computation results in {float_text(number)!r}")
    return int(number)


_MIN_COMPARED_ITEMS = 2
"""Elements of the shortest list whose properties Ruby compares."""


def _has_properties(item: object) -> bool:
    if isinstance(item, bool):
        return False
    return isinstance(item, Mapping | str | int | Drop)


class _NoProperties(Exception):  # noqa: N818 - it never leaves this module
    """An element, such as true or a float, that cannot be looked into."""


@liquid_filter()
def join(value: object, glue: object = " ") -> str:
    """Join the elements as text."""
    return Walk().printed(items_of(value), to_text(glue))


@liquid_filter(bounded=True)
def first(value: object) -> object:
    """Return the first element, or the first character of a text."""
    return _values.first(value)


@liquid_filter(bounded=True)
def last(value: object) -> object:
    """Return the last element, or the last character of a text."""
    return _values.last(value)


@liquid_filter()
def concat(value: object, others: object) -> list[Any]:
    """Put another list after this one."""
    others = plain(others)
    if not is_list(others):
        raise FaultError("concat filter requires an array argument")
    return items_of(value) + list(others)


@liquid_filter(bounded=True)
def reverse(value: object) -> list[Any]:
    """Turn the order round."""
    return items_of(value)[::-1]


@liquid_filter()
def map_(value: object, name: object) -> list[Any]:
    """Return one property of every element."""
    found = []
    for item in items_of(value):
        try:
            found.append(_property(item, name))
        except _NoProperties:
            found.append(None)
    return found


@liquid_filter(bounded=True)
def compact(value: object, name: object = None) -> list[Any] | None:
    """Drop missing elements, or those without a property."""
    if name is None:
        return [item for item in items_of(value) if item is not None]
    return _selected(value, name, lambda found: found is not None)


@liquid_filter(bounded=True)
def where(value: object, name: object, wanted: object = None) -> list[Any] | None:
    """Keep the elements with a property, or with one equal to *wanted*."""
    if wanted is None:
        return _selected(value, name, is_true)
    return _selected(value, name, lambda found: equals(found, wanted))


@liquid_filter(documented=False)
def reject(value: object, name: object, wanted: object = None) -> list[Any] | None:
    """Drop the elements that `where` keeps."""
    if wanted is None:
        return _selected(value, name, lambda found: not is_true(found))
    return _selected(value, name, lambda found: not equals(found, wanted))


def _selected(
    value: object, name: object, test: Callable[[object], bool]
) -> list[Any] | None:
    try:
        return [item for item in items_of(value) if test(_property(item, name))]
    except _NoProperties:
        return None


@liquid_filter(documented=False)
def find(value: object, name: object, wanted: object = None) -> object:
    """Return the first element that `where` keeps."""
    return next(iter(where(value, name, wanted) or ()), None)


@liquid_filter(documented=False)
def has(value: object, name: object, wanted: object = None) -> bool:
    """Return whether `where` keeps anything."""
    return bool(where(value, name, wanted))


@liquid_filter(bounded=True)
def uniq(value: object, name: object = None) -> list[Any] | None:
    """Drop elements that are equal to an earlier one."""
    items = items_of(value)
    if len(items) < _MIN_COMPARED_ITEMS:
        return items
    walk, seen = Walk(), set[object]()
    kept = []
    try:
        for item in items:
            key = walk.identity(item if name is None else _property(item, name))
            if key not in seen:
                seen.add(key)
                kept.append(item)
    except _NoProperties:
        return None
    return kept


@liquid_filter(bounded=True)
def sort(value: object, name: object = None) -> list[Any] | None:
    """Sort; missing values come last."""
    return _sorted(value, name, _in_order)


@liquid_filter(bounded=True)
def sort_natural(value: object, name: object = None) -> list[Any] | None:
    """Sort as text, upper and lower case alike."""
    return _sorted(value, name, _in_natural_order)


Order = Callable[[list[Any]], Callable[[Any], Any]]
"""Returns for the values of a list the key by which they are sorted."""


def _sorted(value: object, name: object, order: Order) -> list[Any] | None:
    items = items_of(value)
    if name is None:
        return sorted(items, key=order(items))
    if not all(map(_has_properties, items)):
        return None
    if len(items) < _MIN_COMPARED_ITEMS:
        return items
    found = [_property(item, name) for item in items]
    keys = list(map(order(found), found))
    places = sorted(range(len(items)), key=keys.__getitem__)
    return [items[place] for place in places]


def _in_order(values: list[Any]) -> Callable[[Any], Any]:
    """Return the key of ``sort``; what cannot be compared is a fault when it is."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str}:
        return lambda value: (value is None, value or "")
    if kinds <= {int, float}:
        return lambda value: (value is None, value or 0)
    walk = Walk()
    return cmp_to_key(lambda one, other: walk.compare(one, other, _compare))


def _compare(left: Any, right: Any) -> int:
    if _values.is_number(left) and _values.is_number(right):
        left, right = _values.bounded(left), _values.bounded(right)
        return int(left > right) - int(left < right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if equals(left, right):
        return 0
    if left is None or right is None:
        return 1 if left is None else -1
    raise FaultError("cannot sort values of incompatible types")


def _in_natural_order(_: list[Any]) -> Callable[[Any], Any]:
    walk = Walk()

    def key(value: object) -> tuple[bool, bytes]:
        text = walk.text(value)
        return value is None, _values.utf8(text).lower()  # ASCII letters alone

    return key


@liquid_filter(documented=False)
def sum_(value: object, name: object = None) -> int | float:
    """Add the elements, or one property of each."""
    items = items_of(value) if name is None else map_(value, name)
    total: Any = 0
    for item in items:
        number = _values.to_number(item)
        if isinstance(total, int) and isinstance(number, int):
            total += number
        else:
            total = EXACT_DECIMALS.add(
                _values.as_decimal(total), _values.as_decimal(number)
            )
    return _values.from_number(total)
