"""Fetch the file of a segment export from the storage: no key, and with patience.

The address itself lets whoever has it read the file, so no error and no log shows more
of it than the host.
"""

from __future__ import annotations

from typing import IO, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import requests.auth

from .._secrets import Scrubber, Secret
from ..exceptions import (
    RequestTimeoutError,
    ResponseMeta,
    SessionMBrazeError,
    TransportError,
)
from .connections import Connections
from .credentials import is_safe
from .failures import Cause, classify, hidden, scrubbed
from .policy import backoff, server_wait
from .service import status_family
from .settings import Settings


__all__ = ["fetch"]

_CHUNK_BYTES = 256 * 1024
_MAX_REDIRECTS = 5
_NOT_THERE_STATUSES = frozenset({403, 404})
"""What storage says of a file that is not there yet, or not any more."""

_TRANSIENT_STATUSES = frozenset({408, 429, *range(500, 600)})
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
) -> None:
    """Write the file at *url* to *target*, asking until it is there.

    Args:
        url: Where the file is, or will be.
        target: Binary; what it holds is replaced.
        connections: Give the session to ask through.
        settings: Timeout, clock, sleep, and how often trouble is met.
        user_agent: What the client calls itself.
        patience: Seconds to wait for a file that is not there.

    Raises:
        RequestTimeoutError: If the file was not there in time.
        TransportError: If the storage could not be reached in that time.
        ResponseError: If the storage refused, or failed all that time.
    """
    started = settings.clock()
    asked, troubles, pause = 0, 0, _FIRST_PAUSE
    while True:
        asked += 1
        token = hidden.set(True)
        try:
            failure = _ask(url, target, connections, settings, user_agent)
        finally:
            hidden.reset(token)
        if failure is None:
            return
        elapsed = settings.clock() - started
        left = patience - elapsed
        troubles = troubles + 1 if failure.transient else 0
        if 0 < troubles < settings.retry.attempts:
            settings.sleep(failure.wait or backoff(settings.retry, troubles))
        elif left > 0 and (failure.transient or failure.not_there):
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
    connections: Connections,
    settings: Settings,
    user_agent: str,
) -> _Failure | None:
    """Try once; return why there is no file, or ``None`` when it is written."""
    for _ in range(_MAX_REDIRECTS + 1):
        session = connections.session("://".join(urlsplit(url)[:2]))
        try:
            with session.get(
                url,
                headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
                auth=_NoCredentials(),
                timeout=settings.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                location = response.headers.get("Location")
                if not response.is_redirect or not location:
                    return _take(response, target, settings)
                status, url = response.status_code, _redirect_target(url, location)
        except requests.RequestException as error:
            return _Failure(
                story=classify(error).value,
                transient=True,
                cause=scrubbed(error, _scrubber(url)),
            )
        if not is_safe(url):
            story = f"HTTP {status}, a redirect to what is no https URL,"
            return _Failure(story=story, status_code=status)
    story = f"HTTP {status}, more than {_MAX_REDIRECTS} redirects"
    return _Failure(story=story, status_code=status)


def _redirect_target(url: str, location: str) -> str:
    """Return the address that *location* means, or a blank one if it is none."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _take(
    response: requests.Response, target: IO[bytes], settings: Settings
) -> _Failure | None:
    status = response.status_code
    if status == 200:  # noqa: PLR2004 - a whole file, no part of one
        target.seek(0)
        target.truncate()
        target.writelines(response.iter_content(_CHUNK_BYTES))
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
    text = f"segment export: {failure.story} from {urlsplit(url).netloc}"
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
