"""From nodes to a function: written, compiled, run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import CodeType, FunctionType

from liquid.ast import Node
from liquid.exceptions import BreakLoop, ContinueLoop, LiquidError

from .. import _values
from .._expressions.loops import ForLoop
from .._expressions.nodes import between
from .._parsed import Program
from .._references import look_up_braced
from . import runtime
from .emitter import Assumptions, Emitter


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
    "full_turns": runtime.full_turns,
    "dict": dict,
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
        *("append", "assign", "checked", "elements", "globals", "large", "locals"),
        *("loop_stack", "parentloop", "personal", "pop", "variable", "weighed"),
    }
)
"""The attributes that a program reads."""

_ALLOWED_CONSTANTS = frozenset({"None", "True", "False", "()"})
"""The constants that a program holds."""


def compile_nodes(nodes: Sequence[Node]) -> Program:
    """Translate *nodes* into a function, which walks them if they are too many."""
    try:
        return _program(_written(nodes))
    except (MemoryError, RecursionError):  # Python's parser has limits of its own
        return _program(_written(nodes, walked=True))


def _program(emitter: Emitter) -> Program:
    source = _FUNCTION_HEAD + "\n".join(emitter.lines)
    names = {**_GLOBALS, **emitter.objects}
    code: CodeType = compile(source, "<template>", "exec").co_consts[0]
    _check(code, names)
    template_lines = (1,) * _FUNCTION_HEAD.count("\n") + tuple(emitter.template_lines)
    # No builtins: the source reaches nothing but its names.
    render = FunctionType(code, {**names, "__builtins__": {}})
    return Program(source, template_lines, render)


def _check(code: CodeType, names: Mapping[str, object]) -> None:
    """Make sure that a program reaches only what it is given.

    It does by construction; a mistake in an emitter must not run a template's text.

    Raises:
        RuntimeError: If it reaches anything else.
    """
    foreign = set(code.co_names).difference(names, _ALLOWED_ATTRIBUTES)
    if foreign or not _ALLOWED_CONSTANTS.issuperset(map(repr, code.co_consts)):
        raise RuntimeError("a compiled template reaches what it was not given")


def _written(nodes: Sequence[Node], *, walked: bool = False) -> Emitter:
    """Write the source, again if it needs more than was assumed at first."""
    assumed = Assumptions()
    while True:
        emitter = Emitter(assumed, walked=walked)
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
