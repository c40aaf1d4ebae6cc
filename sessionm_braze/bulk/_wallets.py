"""Reading the wallets of many customers, one call or more each."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self, Unpack

import attrs

from .._checks import instance, text
from .._files import Drafts, file_path
from .._foreign import in_json
from ..clients import SessionMConnectClient
from ..exceptions import PayloadError, SessionMBrazeError
from ..models import OfferWallet
from ._inputs import check_input, customer_id
from ._interrupts import Interrupts
from ._ledger import files_of
from ._operation import Action, Operation
from ._records import Done, Record, State
from ._report import BulkReport, OutcomeName
from ._run import Run
from ._settings import RunSettings, Settings


__all__ = ["WalletResult", "WalletRun", "fetch_wallets"]

_log = logging.getLogger("sessionm_braze")

ADVISED_CUSTOMERS = 500
"""Customers above which the partner page advises to talk to SessionM."""


@attrs.frozen(kw_only=True)
class WalletResult:
    """The wallet of one customer, or why there is none."""

    user_id: str
    """SessionM's identifier of the customer."""

    wallet: OfferWallet | None = None
    """The whole wallet, if it was read."""

    outcome: OutcomeName = "accepted"
    """``accepted`` if it was read; ``skipped`` if an earlier run with this ledger
    delivered it; ``refused`` or ``pending`` if not."""

    error: Exception | None = None
    """What went wrong; a `ValueError` if the id cannot be sent."""


class WalletRun(Iterator[WalletResult]):
    """Iterates over wallets as they come in, in no certain order.

    Where the wallets go into a file and nobody looks at each, `finish` does.

    Attributes:
        report: What has come of it so far.
    """

    def __init__(self, run: Run, interrupts: Interrupts) -> None:
        self._run = run
        self._interrupts = interrupts
        self._results = run.results()
        self._count = 0
        self.report: BulkReport = run.report

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> WalletResult:
        with self._interrupts:
            record, done = next(self._results)
        self._count += 1
        if self._count == ADVISED_CUSTOMERS + 1:
            _log.warning(
                "get_user_offers is made for single customers: for more than %d, "
                "SessionM's account team helps with bulk data (partner page)",
                ADVISED_CUSTOMERS,
            )
        outcome = done.outcome(record)
        error: Exception | None = done.error
        if error is None and outcome.failed:
            error = ValueError(done.reason)
        return WalletResult(
            user_id=record.identifier,
            wallet=done.value,
            outcome=outcome.outcome,
            error=error,
        )

    def finish(self) -> BulkReport:
        """Go on to the end, and return what came of it.

        Raises:
            LedgerError: If the ledger cannot be written any more.
            OSError: If the file *into* cannot be written any more.
            KeyboardInterrupt: After Ctrl-C, when what was in flight is settled.  All
                three have the report as ``report``.
        """
        with self:
            for _ in self:
                pass
        return self.report

    def close(self) -> None:
        """End the run: what is in flight is waited for, and the ledger is closed."""
        with self._interrupts:
            self._results.close()
            self._run.close()
        self._interrupts.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def fetch_wallets(
    connect: SessionMConnectClient,
    user_ids: Iterable[str | Mapping[str, Any]],
    *,
    culture: str = "en-US",
    into: str | os.PathLike[str] | None = None,
    **run: Unpack[RunSettings],
) -> WalletRun:
    """Read the wallets of any number of customers, several at a time.

    Nothing is read before the first result is asked for.  With a ledger, a wallet
    counts as delivered when the next one is asked for; a run started again begins
    with those that were not.  Above 500 customers the partner page's advice is logged.

    With *into*, a wallet counts when it is a line of that file, and a customer who
    comes twice is read once.  A line is the answer as it came; where that does not name
    the customer who was asked for, ``user_id`` beside the ``payload`` does.  Only its
    owner can read the file; `WalletLines` of `sessionm_braze.audit` does.  With a
    ledger a run that was killed goes on with the file; without one, a file that is
    there already is refused.

    Args:
        connect: Client of SessionM Connect.
        user_ids: SessionM's ids, or mappings with one under ``user_id``.  Read as it
            goes.
        culture: Language tag of the offer texts.
        into: Path of a file of JSON Lines that gets the wallets.  What could not be
            read is in the report and the ledger only.
        **run: See `RunSettings`.

    Returns:
        An iterator of `WalletResult`, with the report as ``report``.  A ``with``
        block, or ``close``, ends it before its end.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is wrong.
        FileExistsError: If something is in the file *into*, and not from earlier runs
            with this ledger.
        LedgerError: If the ledger is that of another operation, endpoint or culture, or
            of runs with another file *into* or none, or another run holds it; or if the
            file was changed since.
        OSError: If the file *into* cannot be opened.
    """
    instance(connect, "connect", SessionMConnectClient)
    action = ReadWallet(text(culture, "culture"))
    settings = Settings.of(fetch_wallets, run)
    operation = FetchWallets(action, None if into is None else file_path(into, "into"))
    if operation.into is not None and settings.ledger is not None:
        Drafts(files_of(settings.ledger)).keep(operation.into)
    check_input(user_ids, "user_ids")
    interrupts = Interrupts()
    return WalletRun(
        Run(operation, connect, user_ids, settings, interrupts), interrupts
    )


class ReadWallet(Action):
    """Reads the wallet of a customer."""

    repeatable = True

    def __init__(self, culture: str) -> None:
        self.culture = culture

    def __call__(self, client: SessionMConnectClient, payload: str) -> Done:
        """Read the wallet of customer *payload*."""
        wallet = client.get_wallet(payload, culture=self.culture)
        return Done(State.ACCEPTED, attempts=1, value=wallet)

    def failed(self, done: Done, error: SessionMBrazeError) -> Done:
        """Keep the error; a wallet of the wrong shape will have it next time too."""
        if isinstance(error, PayloadError):
            done = done._replace(state=State.REFUSED)
        return done._replace(error=error)


class FetchWallets(Operation):
    """Reads the wallet of each customer of the input, and may keep it in a file."""

    name: ClassVar[str] = "fetch_wallets"

    def __init__(self, action: ReadWallet, into: str | None) -> None:
        kept = {} if into is None else {"into": "a file"}
        super().__init__(action, about={"culture": action.culture, **kept})
        self.into = into
        self.once = into is not None
        self.deliver_first = into is None

    def read(self, item: Any) -> tuple[str, Any, str]:
        """Return the customer of *item*."""
        customer = customer_id(item, "user_id")
        return customer, customer, customer

    def line(self, record: Record, value: OfferWallet) -> bytes:
        """Return the answer, which names the customer who was asked for."""
        answer = dict(value.raw)
        named = answer.get("user_id", answer["payload"].get("user_id"))
        if named != record.identifier:
            answer["user_id"] = record.identifier
        return in_json(json.dumps(answer, ensure_ascii=False)).encode() + b"\n"
