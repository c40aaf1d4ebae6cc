"""The loop of a run: it reads, sends, collects, and alone writes the ledger."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence, Sized
from typing import Any

from .._http import RetryPolicy
from .._http.policy import backoff
from ..clients._client import ServiceClient, destination_of, settings_of
from ._interrupts import Interrupts
from ._ledger import Ledger
from ._operation import Operation
from ._pace import Pace
from ._planner import Planner, Settled
from ._progress import progress_of
from ._records import Done, Job, Record, State
from ._report import BulkReport
from ._settings import Settings
from ._worker import Work, client_for_workers
from ._worker_pool import WorkerPool


__all__ = ["Run"]

_log = logging.getLogger("sessionm_braze")

_MAX_PAUSES = 10
"""Pauses in a row, with nothing done between them, after which a run gives up."""

_MAX_SKIPPED = 1000
"""Records that need no request, after which the answers are looked at."""

_MAX_UNANSWERED = 20
"""Requests in a row without any answer, after which a run gives up, at least."""

_END_OF_INPUT = object()

Result = tuple[Record, Done]


class Run:
    """One run of an operation over an input.

    Args:
        operation: What is done with each record.
        client: Whose service it is done at.
        items: The input.
        settings: How.

    Raises:
        LedgerError: If the ledger is another operation's, or another run holds it.
    """

    def __init__(
        self,
        operation: Operation,
        client: ServiceClient,
        items: Iterable[Any],
        settings: Settings,
    ) -> None:
        self._settings = settings
        self._operation = operation
        of_client = settings_of(client)
        self._policy: RetryPolicy = of_client.retry
        self._workers = WorkerPool(
            settings.executor,
            max_workers=settings.max_workers,
            work=Work(client_for_workers(client), operation.action),
        )
        self._interrupts = Interrupts(self._workers.wake)
        self._pace = Pace(
            settings.requests_per_second or of_client.requests_per_second,
            clock=of_client.clock,
            sleep=of_client.sleep,
        )
        self._ledger = _open_ledger(operation, client, settings)
        outcomes = None
        if self._ledger is not None and settings.ledger is not None:
            outcomes = self._ledger.outcomes
        self.report = BulkReport(
            operation=operation.name,
            keep=settings.keep_failures,
            all=outcomes,
        )
        self._total = len(items) if isinstance(items, Sized) else None
        self._planner = Planner(
            operation,
            self._reading(items),
            self._ledger,
            retry_unknown=settings.retry_unknown,
        )
        self._again: deque[Job] = deque()
        self._untold: deque[Result] = deque()
        self._pauses = 0
        self._unanswered = 0
        self._read = 0

    def finish(self) -> BulkReport:
        """Run to the end and return the report; Ctrl-C ends it in order."""
        with self._interrupts.caught():
            for _ in self.results():
                pass
        return self.report

    def results(self) -> Generator[Result, None, None]:
        """Yield what came of each record, as it comes.

        Raises:
            KeyboardInterrupt: After Ctrl-C; it carries the report.
        """
        started = time.monotonic()
        progress = progress_of(
            self._settings.progress, operation=self._operation.name, total=self._total
        )
        try:
            for result in self._results():
                self.report.elapsed = time.monotonic() - started
                if progress is not None:
                    progress.update(self.report)
                yield result
            if self._interrupts.came:
                raise KeyboardInterrupt  # noqa: TRY301 - it goes on from here
        except BaseException as error:
            with contextlib.suppress(AttributeError):
                error.report = self.report  # type: ignore[attr-defined]
            self._give_up()
            raise
        finally:
            self.report.elapsed = time.monotonic() - started
            self.close()
            if self._total is not None and not self._planner.ended:
                self.report.pending += max(0, self._total - self._read)
            if progress is not None:
                progress.finish(self.report)

    def _results(self) -> Iterator[Result]:
        while True:
            yield from self._send()
            if self._workers.in_flight:
                yield from self._collect(self._workers.wait())
            elif self._stopping or (not self._again and self._planner.ended):
                break
        yield from self._tell(self._left_over())

    @property
    def _stopping(self) -> bool:
        return self.report.stopped is not None or self._interrupts.came

    def _send(self) -> Iterator[Result]:
        """Let requests leave as far as there is room for them.

        Each leaves before the input is asked for the next: it may keep us waiting.
        """
        room = self._room()
        skipped = 0
        while room > 0 and not self._stopping:
            step = self._again.popleft() if self._again else self._planner.next()
            if step is None:
                break
            if isinstance(step, Settled):
                yield from self._tell([step])
                skipped += 1
                if skipped == _MAX_SKIPPED:
                    break
            else:
                self._submit(step)
                room -= 1
        if skipped and self._ledger is not None:
            self._ledger.commit()

    def _room(self) -> int:
        """Return how many requests may leave now; if all are back, sit a pause out."""
        room = 2 * self._settings.max_workers - self._workers.in_flight
        if self._stopping or not room:
            return 0
        with self._interrupts.at_once():
            if not self._workers.in_flight:
                self._pace.sit_out()
            return 0 if self._pace.paused else self._pace.room(room)

    def _submit(self, job: Job) -> None:
        """Write down that a request is about to leave, then let it leave."""
        if self._ledger is not None:
            self._ledger.intend(job.records)
            self._ledger.commit()
        self._pace.left()
        try:
            self._workers.submit(job)
        except RuntimeError as error:  # the executor is broken, or shut down
            self._stop(f"{type(error).__name__}: {error}")
            self._put_back([job])

    def _put_back(self, jobs: list[Job]) -> None:
        """Keep *jobs* for later; none of them has been done."""
        self._again.extend(jobs)
        not_done = Done(State.PENDING)
        self._write([(record, not_done) for job in jobs for record in job.records])

    def _collect(self, ended: list[tuple[Job, Done]]) -> Iterator[Result]:
        """Settle the records of requests that have ended."""
        results = [
            result for job, done in ended for result in self._results_of(job, done)
        ]
        if not self._operation.deliver_first:
            self._write(results)
        yield from self._tell(results)
        if self._operation.deliver_first:
            self._write(results)

    def _results_of(self, job: Job, done: Done) -> list[Result]:
        """Return what came of the records of a request, or put them back."""
        self.report.requests += done.attempts
        if done.throttled:
            self._slow_down(done)
            self._put_back([job])
            return []
        self._pauses = 0
        if done.divisible and len(job.records) > 1:
            self._put_back(self._operation.halves(job))
            return []
        if done.stop is not None:
            self._stop(done.stop)
        answered = done.state in {State.ACCEPTED, State.REFUSED}
        self._unanswered = 0 if answered else self._unanswered + 1
        if self._unanswered >= max(_MAX_UNANSWERED, 4 * self._settings.max_workers):
            failed = f"{self._unanswered} requests in a row failed"
            self._stop(f"{failed}; last: {done.reason}")
        return [(record, done) for record in job.records]

    def _slow_down(self, done: Done) -> None:
        """Hold the whole run back, as long as the platform asks."""
        wait = (
            backoff(self._policy, self._pauses + 1) if done.wait is None else done.wait
        )
        if wait > self._policy.max_wait:
            self._stop(
                f"rate limit: {wait:.0f} s to wait, and the client's max_wait is "
                f"{self._policy.max_wait:.0f} s"
            )
        if self._pace.pause(wait):
            self._pauses += 1
        if self._pauses > _MAX_PAUSES:
            self._stop(f"rate limit: still there after {_MAX_PAUSES} pauses in a row")

    def _stop(self, reason: str) -> None:
        if self.report.stopped is None:
            self.report.stopped = reason
            _log.warning("%s stopped: %s", self._operation.name, reason)

    def _write(self, results: list[Result]) -> None:
        if self._ledger is not None and results:
            self._ledger.settle(results)
            self._ledger.commit()

    def _tell(self, results: Sequence[Result]) -> Iterator[Result]:
        """Count records, tell the caller, and hand them on."""
        self._untold.extend(results)
        while self._untold:
            record, done = self._untold.popleft()
            outcome = done.outcome(record)
            self.report.note(outcome)
            if self._settings.on_outcome is not None:
                self._settings.on_outcome(outcome)
            yield record, done

    def _left_over(self) -> list[Result]:
        """Return what was read and is not sent any more, as pending."""
        jobs = [*self._again, *self._planner.leave()]
        self._again.clear()
        not_done = Done(State.PENDING)
        return [(record, not_done) for job in jobs for record in job.records]

    def _give_up(self) -> None:
        """Wait for what is in flight and settle it; nobody is told any more.

        What the caller should have had before it counts as done is still to do.
        """
        while self._workers.in_flight:
            for job, done in self._workers.wait():
                results = self._results_of(job, done)
                self._write([] if self._operation.deliver_first else results)
                self._untold.extend(results)
        for record, done in self._untold:
            late = self._operation.deliver_first and not done.skipped
            told = Done(State.PENDING) if late else done
            self._write([(record, told)] if late else [])
            self.report.note(told.outcome(record))
        for record, done in self._left_over():
            self.report.note(done.outcome(record))

    def _reading(self, items: Iterable[Any]) -> Iterator[Any]:
        """Yield the input; Ctrl-C ends the reading, which may wait for long."""
        source = iter(items)
        while True:
            with self._interrupts.at_once():
                item = next(source, _END_OF_INPUT)
            if item is _END_OF_INPUT:
                return
            self._read += 1
            yield item

    def close(self) -> None:
        """Let the client's connections and the ledger go."""
        self._workers.close()
        if self._ledger is not None:
            self._ledger.close()


def _open_ledger(
    operation: Operation, client: ServiceClient, settings: Settings
) -> Ledger | None:
    """Open the ledger; a key of the caller's own needs one, if only a passing one."""
    if settings.ledger is None and operation.key is None:
        return None
    return Ledger(
        "" if settings.ledger is None else settings.ledger,
        {
            **operation.about,
            **destination_of(client),
            "key": "default" if operation.key is None else "the caller's",
            "format": "1",
        },
        repeatable=operation.action.repeatable,
        once=operation.key is not None,
        durability=settings.durability,
    )
