"""What compiled templates call: walking, loops, and the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING

from liquid.ast import Node
from liquid.exceptions import LiquidError

from .._errors import LimitError
from .._tags._for import ForLoop


if TYPE_CHECKING:
    from .._context import BrazeContext

Frames = tuple[Mapping[str, object], ...]

TURNS = 128
"""Turns of a loop after which time and output are looked at."""


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
    context: BrazeContext, items: Sequence[object], parts: list[str], node: Node
) -> Iterator[object]:
    """Iterate over *items*; each turn counts against the limits.

    Raises:
        LimitError: If there are too many turns, or time or output run out.
    """
    limit, seen = context.limits.iterations, 0
    for item in items:
        context.iterations += 1
        if context.iterations > limit:
            raise LimitError(f"more than {limit} turns of loops", token=node.token)
        seen += 1
        if seen == TURNS:
            seen = 0
            check(context, parts, node)
        yield item


def full_turns(
    context: BrazeContext, items: Iterator[object], forloop: ForLoop
) -> Iterator[object]:
    """Iterate over *items* and keep *forloop*, which templates can read."""
    context.loop_stack.append(forloop)
    for index, item in enumerate(items):
        forloop.index0 = index
        yield item


def weigh(context: BrazeContext, parts: list[str], text: str, node: Node) -> None:
    """Count a long *text*; once they add up, look at the whole output."""
    context.weight += len(text)
    if context.weight > context.output_size:
        check(context, parts, node)


def check(context: BrazeContext, parts: list[str], node: Node) -> None:
    """Make sure that time and output are within the limits.

    Raises:
        LimitError: If not.
    """
    try:
        context.check_time()
        if sum(map(len, parts)) > context.output_size:
            size = context.output_size
            raise LimitError(f"the output is longer than {size} characters")
    except LiquidError as error:
        error.token = error.token or node.token
        raise
    if len(parts) > TURNS:
        parts[:] = ["".join(parts)]


def bind(context: BrazeContext, name: str, text: str, node: Node) -> None:
    """Bind what a block printed."""
    try:
        context.assign(name, text)
    except LiquidError as error:
        error.token = error.token or node.token
        raise
