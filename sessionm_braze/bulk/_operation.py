"""What a run does: with each record of its input, and in each of its requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from .._checks import function, told
from ..exceptions import SessionMBrazeError
from ._records import Done, Job, Record, as_text, digest


__all__ = ["Action", "Operation"]


class Action:
    """Makes one kind of request; picklable."""

    repeatable: bool
    """Whether the same request may be made again after it may have been carried out."""

    def __call__(self, client: Any, payload: Any) -> Done:
        """Make the request.

        Raises:
            SessionMBrazeError: If it does not succeed.
        """
        raise NotImplementedError

    def failed(self, done: Done, error: SessionMBrazeError) -> Done:  # noqa: ARG002
        """Say more about a request that failed with *error*."""
        return done


class Operation:
    """What a run does with each record.

    Args:
        action: Makes its requests.
        about: What a ledger of it must agree with, besides the endpoint.
        key: Names a record for the ledger; default: identifier and payload.
    """

    name: ClassVar[str]
    deliver_first = False
    """Whether the caller has a result before the ledger calls it done."""

    into: str | None = None
    """File that has a result before the ledger calls it done."""

    def __init__(
        self,
        action: Action,
        *,
        about: Mapping[str, str],
        key: Callable[[Any], object] | None = None,
    ) -> None:
        self.action = action
        self.about = {"operation": self.name, **about}
        self.key = None if key is None else function(key, "key")
        self.once = key is not None
        """Whether what is named alike is one record, however often it comes."""

    def read(self, item: Any) -> tuple[str, Any, str]:
        """Return an item's identifier, payload, and what the ledger knows it by.

        Raises:
            TypeError: If the item is none of the kind that is expected.
            ValueError: If it cannot be sent.
        """
        raise NotImplementedError

    def target(self, payload: Any) -> str | None:  # noqa: ARG002
        """Return the campaign or Canvas of a record, if there is such a thing."""
        return None

    def line(self, record: Record, value: Any) -> bytes:
        """Return what stands in the file *into* of what was read of a record."""
        raise NotImplementedError

    def add(self, record: Record) -> Sequence[Job]:
        """Take a record; return the requests that are complete."""
        return (Job((record,), record.payload),)

    def flush(self) -> Sequence[Job]:
        """Return requests that wait for more records."""
        return ()

    def halves(self, job: Job) -> list[Job]:
        """Return *job* as two smaller ones."""
        raise NotImplementedError

    def record(self, item: Any) -> Record:
        """Return *item* as a record; one that cannot be sent says why."""
        try:
            identifier, payload, name = self.read(item)
            problem = ""
        except (TypeError, ValueError) as error:
            identifier, payload, name = "", None, told(item)
            problem = str(error)
        if self.key is not None:
            name = f"key {as_text(self.key(item))}"
        return Record(identifier, payload, key=digest(name), problem=problem)
