"""``comment`` and ``#``."""

from __future__ import annotations

from liquid.builtin.tags.comment_tag import CommentTag
from liquid.builtin.tags.inline_comment_tag import InlineCommentTag


TAGS = (CommentTag, InlineCommentTag)
