"""Many wallets in one frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..models import OfferWallet
from ..models._offer_frame import offers_frame


if TYPE_CHECKING:
    from pandas import DataFrame


def wallets_to_frame(
    wallets: Iterable[OfferWallet], *, unknown: bool = False
) -> DataFrame:
    """Return the offers of many wallets in one frame of pandas.

    The columns are the same for all wallets, and without any; ``user_id`` says whose
    an offer is.  Dates are in UTC, and whole numbers may be missing.

    Args:
        wallets: The wallets, such as `fetch_wallets` of `sessionm_braze.bulk` gives.
        unknown: Add the offers' unknown fields, as columns ``extra.…``.

    Raises:
        ImportError: If pandas is not installed.
        TypeError: If it is a lone wallet; that has ``to_frame()``.
    """
    if isinstance(wallets, OfferWallet):
        raise TypeError("wallets_to_frame takes several wallets; one has to_frame()")
    return offers_frame(
        record for wallet in wallets for record in wallet.to_records(unknown=unknown)
    )
