"""``catalog_items`` and ``catalog_selection_items`` (Braze docs, catalogs)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liquid.builtin.expressions import Identifier
from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from .._connected_content.rerender import rerender
from .._context import BrazeContext
from .._engine import Stream
from .._parts import Part
from .._resources import Catalog
from .base import BrazeNode, BrazeTag, expression
from .words import words


MAX_SELECTION_ITEMS = 50
"""Items that a selection returns at most."""

MIN_WORDS = 2
"""Words of a tag: the catalog, and at least one id or the selection."""


class CatalogNode(BrazeNode):
    """``{% catalog_items Catalog id {{id}} :rerender %}``: binds the list ``items``."""

    __slots__ = ("catalog", "names", "rerendered")

    def __init__(
        self, token: Token, catalog: Part, names: Sequence[Part], *, rerendered: bool
    ) -> None:
        super().__init__(token)
        self.catalog = catalog
        self.names = names
        self.rerendered = rerendered

    def __str__(self) -> str:
        words = " ".join(part.text for part in (self.catalog, *self.names))
        return f"{{% {self.token.value} {words} %}}"

    def parts(self) -> list[Part]:
        """Return the catalog's name, and the ids or the selection."""
        return [self.catalog, *self.names]

    def template_scope(self) -> list[Identifier]:
        """Return the name that is bound."""
        return [Identifier("items", token=self.token)]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Bind ``items``; print nothing."""
        if context.rerendering:
            context.warn("a catalog tag in fetched text is left out", self.token)
            return 0
        name = self.catalog.filled_in(context).strip()
        catalog = context.workspace.catalogs.get(name)
        if catalog is None:
            context.refuse(f"there is no catalog '{name}'", self.token)
            context.assign("items", [])
            return 0
        items = self.found(
            catalog, [part.filled_in(context).strip() for part in self.names], context
        )
        if self.rerendered:
            items = [self._filled_in(item, context) for item in items]
        context.assign("items", list(items))
        return 0

    def found(
        self, catalog: Catalog, names: Sequence[str], context: BrazeContext
    ) -> Sequence[Mapping[str, Any]]:
        """Return the items with the ids *names*; unknown ones are skipped."""
        found = [catalog.find(name) for name in names if name]
        if None in found:
            context.warn("a catalog has no item with one of the ids", self.token)
        return [item for item in found if item is not None]

    def _filled_in(
        self, item: Mapping[str, Any], context: BrazeContext
    ) -> dict[str, Any]:
        return {
            name: rerender(value, context, self.token)
            if isinstance(value, str)
            else value
            for name, value in item.items()
        }


class SelectionNode(CatalogNode):
    """``{% catalog_selection_items Catalog selection %}``: binds ``items``."""

    __slots__ = ()

    def found(
        self, catalog: Catalog, names: Sequence[str], context: BrazeContext
    ) -> Sequence[Mapping[str, Any]]:
        """Return the items of the selection, in its order."""
        selected = catalog.select(names[0])
        if selected is None:
            context.refuse(f"the catalog has no selection '{names[0]}'", self.token)
            return []
        return selected[:MAX_SELECTION_ITEMS]


class CatalogItemsTag(BrazeTag):
    """Reads ``catalog_items``."""

    name = "catalog_items"
    text = "free"
    names = True
    example = (
        "{% catalog_items Shoes {{custom_attribute.${shoe}}} %}{{ items[0].size }}"
    )
    node_class: type[CatalogNode] = CatalogNode
    wanted = "a catalog and the ids of items"
    max_words: int | None = None

    def parse(self, stream: Stream) -> CatalogNode:  # type: ignore[override]
        """Read the catalog's name and the ids or the selection."""
        token = stream.current
        text = expression(stream, self.wanted)
        found = words(text.value)
        rerendered = any(word.text == ":rerender" for word in found)
        parts = [stream.part(text, word) for word in found if word.text != ":rerender"]
        if not MIN_WORDS <= len(parts) <= (self.max_words or len(parts)):
            raise LiquidSyntaxError(f"'{self.name}' needs {self.wanted}", token=token)
        return self.node_class(token, parts[0], parts[1:], rerendered=rerendered)


class CatalogSelectionItemsTag(CatalogItemsTag):
    """Reads ``catalog_selection_items``."""

    name = "catalog_selection_items"
    example = "{% catalog_selection_items Shoes {{ kind }} %}{{ items[0].size }}"
    node_class = SelectionNode
    wanted = "a catalog and one selection"
    max_words = 2
