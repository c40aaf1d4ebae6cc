"""Dask: its scheduler gives a dead worker's task to another, which no send may be.

So before a request that must not be made twice leaves, its worker claims it at the
scheduler.  Whoever finds it claimed does not know what came of it, and says so.
"""

from __future__ import annotations

import importlib
from concurrent.futures import Executor
from functools import partial
from typing import Any

from ._records import Done, State
from ._worker import Parcel, Work, make_request


__all__ = ["Claims", "is_dask"]

_CLAIMED_EARLIER = "the worker that had it died, and nobody knows whether it was sent"


def is_dask(executor: Executor) -> bool:
    """Return whether *executor* is what Dask's ``Client.get_executor()`` returns."""
    return type(executor).__module__.split(".")[0] == "distributed"


class Claims:
    """The claims of one run, as events of Dask's scheduler.

    Args:
        executor: The executor of a Dask client.
        name: Tells the run from others.
    """

    def __init__(self, executor: Any, name: str) -> None:
        self._client = executor._client  # noqa: SLF001 - Dask gives no other way to it
        self._name = name
        self.make_request = partial(_claimed, name)

    def forget(self, number: int) -> None:
        """Give the scheduler its memory back, without waiting for it."""
        self._client.loop.add_callback(
            self._client.scheduler.event_clear, name=_claim(self._name, number)
        )


def _claim(name: str, number: int) -> str:
    return f"sessionm-braze-{name}-{number}"


def _claimed(name: str, work: Work | Parcel, number: int, payload: Any) -> Done:
    """Make a request unless somebody has begun to make it."""
    distributed: Any = importlib.import_module("distributed")
    claim = distributed.Event(_claim(name, number))
    if claim.is_set():
        return Done(State.UNKNOWN, _CLAIMED_EARLIER)
    claim.set()
    return make_request(work, number, payload)
