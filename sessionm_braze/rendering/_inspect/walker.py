"""Walks through a template and writes down what it reads, binds, calls and uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs
from liquid.ast import Node
from liquid.token import TOKEN_CONTENT, Token

from .._environment import environment
from .._expressions.loops import Loop
from .._limits import RenderLimits
from .._namespaces import CONTENT_BLOCKS
from .._parts import children_of
from .._tags.assign import AssignNode
from .._tags.catalogs import CatalogNode
from .._tags.connected_content import ConnectedContentNode
from .calls import CallFound, read_call
from .findings import FindingCollector
from .reads_and_bindings import Bind, Event, Read, Role, Unbind, reads
from .tolerant_parser import InspectingReader, parse_tolerantly


@attrs.define
class Reading:
    """What was found in one source."""

    findings: FindingCollector
    tags: Iterable[str]
    filters: Iterable[str]
    events: list[Event] = attrs.field(factory=list)
    calls: list[CallFound] = attrs.field(factory=list)
    catalogs: dict[str, None] = attrs.field(factory=dict)
    nodes: list[Node] = attrs.field(factory=list)
    tokens: list[Token] = attrs.field(factory=list)

    def texts(self) -> Iterator[Token]:
        """Yield the text between outputs and tags, without the author's notes."""
        for before, token in zip([None, *self.tokens], self.tokens, strict=False):
            note = before is not None and before.value == "comment"
            if token.kind == TOKEN_CONTENT and not note:
                yield token

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

    def walk(self, node: Node, outer: Role | None = None) -> None:
        """Note what *node* reads, what it binds, and the same for its inner nodes.

        Args:
            node: The node.
            outer: Where its value ends up, if the node around it says so.
        """
        own: Role = getattr(node, "role", "value")
        role = outer or own
        loop = getattr(node, "expression", None)
        has_else = isinstance(loop, Loop) and getattr(node, "default", None) is not None
        for expression in node.expressions():
            self.events.extend(reads(expression, role, defaulted=has_else))
        names = list(map(str, node.block_scope()))
        for name in names:
            if isinstance(loop, Loop) and name == loop.identifier:
                self.events.append(Bind(name=name, value=loop.iterable, element=True))
            else:
                self.events.append(Bind(name=name))
        inner = role if role == "text" else None
        for child in children_of(node):
            self.walk(child, inner)
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
            self.events.append(Bind(name=name, value=value, url=url))


def read_template(source: str, tags: frozenset[str] = frozenset()) -> Reading:
    """Return what a template, which may be broken, reads, binds, calls and uses."""
    engine = environment(strict=True, nesting=RenderLimits().nesting, tags=tags)
    findings = FindingCollector(source)
    reader = InspectingReader(engine, findings)
    reading = Reading(findings, reader.used_tags, reader.used_filters)
    try:
        reading.nodes, reading.tokens = parse_tolerantly(source, engine, reader)
        for node in reading.nodes:
            reading.walk(node)
    except RecursionError:
        findings.add("syntax-error", 0, "the template nests too deep")
    return reading
