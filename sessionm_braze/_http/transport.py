"""The one place that sends: connections, timeouts, repeats, and what came of it."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable
from typing import IO, Self
from urllib.parse import urlsplit

import requests
import requests.auth

from .._secrets import Scrubber, Secret
from .._version import __version__
from ..exceptions import ResponseMeta
from .attempt import Attempt, error_for, exceeded, read
from .bounds import ENCODINGS, Bounds, ExceededError, exchange, read_whole
from .call import Answer, Call, encode
from .connections import Connections
from .failures import OneLineFilter, classify, reason, scrubbed
from .policy import READ, Outcome, backoff, rate_limit, server_wait
from .service import Service
from .settings import CallEvent, Settings


__all__ = ["Transport"]

_USER_AGENT = f"sessionm-braze/{__version__}"

_log = logging.getLogger("sessionm_braze")
_log.addHandler(logging.NullHandler())
_log.addFilter(OneLineFilter())


class Transport:
    """Sends the calls of one client.  Safe to share between threads."""

    def __init__(
        self,
        *,
        service: Service,
        base_url: str,
        authorization: requests.auth.AuthBase,
        secrets: Iterable[Secret],
        settings: Settings,
    ) -> None:
        self._service = service
        self._base_url = Secret(base_url)
        self._origin = "://".join(urlsplit(base_url)[:2])
        self._authorization = authorization
        self._scrub = Scrubber(secrets)
        self.settings = settings
        self._user_agent = " ".join(filter(None, [_USER_AGENT, settings.user_agent]))
        self._connections = Connections(settings)

    def call(self, call: Call, /) -> Answer:
        """Make *call*, repeated as its kind allows.

        Raises:
            ValueError: If its body is larger than the service accepts.
            SessionMBrazeError: If it does not succeed.
        """
        body = encode(call)
        started = self.settings.clock()
        number = 0
        while True:
            number += 1
            attempt = self._attempt(call, body, number, started)
            if attempt.outcome is Outcome.OK:
                assert attempt.status_code is not None  # noqa: S101 - an answer came
                return Answer(
                    status_code=attempt.status_code,
                    headers=attempt.headers,
                    data=attempt.data,
                    meta=attempt.meta,
                )
            wait = self._wait_after(attempt, call, number)
            self._announce("before_retry", call, attempt, number, wait=wait)
            _log.warning(
                "%s %s: %s, request id %s; attempt %d of %d follows in %.1f s",
                *(self._service.name, call.name, _ending(attempt)),
                *(attempt.meta.request_id, number + 1, self.settings.retry.attempts),
                wait,
            )
            self.settings.sleep(wait)

    def shown(self, path: str = "") -> str:
        """Return the base URL with *path*, secrets masked."""
        return self._scrub.text(self._base_url.reveal() + path)

    def with_settings(self, settings: Settings) -> Self:
        """Return a transport like this one, with connections of its own."""
        made = copy.copy(self)
        made.settings = settings
        made._connections = Connections(settings)  # noqa: SLF001 - its own
        return made

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._connections.close()

    def fetch(
        self,
        url: str,
        target: IO[bytes],
        *,
        patience: float,
        deadline: float,
        max_size: int,
    ) -> None:
        """Write the file at *url*, on another host, to *target*: without credentials.

        Args:
            url: Checked by `check_storage_url`.
            target: Binary; what it holds is replaced.
            patience: Seconds to wait for the file to be there.
            deadline: Seconds for asking and transferring, waits between not counted.
            max_size: Bytes of the file.

        Raises:
            SessionMBrazeError: If the file cannot be had.
        """
        from .storage import fetch  # noqa: PLC0415 - few programs read exports

        fetch(
            url,
            target,
            connections=self._connections,
            settings=self.settings,
            user_agent=self._user_agent,
            patience=patience,
            deadline=deadline,
            max_size=max_size,
        )

    def _attempt(
        self, call: Call, body: bytes | None, number: int, started: float
    ) -> Attempt:
        session = self._connections.session(self._origin)
        self._announce("before_request", call, Attempt(), number)
        try:
            response = self._send(session, call, body)
        except ExceededError as error:
            attempt = exceeded(error)
        except requests.RequestException as error:
            outcome = classify(error)
            problem = ""
            if outcome is Outcome.UNREADABLE:
                problem = "content cannot be decoded @ $"
            elif outcome is Outcome.NO_CONNECTION:
                problem = self._scrub.text(reason(error, self._origin))
            cause = scrubbed(error, self._scrub)
            attempt = Attempt(outcome=outcome, cause=cause, problem=problem)
        else:
            attempt = read(
                response,
                self._service,
                scrub=self._scrub,
                any_json=call.any_json,
                masked=call.any_json or call.kind is not READ,
            )
        meta = ResponseMeta(
            status_code=attempt.status_code,
            request_id=self._scrub.text(attempt.headers.get("X-Request-Id", ""))
            or None,
            rate_limit=rate_limit(attempt.headers),
            attempts=number,
            elapsed=max(0.0, self.settings.clock() - started),
        )
        attempt = attempt._replace(meta=meta)
        self._announce("after_response", call, attempt, number)
        _log.debug(
            "%s %s, request %d: %s, request id %s",
            *(self._service.name, call.name, number, _ending(attempt)),
            meta.request_id,
        )
        return attempt

    def _send(
        self, session: requests.Session, call: Call, body: bytes | None
    ) -> requests.Response:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": "application/json",
            "Accept-Encoding": ENCODINGS,
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        settings = self.settings
        bounds = Bounds(
            settings.deadline, "deadline", settings.max_answer, "max_answer"
        )
        return exchange(
            session,
            call.method,
            self._base_url.reveal() + call.path,
            bounds=bounds,
            timeout=settings.timeout,
            take=lambda response: read_whole(response, bounds),
            data=body,
            params=call.params,
            headers=headers,
            auth=self._authorization,
        )

    def _wait_after(self, attempt: Attempt, call: Call, number: int) -> float:
        """Return seconds until the next request; raise if there is to be none."""
        policy = self.settings.retry
        now = self.settings.clock()
        asked = server_wait(attempt.headers, attempt.outcome, now)
        again = attempt.outcome in call.kind.repeated
        too_long = again and asked is not None and asked > policy.max_wait
        if not again or too_long or number >= policy.attempts:
            what = f"{self._service.name} {call.name} {call.target}".rstrip()
            error = error_for(
                attempt,
                what,
                call.kind,
                wait=asked,
                too_long=too_long,
                limit=call.limit,
            )
            raise error from attempt.cause
        return backoff(policy, number) if asked is None else asked

    def _announce(
        self,
        hook: str,
        call: Call,
        attempt: Attempt,
        number: int,
        *,
        wait: float | None = None,
    ) -> None:
        function = getattr(self.settings.hooks, hook)
        if function is None:
            return
        ended = hook != "before_request"
        event = CallEvent(
            service=self._service.name,
            call=call.name,
            method=call.method,
            url=self.shown(call.path),
            attempt=number,
            outcome=attempt.outcome.value if ended else None,
            status_code=attempt.meta.status_code,
            request_id=attempt.meta.request_id,
            elapsed=attempt.meta.elapsed if ended else None,
            wait=wait,
        )
        try:
            function(event)
        except Exception:  # noqa: BLE001 - it would hide what became of a send
            _log.exception("the hook %s of %s %s", hook, self._service.name, call.name)


def _ending(attempt: Attempt) -> str:
    """Return how a request ended, for the log: nothing that an answer said."""
    status, words = attempt.status_code, attempt.outcome.value
    return (
        words
        if status is None or words.startswith("HTTP")
        else f"HTTP {status}, {words}"
    )
