"""Watches what a template prints: functions see each value on its way into the message.

The audit uses this.  A watched template is the same template with one more filter in
some of its outputs, put there once, after parsing.  Normal renders know nothing of it,
and compiled and walked templates need no other support than that for filters.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

import attrs
from liquid.ast import Node
from liquid.expression import Expression

from ._context import Workspace
from ._environment import BrazeEnvironment, Parsed
from ._errors import place
from ._expressions._nodes import FilterCall, Filtered, Personal, Variable
from ._filters import FilterFunction
from ._renderer import Renderer
from ._tags._words import Part


Path = Variable | Personal
Probe = Callable[..., object]
"""Takes a value, and values of paths asked for beside it; returns the first."""

Visit = Callable[[Parsed], None]


class WatchingEnvironment(BrazeEnvironment):
    """An environment of its own, in which known sources are prepared after parsing.

    Args:
        visit: Called with each known source when it is parsed; it may add probes.
        sources: Texts that are known: a template and its content blocks.  Fetched
            texts, of which there may be millions, are left alone.
        strict: Whether what the reference engine passes over is an error.
        nesting: How deep blocks may stand in each other.
    """

    def __init__(
        self, visit: Visit, sources: Iterable[str], *, strict: bool, nesting: int
    ) -> None:
        self._visit = visit
        self._sources = frozenset(sources)
        super().__init__(strict=strict, nesting=nesting)

    def parse_once(self, source: str, *, bare: bool = False) -> Parsed:
        """Return *source* parsed and, if it is known, prepared."""
        parsed = super().parse_once(source, bare=bare)
        if source in self._sources:
            self._visit(parsed)
        return parsed


def workspace_of(renderer: Renderer) -> Workspace:
    """Return what *renderer* was given."""
    return renderer._workspace  # noqa: SLF001


def with_workspace(renderer: Renderer, **changes: Any) -> Renderer:
    """Return a renderer like *renderer*, some fields of its workspace changed."""
    sibling = copy.copy(renderer)
    sibling._workspace = attrs.evolve(workspace_of(renderer), **changes)  # noqa: SLF001
    return sibling


def watching(renderer: Renderer, visit: Visit, sources: Iterable[str]) -> Renderer:
    """Return a renderer like *renderer* in which *visit* prepares *sources*."""
    workspace = workspace_of(renderer)
    sibling = copy.copy(renderer)
    sibling._env = WatchingEnvironment(  # noqa: SLF001
        visit,
        sources,
        strict=workspace.strict,
        nesting=workspace.limits.nesting,
    )
    return sibling


def nodes_of(renderer: Renderer, source: str) -> Sequence[Node]:
    """Return the nodes of *source*, which are not to be changed.

    Raises:
        TemplateSyntaxError: If it does not parse.
    """
    return renderer.parse(source)._parsed.nodes  # noqa: SLF001


# Walking through nodes


def inner_nodes(node: Node) -> Iterator[Node]:
    """Yield the nodes within *node*: of its blocks, and of outputs in its own text."""
    yield from node.children(cast("Any", None))
    for part in _parts(_fields(node)):
        yield from part.nodes or ()


def _fields(node: Node) -> Iterator[object]:
    for kind in type(node).__mro__:
        for name in getattr(kind, "__slots__", ()):
            yield getattr(node, name, None)


def _parts(values: Iterable[object]) -> Iterator[Part]:
    """Yield pieces of a tag's text; a tag keeps them in fields, lists or options."""
    for value in values:
        if isinstance(value, Part):
            yield value
        elif isinstance(value, list | tuple):
            yield from _parts(value)
        elif attrs.has(type(value)):
            fields = attrs.fields(cast("Any", type(value)))
            yield from _parts(getattr(value, field.name) for field in fields)


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


def spot(path: Path) -> tuple[int, int]:
    """Return line and column of *path* in its source."""
    line, column, _ = place(path.token.source, max(path.token.start_index, 0))
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
        beside: Other things the probe is to see.
        first: See the value before its filters instead of after them.
    """
    calls = list(expression.filters or ())
    calls.insert(0 if first else len(calls), _call(expression.left, probe, beside))
    expression.filters = calls


def _call(near: Expression, probe: Probe, beside: Sequence[Expression]) -> FilterCall:
    count = len(beside)
    function = FilterFunction("", probe, count, count, False, True)  # noqa: FBT003
    return FilterCall(near.token, "", function, beside, {})
