"""From the input to requests: items become records, and records travel in jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ._ledger import Ledger
from ._operation import Operation
from ._records import Done, Job, Record, State


__all__ = ["Planner", "Settled"]

_END_OF_INPUT = object()


class Settled(NamedTuple):
    """A record that needs no request, and why."""

    record: Record
    done: Done


class Planner:
    """Plans a run step by step: the next request to make, or a record that needs none.

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
            item = next(self._items, _END_OF_INPUT)
            if item is _END_OF_INPUT:
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
            if past is not None:
                state, reason = past
                if state is State.UNKNOWN and not self._retry_unknown:
                    return Done(state, reason)
                if state in {State.ACCEPTED, State.REFUSED}:
                    return Done(state, reason, skipped=True)
        if not record.problem:
            return None
        done = Done(State.REFUSED, record.problem)
        if self._ledger is not None:
            self._ledger.settle([(record, done)])
        return done
