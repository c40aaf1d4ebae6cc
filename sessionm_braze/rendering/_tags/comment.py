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


class CommentNode(LiquidCommentNode):
    """``{% comment %}…{% endcomment %}``: prints nothing."""

    __slots__ = ()


class InlineCommentNode(LiquidInlineCommentNode):
    """``{% # note %}``: prints nothing; each further line begins with ``#``, too."""

    __slots__ = ()


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
