"""Fetch the file of a segment export from the storage: no key, and with patience.

The address itself lets whoever has it read the file, so no error and no log shows more
of it than the host.
"""

from __future__ import annotations

import logging
import time
from typing import IO, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import requests.auth

from .._addresses import Deadline, is_public, resolved
from .._secrets import Scrubber, Secret
from ..exceptions import (
    PayloadError,
    RequestTimeoutError,
    ResponseMeta,
    SessionMBrazeError,
    TransportError,
)
from .bounds import Bounds, ExceededError, exchange
from .connections import Connections
from .credentials import is_safe
from .failures import Cause, classify, hidden, reason, scrubbed
from .policy import Outcome, backoff, server_wait
from .service import status_family
from .settings import Settings


__all__ = ["fetch"]

_log = logging.getLogger("sessionm_braze")

_MAX_REDIRECTS = 5
_NOT_THERE_STATUSES = frozenset({403, 404})
"""What storage says of a file that is not there yet, or not any more."""

_TRANSIENT_STATUSES = frozenset({408, 429, *range(500, 600)})
_LOOK_UP_SECONDS = 5.0
_FIRST_PAUSE = 5.0
_MAX_PAUSE = 60.0


class _NoCredentials(requests.auth.AuthBase):
    """Keeps whatever a session or a ``.netrc`` would add away from the storage."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        return request


class _Failure(NamedTuple):
    """Why one try brought no file."""

    story: str
    status_code: int | None = None
    not_there: bool = False
    transient: bool = False
    exceeded: bool = False
    wait: float | None = None
    cause: Cause | None = None


def fetch(
    url: str,
    target: IO[bytes],
    *,
    connections: Connections,
    settings: Settings,
    user_agent: str,
    patience: float,
    deadline: float,
    max_size: int,
) -> None:
    """Write the file at *url* to *target*, asking until it is there.

    Args:
        url: Where the file is, or will be.
        target: Binary; what it holds is replaced.
        connections: Give the session to ask through.
        settings: Timeout, clock, sleep, and how often trouble is met.
        user_agent: What the client calls itself.
        patience: Seconds to wait for a file that is not there.
        deadline: Seconds for asking and transferring, waits between not counted.
        max_size: Bytes of the file.

    Raises:
        PayloadError: If the file is beyond *deadline* or *max_size*.
        RequestTimeoutError: If the file was not there in time.
        TransportError: If the storage could not be reached in that time.
        ResponseError: If the storage refused, or failed all that time.
    """
    started = settings.clock()
    asked, troubles, pause, spent = 0, 0, _FIRST_PAUSE, 0.0
    while True:
        asked += 1
        bounds = Bounds(deadline, "deadline", max_size, "max_size", spent=spent)
        began = time.monotonic()
        token = hidden.set(True)
        try:
            failure = _ask(
                url, target, bounds, connections, settings, user_agent=user_agent
            )
        except ExceededError as error:
            failure = _Failure(story=error.problem, exceeded=True)
        finally:
            hidden.reset(token)
        if failure is None:
            return
        spent += time.monotonic() - began
        elapsed = settings.clock() - started
        left = patience - elapsed
        troubles = troubles + 1 if failure.transient else 0
        final = failure.exceeded or spent >= deadline
        if not final and 0 < troubles < settings.retry.attempts:
            wait = failure.wait or backoff(settings.retry, troubles)
            _log.warning(
                "read_segment_export: HTTP %s; attempt %d follows in %.1f s",
                *(failure.status_code, asked + 1, wait),
            )
            settings.sleep(wait)
        elif not final and left > 0 and (failure.transient or failure.not_there):
            settings.sleep(min(pause, left))
            pause = min(pause * 2, _MAX_PAUSE)
        else:
            meta = ResponseMeta(
                status_code=failure.status_code, attempts=asked, elapsed=elapsed
            )
            raise _error(url, failure, meta, patience) from failure.cause


def _ask(
    url: str,
    target: IO[bytes],
    bounds: Bounds,
    connections: Connections,
    settings: Settings,
    *,
    user_agent: str,
) -> _Failure | None:
    """Try once; return why there is no file, or ``None`` when it is written."""

    def take(response: requests.Response) -> None:
        if response.status_code != 200:  # noqa: PLR2004 - a whole file, no part of one
            response.close()
            return
        target.seek(0)
        target.truncate()
        target.writelines(bounds.body_of(response))

    first = url
    for _ in range(_MAX_REDIRECTS + 1):
        session = connections.session("://".join(urlsplit(url)[:2]))
        try:
            response = exchange(
                session,
                "GET",
                url,
                bounds=bounds,
                timeout=settings.timeout,
                take=take,
                headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
                auth=_NoCredentials(),
            )
        except requests.RequestException as error:
            outcome = classify(error)
            story = outcome.value
            if outcome is Outcome.NO_CONNECTION:
                origin = "://".join(urlsplit(url)[:2])
                story += f", {_scrubber(url).text(reason(error, origin))}"
            return _Failure(
                story=story, transient=True, cause=scrubbed(error, _scrubber(url))
            )
        location = response.headers.get("Location")
        if not response.is_redirect or not location:
            return _failure(response, settings)
        status, url = response.status_code, _redirect_target(url, location)
        if not is_safe(url):
            story = f"HTTP {status}, a redirect to what is no https URL,"
            return _Failure(story=story, status_code=status)
        if _leads_inside(url) and not _leads_inside(first):
            story = f"HTTP {status}, a redirect to a private address,"
            return _Failure(story=story, status_code=status)
    story = f"HTTP {status}, more than {_MAX_REDIRECTS} redirects"
    return _Failure(story=story, status_code=status)


def _leads_inside(url: str) -> bool:
    """Return whether the host of *url* is at an address of a private network.

    A name that cannot be looked up here, behind a proxy, is left to who connects.
    """
    host = urlsplit(url).hostname or ""
    try:
        found = resolved(host, 443, Deadline(_LOOK_UP_SECONDS))
    except OSError:
        return False
    return not all(is_public(str(entry[4][0])) for entry in found)


def _redirect_target(url: str, location: str) -> str:
    """Return the address that *location* means, or a blank one if it is none."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _failure(response: requests.Response, settings: Settings) -> _Failure | None:
    status = response.status_code
    if status == 200:  # noqa: PLR2004 - it has been taken
        return None
    wait = server_wait(response.headers, None, settings.clock())
    return _Failure(
        story=f"HTTP {status}",
        status_code=status,
        not_there=status in _NOT_THERE_STATUSES,
        transient=status in _TRANSIENT_STATUSES,
        wait=None if wait is None else min(wait, settings.retry.max_wait),
    )


def _error(
    url: str, failure: _Failure, meta: ResponseMeta, patience: float
) -> SessionMBrazeError:
    host = urlsplit(url).netloc
    text = f"segment export: {failure.story} from {host}"
    if failure.exceeded:
        problem = f"{failure.story} @ {host}"
        return PayloadError(text, problems=(problem,), meta=meta)
    if failure.not_there:
        return RequestTimeoutError(
            f"{text}: no file within {patience:.0f} s; the export is still running, or "
            "its file is gone: Braze deletes it after about 4 hours",
            meta=meta,
        )
    if failure.status_code is None:
        return TransportError(f"{text}; the call is safe to repeat", meta=meta)
    family = status_family(failure.status_code)
    return family(text, status_code=failure.status_code, meta=meta)


def _scrubber(url: str) -> Scrubber:
    parts = urlsplit(url)
    whole = f"{parts.path}?{parts.query}"
    texts = (url, whole, parts.path, parts.query)
    return Scrubber(Secret(text) for text in texts if len(text) > 1)
