"""``shopping_cart`` (Braze docs, eCommerce)."""

from __future__ import annotations

from typing import Any

from liquid.builtin.expressions import Identifier
from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._errors import Aborted
from .._parts import Part
from .base import BrazeNode, BrazeTag, expression
from .words import words


ABORT_OPTION = ":abort_if_not_abandoned"


class ShoppingCartNode(BrazeNode):
    """``{% shopping_cart id :abort_if_not_abandoned true %}``."""

    __slots__ = ("aborts", "cart")

    def __init__(self, token: Token, cart: Part, *, aborts: bool) -> None:
        super().__init__(token)
        self.cart = cart
        self.aborts = aborts

    def __str__(self) -> str:
        return f"{{% shopping_cart {self.cart.text} %}}"

    def parts(self) -> list[Part]:
        """Return the cart's id."""
        return [self.cart]

    def template_scope(self) -> list[Identifier]:
        """Return the name that is bound."""
        return [Identifier("shopping_cart", token=self.token)]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Bind the cart, unless it is no longer abandoned."""
        name = self.cart.filled_in(context).strip()
        cart = context.workspace.shopping_carts.get(name)
        if cart is None:
            context.refuse(f"there is no shopping cart '{name}'", self.token)
        abandoned = cart is not None and cart.get("abandoned", True)
        if self.aborts and not abandoned:
            context.warn(f"the shopping cart '{name}' is not abandoned", self.token)
            raise Aborted
        context.assign("shopping_cart", cart)
        return 0


class ShoppingCartTag(BrazeTag):
    """Reads ``shopping_cart``."""

    name = "shopping_cart"
    text = "free"
    example = "{% shopping_cart {{context.${cart_id}}} %}{{ shopping_cart.total }}"

    def parse(self, stream: Stream) -> ShoppingCartNode:  # type: ignore[override]
        """Read the cart's id and the option."""
        token = stream.current
        text = expression(stream, "the id of a cart")
        cart, *rest = words(text.value)
        given = [word.text for word in rest]
        if given and (
            given[0] != ABORT_OPTION or given[1:] not in (["true"], ["false"])
        ):
            message = (
                f"after the cart comes '{ABORT_OPTION} true' or '{ABORT_OPTION} false'"
            )
            raise LiquidSyntaxError(message, token=token)
        aborts = given[1:] != ["false"]
        return ShoppingCartNode(token, stream.part(text, cart), aborts=aborts)
