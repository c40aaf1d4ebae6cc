"""What every bulk operation is given: a client, an input, and customers in it."""

from __future__ import annotations

from .._checks import many
from ..tag_csv._rows import (
    By,
    Reject,
    SegmentRow,
    TagRow,
    customer_of,
    id_problem,
    spoilt,
)


__all__ = ["check_input", "customer_id"]


def check_input(items: object, field: str) -> None:
    """Raise `TypeError` if *items* is a single thing where many belong."""
    many(items, field, "an iterable of records")


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
    if problem is None and isinstance(item, SegmentRow | TagRow):
        problem = spoilt(str(customer), by)
    if problem is not None or not isinstance(customer, str):
        raise ValueError(problem)
    return customer
