"""Adds probes to templates: functions that see each value before it is printed.

The audit uses this.  A probe is one more filter of an output, added once, after
parsing.  Normal renders have none, and neither compiled nor walked templates need any
support for them beyond that for filters.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
from liquid.ast import Node
from liquid.expression import Expression

from ._context import Workspace
from ._environment import new_environment
from ._errors import position_of
from ._expressions.nodes import FilterCall, Filtered, Personal, Variable
from ._filters import Filter
from ._parsed import Parsed
from ._renderer import Renderer


Path = Variable | Personal
Probe = Callable[..., object]
"""A function of a value, and of the values of other paths; it returns the first."""

Visit = Callable[[Parsed], None]


def workspace_of(renderer: Renderer) -> Workspace:
    """Return the workspace of *renderer*."""
    return renderer._workspace  # noqa: SLF001


def with_workspace(renderer: Renderer, **changes: Any) -> Renderer:
    """Return a copy of *renderer* with some fields of its workspace changed."""
    sibling = copy.copy(renderer)
    sibling._workspace = attrs.evolve(workspace_of(renderer), **changes)  # noqa: SLF001
    return sibling


def instrumented(renderer: Renderer, visit: Visit, sources: Iterable[str]) -> Renderer:
    """Return a copy of *renderer* in which *visit* may change known sources.

    Args:
        renderer: The renderer.
        visit: Called with each known source when it is parsed; it may add probes.
        sources: Texts that are known: a template and its content blocks.  Fetched
            texts, of which there may be millions, are left alone.
    """
    known = frozenset(sources)

    def prepare(parsed: Parsed) -> None:
        if parsed.source in known:
            visit(parsed)

    workspace = workspace_of(renderer)
    sibling = copy.copy(renderer)
    sibling._env = new_environment(  # noqa: SLF001
        **workspace.grammar(), prepare=prepare
    )
    return sibling


def nodes_of(renderer: Renderer, source: str) -> Sequence[Node]:
    """Return the nodes of *source*, which are not to be changed.

    Raises:
        TemplateSyntaxError: If it does not parse.
    """
    return renderer.parse(source)._parsed.nodes  # noqa: SLF001


# Probes


def path_of(expression: object) -> Path | None:
    """Return the path that *expression* reads, before its filters."""
    if isinstance(expression, Filtered):
        expression = expression.left
    return expression if isinstance(expression, Variable | Personal) else None


def shortened(path: Path, length: int) -> Path:
    """Return *path* with its first *length* steps only."""
    if isinstance(path, Variable):
        return Variable(path.token, path.root, path.steps[:length])
    return Personal(path.token, path.namespace, path.name, path.steps[:length])


def line_and_column(path: Path) -> tuple[int, int]:
    """Return line and column of *path* in its source."""
    line, column, _ = position_of(path.token.source, max(path.token.start_index, 0))
    return line, column


def probed(path: Path, probe: Probe) -> Filtered:
    """Return an expression for the value of *path*, which goes through *probe*."""
    return Filtered(path.token, path, [_call(path, probe, ())])


def add_probe(
    expression: Filtered,
    probe: Probe,
    beside: Sequence[Expression] = (),
    *,
    first: bool = False,
) -> None:
    """Let the value of *expression* go through *probe*.

    Args:
        expression: An output's or assignment's; it is changed.
        probe: Sees the value, and the values of *beside*.
        beside: Other expressions whose values the probe sees.
        first: See the value before its filters instead of after them.
    """
    calls = list(expression.filters or ())
    calls.insert(0 if first else len(calls), _call(expression.left, probe, beside))
    expression.filters = calls


def _call(near: Expression, probe: Probe, beside: Sequence[Expression]) -> FilterCall:
    count = len(beside)
    function = Filter(
        name="",
        function=probe,
        min_arguments=count,
        max_arguments=count,
        contextual=False,
        documented=True,
        refused=False,
        bounded=True,  # it returns the value
    )
    return FilterCall(near.token, "", function, beside, {})
