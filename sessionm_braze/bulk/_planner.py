"""From the input to requests: items become records, and records travel in jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..exceptions import LedgerError
from ._ledger import Ledger
from ._operation import Operation
from ._records import Done, Job, Record, State


__all__ = ["Planner", "Settled"]


class Settled(NamedTuple):
    """A record that needs no request, and why."""

    record: Record
    done: Done


class Planner:
    """Plans a run step by step: the next request to make, or a record that needs none.

    Args:
        operation: What is done.
        records: The input.
        ledger: Knows what was done before, or ``None``.
        retry_unknown: Whether what is unknown is sent again.
    """

    def __init__(
        self,
        operation: Operation,
        records: Iterator[Record],
        ledger: Ledger | None,
        *,
        retry_unknown: bool,
    ) -> None:
        self._operation = operation
        self._records = records
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
            record = next(self._records, None)
            if record is None:
                self._exhausted = True
                self._ready.extend(self._operation.flush())
                continue
            try:
                done = self._without_request(record)
            except LedgerError:
                self._ready.append(Job((record,), record.payload))  # not sent any more
                raise
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
