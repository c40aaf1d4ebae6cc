"""``comment`` and ``#``."""

from __future__ import annotations

from liquid.builtin.tags.comment_tag import (
    CommentNode as LiquidCommentNode,
    CommentTag as LiquidCommentTag,
)
from liquid.builtin.tags.inline_comment_tag import (
    InlineCommentNode as LiquidInlineCommentNode,
    InlineCommentTag as LiquidInlineCommentTag,
)

from .._compiled.emitter import Emitter


class CommentNode(LiquidCommentNode):
    """``{% comment %}…{% endcomment %}``: prints nothing."""

    __slots__ = ()

    def emit(self, emitter: Emitter) -> None:
        """Write nothing."""


class InlineCommentNode(LiquidInlineCommentNode):
    """``{% # note %}``: prints nothing; each further line begins with ``#``, too."""

    __slots__ = ()

    def emit(self, emitter: Emitter) -> None:
        """Write nothing."""


class CommentTag(LiquidCommentTag):
    """Reads ``comment``."""

    text = "notes"
    example = "{% comment %}not {{ read }}{% endcomment %}"
    node_class = CommentNode


class InlineCommentTag(LiquidInlineCommentTag):
    """Reads ``#``."""

    text = "notes"
    example = "{% # it's not read %}"
    node_class = InlineCommentNode
