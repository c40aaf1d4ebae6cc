"""``translation``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liquid.ast import BlockNode, Node
from liquid.token import Token

from .._errors import within
from .._render import render_text
from ._base import BrazeNode, BrazeTag, expression, finish, parse_block


if TYPE_CHECKING:
    from .._context import BrazeContext
    from .._environment import BrazeStream


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
        with within(f"the translation '{self.identifier}'"):
            parsed = context.env.parsed(source)
            return int(buffer.write(render_text(parsed.nodes, context)))


class TranslationTag(BrazeTag):
    """Reads ``translation``."""

    name = "translation"
    end = "endtranslation"
    block = True

    def parse(self, stream: BrazeStream) -> TranslationNode:  # type: ignore[override]
        """Read the identifier and the default text."""
        token = stream.current
        identifier = expression(stream, "an identifier").value.strip("()'\" ")
        block = parse_block(self, stream, (self.end,))
        block.blank = False
        finish(stream, self.end)
        return TranslationNode(token, identifier, block)


TAGS = (TranslationTag,)
