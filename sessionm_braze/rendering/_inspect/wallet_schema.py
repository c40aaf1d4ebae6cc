"""What a wallet looks like, as the models know it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ...models import (
    Customer,
    OfferCategory,
    OfferGroup,
    OfferMedia,
    OfferWallet,
    UserOffer,
)


@attrs.frozen
class Shape:
    """An object with known fields, or a list of such objects."""

    name: str
    """What it is called in a message."""

    fields: Mapping[str, Shape | None] = attrs.field(factory=dict)
    """Known fields; None for those that are plain values, or unknown inside."""

    item: Shape | None = None
    """The shape of an element, if this is a list."""


_APART = frozenset({"extra", "meta", "raw"})


def _fields(model: type[attrs.AttrsInstance]) -> dict[str, Shape | None]:
    names: dict[str, Shape | None] = {}
    for field in attrs.fields(model):
        if field.name not in _APART:
            names[field.name] = None
            if "alias" in field.metadata:
                names[field.metadata["alias"]] = None
    return names


def _list(name: str, item: Shape) -> Shape:
    return Shape(name, item=item)


def _wallet_body() -> Shape:
    offer = _fields(UserOffer) | {
        "media": _list("media", Shape("an offer's media", _fields(OfferMedia)))
    }
    payload = _fields(OfferWallet) | {
        "user": Shape("the user", _fields(Customer)),
        "user_offers": _list("user_offers", Shape("an offer", offer)),
        "offer_groups": _list("offer_groups", Shape("a group", _fields(OfferGroup))),
        "offer_categories": _list(
            "offer_categories", Shape("a category", _fields(OfferCategory))
        ),
    }
    fields = dict.fromkeys(("status", "errors", "__http_status_code__"))
    return Shape("a wallet", {**fields, "payload": Shape("the payload", payload)})


WALLET = _wallet_body()
"""The body that ``get_user_offers`` answers with."""
