"""Offers as a frame of pandas: the same columns for every wallet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .._display import ANYTHING, FLAG, MOMENT, NUMBER, TEXT, WHOLE, frame


if TYPE_CHECKING:
    from pandas import DataFrame


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
"""What is said of each offer, in order, with the types of a frame's columns."""


def offers_frame(records: Iterable[Mapping[str, Any]]) -> DataFrame:
    """Return records of `OfferWallet.to_records`, of one wallet or many, as a frame.

    A ``status`` that is a word makes its column one of objects: its set of values is
    open, and none may be lost.

    Raises:
        ImportError: If pandas is not installed.
    """
    rows = list(records)
    found = {name: ANYTHING for row in rows for name in row if name not in COLUMNS}
    if any(isinstance(row["status"], str) for row in rows):
        found["status"] = ANYTHING
    return frame({**COLUMNS, **found}, rows)
