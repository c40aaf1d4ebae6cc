"""For people who explore wallets in a notebook: frames, pictures, what Liquid sees.

Frames and pictures need the extra ``notebook``, which brings pandas and matplotlib.
Wallets, receipts and messages show themselves in a notebook without it, and so does
`liquid_view`.
"""

from __future__ import annotations

from ._frames import wallets_to_frame
from ._liquid import LiquidView, liquid_view
from ._plots import plot_by_type, plot_expiry, plot_points


__all__ = [
    "LiquidView",
    "liquid_view",
    "plot_by_type",
    "plot_expiry",
    "plot_points",
    "wallets_to_frame",
]
