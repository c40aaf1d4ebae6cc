"""The loop of a run: it reads, sends, collects, and alone writes the ledger."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sized
from typing import Any

from .._display import counted
from .._http import RetryPolicy
from .._http.policy import backoff
from ..clients._client import ServiceClient, destination_of, settings_of
from ..exceptions import LedgerError
from ._interrupts import Interrupts
from ._ledger import Ledger
from ._operation import Operation
from ._output import OutputFile
from ._pace import Pace
from ._planner import Planner, Settled
from ._progress import progress_of
from ._records import Done, Job, Record, State
from ._report import BulkReport
from ._settings import Settings
from ._worker import Work, client_for_workers
from ._worker_pool import WorkerPool


__all__ = ["Run", "run_to_end"]

_log = logging.getLogger("sessionm_braze")

_MAX_PAUSES = 10
"""Pauses in a row, with nothing done between them, after which a run gives up."""

_MAX_SKIPPED = 1000
"""Records that need no request, after which the answers are looked at."""

_MAX_UNANSWERED = 20
"""Requests in a row without any answer, after which a run gives up, at least."""

_SECONDS_BETWEEN_RECORDS = 60.0
"""Seconds of the client's clock after which the log says again how a run stands."""

_END_OF_INPUT = object()
_NOT_DONE = Done(State.PENDING)

Result = tuple[Record, Done]


class Run:
    """One run of an operation over an input.

    Args:
        operation: What is done with each record.
        client: Whose service it is done at.
        items: The input.
        settings: How.
        interrupts: Ctrl-C, which the caller holds while the run is at work.

    Raises:
        LedgerError: If the ledger is another operation's, or another run holds it.
    """

    def __init__(
        self,
        operation: Operation,
        client: ServiceClient,
        items: Iterable[Any],
        settings: Settings,
        interrupts: Interrupts,
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
        self._interrupts = interrupts
        interrupts.wake = self._workers.wake
        self._pace = Pace(
            settings.requests_per_second or of_client.requests_per_second,
            clock=of_client.clock,
            sleep=of_client.sleep,
        )
        self._ledger = _open_ledger(operation, client, settings)
        self._output = _open_output(operation, self._ledger, settings)
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
        self._progress = progress_of(
            settings.progress, operation=operation.name, total=self._total
        )
        self._started = time.monotonic()
        self._clock = of_client.clock
        self._next_record = math.inf
        self._about = ", ".join(
            f"{name} {value}" for name, value in destination_of(client).items()
        )
        self._again: deque[Job] = deque()
        self._untold: deque[Result] = deque()
        self._pauses = 0
        self._unanswered = 0
        self._read = 0

    def results(self) -> Generator[Result, None, None]:
        """Yield what came of each record, as it comes.

        Raises:
            KeyboardInterrupt: After Ctrl-C; like all that ends a run early, it carries
                the report.
        """
        self._started = time.monotonic()
        self._log_beginning()
        try:
            try:
                for result in self._results():
                    self.report.elapsed = time.monotonic() - self._started
                    if self._progress is not None:
                        with self._interrupts.raised(from_number=2):
                            self._progress.update(self.report)
                    yield result
                self._interrupts.check()
                self.close()
            except BaseException as error:
                self._give_up(error)
                if isinstance(error, GeneratorExit) and error.__cause__ is not None:
                    raise error.__cause__ from None
                raise
            finally:
                self._finish()
        except BaseException as error:
            with contextlib.suppress(AttributeError):
                error.report = self.report  # type: ignore[attr-defined]
            raise

    def _results(self) -> Iterator[Result]:
        while True:
            self._log_standing()
            yield from self._send()
            if self._workers.in_flight:
                yield from self._collect(self._workers.wait())
            elif self._stopping or (not self._again and self._planner.ended):
                break
            if self._interrupts.impatient:
                self._interrupts.check()
        self._untold.extend(self._left_over())
        yield from self._tell()

    @property
    def _stopping(self) -> bool:
        return self.report.stopped is not None or self._interrupts.count > 0

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
                self._untold.append(step)
                yield from self._tell()
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
        with self._interrupts.raised(from_number=1):
            if not self._workers.in_flight:
                self._pace.sit_out()
            return 0 if self._pace.paused else self._pace.room(room)

    def _submit(self, job: Job) -> None:
        """Write down that a request is about to leave, then let it leave."""
        if self._ledger is not None:
            try:
                self._ledger.intend(job.records)
                self._ledger.commit()
            except LedgerError:
                self._again.append(job)  # it has not left
                raise
        self._pace.left()
        try:
            if self._workers.own:
                self._workers.submit(job)
            else:
                with self._interrupts.raised(from_number=2):
                    self._workers.submit(job)
        except RuntimeError as error:  # the executor is broken, or shut down
            kind = type(error).__name__
            self._stop(f"{kind}: {error}", logged=f"{kind} of the executor")
            self._again.append(job)
            self._write([(record, _NOT_DONE) for record in job.records])
        except BaseException:
            repeatable = self._operation.action.repeatable
            state = State.PENDING if repeatable else State.UNKNOWN
            done = Done(state, "it failed to leave, or the run was interrupted")
            self._untold.extend((record, done) for record in job.records)
            raise

    def _collect(self, ended: list[tuple[Job, Done]]) -> Iterator[Result]:
        """Settle the records of requests that have ended."""
        changes = self._take_in(ended)
        if self._operation.deliver_first:
            yield from self._tell()
        self._write(changes)
        yield from self._tell()

    def _take_in(self, ended: list[tuple[Job, Done]]) -> list[Result]:
        """Keep what has ended, to be told or made again; return what is to be written.

        Nothing in between can fail: each request is in flight, or kept here.
        """
        changes = []
        for job, done in ended:
            again = self._jobs_again(job, done)
            self._again.extend(again)
            ends = [
                (record, _NOT_DONE if again else self._kept(record, done))
                for record in job.records
            ]
            if not again:
                self._untold.extend(ends)
            changes += ends
        return changes

    def _kept(self, record: Record, done: Done) -> Done:
        """Add what was read to the file; what cannot be added is still to do."""
        if self._output is None or done.value is None:
            return done
        try:
            self._output.add(self._operation.line(record, done.value))
        except OSError as error:
            return done._replace(state=State.PENDING, reason=str(error), value=None)
        return done

    def _jobs_again(self, job: Job, done: Done) -> list[Job]:
        """Return what is to be made again of a request that has ended."""
        self.report.requests += done.attempts
        if done.throttled:
            self._slow_down(done)
            return [job]
        self._pauses = 0
        if done.divisible and len(job.records) > 1:
            return self._operation.halves(job)
        if done.stop is not None:
            answer = f"HTTP {done.status_code}, request id {done.request_id}"
            kind = done.stop.partition(":")[0]
            self._stop(done.stop, logged=answer if done.status_code else kind)
        answered = done.state in {State.ACCEPTED, State.REFUSED}
        self._unanswered = 0 if answered else self._unanswered + 1
        if self._unanswered >= max(_MAX_UNANSWERED, 4 * self._settings.max_workers):
            failed = f"{self._unanswered} requests in a row failed"
            self._stop(f"{failed}; last: {done.reason}", logged=failed)
        return []

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
            _log.warning(
                "%s: HTTP 429, request id %s; pause %d of the whole run, %.1f s",
                *(self._operation.name, done.request_id, self._pauses, wait),
            )
        if self._pauses > _MAX_PAUSES:
            self._stop(f"rate limit: still there after {_MAX_PAUSES} pauses in a row")

    def _stop(self, reason: str, *, logged: str = "") -> None:
        """End the run; what a server said, which may name people, is not *logged*."""
        if self.report.stopped is None:
            self.report.stopped = reason
            _log.warning("%s stopped: %s", self._operation.name, logged or reason)

    def _log_beginning(self) -> None:
        self._next_record = self._clock() + _SECONDS_BETWEEN_RECORDS
        _log.info(
            "%s begins: %s, %s at a time, %s ledger; %s",
            self._operation.name,
            "records" if self._total is None else counted(self._total, "record"),
            counted(self._settings.max_workers, "request"),
            "no" if self._settings.ledger is None else "with a",
            self._about,
        )

    def _log_standing(self) -> None:
        """Say how the run stands, now and then, where nobody watches it."""
        if self._clock() < self._next_record:
            return
        self._next_record = self._clock() + _SECONDS_BETWEEN_RECORDS
        if self._progress is None or not self._progress.watched:
            _log.info("%s goes on: %s", self._operation.name, self._standing())

    def _standing(self) -> str:
        report = self.report
        counts = [f"{n:,} {name}" for name, n in report.counts().items() if n]
        elapsed = time.monotonic() - self._started
        after = f"{counted(report.requests, 'request')}, {elapsed:.1f} s"
        return f"{', '.join(counts) or 'no record'}; {after}"

    def _write(self, results: list[Result]) -> None:
        if self._ledger is not None and results:
            self._ledger.settle(results)
            if self._output is not None:
                self._ledger.set_mark(self._output.mark)
            self._ledger.commit()
        if self._output is not None and self._output.problem is not None:
            raise self._output.problem

    def _tell(self) -> Iterator[Result]:
        """Count records, tell the caller, and hand them on."""
        while self._untold:
            record, done = self._untold.popleft()
            outcome = done.outcome(record)
            self.report.note(outcome)
            if self._settings.on_outcome is not None:
                with self._interrupts.raised(from_number=2):
                    self._settings.on_outcome(outcome)
            yield record, done

    def _left_over(self) -> list[Result]:
        """Return what was read and is not sent any more, as pending."""
        jobs = [*self._again, *self._planner.leave()]
        self._again.clear()
        return [(record, _NOT_DONE) for job in jobs for record in job.records]

    def _give_up(self, error: BaseException) -> None:
        """Wait for what is in flight, settle it and close; nobody is told any more.

        What the caller should have had before it counts as done is still to do.
        """
        late = self._operation.deliver_first
        try:
            while self._workers.in_flight and not self._interrupts.impatient:
                changes = self._take_in(self._workers.wait())
                self._write_despite(error, [] if late else changes)
        finally:
            changes = self._take_in(self._workers.abandon())
            self._write_despite(error, [] if late else changes)
            untold = [
                (record, _NOT_DONE if late and not done.skipped else done)
                for record, done in self._untold
            ]
            self._untold.clear()
            self._write_despite(
                error, [each for each in untold if each[1] is _NOT_DONE]
            )
            for record, done in [*untold, *self._left_over()]:
                self.report.note(done.outcome(record))
            with _despite(error):
                self.close()

    def _write_despite(self, error: BaseException, results: list[Result]) -> None:
        with _despite(error):
            self._write(results)

    def _reading(self, items: Iterable[Any]) -> Iterator[Record]:
        """Yield the records of the input, which may keep us waiting for long."""
        source = iter(items)
        while True:
            with self._interrupts.raised(from_number=1):
                item = next(source, _END_OF_INPUT)
                record = None if item is _END_OF_INPUT else self._operation.record(item)
            if record is None:
                return
            self._read += 1
            yield record

    def _finish(self) -> None:
        """Complete the report, and show it for the last time."""
        self.report.elapsed = time.monotonic() - self._started
        if self._total is not None and not self._planner.ended:
            self.report.pending += max(0, self._total - self._read)
        whole = self._planner.ended and self.report.stopped is None
        ended = "ended" if whole else "ended before its input did"
        _log.info("%s %s: %s", self._operation.name, ended, self._standing())
        if self._progress is not None:
            with self._interrupts.raised(from_number=2):
                self._progress.finish(self.report)

    def close(self) -> None:
        """Let the client's connections and the files go."""
        with contextlib.ExitStack() as files:
            for file in (self._output, self._ledger):
                if file is not None:
                    files.callback(file.close)
            self._workers.close()


def run_to_end(
    operation: Operation,
    client: ServiceClient,
    items: Iterable[Any],
    settings: Settings,
) -> BulkReport:
    """Run to the end and return the report; Ctrl-C ends it in order."""
    with Interrupts() as interrupts:
        run = Run(operation, client, items, settings, interrupts)
        for _ in run.results():
            pass
    try:
        interrupts.check()
    except KeyboardInterrupt as error:
        error.report = run.report  # type: ignore[attr-defined]
        raise
    return run.report


@contextlib.contextmanager
def _despite(error: BaseException) -> Iterator[None]:
    """Let what the files say not hide *error*, because of which a run ends."""
    try:
        yield
    except (LedgerError, OSError) as another:
        note = str(another)
        if isinstance(error, GeneratorExit):
            error.__cause__ = another  # nobody sees the notes of this one
        elif note != str(error) and note not in getattr(error, "__notes__", ()):
            error.add_note(note)


def _open_ledger(
    operation: Operation, client: ServiceClient, settings: Settings
) -> Ledger | None:
    """Open the ledger; what is to be done once needs one, if only a passing one."""
    if settings.ledger is None and not operation.once:
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
        once=operation.once,
        durability=settings.durability,
    )


def _open_output(
    operation: Operation, ledger: Ledger | None, settings: Settings
) -> OutputFile | None:
    """Open the file that gets what is read, which the ledger knows from then on."""
    if operation.into is None or ledger is None:
        return None
    with contextlib.ExitStack() as unless_opened:
        unless_opened.callback(ledger.close)
        durable = settings.durability == "full"
        output = OutputFile(operation.into, ledger.mark, durable=durable)
        unless_opened.callback(output.close)
        ledger.set_mark(output.mark)
        ledger.commit()
        unless_opened.pop_all()
    return output
