"""A parsed template, and the function that it is compiled to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType

import attrs
from liquid import RenderContext
from liquid.ast import Node
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.token import Token

from ._errors import Aborted


@attrs.frozen
class Program:
    """A template's function."""

    source: str
    """Its source, for debugging."""

    template_lines: Sequence[int]
    """For each line of that source, the line of the template it comes from."""

    function: FunctionType

    def run(self, context: RenderContext, parts: list[str]) -> None:
        """Print the message into *parts*; ``break`` outside of a loop ends it."""
        try:
            self.function(context, parts)
        except LiquidInterrupt:
            return
        except (LiquidError, Aborted):
            raise
        except Exception as error:
            self._note_line(error)
            raise

    def _note_line(self, error: Exception) -> None:
        """Note where in the template an error of other code, a fetcher's, came from."""
        step = error.__traceback__
        while step is not None and step.tb_frame.f_code is not self.function.__code__:
            step = step.tb_next
        if step is not None:
            line = self.template_lines[step.tb_lineno - 1]
            error.add_note(f"line {line} of the template")


@attrs.define
class Parsed:
    """A text as nodes, with remarks found while parsing."""

    source: str
    nodes: Sequence[Node]
    warnings: Sequence[tuple[str, Token]]
    _compile: Callable[[Sequence[Node]], Program]
    _program: Program | None = None

    @property
    def program(self) -> Program:
        """The nodes as a function, made when it is first asked for."""
        if self._program is None:
            self._program = self._compile(self.nodes)
        return self._program
