"""Dask: its scheduler makes lost tasks again, which no send may be.

It does so with the task of a worker that dies, and also with one that is done: while
anybody holds the future, a result that dies with its worker is computed anew, in the
run or after it.  So a request that must not be made twice has a permit, one element in
a queue at the scheduler.  The run puts it there before the task; whoever takes it out
may make the request, and nobody else ever can.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from concurrent.futures import Executor
from functools import partial
from typing import Any

from ._records import Done, State
from ._worker import Parcel, Work, make_request


__all__ = ["Permits", "is_dask", "make_outside_dask"]

_PATIENCE_SECONDS = 5.0
"""Seconds that the scheduler has to answer when a run ends."""

_NO_PERMITS = (
    "the executor hands requests to Dask, which may make them twice; give the run what "
    "Client.get_executor() returns, as it is"
)
_TAKEN_EARLIER = "the worker that had it died, and nobody knows whether it was sent"


def is_dask(executor: Executor) -> bool:
    """Return whether *executor* is what Dask's ``Client.get_executor()`` returns."""
    modules = (cls.__module__ for cls in type(executor).__mro__)
    return any(name.split(".")[0] == "distributed" for name in modules)


class Permits:
    """The permits of one run, as queues of Dask's scheduler.

    Args:
        executor: The executor of a Dask client.
        name: Tells the run from others.
    """

    def __init__(self, executor: Any, name: str) -> None:
        self._client = executor._client  # noqa: SLF001 - Dask gives no other way to it
        self._name = name
        self._queues: dict[int, Any] = {}
        self._patience = _PATIENCE_SECONDS
        self.make_request = partial(_make_permitted, name)

    def grant(self, number: int) -> None:
        """Permit a request.

        Raises:
            RuntimeError: If the scheduler cannot be reached.
        """
        distributed: Any = importlib.import_module("distributed")
        try:
            queue = distributed.Queue(_permit(self._name, number), client=self._client)
            self._queues[number] = queue
            queue.put(1)
        except Exception as error:
            raise RuntimeError(
                f"Dask's scheduler: {type(error).__name__}: {error}"
            ) from error

    def withdraw(self, number: int) -> bool:
        """Take a permit back; return whether nobody has made the request, or will."""
        try:
            taken = self._queues[number].get(
                batch=True, callback_timeout=self._patience
            )
        except Exception:  # noqa: BLE001 - a scheduler that is gone tells nothing
            self._patience = 0.0
            return False
        return bool(taken)

    def forget(self, number: int) -> None:
        """Give the scheduler its memory back, without waiting for it."""
        self._queues.pop(number).close()


def _permit(name: str, number: int) -> str:
    return f"sessionm-braze-{name}-{number}"


def _make_permitted(name: str, work: Work | Parcel, number: int, payload: Any) -> Done:
    """Make a request if its permit is still there."""
    distributed: Any = importlib.import_module("distributed")
    client = distributed.get_client()
    take = client.scheduler.queue_get
    try:
        permitted = client.sync(take, name=_permit(name, number), batch=True)
    except KeyError:  # the run is done with this request
        permitted = None
    if not permitted:
        return Done(State.UNKNOWN, _TAKEN_EARLIER)
    return make_request(work, number, payload)


def make_outside_dask(work: Work | Parcel, number: int, payload: Any) -> Done:
    """Make a request, but not as a task of Dask, where it needs a permit."""
    distributed: Any = sys.modules.get("distributed")
    if distributed is not None:
        with contextlib.suppress(ValueError):  # it says that this is no task
            distributed.get_worker()
            return Done(State.PENDING, _NO_PERMITS, stop=_NO_PERMITS)
    return make_request(work, number, payload)
