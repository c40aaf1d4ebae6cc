"""From nodes to functions: written, compiled, run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import CodeType, FunctionType

from liquid.ast import Node
from liquid.exceptions import BreakLoop, ContinueLoop, LiquidError

from .. import _values
from .._deadline import CheckTime
from .._expressions.loops import ForLoop
from .._expressions.nodes import between
from .._parsed import Function, Program
from .._plain import SIMPLE_TYPES
from .._references import look_up_braced
from . import runtime
from .emitter import MAX_PART_LINES, Assumptions, Emitter


_FUNCTION_HEAD = """\
def render(c, parts):
 L = c.locals
 G = c.globals
 M = c.large
 wparts = parts.append
"""

_GLOBALS: dict[str, object] = {
    "BreakLoop": BreakLoop,
    "ContinueLoop": ContinueLoop,
    "FORLOOP": "forloop",
    "ForLoop": ForLoop,
    "LiquidError": LiquidError,
    "between": between,
    "bind": runtime.bind,
    "check": runtime.check,
    "contains": _values.contains,
    "equals": _values.equals,
    "SIMPLE": SIMPLE_TYPES,
    "TRUE": frozenset({str, int, list, dict}),
    "is_true": _values.is_true,
    "full_turns": runtime.full_turns,
    "len": len,
    "list": list,
    "look_up_braced": look_up_braced,
    "lookup": _values.lookup,
    "order": _values.order,
    "show": runtime.show,
    "str": str,
    "turns": runtime.turns,
    "type": type,
    "walk": runtime.walk,
}

_ALLOWED_ATTRIBUTES = frozenset(
    {
        *("append", "assign", "elements", "get", "globals", "large", "locals"),
        *("loop_stack", "parentloop", "personal", "pop", "variable", "weighed"),
    }
)
"""The attributes that a function reads."""

_ALLOWED_CONSTANTS = frozenset({"None", "True", "False", "()"})
"""The constants that a function holds."""


def compile_nodes(nodes: Sequence[Node], check_time: CheckTime) -> Program:
    """Translate *nodes* into functions, which walk what is too large for it.

    Raises:
        LimitError: If *check_time*, which is called with each node, does.
    """
    try:
        return [_function(part) for part in _written(nodes, check_time)]
    except (MemoryError, RecursionError):  # Python's parser has limits of its own
        return [_function(part) for part in _written(nodes, check_time, walked=True)]


def _function(emitter: Emitter) -> Function:
    source = _FUNCTION_HEAD + "\n".join(emitter.lines)
    names = {**_GLOBALS, **emitter.objects}
    code: CodeType = compile(source, "<template>", "exec").co_consts[0]
    _check(code, names)
    template_lines = (1,) * _FUNCTION_HEAD.count("\n") + tuple(emitter.template_lines)
    # No builtins: the source reaches nothing but its names.
    render = FunctionType(code, {**names, "__builtins__": {}})
    return Function(source, template_lines, render)


def _check(code: CodeType, names: Mapping[str, object]) -> None:
    """Make sure that a function reaches only what it is given.

    It does by construction; a mistake in an emitter must not run a template's text.

    Raises:
        RuntimeError: If it reaches anything else.
    """
    foreign = set(code.co_names).difference(names, _ALLOWED_ATTRIBUTES)
    if foreign or not _ALLOWED_CONSTANTS.issuperset(map(repr, code.co_consts)):
        raise RuntimeError("a compiled template reaches what it was not given")


def _written(
    nodes: Sequence[Node], check_time: CheckTime, *, walked: bool = False
) -> list[Emitter]:
    """Write the source, again if it needs more than was assumed at first."""
    assumed = Assumptions()
    while True:
        parts = [Emitter(assumed, check_time, walked=walked)]
        for node in nodes:
            if len(parts[-1].lines) >= MAX_PART_LINES:
                parts.append(parts[-1].next_part())
            parts[-1].node(node)
        found = parts[-1].found
        grown = Assumptions(
            assigned=assumed.assigned | found.assigned,
            walked=assumed.walked or found.walked,
            resumed=assumed.resumed or found.resumed,
            full_loops=assumed.full_loops | found.full_loops,
        )
        if grown == assumed:
            return parts
        assumed = grown
