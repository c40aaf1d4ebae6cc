"""The shape of a wallet, taken from the models."""

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
from .._connected_content.call import STATUS_KEY


@attrs.frozen
class Shape:
    """An object with known fields, or a list of such objects."""

    name: str
    """What it is called in a message."""

    fields: Mapping[str, Shape | None] = attrs.field(factory=dict)
    """Known fields; None for those that are plain values, or unknown inside."""

    item: Shape | None = None
    """The shape of an element, if this is a list."""


WALLET_CALL = "get_user_offers"
"""The last part of the path of the call that returns a wallet."""

_MODEL_ONLY_FIELDS = frozenset({"extra", "meta", "raw"})


def _fields(model: type[attrs.AttrsInstance]) -> dict[str, Shape | None]:
    names: dict[str, Shape | None] = {}
    for field in attrs.fields(model):
        if field.name not in _MODEL_ONLY_FIELDS:
            names[field.name] = None
            if "alias" in field.metadata:
                names[field.metadata["alias"]] = None
    return names


def _wallet_body() -> Shape:
    offer = _fields(UserOffer) | {
        "media": Shape("media", item=Shape("an offer's media", _fields(OfferMedia)))
    }
    payload = _fields(OfferWallet) | {
        "user": Shape("the user", _fields(Customer)),
        "user_offers": Shape("user_offers", item=Shape("an offer", offer)),
        "offer_groups": Shape(
            "offer_groups", item=Shape("a group", _fields(OfferGroup))
        ),
        "offer_categories": Shape(
            "offer_categories", item=Shape("a category", _fields(OfferCategory))
        ),
    }
    fields = dict.fromkeys(("status", "errors", STATUS_KEY))
    return Shape("a wallet", {**fields, "payload": Shape("the payload", payload)})


WALLET = _wallet_body()
"""The body that ``get_user_offers`` answers with."""
