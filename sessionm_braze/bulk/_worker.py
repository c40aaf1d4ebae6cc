"""What a worker does: one request with a client of its own, told in few words."""

from __future__ import annotations

import pickle
import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from ..clients import CallEvent
from ..clients._client import ServiceClient, settings_of, with_settings
from ..exceptions import (
    AuthenticationError,
    NotFoundError,
    OutcomeUnknownError,
    PayloadError,
    RateLimitError,
    RequestRejectedError,
    ResponseError,
    ResponseMeta,
    ServerError,
    SessionMBrazeError,
)
from ._operation import Action
from ._records import Done, State


__all__ = ["Parcel", "Work", "client_for_workers", "make_request"]

Client = TypeVar("Client", bound=ServiceClient)

_RATE_LIMITED = 429
_WORKS_KEPT = 4
"""Clients that a worker process keeps; a run uses one."""

_NO_SUCH_TARGET = re.compile(
    r"invalid (campaign|canvas)|(campaign|canvas)_id must be a string|"
    r"(campaign|canvas)\b.* (does not exist|archived|paused|draft|api-triggered)",
    re.IGNORECASE,
)
"""Braze's words for a campaign it cannot send; it says so with a plain 400."""


class ThrottledError(BaseException):
    """Ends a call that was asked to slow down: the run waits, not the worker.

    It is no `Exception`, of which a client only logs what its hooks raise.
    """

    def __init__(self, event: CallEvent) -> None:
        super().__init__(event.outcome)
        self.event = event


@attrs.frozen
class _Brake:
    """Ends a call at a 429; otherwise it is the client's own hook."""

    inner: Callable[[CallEvent], object] | None

    def __call__(self, event: CallEvent) -> None:
        if event.status_code == _RATE_LIMITED:
            raise ThrottledError(event)
        if self.inner is not None:
            self.inner(event)


def client_for_workers(client: Client) -> Client:
    """Return a sibling of *client* that leaves pace and rate limits to the run."""
    settings = settings_of(client)
    hooks = settings.hooks
    slowed_by_run = attrs.evolve(
        settings,
        requests_per_second=None,
        hooks=attrs.evolve(hooks, before_retry=_Brake(hooks.before_retry)),
    )
    return with_settings(client, slowed_by_run)


class Work:
    """A client and what to do with it."""

    def __init__(self, client: ServiceClient, action: Action) -> None:
        self.client = client
        self.action = action
        self.name = uuid.uuid4().hex
        """Tells a run from others."""

        self._packed: bytes | None = None

    def opened(self) -> Work:
        """Return itself; what travels has to be opened."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self._packed is None:
            self._packed = pickle.dumps((self.client, self.action))
        return Parcel, (self.name, self._packed)

    def __dask_tokenize__(self) -> str:
        """Give Dask a short name for it."""
        return self.name


class Parcel:
    """Work on its way to another process, which opens it once and keeps it.

    A process that opened it for each request would connect for each request.  It is
    not opened on arrival: what fails there fails unseen, and some executors hang.
    """

    def __init__(self, name: str, packed: bytes) -> None:
        self._name = name
        self._packed = packed

    def opened(self) -> Work:
        """Return the work in it."""
        with _works_lock:
            if self._name not in _works:
                unpacked = pickle.loads(self._packed)  # noqa: S301 - our own bytes
                _works[self._name] = Work(*unpacked)
                while len(_works) > _WORKS_KEPT:
                    _, old = _works.popitem(last=False)
                    old.client.close()
            return _works[self._name]


_works: OrderedDict[str, Work] = OrderedDict()
_works_lock = threading.Lock()


def make_request(work: Work | Parcel, number: int, payload: Any) -> Done:  # noqa: ARG001
    """Make one request and say what came of it; nothing is raised.

    Args:
        work: The client, and what to do.
        number: Counts the requests of a run: Dask makes like ones only once.
        payload: What the request needs.
    """
    try:
        work = work.opened()
    except Exception as error:  # noqa: BLE001 - anything can be missing there
        story = f"a worker cannot open the client: {_story(error)}"
        return Done(State.PENDING, story, stop=story)
    action = work.action
    try:
        return action(work.client, payload)
    except ThrottledError as pause:
        return _throttled(pause.event)
    except SessionMBrazeError as error:
        return action.failed(_failed(error, repeatable=action.repeatable), error)
    except (TypeError, ValueError) as error:
        return Done(State.REFUSED, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, the run must know
        safe = action.repeatable or not getattr(error, "sent", True)
        story = _story(error)
        return Done(State.PENDING if safe else State.UNKNOWN, story, stop=story)


def _story(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _throttled(event: CallEvent) -> Done:
    return Done(
        State.PENDING,
        f"HTTP {_RATE_LIMITED}",
        event.status_code,
        event.request_id,
        attempts=event.attempt,
        throttled=True,
        wait=event.wait,
    )


def _failed(error: SessionMBrazeError, *, repeatable: bool) -> Done:
    """Say what *error* means for the records of its request, and for the run."""
    meta = error.meta or ResponseMeta()
    done = Done(
        State.PENDING,
        str(error),
        meta.status_code,
        meta.request_id,
        attempts=meta.attempts,
    )
    if isinstance(error, RateLimitError):
        return done._replace(throttled=True, wait=error.retry_after)
    if isinstance(error, OutcomeUnknownError):
        return done._replace(state=State.UNKNOWN)
    if _ends_the_run(error):
        return done._replace(stop=str(error))
    if isinstance(error, NotFoundError | RequestRejectedError):
        return done._replace(state=State.REFUSED, divisible=True)
    if isinstance(error, PayloadError) and not repeatable:
        return done._replace(state=State.UNKNOWN)
    return done


def _ends_the_run(error: SessionMBrazeError) -> bool:
    """Return whether every other request would fail like this one."""
    if isinstance(error, AuthenticationError):
        return True
    if isinstance(error, RequestRejectedError):
        return bool(_NO_SUCH_TARGET.search(str(error)))
    others = NotFoundError | ServerError
    return isinstance(error, ResponseError) and not isinstance(error, others)
