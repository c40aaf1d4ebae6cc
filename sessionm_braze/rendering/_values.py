"""The rules of values: how Ruby prints, tests, compares, counts and looks up.

Output, filters and conditions share these functions, so that a value means the same
everywhere.  They take whatever a template was given, which `plain` makes a plain value,
and know nothing of templates.  The model is Ruby 3.1 with Liquid 5.4, plus the
``blank`` of Rails, which Braze documents.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeGuard, TypeVar

from ._errors import FaultError
from ._plain import (
    EXACT_DECIMALS,
    MAX_BITS,
    MAX_DIGITS,
    SIMPLE_TYPES,
    Command,
    Drop,
    NotANumber,
    Special,
    plain,
)
from ._texts import single_text
from ._walk import Walk, is_container, is_list


MIN_INTEGER_BYTES = 8
"""Bytes of a small integer in Ruby, which its ``size`` returns."""

FIXNUM_LIMIT = 1 << 62
"""From here on Ruby keeps an integer as an object, and messages name its class."""

_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
_LEADING_INTEGER = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*")
_WHITESPACE = " \t\n\v\f\r"

N = TypeVar("N", bound=int | float | Decimal)

BLANK = Special("blank")
EMPTY = Special("empty")


# Text


def to_output(value: object) -> str:
    """Return what ``{{ value }}`` prints; lists are joined without a separator."""
    if isinstance(value, str):
        return value
    if type(value) in SIMPLE_TYPES:
        return single_text(value)
    value = plain(value)
    return Walk().printed(value) if is_list(value) else to_text(value)


def to_text(value: object) -> str:
    """Return *value* as Ruby's ``to_s`` does, which is what filters work on."""
    if isinstance(value, str):
        return value
    if type(value) in SIMPLE_TYPES:
        return single_text(value)
    value = plain(value)
    return Walk().inspected(value) if is_container(value) else single_text(value)


def inspect(value: object) -> str:
    """Return *value* as Ruby shows it inside a list or an object."""
    return Walk().inspected(plain(value))


# Truth and comparison


def is_true(value: object) -> bool:
    """Return whether a condition holds for *value*: all but nil and false do."""
    value = plain(value)
    return value is not None and value is not False


def is_empty(value: object) -> bool:
    """Return whether *value* is a text, list or object without anything in it."""
    value = plain(value)
    return isinstance(value, str | list | tuple | Mapping) and not value


def is_blank(value: object) -> bool:
    """Return whether *value* is missing, false, empty or only whitespace."""
    value = plain(value)
    if value is None or value is False:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    return is_empty(value)


def equals(left: object, right: object) -> bool:
    """Compare as ``==`` does; numbers by value, and ``1`` is not ``true``."""
    if type(left) is str and type(right) is str:
        return left == right
    left, right = plain(left), plain(right)
    if isinstance(left, Special):
        return _passes(left, right)
    if isinstance(right, Special):
        return _passes(right, left)
    if is_container(left) and is_container(right):
        return Walk().equal(left, right, _singles_equal)
    return _singles_equal(left, right)


def _singles_equal(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, range) and isinstance(right, range):
        return (left.start, left.stop) == (right.start, right.stop)
    return left == right


def _passes(test: Special, value: object) -> bool:
    if isinstance(value, Special):
        return False
    return is_blank(value) if test is BLANK else is_empty(value)


def contains(left: object, right: object) -> bool:
    """Return whether a text holds a text, a list an element, an object a key."""
    left, right = plain(left), plain(right)
    if not is_true(left) or not is_true(right):
        return False
    if isinstance(left, str):
        return to_text(right) in left
    if isinstance(left, Mapping):
        return isinstance(right, str | int | float) and right in left
    if isinstance(left, range):
        return is_number(right) and left.start <= right < left.stop
    if is_list(left) and not isinstance(right, Special):
        walk = Walk()
        return any(walk.equal(plain(item), right, _singles_equal) for item in left)
    return False


def order(left: object, right: object, operator: str) -> bool:
    """Compare by size with ``<``, ``<=``, ``>`` or ``>=``.

    What has no order (nil, true, lists) compares as false; text with a number is a
    fault, as in Ruby.
    """
    left, right = plain(left), plain(right)
    if is_number(left) and is_number(right):
        return bool(_ORDER_TESTS[operator](bounded(left), bounded(right)))
    if isinstance(left, str) and isinstance(right, str):
        return bool(_ORDER_TESTS[operator](left, right))
    if _has_order(left) and _has_order(right):
        raise FaultError(
            f"comparison of {class_name(left)} with {_shown(right)} failed"
        )
    return False


_ORDER_TESTS: dict[str, Any] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def utf8(text: str) -> bytes:
    """Return *text* in UTF-8; a lone surrogate, which JSON may hold, is accepted."""
    return text.encode("utf-8", "surrogatepass")


def read_json(text: str) -> Any:
    """Return the value that a JSON text writes.

    Raises:
        ValueError: If it is not JSON; ``NaN`` and ``Infinity`` are not.
    """
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def is_number(value: object) -> TypeGuard[int | float | Decimal]:
    """Return whether *value* is a number; ``true`` is not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _has_order(value: object) -> bool:
    return isinstance(value, str | dt.date) or is_number(value)


def class_name(value: object) -> str:
    """Return the name of the class *value* has in Ruby, for messages."""
    for kind, name in _RUBY_CLASSES:
        if isinstance(value, kind):
            return name
    return "NilClass" if value is None else type(value).__name__


_RUBY_CLASSES: tuple[tuple[Any, str], ...] = (
    (bool, "Boolean"),
    (int, "Integer"),
    (float | Decimal, "Float"),
    (str, "String"),
    (Mapping, "Hash"),
    (list | tuple, "Array"),
    (range, "Range"),
    (dt.datetime, "Time"),
    (dt.date, "Date"),
)


def _shown(value: object) -> str:
    small = not isinstance(value, int) or abs(value) < FIXNUM_LIMIT
    return to_text(value) if is_number(value) and small else class_name(value)


# Numbers


def to_number(value: object) -> int | Decimal:
    """Return *value* as a number: of a text its leading digits, of anything else 0."""
    if isinstance(value, str):
        stripped = value.strip(_WHITESPACE + "\0")
        if not _DECIMAL.fullmatch(stripped):
            return leading_integer(value)
        if "\0" in value:
            raise FaultError("string contains null byte")
        return EXACT_DECIMALS.create_decimal(stripped)
    value = plain(value)
    if not is_number(value):
        return 0
    if isinstance(value, float):
        return Decimal(repr(value))
    return bounded(value)


def bounded(number: N) -> N:
    """Return *number* unless it has too many digits.

    Raises:
        FaultError: If it has.
    """
    if isinstance(number, int) and number.bit_length() > MAX_BITS:
        raise FaultError("a number grew too long")
    return number


def leading_integer(text: str) -> int:
    """Return the integer *text* begins with, or 0."""
    match = _LEADING_INTEGER.match(text.lstrip(_WHITESPACE))
    if match is None:
        return 0
    if len(match[0]) > MAX_DIGITS:
        raise FaultError("a number is too long")
    return int(match[0])


def to_integer(value: object) -> int:
    """Return *value* as the integer an index or a length has to be.

    Raises:
        FaultError: If it is not written as one.
    """
    value = plain(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = to_text(value).strip(_WHITESPACE)
    try:
        return int(text[:MAX_DIGITS], 0 if re.match(r"[+-]?0[xXbBoO]", text) else 10)
    except ValueError:
        raise FaultError("invalid integer") from None


def from_number(number: int | Decimal) -> int | float:
    """Return the result of arithmetic as a value: exact, or a float."""
    if isinstance(number, Decimal):
        return NotANumber("nan") if number.is_nan() else float(number)
    return bounded(number)


def as_decimal(number: int | Decimal) -> Decimal:
    """Return *number* as a decimal."""
    return number if isinstance(number, Decimal) else Decimal(number)


def divide(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """Divide; two integers give an integer, rounded down."""
    if isinstance(left, int) and isinstance(right, int):
        if right == 0:
            raise FaultError("divided by 0")
        return left // right
    return EXACT_DECIMALS.divide(as_decimal(left), as_decimal(right))


def remainder(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """Return what a division rounded down leaves; it has the sign of *right*.

    For an infinite *right* it is *left* itself, as in Ruby.
    """
    exact_left, exact_right = as_decimal(left), as_decimal(right)
    if exact_left.is_nan():
        return exact_left
    if right == 0:
        raise FaultError("divided by 0")
    if isinstance(left, int) and isinstance(right, int):
        return left % right
    if not exact_left.is_finite() or exact_right.is_nan():
        return Decimal("NaN")
    if exact_right.is_infinite():
        return exact_left
    rest = Fraction(exact_left) % Fraction(exact_right)
    return EXACT_DECIMALS.divide(Decimal(rest.numerator), Decimal(rest.denominator))


# Look-up and lists


INDEX_LIMIT = 2**63
"""Indices in Ruby are below this; beyond it says that something went wrong."""


def check_place(number: int) -> None:
    """Make sure that *number* can be an index or a length of a list or a text.

    Raises:
        FaultError: If it cannot, in Ruby's words.
    """
    if not -INDEX_LIMIT <= number < INDEX_LIMIT:
        raise FaultError("internal")


def lookup(value: object, key: object) -> object:
    """Return what *key* names in *value*, or None.

    Raises:
        FaultError: If *key* is an index beyond all indices.
    """
    value, key = plain(value), plain(key)
    if isinstance(value, Mapping):
        try:
            if key in value:  # one with defaults would gain what it is asked for
                return value[key]
        except TypeError:
            pass  # a list or an object is no key
        return _command(value, key) if isinstance(key, Command) else None
    if isinstance(value, Drop):
        known = isinstance(key, str) and key in value.fields
        return getattr(value, str(key)) if known else None
    if is_list(value) and type(key) is int:
        try:
            return value[key]
        except IndexError:
            check_place(key)
            return None
    return _command(value, key) if isinstance(key, Command) else None


def _command(value: object, key: Command) -> object:
    if key == "size":
        return size(value) if not isinstance(value, float) else None
    return first(value) if key == "first" else last(value)


def size(value: object) -> int | None:
    """Return the length of *value*; of an integer, its bytes as Ruby counts them."""
    value = plain(value)
    if isinstance(value, range):
        return max(0, value.stop - value.start)  # which may be beyond ``len``
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(MIN_INTEGER_BYTES, -(-value.bit_length() // 8))
    return None


def first(value: object) -> object:
    """Return the first of a list, range, object (as a pair) or text, or None."""
    value = plain(value)
    if isinstance(value, str):
        return value[:1]
    if isinstance(value, Mapping):
        return next(([key, item] for key, item in value.items()), None)
    if isinstance(value, range):
        return value.start
    return value[0] if is_list(value) and value else None


def last(value: object) -> object:
    """Return the last of a list, range or text, or None."""
    value = plain(value)
    if isinstance(value, str):
        return value[-1:]
    if isinstance(value, range):
        return value.stop - 1
    return value[-1] if is_list(value) and value else None
