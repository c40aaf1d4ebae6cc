"""The workers of a run: threads of its own, or any executor of the caller."""

from __future__ import annotations

import contextlib
import contextvars
import pickle
import queue
from concurrent.futures import (
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)

from ._dask import Permits, is_dask
from ._records import Done, Job, State
from ._worker import Work, make_request


__all__ = ["WorkerPool"]


class WorkerPool:
    """Makes requests, and hands back what came of them in the order they end.

    Args:
        executor: Where requests are made; ``None`` makes threads.
        max_workers: How many threads.
        work: What a worker does.

    Raises:
        TypeError: If workers are other processes, and the client cannot go there.
    """

    def __init__(
        self, executor: Executor | None, *, max_workers: int, work: Work
    ) -> None:
        self._work = work
        self._own = executor is None
        self._executor = executor or ThreadPoolExecutor(
            max_workers,
            thread_name_prefix="sessionm-braze",
            initializer=_enter,
            initargs=(contextvars.copy_context(),),
        )
        self._permits: Permits | None = None
        if is_dask(self._executor):
            _check_picklable(work)
            if not work.action.repeatable:
                self._permits = Permits(self._executor, work.name)
        elif isinstance(executor, ProcessPoolExecutor):
            _check_picklable(work)
        self._arrived: queue.SimpleQueue[Future[Done] | None] = queue.SimpleQueue()
        self._in_flight: dict[Future[Done], tuple[Job, int]] = {}
        self._number = 0

    @property
    def in_flight(self) -> int:
        """Requests that have left and whose end nobody has asked for."""
        return len(self._in_flight)

    def submit(self, job: Job) -> None:
        """Let a request leave.

        Raises:
            RuntimeError: If the executor is broken or shut down; it has not left.
        """
        self._number += 1
        make = make_request
        if self._permits is not None:
            self._permits.grant(self._number)
            make = self._permits.make_request
        future = self._executor.submit(make, self._work, self._number, job.payload)
        self._in_flight[future] = job, self._number
        future.add_done_callback(self._arrived.put)

    def wait(self) -> list[tuple[Job, Done]]:
        """Return the requests that have ended; wait for one, or for `wake`."""
        ended = [self._arrived.get()]
        with contextlib.suppress(queue.Empty):
            while True:
                ended.append(self._arrived.get_nowait())
        return [self._end(future) for future in ended if future is not None]

    def wake(self) -> None:
        """End the waiting; may be called from a signal handler."""
        self._arrived.put(None)

    def close(self) -> None:
        """Let threads of the run's own go; what is in flight is not waited for."""
        if self._own:
            self._executor.shutdown(wait=not self._in_flight, cancel_futures=True)
        self._work.client.close()

    def _end(self, future: Future[Done]) -> tuple[Job, Done]:
        """Return what came of a request; a worker that died leaves it open."""
        job, number = self._in_flight.pop(future)
        if self._permits is not None:
            self._permits.forget(number)
        error = None if future.cancelled() else future.exception()
        if error is None and not future.cancelled():
            return job, future.result()
        story = "cancelled" if error is None else f"{type(error).__name__}: {error}"
        state = State.PENDING if self._work.action.repeatable else State.UNKNOWN
        return job, Done(
            state, f"the worker failed: {story}", stop=f"a worker failed: {story}"
        )


def _enter(context: contextvars.Context) -> None:
    """Give a thread the context of the run: tracing, the guard of a test kit."""
    for variable, value in context.items():
        variable.set(value)


def _check_picklable(work: Work) -> None:
    """Find out before anything is sent whether another process can have the client."""
    try:
        pickle.dumps(work)
    except Exception as error:
        raise TypeError(
            f"the client cannot go to another process: {type(error).__name__}: {error}"
        ) from error
