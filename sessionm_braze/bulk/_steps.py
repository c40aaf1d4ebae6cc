"""From the input to requests: items become records, and records travel in jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from ._ledger import Ledger, as_text
from ._records import Done, Job, Record, State, digest
from ._worker import Action


__all__ = ["Operation", "Settled", "Steps"]


class Operation:
    """What a run does with each record.

    Args:
        action: Makes its requests.
        about: What a ledger of it must agree with, besides the endpoint.
        key: Names a record for the ledger; default: identifier and payload.
    """

    name: ClassVar[str]
    deliver_first: ClassVar[bool] = False
    """Whether the caller has a result before the ledger calls it done."""

    def __init__(
        self,
        action: Action,
        *,
        about: Mapping[str, str],
        key: Callable[[Any], object] | None = None,
    ) -> None:
        self.action = action
        self.about = {"operation": self.name, **about}
        self.key = key

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
            identifier, payload, name = "", None, repr(item)
            problem = str(error)
        if self.key is not None:
            name = f"key {as_text(self.key(item))}"
        return Record(identifier, payload, key=digest(name), problem=problem)


class Settled(NamedTuple):
    """A record that needs no request, and why."""

    record: Record
    done: Done


class Steps:
    """Turns an input into steps, one at a time: a request to make, or none needed.

    Args:
        operation: What is done.
        items: The input.
        ledger: Knows what was done before, or ``None``.
        retry_unknown: Whether what is unknown is sent again.
    """

    def __init__(
        self,
        operation: Operation,
        items: Iterator[Any],
        ledger: Ledger | None,
        *,
        retry_unknown: bool,
    ) -> None:
        self._operation = operation
        self._items = items
        self._ledger = ledger
        self._retry_unknown = retry_unknown
        self._ready: deque[Job] = deque()
        self._exhausted = False

    @property
    def ended(self) -> bool:
        """Whether there is nothing left."""
        return self._exhausted and not self._ready

    def next(self) -> Job | Settled | None:
        """Return the next step, or ``None`` if there is none left."""
        while not self._ready:
            if self._exhausted:
                return None
            item = next(self._items, _END)
            if item is _END:
                self._exhausted = True
                self._ready.extend(self._operation.flush())
                continue
            record = self._operation.record(item)
            done = self._without_request(record)
            if done is not None:
                return Settled(record, done)
            self._ready.extend(self._operation.add(record))
        return self._ready.popleft()

    def leave(self) -> Iterable[Job]:
        """Return what was read and is not sent any more; each is returned once."""
        left = [*self._ready, *self._operation.flush()]
        self._ready.clear()
        return left

    def _without_request(self, record: Record) -> Done | None:
        """Return what is known of a record that is not to be sent."""
        if self._ledger is not None:
            target = None if record.problem else self._operation.target(record.payload)
            if target is not None:
                self._ledger.add_target(target)
            past = self._ledger.recognise(record)
            if past is not None and self._stays(past[0]):
                state, reason = past
                unknown = state is State.UNKNOWN
                return Done(state, reason, skipped=not unknown)
        if not record.problem:
            return None
        done = Done(State.REFUSED, record.problem)
        if self._ledger is not None:
            self._ledger.settle([(record, done)])
        return done

    def _stays(self, state: State) -> bool:
        if state is State.UNKNOWN:
            return not self._retry_unknown
        return state in {State.ACCEPTED, State.REFUSED}


_END = object()
