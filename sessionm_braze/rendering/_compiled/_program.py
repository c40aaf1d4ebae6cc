"""From nodes to a function: written, compiled, run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

import attrs
from liquid.ast import Node
from liquid.exceptions import BreakLoop, ContinueLoop, LiquidError, LiquidInterrupt

from .. import _values
from .._errors import Aborted
from .._expressions._nodes import between
from .._references import look_up_braced
from .._tags._for import ForLoop
from . import _runtime
from ._emitter import Assumptions, Emitter, Emitters
from ._nodes import EMITTERS


if TYPE_CHECKING:
    from .._context import BrazeContext


_HEAD = """\
def render(c, parts):
 L = c.locals
 G = c.globals
 M = c.large
 wparts = parts.append
"""

_TOOLS: dict[str, object] = {
    "BreakLoop": BreakLoop,
    "ContinueLoop": ContinueLoop,
    "FORLOOP": "forloop",
    "ForLoop": ForLoop,
    "LiquidError": LiquidError,
    "__builtins__": {},  # the source reaches nothing but this table
    "between": between,
    "bind": _runtime.bind,
    "check": _runtime.check,
    "contains": _values.contains,
    "equals": _values.equals,
    "full_turns": _runtime.full_turns,
    "dict": dict,
    "len": len,
    "list": list,
    "look_up_braced": look_up_braced,
    "lookup": _values.lookup,
    "order": _values.order,
    "show": _runtime.show,
    "str": str,
    "turns": _runtime.turns,
    "type": type,
    "walk": _runtime.walk,
}

_ATTRIBUTES = frozenset(
    {
        *("append", "assign", "checked", "elements", "globals", "large", "locals"),
        *("loop_stack", "parentloop", "personal", "pop", "variable", "weighed"),
    }
)
"""The attributes that a program reads."""

_CONSTANTS = frozenset({"None", "True", "False", "()"})
"""What a program consists of, beside names."""


@attrs.frozen
class Program:
    """A template's function."""

    source: str
    """Its text, for whoever wants to look."""

    places: Sequence[int]
    """For each line of that text, the line of the template it stands for."""

    function: FunctionType

    def run(self, context: BrazeContext, parts: list[str]) -> None:
        """Print the message into *parts*; ``break`` outside of a loop ends it."""
        try:
            self.function(context, parts)
        except LiquidInterrupt:
            return
        except (LiquidError, Aborted):
            raise
        except Exception as error:
            self._note_place(error)
            raise

    def _note_place(self, error: Exception) -> None:
        """Tell where in the template an error of somebody else's code came from."""
        step = error.__traceback__
        while step is not None and step.tb_frame.f_code is not self.function.__code__:
            step = step.tb_next
        if step is not None:
            error.add_note(f"line {self.places[step.tb_lineno - 1]} of the template")


def compile_nodes(nodes: Sequence[Node]) -> Program:
    """Translate *nodes* into a function, which walks them if they are too many."""
    try:
        return _program(_written(nodes, EMITTERS))
    except (MemoryError, RecursionError):  # Python's parser has limits of its own
        return _program(_written(nodes, {}))


def _program(emitter: Emitter) -> Program:
    source = _HEAD + "\n".join(emitter.lines)
    names = {**_TOOLS, **emitter.objects}
    code: CodeType = compile(source, "<template>", "exec").co_consts[0]
    _check(code, names)
    places = (1,) * _HEAD.count("\n") + tuple(emitter.places)
    return Program(source, places, FunctionType(code, names))


def _check(code: CodeType, names: Mapping[str, object]) -> None:
    """Make sure that a program reaches what it is given, and nothing else.

    It does by construction; a mistake in an emitter must not run a stranger's text.

    Raises:
        RuntimeError: If it reaches anything else.
    """
    foreign = set(code.co_names).difference(names, _ATTRIBUTES)
    if foreign or not _CONSTANTS.issuperset(map(repr, code.co_consts)):
        raise RuntimeError("a compiled template reaches what it was not given")


def _written(nodes: Sequence[Node], emitters: Emitters) -> Emitter:
    """Write the source, again if it needs more than was assumed at first."""
    assumed = Assumptions()
    while True:
        emitter = Emitter(assumed, emitters)
        for node in nodes:
            emitter.node(node)
        found = emitter.found
        grown = Assumptions(
            assigned=assumed.assigned | found.assigned,
            walked=assumed.walked or found.walked,
            resumed=assumed.resumed or found.resumed,
            full_loops=assumed.full_loops | found.full_loops,
        )
        if grown == assumed:
            return emitter
        assumed = grown
