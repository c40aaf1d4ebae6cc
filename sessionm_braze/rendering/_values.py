"""The rules of values: how Ruby prints, tests, compares, counts and looks up.

Output, filters and conditions share these functions, so that a value means the same
everywhere.  They take plain values (what JSON holds, dates, ranges) and know
nothing of templates.  The model is Ruby 3.1 with Liquid 5.4, plus the ``blank`` of
Rails, which Braze documents.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from itertools import chain
from typing import Any, TypeGuard
from unicodedata import category

from ._errors import FaultError


MIN_INTEGER_BYTES = 8
"""Bytes of a small integer in Ruby, which its ``size`` returns."""

FIXNUM_LIMIT = 1 << 62
"""From here on Ruby keeps an integer as an object, and messages name its class."""

MAX_DIGITS = 4_000
"""Digits of the longest number accepted; Python itself stops printing at 4,300."""

EXACT_DECIMALS = Context(prec=64, Emin=-9_999, Emax=9_999, traps=[])
"""Decimal arithmetic that gives infinity where Ruby does, instead of raising."""

_MIN_EXPONENT_FLOAT = 1e15
"""From here on Ruby writes whole floats with an exponent, one digit before Python."""

_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
_LEADING_INTEGER = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*")
_WHITESPACE = " \t\n\v\f\r"
_ESCAPES = {
    "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e", "\a": "\\a", "\b": "\\b",
    "\v": "\\v", "\f": "\\f", '"': '\\"', "\\": "\\\\",
}  # fmt: skip


class Command(str):
    """A path's ``size``, ``first`` or ``last``: a key, else a question to the value."""

    __slots__ = ()


class Special:
    """``blank`` or ``empty`` in a condition: a test instead of a value."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return ""


class Drop:
    """An object of the engine that a template can look into, such as ``forloop``."""

    __slots__ = ()
    fields: frozenset[str]
    label: str

    def __str__(self) -> str:
        return self.label


BLANK = Special("blank")
EMPTY = Special("empty")


# Text


def to_output(value: object) -> str:
    """Return what ``{{ value }}`` prints; lists are joined without a separator."""
    if type(value) is str:
        return value
    if isinstance(value, list | tuple):
        return "".join(map(to_output, value))
    return to_text(value)


def to_text(value: object) -> str:
    """Return *value* as Ruby's ``to_s`` does, which is what filters work on."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, Special):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return integer_text(value)
    if isinstance(value, float):
        return float_text(value)
    return _other_text(value)


def _other_text(value: object) -> str:
    if isinstance(value, Decimal):
        return float_text(float(value))
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, dt.datetime):
        zone = "UTC" if value.tzname() in {None, "UTC"} else f"{value:%z}"
        return f"{value:%Y-%m-%d %H:%M:%S} {zone}"
    if isinstance(value, Mapping | list | tuple):
        return inspect(value)
    return str(value)


def integer_text(value: int) -> str:
    """Return the digits of *value*, which must not be absurdly long."""
    if value.bit_length() > MAX_DIGITS * 3:
        raise FaultError("a number grew too long")
    return str(value)


def float_text(value: float) -> str:
    """Return *value* as Ruby writes it: ``1.0e+20``, ``Infinity``, ``NaN``."""
    if value != value:  # noqa: PLR0124 - the test for NaN that needs no import
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    text = repr(value)
    if abs(value) >= _MIN_EXPONENT_FLOAT and text.endswith(".0"):
        digits, _, exponent = f"{value:.15e}".partition("e")
        text = f"{digits.rstrip('0').rstrip('.')}e{exponent}"
    if "e" in text and "." not in text:
        return text.replace("e", ".0e")
    return text


def inspect(value: object) -> str:
    """Return *value* as Ruby shows it inside a list or an object."""
    if value is None:
        return "nil"
    if isinstance(value, str):
        return '"' + _escaped(value) + '"'
    if isinstance(value, Mapping):
        pairs = (f"{inspect(k)}=>{inspect(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inspect, value)) + "]"
    return to_text(value)


def _escaped(text: str) -> str:
    buffer = []
    for at, char in enumerate(text):
        if char in _ESCAPES:
            buffer.append(_ESCAPES[char])
        elif char == "#" and text[at + 1 : at + 2] in {"{", "$", "@"}:
            buffer.append("\\#")
        elif category(char) not in _UNPRINTED_CATEGORIES or char == _NEXT_LINE:
            buffer.append(char)
        else:
            code = f"{ord(char):04X}"
            buffer.append(
                f"\\u{code}" if len(code) == _SHORT_CODE_LENGTH else f"\\u{{{code}}}"
            )
    return "".join(buffer)


_UNPRINTED_CATEGORIES = frozenset({"Cc", "Cn", "Cs", "Zl", "Zp"})
"""Unicode categories that Ruby escapes."""

_NEXT_LINE = "\x85"
_SHORT_CODE_LENGTH = 4
"""Digits of a code that needs no braces."""


# Truth and comparison


def is_true(value: object) -> bool:
    """Return whether a condition holds for *value*: all but nil and false do."""
    return value is not None and value is not False


def is_empty(value: object) -> bool:
    """Return whether *value* is a text, list or object without anything in it."""
    return isinstance(value, str | list | tuple | Mapping) and not value


def is_blank(value: object) -> bool:
    """Return whether *value* is missing, false, empty or only whitespace."""
    if value is None or value is False:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    return is_empty(value)


def equals(left: object, right: object) -> bool:
    """Compare as ``==`` does; numbers by value, and ``1`` is not ``true``."""
    if isinstance(left, Special):
        return _passes(left, right)
    if isinstance(right, Special):
        return _passes(right, left)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(equals, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(
            equals(item, right[key]) for key, item in left.items()
        )
    if isinstance(left, range) and isinstance(right, range):
        return (left.start, left.stop) == (right.start, right.stop)
    return left == right


def _passes(test: Special, value: object) -> bool:
    if isinstance(value, Special):
        return False
    return is_blank(value) if test is BLANK else is_empty(value)


def contains(left: object, right: object) -> bool:
    """Return whether a text holds a text, a list an element, an object a key."""
    if not is_true(left) or not is_true(right):
        return False
    if isinstance(left, str):
        return to_text(right) in left
    if isinstance(left, Mapping):
        return isinstance(right, str | int | float) and right in left
    if isinstance(left, range):
        return is_number(right) and left.start <= right < left.stop
    if isinstance(left, list | tuple) and not isinstance(right, Special):
        return any(equals(item, right) for item in left)
    return False


def order(left: object, right: object, operator: str) -> bool:
    """Compare by size with ``<``, ``<=``, ``>`` or ``>=``.

    What has no order (nil, true, lists) compares as false; text with a number is a
    fault, as in Ruby.
    """
    if is_number(left) and is_number(right):
        return bool(_ORDER_TESTS[operator](left, right))
    if isinstance(left, str) and isinstance(right, str):
        return bool(_ORDER_TESTS[operator](utf8(left), utf8(right)))
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
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str):
        stripped = value.strip(_WHITESPACE + "\0")
        if not _DECIMAL.fullmatch(stripped):
            return leading_integer(value)
        if "\0" in value:
            raise FaultError("string contains null byte")
        return EXACT_DECIMALS.create_decimal(stripped)
    return value if isinstance(value, Decimal) else 0


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
        return float(number)
    if number.bit_length() > MAX_DIGITS * 3:
        raise FaultError("a number grew too long")
    return number


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
    if isinstance(value, Mapping):
        try:
            return value[key]
        except (KeyError, TypeError):
            return _command(value, key) if type(key) is Command else None
    if isinstance(value, Drop):
        known = isinstance(key, str) and key in value.fields
        return getattr(value, str(key)) if known else None
    if isinstance(value, list | tuple) and type(key) is int:
        try:
            return value[key]
        except IndexError:
            check_place(key)
            return None
    return _command(value, key) if type(key) is Command else None


def _command(value: object, key: Command) -> object:
    if key == "size":
        return size(value) if not isinstance(value, float) else None
    return first(value) if key == "first" else last(value)


def size(value: object) -> int | None:
    """Return the length of *value*; of an integer, its bytes as Ruby counts them."""
    if isinstance(value, str | list | tuple | range | Mapping):
        return len(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(MIN_INTEGER_BYTES, -(-value.bit_length() // 8))
    return None


def first(value: object) -> object:
    """Return the first of a list, range, object (as a pair) or text, or None."""
    if isinstance(value, str):
        return value[:1]
    if isinstance(value, Mapping):
        return next(([key, item] for key, item in value.items()), None)
    if isinstance(value, range):
        return value.start
    return value[0] if isinstance(value, list | tuple) and value else None


def last(value: object) -> object:
    """Return the last of a list, range or text, or None."""
    if isinstance(value, str):
        return value[-1:]
    if isinstance(value, range):
        return value.stop - 1
    return value[-1] if isinstance(value, list | tuple) and value else None


def flatten(value: Sequence[object]) -> list[object]:
    """Return the elements of a list, inner lists flattened."""
    if not any(isinstance(item, list | tuple) for item in value):
        return list(value)
    parts: Iterable[Iterable[object]] = (
        flatten(item) if isinstance(item, list | tuple) else (item,) for item in value
    )
    return list(chain.from_iterable(parts))
