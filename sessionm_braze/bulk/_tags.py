"""Tagging many customers, one call each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal, Unpack

from .._checks import check_tags, check_ttl, flag
from ..clients import SessionMCoreClient
from ..tag_csv._reading import CsvRows
from ..tag_csv._rows import By, Reject, check_by, customer_of, id_problem
from ._ledger import as_text
from ._records import Done, State
from ._report import BulkReport
from ._run import Run
from ._settings import RunSettings, Settings
from ._steps import Operation
from ._worker import Action


__all__ = ["check_client", "check_input", "customer_id", "tag_customers"]


def tag_customers(
    core: SessionMCoreClient,
    customers: Iterable[str | Mapping[str, Any]],
    *,
    by: Literal["user_id", "external_id"],
    tags: Iterable[str],
    ttl: int | timedelta | None = None,
    counter: bool = False,
    key: Callable[[Any], object] | None = None,
    **run: Unpack[RunSettings],
) -> BulkReport:
    """Put tags on any number of customers, one request each (partner page, option 1).

    Tags with a ttl may be sent again at any time, so a record that got no answer is
    `pending`.  Counter tags count with each request; one that got no answer is
    `unknown`, and only *retry_unknown* sends it again.

    Args:
        core: Client of SessionM Core.
        customers: Ids, or mappings with the id under *by*: rows of
            `read_segment_csv`, profiles of a segment export.  Read as it goes.
        by: Which of SessionM's ids they are.
        tags: Names of the tags.
        ttl: Seconds they live, at least 1, or a timedelta.
        counter: Whether they are counter tags instead, counted up by one.
        key: Names a record for the ledger; each name is done once.  Default: the id,
            and which occurrence of it this is.
        **run: See `RunSettings`.

    Returns:
        What came of it; look at `stopped` and `failures`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is wrong, or not exactly one of *ttl* and *counter*
            is given; nothing was sent.
        LedgerError: If the ledger is that of another operation, endpoint, tags or
            ttl, or another run holds it; nothing was sent.
        KeyboardInterrupt: After Ctrl-C, when what was in flight is settled; it has
            the report as ``report``.
    """
    check_client(core, SessionMCoreClient)
    if (ttl is not None) == flag(counter, "counter"):
        raise ValueError("exactly one of ttl and counter=True must be given")
    names = check_tags(tags)
    seconds = None if ttl is None else check_ttl(ttl)
    action = (CountTags if seconds is None else AddTags)(check_by(by), names, seconds)
    operation = TagCustomers(
        action,
        about={"by": action.by, "tags": as_text(sorted(names)), "ttl": str(seconds)},
        key=key,
    )
    check_input(customers, "customers")
    records: Iterable[Any] = customers
    if isinstance(customers, CsvRows) and customers.on_reject is None:
        records = customers.with_rejects()
    return Run(operation, core, records, Settings(**run)).finish()


class AddTags(Action):
    """Puts expiring tags on a customer."""

    repeatable = True

    def __init__(self, by: By, tags: tuple[str, ...], ttl: int | None) -> None:
        self.by = by
        self.tags = tags
        self.ttl = ttl

    def __call__(self, client: SessionMCoreClient, payload: str) -> Done:
        """Put the tags on customer *payload*."""
        customer: dict[str, Any] = {self.by: payload}
        if self.ttl is None:
            meta = client.increment_tags(self.tags, **customer).meta
        else:
            meta = client.add_tags(self.tags, ttl=self.ttl, **customer).meta
        assert meta is not None  # noqa: S101 - a call gives it
        return Done(
            State.ACCEPTED,
            "",
            meta.status_code,
            meta.request_id,
            attempts=meta.attempts,
        )


class CountTags(AddTags):
    """Counts counter tags of a customer up."""

    repeatable = False


class TagCustomers(Operation):
    """Tags each customer of the input."""

    name: ClassVar[str] = "tag_customers"
    action: AddTags

    def read(self, item: Any) -> tuple[str, Any, str]:
        """Return the customer of *item*, which is all that is sent."""
        customer = customer_id(item, self.action.by)
        return customer, customer, customer


def customer_id(item: object, by: By) -> str:
    """Return the customer of an item.

    Raises:
        TypeError: If the item is neither text nor a mapping.
        ValueError: If it has no id that can be sent.
    """
    if isinstance(item, Reject):
        raise ValueError(str(item))  # noqa: TRY004 - the row is wrong, not its type
    customer = customer_of(item, by)
    problem = id_problem(customer, by)
    if problem is not None or not isinstance(customer, str):
        raise ValueError(problem)
    return customer


def check_client(client: object, kind: type) -> None:
    """Raise `TypeError` if *client* is not of *kind*."""
    if not isinstance(client, kind):
        raise TypeError(
            f"the client must be a {kind.__name__}, got {type(client).__name__}"
        )


def check_input(items: object, field: str) -> None:
    """Raise `TypeError` if *items* is a single thing where many belong."""
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
        raise TypeError(f"{field} must be an iterable of them, got {items!r}")
