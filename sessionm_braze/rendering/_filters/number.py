"""Filters on numbers; text counts as the number it begins with."""

from __future__ import annotations

import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
)

from .. import _values
from .._context import BrazeContext
from .._errors import FaultError
from .._plain import EXACT_DECIMALS, MAX_DIGITS
from .._values import (
    as_decimal,
    divide,
    from_number,
    to_number,
    to_text,
)
from .base import liquid_filter


_THOUSANDS_DIGIT = re.compile(r"(\d)(?=(\d\d\d)+(?!\d))")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@liquid_filter(bounded=True)
def abs_(value: object) -> int | float:
    """Return the value without its sign."""
    number = to_number(value)
    return from_number(abs(number) if isinstance(number, int) else number.copy_abs())


@liquid_filter(bounded=True)
def at_least(value: object, lowest: object) -> int | float:
    """Return the value, or *lowest* if that is more."""
    number, bound = to_number(value), to_number(lowest)
    return from_number(bound if _exceeds(bound, number) else number)


@liquid_filter(bounded=True)
def at_most(value: object, highest: object) -> int | float:
    """Return the value, or *highest* if that is less."""
    number, bound = to_number(value), to_number(highest)
    return from_number(bound if _exceeds(number, bound) else number)


def _exceeds(one: int | Decimal, other: int | Decimal) -> bool:
    """Return whether *one* is more than *other*; compared with NaN nothing is."""
    return as_decimal(one).compare(as_decimal(other)) == 1


@liquid_filter(bounded=True)
def ceil(value: object) -> int:
    """Round up."""
    return _whole(to_number(value), ROUND_CEILING)


@liquid_filter(bounded=True)
def floor(value: object) -> int:
    """Round down."""
    return _whole(to_number(value), ROUND_FLOOR)


def _whole(number: int | Decimal, rounding: str) -> int:
    if isinstance(number, int):
        return number
    if not number.is_finite():
        raise FaultError(f"Computation results in {_special(number)}")
    return int(number.to_integral_value(rounding=rounding))


def _special(number: Decimal) -> str:
    if number.is_nan():
        return "'NaN' (Not a Number)"
    return "'Infinity'" if number > 0 else "'-Infinity'"


@liquid_filter(bounded=True)
def plus(value: object, other: object) -> int | float:
    """Add."""
    left, right = to_number(value), to_number(other)
    if isinstance(left, int) and isinstance(right, int):
        return from_number(left + right)
    return from_number(EXACT_DECIMALS.add(as_decimal(left), as_decimal(right)))


@liquid_filter(bounded=True)
def minus(value: object, other: object) -> int | float:
    """Subtract."""
    left, right = to_number(value), to_number(other)
    if isinstance(left, int) and isinstance(right, int):
        return from_number(left - right)
    return from_number(EXACT_DECIMALS.subtract(as_decimal(left), as_decimal(right)))


@liquid_filter(bounded=True)
def times(value: object, other: object) -> int | float:
    """Multiply."""
    left, right = to_number(value), to_number(other)
    if isinstance(left, int) and isinstance(right, int):
        return from_number(left * right)
    return from_number(EXACT_DECIMALS.multiply(as_decimal(left), as_decimal(right)))


@liquid_filter(bounded=True)
def divided_by(value: object, other: object) -> int | float:
    """Divide; two integers give an integer."""
    return from_number(divide(to_number(value), to_number(other)))


@liquid_filter(bounded=True)
def modulo(value: object, other: object) -> int | float:
    """Return what a division leaves."""
    return from_number(_values.remainder(to_number(value), to_number(other)))


@liquid_filter(bounded=True)
def round_(value: object, digits: object = 0) -> int | float:
    """Round to the nearest, halves away from zero."""
    number, places = to_number(value), _whole(to_number(digits), ROUND_DOWN)
    if not -_DECIMAL_PLACES_LIMIT <= places < _DECIMAL_PLACES_LIMIT:
        raise FaultError("internal")
    if isinstance(number, int):
        return _rounded_integer(number, places)
    if not number.is_finite():
        if places < 1:
            raise FaultError(f"Computation results in {_special(number)}")
        return from_number(number)
    rounded = _rounded(number, places)
    return int(rounded) if places < 1 else float(rounded)


_DECIMAL_PLACES_LIMIT = 1 << 31
"""Decimal places beyond which Ruby does not round."""

_WIDE_DECIMALS = Context(prec=20_000, Emin=-20_000, Emax=20_000)
"""Precision for any float and any number of decimal places."""


def _rounded(number: Decimal, places: int) -> Decimal:
    if places > MAX_DIGITS or -places > MAX_DIGITS:
        return number if places > 0 else Decimal(0)
    step = Decimal(1).scaleb(-places, context=_WIDE_DECIMALS)
    return number.quantize(step, rounding=ROUND_HALF_UP, context=_WIDE_DECIMALS)


def _rounded_integer(number: int, places: int) -> int:
    if places >= 0:
        return number
    if -places > MAX_DIGITS:
        return 0
    step = int(10**-places)
    half, sign = step // 2, -1 if number < 0 else 1
    return sign * ((abs(number) + half) // step * step)


@liquid_filter()
def money(context: BrazeContext, value: object) -> str:
    """Write an amount with two decimals, without a separator of thousands."""
    if isinstance(value, str):
        problem = f"money wants a number, not the text '{value[:100]}'"
        if not _NUMBER.fullmatch(value.strip()):
            raise FaultError(problem)
        context.refuse(f"{problem}: put \"remove: ',' | plus: 0\" before it")
    number = as_decimal(to_number(value))
    if not number.is_finite():
        return to_text(value)
    return f"{_rounded(number, 2):f}"


@liquid_filter()
def number_with_delimiter(value: object) -> str:
    """Put commas between the thousands."""
    text = to_text(value)
    if len(text) > MAX_DIGITS or not _NUMBER.fullmatch(text):
        return text
    whole, dot, rest = text.partition(".")
    return _THOUSANDS_DIGIT.sub(r"\1,", whole) + dot + rest
