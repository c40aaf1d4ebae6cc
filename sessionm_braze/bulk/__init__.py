"""Millions of records: tags, sends and wallets, resumable, and nothing twice."""

from ._ledger import read_ledger
from ._report import BulkError, BulkOutcome, BulkReport
from ._settings import RunSettings
from ._tags import tag_customers
from ._triggers import send_triggers
from ._wallets import WalletResult, WalletRun, fetch_wallets


__all__ = [
    "BulkError",
    "BulkOutcome",
    "BulkReport",
    "RunSettings",
    "WalletResult",
    "WalletRun",
    "fetch_wallets",
    "read_ledger",
    "send_triggers",
    "tag_customers",
]
