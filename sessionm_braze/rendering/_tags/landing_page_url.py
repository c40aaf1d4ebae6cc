"""``landing_page_url``."""

from __future__ import annotations

from typing import Any

from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .base import BrazeNode, BrazeTag, expression


class LandingPageUrlNode(BrazeNode):
    """``{% landing_page_url handle %}``: prints the address of a landing page."""

    __slots__ = ("handle",)

    def __init__(self, token: Token, handle: str) -> None:
        super().__init__(token)
        self.handle = handle

    def __str__(self) -> str:
        return f"{{% landing_page_url {self.handle} %}}"

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the address."""
        url = context.workspace.landing_pages.get(self.handle)
        if url is None:
            context.refuse(f"there is no landing page '{self.handle}'", self.token)
        return int(buffer.write(url or ""))


class LandingPageUrlTag(BrazeTag):
    """Reads ``landing_page_url``."""

    name = "landing_page_url"
    text = "free"
    names = True
    literal = True
    example = "{% landing_page_url spring %}"

    def parse(self, stream: Stream) -> LandingPageUrlNode:  # type: ignore[override]
        """Read the page's handle."""
        token = stream.current
        handle = expression(stream, "the handle of a page").value
        return LandingPageUrlNode(token, handle.strip("()'\" "))
