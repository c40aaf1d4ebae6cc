"""Many wallets in one frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .._checks import many
from ..models import OfferWallet, load
from ..models._offer_frame import offers_frame


if TYPE_CHECKING:
    from pandas import DataFrame


def wallets_to_frame(
    wallets: Iterable[OfferWallet | Mapping[str, Any]], *, unknown: bool = False
) -> DataFrame:
    """Return the offers of many wallets in one frame of pandas.

    The columns are the same for all wallets, and without any; ``user_id`` says whose
    an offer is.  Dates are in UTC, and whole numbers may be missing.

    Args:
        wallets: The wallets, such as `WalletLines` of `sessionm_braze.audit` reads
            from a file; an answer of ``get_user_offers`` will do.
        unknown: Add the offers' unknown fields, as columns ``extra.…``.

    Raises:
        ImportError: If pandas is not installed.
        PayloadError: If an answer does not have the shape of a wallet.
        TypeError: If it is a lone wallet, which has ``to_frame()``, or a path.
    """
    if isinstance(wallets, OfferWallet):
        raise TypeError("wallets_to_frame takes several wallets; one has to_frame()")
    many(wallets, "wallets", "an iterable of wallets, such as WalletLines(path)")
    loaded = (load(OfferWallet, w) if isinstance(w, Mapping) else w for w in wallets)
    return offers_frame(
        record for wallet in loaded for record in wallet.to_records(unknown=unknown)
    )
