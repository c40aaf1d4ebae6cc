"""``raw``."""

from __future__ import annotations

from liquid.ast import Node

from .._engine import Stream
from .base import BrazeTag
from .output import Content


class RawNode(Content):
    """``{% raw %}…{% endraw %}``: text that is printed as it is written."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{{% raw %}}{self.text}{{% endraw %}}"


class RawTag(BrazeTag):
    """Reads ``raw``; the lexer has cut out its text."""

    name = "raw"
    text = "notes"
    example = "{% raw %}{{ not read }}{% endraw %}"

    def parse(self, stream: Stream) -> Node:  # type: ignore[override]
        """Read the text."""
        token = stream.current
        stream.next()
        node = RawNode(token, stream.current.value)
        node.blank = not node.text
        return node
