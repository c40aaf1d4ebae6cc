"""Outputs, ``echo``, and the text between tags."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from liquid.builtin.content import ContentNode, Literal
from liquid.builtin.output import OutputNode as LiquidOutputNode
from liquid.exceptions import LiquidError
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, Token

from .._compiled.emitter import Emitter
from .._compiled.expressions import value
from .._context import LARGE_VALUE_LENGTH, BrazeContext
from .._engine import Stream
from .._expressions.reader import Reader
from .._lexer import BLANKS
from .._namespaces import DEFAULT_ATTRIBUTES, NAMESPACES
from .._values import to_output
from .base import BrazeTag, optional_expression


class OutputNode(LiquidOutputNode):
    """``{{ value | filter }}``."""

    __slots__ = ()

    role = "output"

    def render(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the value."""
        try:
            text = to_output(context.weighed(self.expression.evaluate(context)))
            if len(text) > LARGE_VALUE_LENGTH:
                context.check_length(buffer.tell())
        except LiquidError as error:
            return context.fault(error, self, buffer)
        return int(buffer.write(text))

    def emit(self, emitter: Emitter) -> None:
        """Write the node as statements."""
        name, emitter.may_fault = emitter.fresh("t"), False
        code = value(emitter, self.expression)
        key = emitter.object(self)
        if emitter.may_fault:
            with emitter.guarded(self):
                emitter.line(f"{name} = {code}")
            with emitter.indented("else:"):
                _print(emitter, name, f"type({name}) is str", key)
        else:
            _print(emitter, name, f"type({name} := {code}) is str", key)


def _print(emitter: Emitter, name: str, is_text: str, node: str) -> None:
    """Print a value; anything but a short text goes through ``show``."""
    shown = f"show(c, {name}, {emitter.parts}, {node})"
    emitter.print(f"{name} if {is_text} and len({name}) < M else {shown}")


class EchoNode(OutputNode):
    """``{% echo value | filter %}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{{% echo {self.expression} %}}"


class Output(BrazeTag):
    """Reads outputs."""

    name = TOKEN_OUTPUT
    example = "{{${first_name} | default: nickname}}{{ wallet.payload.points }}"

    def parse(self, stream: Stream) -> OutputNode:  # type: ignore[override]
        """Read the output's expression."""
        token = stream.eat(TOKEN_OUTPUT)
        return OutputNode(
            token, stream.read(Reader.filtered, stream.expect(TOKEN_EXPRESSION))
        )


class EchoTag(BrazeTag):
    """Reads ``echo``."""

    name = "echo"
    example = "{% echo custom_attribute.${tier} | append: suffix %}"

    def parse(self, stream: Stream) -> EchoNode:  # type: ignore[override]
        """Read the tag's expression."""
        token = stream.current
        return EchoNode(
            token, stream.read(Reader.filtered, optional_expression(stream))
        )


class Content(ContentNode):
    """Text; blank is what Ruby's patterns call blank."""

    __slots__ = ()

    def __init__(self, token: Token, text: str) -> None:
        super().__init__(token, text)
        self.blank = not text.strip(BLANKS)

    def emit(self, emitter: Emitter) -> None:
        """Write the node as statements."""
        if self.text and not emitter.quiet:
            emitter.print(emitter.object(self.text))


class ContentTag(Literal):
    """Reads the text between tags."""

    name = TOKEN_CONTENT
    example = "Hi there"
    node_class = Content

    def parse(self, stream: Stream) -> ContentNode:  # type: ignore[override]
        """Read the text; a reference in it stays as it is, with a warning."""
        for reference in bare_references(stream.current):
            text = reference.value
            remark = f"{text} in the text stays as it is, Braze wants {{{{{text}}}}}"
            stream.reader.warnings.append((remark, reference))
        return super().parse(stream)


_BARE_REFERENCE = re.compile(r"(?:(?<!\w)(?P<namespace>\w+)\.)?\$\{(?P<name>[^{}]*)\}")
_SCRIPT = re.compile(r"<(/?)script\b", re.IGNORECASE)


def bare_references(text: Token) -> Iterator[Token]:
    """Yield the references to names of Braze in *text* that are not in an output.

    In a script ``${name}`` is JavaScript's, and so it is with other names.
    """
    for match in _BARE_REFERENCE.finditer(text.value):
        name, namespace = match["name"].strip(), match["namespace"]
        known = namespace in NAMESPACES if namespace else name in DEFAULT_ATTRIBUTES
        at = text.start_index + match.start()
        if known and not in_script(text.source, at):
            yield Token(text.kind, match[0], at, text.source)


def in_script(source: str, at: int) -> bool:
    """Return whether *at* is inside of a ``<script>`` of *source*."""
    places, openings = _scripts(source)
    before = bisect(places, at) - 1
    return before >= 0 and openings[before]


@lru_cache(maxsize=8)
def _scripts(source: str) -> tuple[list[int], list[bool]]:
    """Return where scripts begin and end, and which of the two it is."""
    found = list(_SCRIPT.finditer(source))
    return [each.start() for each in found], [not each[1] for each in found]
