"""Walks through a template and writes down what it reads, binds, calls and uses."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from liquid.ast import Node
from liquid.token import Token

from .._engine import Engine
from .._expressions.loops import Loop
from .._namespaces import CONTENT_BLOCKS
from .._tags.assign import AssignNode
from .._tags.catalogs import CatalogNode
from .._tags.connected_content import ConnectedContentNode
from .calls import CallFound, read_call
from .events import Bind, Event, Read, Role, Unbind, reads
from .findings import FindingCollector
from .stream import InspectingReader, read


@attrs.define
class Reading:
    """What was found in one source."""

    findings: FindingCollector
    events: list[Event] = attrs.field(factory=list)
    calls: list[CallFound] = attrs.field(factory=list)
    tags: Iterable[str] = ()
    filters: Iterable[str] = ()
    catalogs: dict[str, None] = attrs.field(factory=dict)
    nodes: list[Node] = attrs.field(factory=list)
    texts: list[Token] = attrs.field(factory=list)
    """The text between outputs and tags."""

    def read(self, engine: Engine) -> None:
        """Walk through the source."""
        reader = InspectingReader(engine, self.findings)
        self.tags, self.filters = reader.tags, reader.used
        self.nodes, self.texts = read(self.findings.source, engine, reader)
        for node in self.nodes:
            self._walk(node, None)

    def bound(self) -> set[str]:
        """Return every name that the template sets somewhere."""
        return {each.name for each in self.events if isinstance(each, Bind)}

    def reads(self) -> list[Read]:
        """Return every value that is read."""
        return [each for each in self.events if isinstance(each, Read)]

    def plain(self) -> dict[str, None]:
        """Return the plain variables that are read before anything sets them."""
        found: dict[str, None] = {}
        known: list[str] = []
        for event in self.events:
            if isinstance(event, Bind):
                known.append(event.name)
            elif isinstance(event, Unbind):
                known.remove(event.name)
            elif not event.personal and event.name not in known:
                found[event.name] = None
        return found

    def block_names(self) -> dict[str, None]:
        """Return the content blocks, in the order of their first use."""
        return {
            each.name: None
            for each in self.reads()
            if each.personal and each.namespace == CONTENT_BLOCKS
        }

    def _walk(self, node: Node, outer: Role | None) -> None:
        """Note what *node* reads, what it binds, and the same for its inner nodes.

        Args:
            node: The node.
            outer: Where its value ends up, if the node around it says so.
        """
        own: Role = getattr(node, "role", "value")
        role = outer or own
        for expression in node.expressions():
            self.events.extend(reads(expression, role))
        names = list(map(str, node.block_scope()))
        for name in names:
            self._bind_element(node, name)
        inner = role if role == "text" else None
        for child in node.children(None, include_partials=False):  # type: ignore[arg-type]
            self._walk(child, inner)
        self.events.extend(Unbind(name=name) for name in reversed(names))
        if isinstance(node, CatalogNode):
            self.catalogs[node.catalog.text] = None
        url = None
        if isinstance(node, ConnectedContentNode):
            call = read_call(node, self.findings)
            self.calls.append(call)
            url = call.url
        value = node.expression if isinstance(node, AssignNode) else None
        for name in map(str, node.template_scope()):
            at = node.token.start_index
            self.events.append(Bind(at=at, name=name, value=value, url=url))

    def _bind_element(self, node: Node, name: str) -> None:
        loop = getattr(node, "expression", None)
        element = isinstance(loop, Loop) and name == loop.identifier
        value = loop.iterable if isinstance(loop, Loop) and element else None
        at = node.token.start_index
        self.events.append(Bind(at=at, name=name, value=value, element=element))
