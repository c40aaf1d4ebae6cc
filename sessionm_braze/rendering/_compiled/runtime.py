"""Functions that compiled templates call: walking, loops, and the limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain

from liquid.ast import Node
from liquid.exceptions import LiquidError

from .._context import LARGE_VALUE_LENGTH, BrazeContext
from .._expressions.loops import ForLoop
from .._texts import integer_text
from .._values import to_output


Frames = tuple[Mapping[str, object], ...]

MAX_UNCHECKED_BLOCK_PARTS = 128
"""Parts a block's output may have before its size is checked."""

MAX_UNCHECKED_PARTS = 1_024
"""Parts the output may have before its size is checked and they are joined."""


def walk(
    context: BrazeContext, node: Node, parts: list[str] | None, frames: Frames
) -> None:
    """Print *node* by walking it, with the variables of the loops around it."""
    buffer = StringIO()
    before = len(context.frames)
    context.frames += map(dict, frames)
    try:
        node.render(context, buffer)
    finally:
        del context.frames[before:]
        if parts is not None:
            parts.append(buffer.getvalue())


def turns(
    context: BrazeContext,
    items: Sequence[object],
    parts: list[str],
    node: Node,
    every: int,
) -> Iterable[object]:
    """Return *items* to iterate over; each iteration counts against the limits.

    Time and output are checked before the loop, and again every *every* turns.

    Raises:
        LimitError: If there are too many iterations, or time or output run out.
    """
    context.count_turns(len(items), node.token)
    check(context, parts, node)
    if len(items) <= every:
        return items
    return chain.from_iterable(_checked(context, items, parts, node, every))


def _checked(
    context: BrazeContext,
    items: Sequence[object],
    parts: list[str],
    node: Node,
    every: int,
) -> Iterator[Sequence[object]]:
    for start in range(0, len(items), every):
        check(context, parts, node)
        yield items[start : start + every]


def full_turns(
    context: BrazeContext, items: Iterable[object], forloop: ForLoop
) -> Iterator[object]:
    """Iterate over *items* and keep *forloop*, which templates can read."""
    context.loop_stack.append(forloop)
    for index, item in enumerate(items):
        forloop.index0 = index
        yield item


def show(context: BrazeContext, value: object, parts: list[str], node: Node) -> str:
    """Return what *value* prints; once long texts add up, check the whole output."""
    try:
        if type(value) is int:
            text = integer_text(value)
        else:
            text = to_output(context.weighed(value))
    except LiquidError as error:
        buffer = StringIO()
        context.fault(error, node, buffer)
        return buffer.getvalue()
    if len(text) >= LARGE_VALUE_LENGTH:
        context.weight += len(text)
        if context.weight > context.output_size:
            _check_size(context, parts, node)
    return text


def check(context: BrazeContext, parts: list[str], node: Node) -> None:
    """Make sure that time and output are within the limits.

    Raises:
        LimitError: If not.
    """
    context.check_time(node.token)
    if len(parts) > MAX_UNCHECKED_PARTS:
        _check_size(context, parts, node)
        parts[:] = ["".join(parts)]


def joined(context: BrazeContext, parts: list[str], node: Node) -> str:
    """Return the text that *parts* make.

    Raises:
        LimitError: If it is too long.
    """
    if len(parts) > MAX_UNCHECKED_BLOCK_PARTS:
        _check_size(context, parts, node)
    return "".join(parts)


def bind(context: BrazeContext, name: str, parts: list[str], node: Node) -> None:
    """Bind what a block printed."""
    try:
        context.assign(name, context.weighed(joined(context, parts, node)))
    except LiquidError as error:
        error.token = error.token or node.token
        raise


def _check_size(context: BrazeContext, parts: list[str], node: Node) -> None:
    context.check_length(sum(map(len, parts)), node.token)
