"""``raw``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liquid.ast import Node

from ._base import BrazeTag
from ._output import Content


if TYPE_CHECKING:
    from .._environment import BrazeStream


class RawNode(Content):
    """``{% raw %}…{% endraw %}``: text as it stands."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{{% raw %}}{self.text}{{% endraw %}}"


class RawTag(BrazeTag):
    """Reads ``raw``; the lexer has cut out its text."""

    name = "raw"

    def parse(self, stream: BrazeStream) -> Node:  # type: ignore[override]
        """Read the text."""
        token = stream.current
        stream.next()
        node = RawNode(token, stream.current.value)
        node.blank = not node.text
        return node


TAGS = (RawTag,)
