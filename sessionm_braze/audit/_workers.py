"""An audit in several threads or processes, in the order of the recipients."""

from __future__ import annotations

import os
import pickle
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from itertools import islice
from typing import Any

from ._auditor import Auditor, Job
from ._files import JsonLines
from ._totals import Totals
from ._wallets import ABSENT


CHUNK_SIZE = 2_000
"""Recipients that go to a worker at a time."""

Pairs = Iterable[tuple[Any, Any]]


class SharedJob:
    """A job that workers share: threads the job itself, processes one copy of it each.

    It is pickled once and, in each process, unpickled once.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.token = uuid.uuid4().hex
        self._pickled: bytes | None = None
        self._idle: list[Auditor] = []

    def run(self, pairs: Pairs) -> Totals:
        """Do the job for *pairs*, with an auditor no other thread has."""
        try:
            auditor = self._idle.pop()
        except IndexError:
            auditor = Auditor(self.job)
        totals = auditor.run(pairs)
        self._idle.append(auditor)
        return totals

    def __reduce__(self) -> tuple[Callable[..., SharedJob], tuple[str, bytes]]:
        if self._pickled is None:
            try:
                self._pickled = pickle.dumps(self.job)
            except (pickle.PicklingError, TypeError, AttributeError) as error:
                raise TypeError(
                    "the audit cannot go to another process, use threads or make the"
                    f" renderer and the wallets of things that can be pickled: {error}"
                ) from None
        return _shared, (self.token, self._pickled)


_SHARED_JOBS: dict[str, SharedJob] = {}


def _shared(token: str, pickled: bytes) -> SharedJob:
    """Return the job as this process knows it; the one before is forgotten."""
    if token not in _SHARED_JOBS:
        _SHARED_JOBS.clear()
        _SHARED_JOBS[token] = SharedJob(pickle.loads(pickled))  # noqa: S301 - our own
    return _SHARED_JOBS[token]


def _run_chunk(shared: SharedJob, pairs: list[tuple[Any, Any]]) -> Totals:
    return shared.run(pairs)


def _run_range(shared: SharedJob, lines: JsonLines) -> Totals:
    return shared.run((recipient, ABSENT) for recipient in lines)


def run_ranges(job: Job, lines: JsonLines, executor: Executor) -> Totals:
    """Let each worker read and render its own range of a file."""
    shared, count = SharedJob(job), _workers(executor)
    tasks = ((_run_range, shared, part) for part in lines.ranges(count))
    return _added_up(executor, tasks, job, count)


def run_chunks(job: Job, pairs: Pairs, executor: Executor) -> Totals:
    """Hand the recipients to the workers, some at a time."""
    shared, rest = SharedJob(job), iter(pairs)
    chunks = iter(lambda: list(islice(rest, CHUNK_SIZE)), [])
    tasks = ((_run_chunk, shared, chunk) for chunk in chunks)
    return _added_up(executor, tasks, job, 2 * _workers(executor))


def _workers(executor: Executor) -> int:
    """Return how many workers there are, as far as that can be known."""
    known = getattr(executor, "_max_workers", None)
    return known if isinstance(known, int) and known > 0 else os.cpu_count() or 1


def _added_up(
    executor: Executor, tasks: Iterable[tuple[Any, ...]], job: Job, at_once: int
) -> Totals:
    """Add up what the tasks count; only *at_once* of them are under way."""
    total = Totals(job.sample, job.max_length)
    waiting: deque[Future[Totals]] = deque()
    try:
        for task in tasks:
            waiting.append(executor.submit(*task))
            if len(waiting) >= at_once:
                total.merge(waiting.popleft().result())
        while waiting:
            total.merge(waiting.popleft().result())
    finally:
        for future in waiting:
            future.cancel()
    return total
