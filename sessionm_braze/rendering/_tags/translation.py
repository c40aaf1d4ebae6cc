"""``translation``."""

from __future__ import annotations

from typing import Any

from liquid.ast import BlockNode, Node
from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._errors import errors_in
from .base import BrazeNode, BrazeTag, expression, parse_block


class TranslationNode(BrazeNode):
    """``{% translation id %}default text{% endtranslation %}``."""

    __slots__ = ("block", "identifier")

    def __init__(self, token: Token, identifier: str, block: BlockNode) -> None:
        super().__init__(token)
        self.identifier = identifier
        self.block = block

    def __str__(self) -> str:
        return (
            f"{{% translation {self.identifier} %}}{self.block}{{% endtranslation %}}"
        )

    def children(
        self,
        static_context: object,  # noqa: ARG002
        *,
        include_partials: bool = True,  # noqa: ARG002
    ) -> list[Node]:
        """Return the block of the default text."""
        return [self.block]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the translation that was given, else the default text."""
        source = context.workspace.translations.get(self.identifier)
        if source is None:
            return self.block.render(context, buffer)
        with errors_in(f"the translation '{self.identifier}'"):
            parsed = context.env.parsed(source, context.check_time)
            return int(buffer.write(context.rendered(parsed.nodes)))


class TranslationTag(BrazeTag):
    """Reads ``translation``."""

    name = "translation"
    end = "endtranslation"
    example = "{% translation hello %}Hi {{${first_name}}}{% endtranslation %}"

    def parse(self, stream: Stream) -> TranslationNode:  # type: ignore[override]
        """Read the identifier and the default text."""
        token = stream.current
        identifier = expression(stream, "an identifier").value.strip("()'\" ")
        block = parse_block(self, stream, (self.end,))
        block.blank = False
        stream.finish(self.end)
        return TranslationNode(token, identifier, block)
