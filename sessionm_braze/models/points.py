"""Point balances: what a customer's accounts hold (SessionM Connect, incentives)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from .._foreign import one_line
from ._answers import Answer, Received, shared_fields_last
from ._codec import ALWAYS, LOCAL, REQUIRED


__all__ = ["PointAccount", "PointBalances", "PointSummary"]


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class PointAccount(Received):
    """One account of a customer (all fields inferred from client code)."""

    account_name: str | None = None
    """Name, as in a message's ``point_account_name``."""

    point_account_id: str | None = None
    """The kind of account, the same for every customer."""

    user_point_account_id: str | None = None
    """This customer's own account."""

    grouping_label: str | None = None
    available_balance: int | float | None = None
    """Points the customer can spend now."""

    life_time_value: int | float | None = None
    """Points ever earned."""


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class PointSummary(Received):
    """All accounts of a customer in two figures (inferred)."""

    total_points: int | float | None = None
    """Points that can be spent now; not what a wallet calls ``total_points``."""

    life_time_points: int | float | None = None
    """Points ever earned."""


@attrs.frozen(kw_only=True, repr=False, field_transformer=shared_fields_last)
class PointBalances(Answer):
    """The point accounts of one customer.

    Iterates over `PointAccount`; `find` looks one up by name or id.
    """

    _envelope = "payload"

    user_id: str | None = None
    """SessionM's identifier of the customer."""

    retailer_id: str | None = None
    summary: PointSummary | None = None
    details: tuple[PointAccount, ...] = attrs.field(
        default=(), metadata={**REQUIRED, **ALWAYS}
    )
    """The accounts, in the order SessionM sent them."""

    raw: Mapping[str, Any] = attrs.field(factory=dict, eq=False, metadata=LOCAL)
    """The body ``{"status": …, "payload": {…}}`` as received."""

    @property
    def total_points(self) -> int | float | None:
        """Points the customer can spend now, over all accounts."""
        return self.summary.total_points if self.summary else None

    @property
    def life_time_points(self) -> int | float | None:
        """Points ever earned, over all accounts."""
        return self.summary.life_time_points if self.summary else None

    def find(self, name: str) -> PointAccount | None:
        """Return the first account with that name or id, or ``None``.

        Example:
            >>> from sessionm_braze import PointAccount, PointBalances
            >>> account = PointAccount(account_name="Base", available_balance=240)
            >>> balances = PointBalances(details=(account,))
            >>> balances.find("Base").available_balance
            240
        """
        for account in self.details:
            if name in {
                account.account_name,
                account.point_account_id,
                account.user_point_account_id,
            }:
                return account
        return None

    def __iter__(self) -> Iterator[PointAccount]:
        return iter(self.details)

    def __len__(self) -> int:
        return len(self.details)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        accounts = ", ".join(
            f"{account.account_name}={account.available_balance}" for account in self
        )
        return one_line(f"PointBalances({self.user_id}: {accounts})")
