"""A wallet as records and as a frame of pandas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .._display import ANYTHING, FLAG, MOMENT, NUMBER, TEXT, WHOLE, frame
from ._wallet_view import logo_of


if TYPE_CHECKING:
    from pandas import DataFrame

    from .wallet import OfferWallet


COLUMNS: dict[str, str] = {
    "user_id": TEXT,
    "id": TEXT,
    "offer_id": TEXT,
    "root_offer_id": TEXT,
    "offer_group_id": TEXT,
    "offer_group": TEXT,
    "offer_type": TEXT,
    "name": TEXT,
    "description": TEXT,
    "terms": TEXT,
    "start_date": MOMENT,
    "end_date": MOMENT,
    "acquire_date": MOMENT,
    "redemption_start_date": MOMENT,
    "redemption_end_date": MOMENT,
    "expiration_date": MOMENT,
    "redeem_date": MOMENT,
    "ends_at": MOMENT,
    "is_redeemable": FLAG,
    "logo": TEXT,
    "pos_discount_id": TEXT,
    "status": WHOLE,
    "points_spent": NUMBER,
    "quantity": WHOLE,
    "store_id": TEXT,
    "pos_offer_id": TEXT,
    "additional_description": TEXT,
}
"""Columns of a frame of offers, in order, with their types."""

_DERIVED = frozenset({"user_id", "offer_group", "logo"})


def wallet_records(
    wallet: OfferWallet, *, unknown: bool = False
) -> list[dict[str, Any]]:
    """Return a record for each offer; see `OfferWallet.to_records`."""
    return list(_records(wallet, unknown=unknown))


def wallets_frame(
    wallets: Iterable[OfferWallet], *, unknown: bool = False
) -> DataFrame:
    """Return one frame with the offers of all *wallets*.

    A ``status`` that is a word makes its column one of objects: its set of values is
    open, and none may be lost.

    Raises:
        ImportError: If pandas is not installed.
    """
    rows = [row for wallet in wallets for row in _records(wallet, unknown=unknown)]
    found = {name: ANYTHING for row in rows for name in row if name not in COLUMNS}
    if any(isinstance(row["status"], str) for row in rows):
        found["status"] = ANYTHING
    return frame({**COLUMNS, **found}, rows)


def _records(wallet: OfferWallet, *, unknown: bool) -> Iterator[dict[str, Any]]:
    groups = {group.id: group.name for group in wallet.offer_groups}
    own = [name for name in COLUMNS if name not in _DERIVED]
    for offer in wallet:
        values = {name: getattr(offer, name) for name in own}
        values["user_id"] = wallet.user_id
        values["offer_group"] = groups.get(offer.offer_group_id)
        values["logo"] = logo_of(offer)
        record = {name: values[name] for name in COLUMNS}
        if unknown:
            record |= {f"extra.{name}": item for name, item in offer.extra.items()}
        yield record
