"""Whether values are escaped where they become a part of JSON, an address or a header.

A language of ``en-US","user_id":"victim`` in a body that does not escape it asks for
the wallet of another customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import attrs
from liquid.ast import Node

from .._expressions.nodes import Filtered, Personal, Variable
from .._parts import Part, children_of
from .._tags.assign import AssignNode
from .._tags.capture import CaptureNode
from .._tags.connected_content import ConnectedContentNode
from .._tags.output import Content, OutputNode
from .findings import FindingCollector


Place = Literal["JSON text", "JSON value", "URL", "form", "header"]

_NUMBERS = frozenset(
    {
        *("abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus"),
        *("modulo", "plus", "round", "size", "times"),
    }
)
_HEXADECIMAL = frozenset(
    {"md5", "sha1", "sha2", "hmac_sha1_hex", "hmac_sha256_hex", "hmac_sha512"}
)
_HARMLESS = _NUMBERS | _HEXADECIMAL
"""Filters whose result cannot end a text, an address or a header."""

_FOR_URLS = frozenset({"url_param_escape", "url_encode", "base64_url_safe_encode"})
_ESCAPING: Mapping[Place, frozenset[str]] = {
    "JSON text": frozenset({"json_escape"}),
    "JSON value": frozenset({"as_json_string"}),
    "URL": _FOR_URLS,
    "form": _FOR_URLS,
    "header": frozenset({"json_escape"}) | _FOR_URLS,
}
_WANTED: Mapping[Place, str] = {
    "JSON text": "json_escape",
    "JSON value": "as_json_string, and no quotes around it",
    "URL": "url_param_escape",
    "form": "url_param_escape",
    "header": "json_escape",
}

_COMPANY_ATTRIBUTES = frozenset({"braze_id", "random_bucket_number", "user_id"})
_CUSTOMER_NAMESPACES = frozenset(
    {"custom_attribute", "event_properties", "sms", "whats_app"}
)
_IS_JSON = re.compile(r"\s*[\[{]\s*(?:[\"{\[\]}]|\Z)")
_QUOTES = re.compile(r"(?<!\\)\"")

Value = tuple[Personal, frozenset[str]]
"""A Braze value, and the names of the filters that it went through."""


def check_escaping(nodes: Iterable[Node], findings: FindingCollector) -> None:
    """Note values that are put into a call, or a message of JSON, as they are."""
    nodes = list(nodes)
    check = _Check(findings)
    check.read(nodes)
    if is_json(nodes):
        check.json(nodes)


def is_json(nodes: Iterable[Node]) -> bool:
    """Return whether what *nodes* print is JSON, by how it begins."""
    return _IS_JSON.match(_text(nodes)) is not None


@attrs.define
class _Check:
    findings: FindingCollector
    captured: dict[str, list[Node]] = attrs.field(factory=dict)
    assigned: dict[str, Value] = attrs.field(factory=dict)

    def read(self, nodes: Iterable[Node]) -> None:
        """Go through *nodes* in their order."""
        for node in nodes:
            if isinstance(node, AssignNode):
                value = self.value(node.expression)
                self.assigned.pop(str(node.name), None)
                if value is not None:
                    self.assigned[str(node.name)] = value
            elif isinstance(node, ConnectedContentNode):
                self.call(node)
            self.read(children_of(node))
            if isinstance(node, CaptureNode):
                self.captured[str(node.name)] = list(node.block.nodes)

    def call(self, node: ConnectedContentNode) -> None:
        self.outputs(children_of(node.url), "URL")
        if node.options.headers is not None:
            self.outputs(children_of(node.options.headers), "header")
        if node.options.body is None:
            return
        body = self.written(node.options.body)
        if is_json(body):
            self.json(body)
        else:
            self.outputs(body, "form")

    def written(self, body: Part) -> list[Node]:
        """Return what a body consists of; one variable is what was captured in it."""
        nodes = list(children_of(body))
        only = nodes[0] if len(nodes) == 1 else None
        if isinstance(only, OutputNode) and isinstance(only.expression, Filtered):
            left = only.expression.left
            if isinstance(left, Variable) and not left.steps:
                return self.captured.get(str(left.root), [])
        return nodes

    def json(self, nodes: Iterable[Node]) -> None:
        """Check outputs in JSON, in and outside of its texts."""
        quoted = False
        for node in _flat(nodes):
            if isinstance(node, Content):
                quoted ^= len(_QUOTES.findall(node.text)) % 2 == 1
            elif isinstance(node, OutputNode):
                self.output(node, "JSON text" if quoted else "JSON value")

    def outputs(self, nodes: Iterable[Node], place: Place) -> None:
        for node in _flat(nodes):
            if isinstance(node, OutputNode):
                self.output(node, place)

    def output(self, node: OutputNode, place: Place) -> None:
        value = self.value(node.expression)
        if value is None:
            return
        personal, filters = value
        if filters & (_HARMLESS | _ESCAPING[place]):
            return
        where = {"header": "a header", "form": "a form"}.get(place, f"a {place}")
        customers = personal.namespace in _CUSTOMER_NAMESPACES or (
            personal.namespace is None and str(personal.name) not in _COMPANY_ATTRIBUTES
        )
        self.findings.add(
            "unescaped-value",
            node.expression.token.start_index,
            f"{personal} goes into {where} of a request as it is",
            suggestion=f"add | {_WANTED[place]}",
            severity="warning" if customers else "info",
        )

    def value(self, expression: object) -> Value | None:
        """Return the Braze value that an expression prints."""
        filters: frozenset[str] = frozenset()
        if isinstance(expression, Filtered):
            filters = frozenset(call.name for call in expression.filters or ())
            expression = expression.left
        if isinstance(expression, Personal):
            return expression, filters
        if isinstance(expression, Variable) and not expression.steps:
            known = self.assigned.get(str(expression.root))
            return None if known is None else (known[0], known[1] | filters)
        return None


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield texts and outputs in their order, those of inner blocks too."""
    for node in nodes:
        if isinstance(node, CaptureNode | ConnectedContentNode):
            continue  # what they hold goes elsewhere
        yield node
        yield from _flat(children_of(node))


def _text(nodes: Iterable[Node]) -> str:
    """Return how the text of *nodes* begins, an output standing for itself."""
    for node in _flat(nodes):
        if isinstance(node, Content) and node.text.strip():
            return node.text
        if isinstance(node, OutputNode):
            return ""
    return ""
