"""The workers of a run: threads of its own, or any executor of the caller."""

from __future__ import annotations

import contextlib
import contextvars
import pickle
import queue
from collections.abc import Callable
from concurrent.futures import (
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)

from ._dask import Permits, is_dask, make_outside_dask
from ._records import Done, Job, State
from ._worker import Work, make_request


__all__ = ["WorkerPool"]


_SECONDS_BETWEEN_QUESTIONS = 1
"""How often the futures are asked even if nothing says that one has ended."""


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
        self._open = State.PENDING if work.action.repeatable else State.UNKNOWN
        self.own = executor is None
        """Whether they are threads of the run's own."""

        self._executor = executor or ThreadPoolExecutor(
            max_workers,
            thread_name_prefix="sessionm-braze",
            initializer=_enter,
            initargs=(contextvars.copy_context(),),
        )
        self._make_request: Callable[..., Done] = make_request
        self._permits: Permits | None = None
        if is_dask(self._executor):
            _check_picklable(work)
            if not work.action.repeatable:
                self._permits = Permits(self._executor, work.name)
                self._make_request = self._permits.make_request
        elif isinstance(executor, ProcessPoolExecutor):
            _check_picklable(work)
        elif not (
            isinstance(self._executor, ThreadPoolExecutor) or work.action.repeatable
        ):
            self._make_request = make_outside_dask
        self._in_flight: dict[Future[Done], tuple[Job, int]] = {}
        self._bell: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._woken = False
        self._number = 0
        self._abandoned = False

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
        if self._permits is not None:
            self._permits.grant(self._number)
        try:
            future = self._executor.submit(
                self._make_request, self._work, self._number, job.payload
            )
        except BaseException:
            if self._permits is not None:
                self._permits.forget(self._number)
            raise
        self._in_flight[future] = job, self._number
        future.add_done_callback(self._bell.put)

    def wait(self) -> list[tuple[Job, Done]]:
        """Return the requests that have ended; wait for one, or for `wake`.

        The futures are asked; the bell only says that it is time to ask.
        """
        with contextlib.suppress(queue.Empty):
            while True:
                self._bell.get_nowait()
        while not self._woken and not any(map(Future.done, self._in_flight)):
            with contextlib.suppress(queue.Empty):
                self._bell.get(timeout=_SECONDS_BETWEEN_QUESTIONS)
        self._woken = False
        return self._taken([future for future in self._in_flight if future.done()])

    def wake(self) -> None:
        """End the waiting; may be called from a signal handler."""
        self._woken = True
        self._bell.put(None)

    def abandon(self) -> list[tuple[Job, Done]]:
        """Return all that is in flight, without waiting for it."""
        self._abandoned = self._abandoned or bool(self._in_flight)
        return self._taken(list(self._in_flight))

    def close(self) -> None:
        """Let threads of the run's own go; what is in flight is not waited for."""
        if self.own:
            self._executor.shutdown(wait=not self._abandoned, cancel_futures=True)
        self._work.client.close()

    def _taken(self, futures: list[Future[Done]]) -> list[tuple[Job, Done]]:
        """Return what came of requests, and forget them."""
        ended = []
        for future in futures:
            job, number = self._in_flight[future]
            ended.append((job, self._done(future, number)))
            del self._in_flight[future]
            if self._permits is not None:
                self._permits.forget(number)
        return ended

    def _done(self, future: Future[Done], number: int) -> Done:
        """Say what came of a request; a worker that died leaves it open."""
        abandoned = not future.done()
        cancelled = future.cancel()
        if cancelled and (self._permits is None or self._permits.withdraw(number)):
            story = "cancelled before it began"
            return Done(State.PENDING) if abandoned else _failed(State.PENDING, story)
        if abandoned:
            return Done(self._open, "in flight when the run was interrupted")
        if cancelled:
            return _failed(self._open, "cancelled, and may have begun")
        error = future.exception()
        if error is None:
            return future.result()
        return _failed(self._open, f"{type(error).__name__}: {error}")


def _enter(context: contextvars.Context) -> None:
    """Give a thread the context of the run: tracing, the guard of a test kit."""
    for variable, value in context.items():
        variable.set(value)


def _failed(state: State, story: str) -> Done:
    return Done(state, f"the worker failed: {story}", stop=f"a worker failed: {story}")


def _check_picklable(work: Work) -> None:
    """Find out before anything is sent whether another process can have the client."""
    try:
        pickle.dumps(work)
    except Exception as error:
        raise TypeError(
            f"the client cannot go to another process: {type(error).__name__}: {error}"
        ) from error
