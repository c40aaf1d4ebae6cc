"""Puts probes into a parsed template, where it prints values or compares points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
from liquid.ast import BlockNode, Node
from liquid.expression import Expression

from ..exceptions import TemplateSyntaxError
from ..rendering import Renderer
from ..rendering._expressions.nodes import Comparison, Filtered, Variable
from ..rendering._inspect.wallet_schema import WALLET_CALL
from ..rendering._instrumentation import (
    Path,
    add_probe,
    line_and_column,
    nodes_of,
    path_of,
    probed,
    shortened,
)
from ..rendering._parsed import Parsed
from ..rendering._parts import children_of
from ..rendering._plain import Command
from ..rendering._tags.assign import AssignNode
from ..rendering._tags.connected_content import ConnectedContentNode
from ..rendering._tags.for_ import ForNode
from ..rendering._tags.output import OutputNode
from ._expiry import OfferExpiry
from ._probes import Sightings, Site, blank_probe, offer_probe, points_probe


_BLOCK_REFERENCE = re.compile(r"content_blocks\s*\.\s*\$\{([^{}]*)\}")
_POINTS_NAME = re.compile(r"(?:^|_)points?(?:$|_)", re.IGNORECASE)
_LOOP_OBJECTS = frozenset({"forloop", "tablerowloop"})


def used_blocks(source: str, blocks: Mapping[str, str]) -> dict[str, str]:
    """Return the content blocks that *source* names, and those that they name."""
    found: dict[str, str] = {}
    waiting = [source]
    while waiting:
        for name in map(str.strip, _BLOCK_REFERENCE.findall(waiting.pop())):
            if name in blocks and name not in found:
                found[name] = blocks[name]
                waiting.append(blocks[name])
    return found


def asks_for_wallet(renderer: Renderer, sources: Iterable[str]) -> bool:
    """Return whether one of *sources* calls ``get_user_offers``."""
    for source in sources:
        try:
            nodes = nodes_of(renderer, source)
        except TemplateSyntaxError:
            continue  # the error is reported where the block is printed
        found = _all_nodes(nodes)
        calls = (node for node in found if isinstance(node, ConnectedContentNode))
        if any(WALLET_CALL in call.url.text.lower() for call in calls):
            return True
    return False


def _all_nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all_nodes(children_of(node))


@attrs.define
class ProbePlacer:
    """Puts probes where a template prints something, or compares points."""

    seen: Sightings
    ends: OfferExpiry
    blocks: Mapping[str, str] = attrs.field(factory=dict)
    """Names of content blocks by their text."""

    def __call__(self, parsed: Parsed) -> None:
        """Add probes to a source that was just parsed."""
        _SourcePlacement(self, self.blocks.get(parsed.source)).nodes(
            parsed.nodes, frozenset()
        )


@attrs.define
class _SourcePlacement:
    """Goes through one source.

    *checked* has the loop variables whose offer an earlier output of the same iteration
    checks already; once is enough.
    """

    placer: ProbePlacer
    block: str | None
    loops: frozenset[str] = frozenset()

    def nodes(self, nodes: Iterable[Node], checked: frozenset[str]) -> None:
        for node in nodes:
            if isinstance(node, OutputNode | AssignNode):
                checked = self.output(node, checked)
            elif isinstance(node, ForNode):
                self.turns(node, checked)
            else:
                self.comparisons(node)
                self.nodes(children_of(node), checked)

    def turns(self, node: ForNode, checked: frozenset[str]) -> None:
        name, outside = node.expression.identifier, self.loops
        self.loops = outside | {name}
        self.nodes([node.block], checked - {name})
        self.loops = outside
        if isinstance(node.default, BlockNode):
            self.nodes([node.default], checked)

    def output(
        self, node: OutputNode | AssignNode, checked: frozenset[str]
    ) -> frozenset[str]:
        expression = node.expression
        path = path_of(expression)
        if path is None or not isinstance(expression, Filtered):
            return checked
        site = self.site(path)
        if _names_points(path):
            look = points_probe(site, self.placer.seen)
            add_probe(expression, look, first=True)
        if isinstance(node, OutputNode):
            add_probe(expression, blank_probe(site, self.placer.seen))
        for holder in _holders(path):
            name = str(holder)
            if name not in checked:
                probe = offer_probe(site, self.placer.seen, self.placer.ends)
                add_probe(expression, probe, (holder,))
                checked |= {name} & self.loops
        return checked

    def comparisons(self, node: Node) -> None:
        """Add probes for points in conditions, where missing ones fail silently."""
        waiting: list[Expression] = list(node.expressions())
        while waiting:
            expression = waiting.pop()
            if isinstance(expression, Comparison):
                for side in ("left", "right"):
                    path = getattr(expression, side)
                    if isinstance(path, Path) and _names_points(path):
                        probe = points_probe(self.site(path), self.placer.seen)
                        setattr(expression, side, probed(path, probe))
            elif not isinstance(expression, Filtered):
                waiting += expression.children()

    def site(self, path: Path) -> Site:
        line, column = line_and_column(path)
        return Site(str(path), line, column, self.block)


def _names_points(path: Path) -> bool:
    last: Any = path.steps[-1] if path.steps else _root(path)
    return isinstance(last, str) and _POINTS_NAME.search(last) is not None


def _root(path: Path) -> object:
    return path.root if isinstance(path, Variable) else path.name


def _holders(path: Path) -> Iterator[Path]:
    """Yield the parts of *path* that may be an offer: its root, elements of lists."""
    if not path.steps or (_root(path) in _LOOP_OBJECTS):
        return
    if path.steps[0] != "payload":
        yield shortened(path, 0)
    for length in range(1, len(path.steps)):
        step = path.steps[length - 1]
        command = isinstance(step, Command) and step in {"first", "last"}
        if command or not isinstance(step, str):
            yield shortened(path, length)
