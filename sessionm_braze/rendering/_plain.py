"""What counts as a value of templates: plain values, and what stands for one.

Templates work on what JSON holds, on dates and ranges.  A scalar of numpy or pandas
counts as the Python value it holds, a model of this package as the answer it was made
from; what is not a number, not a time or not available is nil.  Neither package is
imported for it.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from decimal import Context, Decimal
from types import NoneType
from typing import Any

import attrs

from ..models._codec import dump


MAX_DIGITS = 4_000
"""Digits of the longest number accepted; Python itself stops printing at 4,300."""

MAX_BITS = MAX_DIGITS * 3
"""Bits of the longest integer accepted, somewhat below `MAX_DIGITS` digits."""

EXACT_DECIMALS = Context(prec=64, Emin=-9_999, Emax=9_999, traps=[])
"""Decimal arithmetic that gives infinity where Ruby does, instead of raising."""


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


class NotANumber(float):
    """The result of ``0.0 / 0.0``, which Ruby prints; a NaN that was given is nil."""

    __slots__ = ()


class ForeignValueError(TypeError):
    """A value that templates do not know.

    Attributes:
        value: The value.
    """

    def __init__(self, value: object) -> None:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        found = kind.removeprefix("builtins.")
        super().__init__(f"expected a JSON value, a date or a Decimal, not {found}")
        self.value = value


_MODELS = dump.__module__.removesuffix("_codec")

SIMPLE_TYPES = frozenset({NoneType, bool, int})
"""Types whose values are taken as they are, and are small."""

PLAIN_TYPES = SIMPLE_TYPES | {str, list, dict, tuple, dt.datetime, dt.date}
"""Types whose values are taken as they are."""


def plain(value: Any) -> Any:
    """Return *value* as a value of templates.

    Raises:
        ForeignValueError: If it is none.
    """
    kind = type(value)
    if kind in PLAIN_TYPES or kind is NotANumber:
        return value
    if isinstance(value, float):
        return float(value) if value == value else None  # noqa: PLR0124 - NaN is not
    if isinstance(value, str | Drop | Special):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal):
        return _plain_decimal(value)
    if isinstance(value, range) and value.step == 1:
        return value
    if _is_missing(value):
        return None
    if isinstance(value, list | tuple | dt.date | Mapping):
        return _plain_moment(value) if isinstance(value, dt.datetime) else value
    return _held(value)


def _plain_decimal(value: Decimal) -> Decimal | float | None:
    number = EXACT_DECIMALS.create_decimal(value)
    if number.is_nan():
        return None
    return number if number.is_finite() else float(number)


def _plain_moment(value: dt.datetime) -> dt.datetime:
    day = value.year, value.month, value.day
    time = value.hour, value.minute, value.second, value.microsecond
    zone, fold = value.tzinfo, value.fold
    return dt.datetime(*day, *time, zone, fold=fold)  # noqa: DTZ001 - given as it is


def _is_missing(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    missing = (getattr(pandas, name, None) for name in ("NA", "NaT"))
    return pandas is not None and any(value is one for one in missing)


def _held(value: Any) -> Any:
    """Return the value that a scalar of numpy holds, or the answer behind a model."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        if value.dtype.kind in "biu":
            return value.item()
        if value.dtype.kind == "f":
            return plain(float(value))
        if value.dtype.kind == "M":  # only some of its units hold a Python value
            held = value.item()
            if isinstance(held, int):
                held = value.astype("M8[us]").item()
            if not isinstance(held, int):
                return held
    raw = getattr(value, "raw", None)
    if isinstance(raw, Mapping):
        return raw
    if type(value).__module__.startswith(_MODELS) and attrs.has(type(value)):
        return dump(value)
    raise ForeignValueError(value)
