"""What a template sees of a wallet: every path, with its value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .._display import ANYTHING, TEXT, counted, element, frame, panel, shown, table
from .._foreign import one_line
from ..models import OfferWallet


if TYPE_CHECKING:
    from pandas import DataFrame


SHOWN_PATHS = 200
"""Paths that a notebook shows; `LiquidView.search` finds the others."""

_LIQUID_WORD = re.compile(r"[A-Za-z_][\w-]*")
_STATUS_FIELD = {"__http_status_code__": 200}
"""What Braze adds to the answer of a call that succeeded."""


@attrs.frozen(repr=False, eq=False)
class LiquidView(Mapping[str, Any]):
    """Every path a template can use, with its value; a mapping.

    Example:
        >>> from sessionm_braze.models import OfferWallet, UserOffer
        >>> wallet = OfferWallet(user_offers=(UserOffer(offer_id="o-1", name="Tea"),))
        >>> view = liquid_view(wallet)
        >>> view["wallet.payload.user_offers[0].name"]
        'Tea'
        >>> list(view.search("offer_id"))
        ['wallet.payload.user_offers[0].offer_id']
    """

    values_by_path: Mapping[str, Any]
    """The values by path."""

    def search(self, text: str) -> LiquidView:
        """Return the part of the view in which *text* occurs, in path or value.

        Case does not matter; several words all have to occur.
        """
        words = text.lower().split()
        return LiquidView(
            {
                path: value
                for path, value in self.values_by_path.items()
                if all(word in f"{path} {value}".lower() for word in words)
            }
        )

    def to_frame(self) -> DataFrame:
        """Return paths and values as a frame of pandas.

        Raises:
            ImportError: If pandas is not installed.
        """
        rows = ({"path": p, "value": v} for p, v in self.values_by_path.items())
        return frame({"path": TEXT, "value": ANYTHING}, rows)

    def __getitem__(self, path: str) -> Any:
        return self.values_by_path[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_path)

    def __len__(self) -> int:
        return len(self.values_by_path)

    def __repr__(self) -> str:
        first = next(iter(self), None)
        return one_line(f"LiquidView({counted(len(self), 'path')}, first {first})")

    def _repr_html_(self) -> str:
        rows = (
            (element("code", f"{{{{{path}}}}}"), shown(value, path.rpartition(".")[2]))
            for path, value in self.values_by_path.items()
        )
        return panel(
            "What Liquid sees",
            facts=[counted(len(self), "path")],
            lead=table(("write", "get"), rows, total=len(self), limit=SHOWN_PATHS),
        )


def liquid_view(wallet: OfferWallet, name: str = "wallet") -> LiquidView:
    """Return every path a template can use once it has saved the wallet.

    Args:
        wallet: A wallet; its body as received is what counts.
        name: The name after ``:save``.

    Raises:
        ValueError: If *name* is no name for a variable of Liquid.
    """
    if not _LIQUID_WORD.fullmatch(name):
        raise ValueError(f"name must be a word of Liquid, got {name!r}")
    return LiquidView(dict(_paths(name, {**wallet.raw, **_STATUS_FIELD})))


def _paths(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _paths(path + _step(str(key)), item)
    elif isinstance(value, list | tuple):
        yield f"{path}.size", len(value)
        for index, item in enumerate(value):
            yield from _paths(f"{path}[{index}]", item)
    else:
        yield path, value


def _step(key: str) -> str:
    if _LIQUID_WORD.fullmatch(key):
        return f".{key}"
    quote = "'" if '"' in key else '"'
    return f"[{quote}{key}{quote}]"
