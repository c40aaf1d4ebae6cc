"""A parsed template: walked when it is first rendered, then compiled to functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import StringIO
from types import FunctionType

import attrs
from liquid import RenderContext
from liquid.ast import Node
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.token import Token

from ._deadline import CheckTime
from ._errors import Aborted, note_line


@attrs.frozen
class Function:
    """A part of a template as a function, which returns whether the message ends."""

    source: str
    """Its source, for debugging."""

    template_lines: Sequence[int]
    """For each line of that source, the line of the template it comes from."""

    run: FunctionType

    def note_line(self, error: Exception) -> None:
        """Note where in the template an error of other code, a fetcher's, came from."""
        step = error.__traceback__
        while step is not None and step.tb_frame.f_code is not self.run.__code__:
            step = step.tb_next
        if step is not None:
            note_line(error, self.template_lines[step.tb_lineno - 1])


Program = Sequence[Function]
"""A template's functions, in the order in which they print."""

Compiler = Callable[[Sequence[Node], CheckTime], Program]
"""Makes functions of a template's nodes."""


@attrs.define
class Parsed:
    """A text as nodes, with remarks found while parsing."""

    source: str
    nodes: Sequence[Node]
    warnings: Sequence[tuple[str, Token]]
    size: int
    """Bytes it takes, about, once it is compiled."""

    _compile: Compiler
    _program: Program | None = None
    _was_rendered: bool = False

    def render(
        self, context: RenderContext, check_time: CheckTime, parts: list[str]
    ) -> None:
        """Print the message into *parts*; ``break`` outside of a loop ends it.

        The first time the nodes are walked: many templates are rendered only once, and
        compiling one takes longer than that.
        """
        if self._was_rendered:
            self.run(context, check_time, parts)
        else:
            self._was_rendered = True
            self.walk(context, parts)

    def walk(self, context: RenderContext, parts: list[str]) -> None:
        """Print the message by walking the nodes."""
        buffer = StringIO()
        try:
            for node in self.nodes:
                node.render(context, buffer)
        except LiquidInterrupt:
            pass
        parts.append(buffer.getvalue())

    def run(
        self, context: RenderContext, check_time: CheckTime, parts: list[str]
    ) -> None:
        """Print the message by running the functions that the nodes become."""
        for function in self._program or self.program(check_time):
            try:
                if function.run(context, parts):
                    return
            except LiquidInterrupt:
                return
            except (LiquidError, Aborted):
                raise
            except Exception as error:
                function.note_line(error)
                raise

    def program(self, check_time: CheckTime) -> Program:
        """Return the nodes as functions, made when they are first asked for."""
        if self._program is None:
            self._program = self._compile(self.nodes, check_time)
        return self._program
