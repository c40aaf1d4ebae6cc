"""The loops of ``for`` and ``tablerow``, and the objects templates see of them."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence

import attrs
from liquid.expression import Expression
from liquid.token import Token

from .. import _values
from .._context import BrazeContext
from .._errors import FaultError
from .._plain import Drop, plain
from .._texts import float_text


@attrs.frozen
class LoopOptions:
    """The words after the list: ``limit``, ``offset``, ``cols``, ``reversed``."""

    limit: Expression | None = None
    offset: Expression | None = None
    cols: Expression | None = None
    reversed: bool = False
    resume: bool = False
    """Whether the offset is ``continue``: where the last loop over the list ended."""


class Loop(Expression):
    """A list, the name for its elements, and the options that select a part of it."""

    __slots__ = ("identifier", "iterable", "name", "options")

    def __init__(
        self,
        token: Token,
        identifier: str,
        iterable: Expression,
        *,
        name: str,
        options: LoopOptions,
    ) -> None:
        super().__init__(token)
        self.identifier = identifier
        self.iterable = iterable
        self.name = name
        self.options = options

    def __str__(self) -> str:
        return f"{self.identifier} in {self.iterable}"

    def evaluate(self, context: BrazeContext) -> Sequence[object]:  # type: ignore[override]
        """Return the elements to iterate over."""
        limit = _evaluated(self.options.limit, context)
        offset = _evaluated(self.options.offset, context)
        return self.elements(context, self.iterable.evaluate(context), limit, offset)

    def elements(
        self, context: BrazeContext, value: object, limit: object, offset: object
    ) -> Sequence[object]:
        """Return the elements of *value* to iterate over; the options are evaluated."""
        limit, offset = plain(limit), plain(offset)
        offsets, start = context.offsets, 0
        if self.options.resume:
            start = offsets.get(self.name, 0)
        elif offset is not None:
            start = _values.to_integer(offset)
        stop = None if limit is None else _values.to_integer(limit) + start
        items = _part(value, start, stop)
        if self.options.reversed:
            items = items[::-1]
        offsets[self.name] = start + len(items)
        return items

    def cells(self, context: BrazeContext) -> Sequence[object]:
        """Return the elements for a table, whose options are read more loosely."""
        start = _loose(self.options.offset, context)
        stop = None
        if self.options.limit is not None:
            stop = start + _loose(self.options.limit, context)
        return _part(self.iterable.evaluate(context), start, stop)

    def columns(self, context: BrazeContext) -> int:
        """Return the number of columns; 0 is one row without end."""
        return _loose(self.options.cols, context)

    def children(self) -> list[Expression]:
        """Return the list and its options."""
        options = self.options
        parts = [self.iterable, options.limit, options.offset, options.cols]
        return [part for part in parts if part is not None]


def _evaluated(expression: Expression | None, context: BrazeContext) -> object:
    return None if expression is None else expression.evaluate(context)


def _loose(expression: Expression | None, context: BrazeContext) -> int:
    value = plain(_evaluated(expression, context))
    if isinstance(value, str):
        return _values.leading_integer(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise FaultError(f"Computation results in {float_text(value)!r}")
    if value is None:
        return 0
    if not _values.is_number(value):
        raise FaultError("internal")
    return int(value)


def _part(value: object, start: int, stop: int | None) -> Sequence[object]:
    """Return the elements of *value* from *start* to *stop*; a text is one element."""
    value = plain(value)
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        value = [[key, item] for key, item in value.items()]
    if not isinstance(value, list | tuple | range):
        return []
    if start > 0 or stop is not None:
        value = value[max(start, 0) : None if stop is None else max(stop, 0)]
    if isinstance(value, range) and value.stop - value.start > sys.maxsize:
        raise FaultError("a range is too long")
    return value


class LoopDrop(Drop):
    """What a template sees of any loop: its length, and the current iteration."""

    __slots__ = ("index0", "length")

    fields = frozenset(
        {"first", "index", "index0", "last", "length", "rindex", "rindex0"}
    )

    def __init__(self, length: int) -> None:
        self.length = length
        self.index0 = 0

    @property
    def index(self) -> int:
        """Turn, counted from 1."""
        return self.index0 + 1

    @property
    def rindex(self) -> int:
        """Turns left, this one included."""
        return self.length - self.index0

    @property
    def rindex0(self) -> int:
        """Turns left after this one."""
        return self.length - self.index0 - 1

    @property
    def first(self) -> bool:
        """Whether this is the first turn."""
        return self.index0 == 0

    @property
    def last(self) -> bool:
        """Whether this is the last turn."""
        return self.index0 == self.length - 1


class ForLoop(LoopDrop):
    """What a template sees as ``forloop``."""

    __slots__ = ("name", "parentloop")

    fields = LoopDrop.fields | {"name", "parentloop"}
    label = "Liquid::ForloopDrop"

    def __init__(self, name: str, length: int, parentloop: object) -> None:
        super().__init__(length)
        self.name = name
        self.parentloop = parentloop
