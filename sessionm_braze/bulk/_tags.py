"""Tagging many customers, one call each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal, Unpack

from .._checks import check_tags, check_ttl, flag, instance
from ..clients import SessionMCoreClient
from ..tag_csv._reading import CsvRows
from ..tag_csv._rows import By, check_by
from ._inputs import check_input, customer_id
from ._operation import Action, Operation
from ._records import Done, State, as_text
from ._report import BulkReport
from ._run import run_to_end
from ._settings import RunSettings, Settings


__all__ = ["tag_customers"]


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
    instance(core, "core", SessionMCoreClient)
    if (ttl is not None) == flag(counter, "counter"):
        raise ValueError("exactly one of ttl and counter=True must be given")
    names = check_tags(tags)
    seconds = None if ttl is None else check_ttl(ttl)
    action = TagCustomer(check_by(by), names, seconds)
    operation = TagCustomers(
        action,
        about={"by": action.by, "tags": as_text(sorted(names)), "ttl": str(seconds)},
        key=key,
    )
    check_input(customers, "customers")
    records: Iterable[Any] = customers
    if isinstance(customers, CsvRows) and customers.on_reject is None:
        records = customers.with_rejects()
    return run_to_end(operation, core, records, Settings.of(tag_customers, run))


class TagCustomer(Action):
    """Puts tags on a customer: expiring ones, or without a ttl counter tags.

    Posted again, a tag with a ttl starts its time anew; one without counts again.
    """

    def __init__(self, by: By, tags: tuple[str, ...], ttl: int | None) -> None:
        self.by = by
        self.tags = tags
        self.ttl = ttl
        self.repeatable = ttl is not None

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


class TagCustomers(Operation):
    """Tags each customer of the input."""

    name: ClassVar[str] = "tag_customers"
    action: TagCustomer

    def read(self, item: Any) -> tuple[str, Any, str]:
        """Return the customer of *item*, which is all that is sent."""
        customer = customer_id(item, self.action.by)
        return customer, customer, customer
