"""One request and what came of it: read once, and told as the right error."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import requests
from requests.structures import CaseInsensitiveDict

from .._checks import told
from .._secrets import Scrubber
from ..exceptions import (
    AuthenticationError,
    ConnectError,
    NotFoundError,
    OutcomeUnknownError,
    PayloadError,
    RateLimitError,
    RequestRejectedError,
    RequestTimeoutError,
    ResponseError,
    ResponseMeta,
    ServerError,
    SessionMBrazeError,
    TransportError,
)
from .bounds import ExceededError
from .call import decode
from .failures import Cause
from .policy import CallKind, Outcome
from .service import Refusal, Service, status_family


__all__ = ["Attempt", "error_for", "exceeded", "read"]

_EXCERPT_LENGTH = 200
"""Characters of an unreadable answer that an error quotes."""


_NO_HEADERS: Mapping[str, Any] = MappingProxyType({})


class Attempt(NamedTuple):
    """One request: how it ended, and what the answer held."""

    outcome: Outcome = Outcome.OK
    status_code: int | None = None
    headers: Mapping[str, str] = _NO_HEADERS
    data: Any = None
    refusal: Refusal = Refusal()
    problem: str = ""
    """Why the answer cannot be read."""

    cause: Cause | None = None
    meta: ResponseMeta = ResponseMeta()


def read(
    response: requests.Response,
    service: Service,
    *,
    scrub: Scrubber,
    any_json: bool,
    masked: bool,
) -> Attempt:
    """Turn *response* into an attempt, every secret in it masked.

    Args:
        response: The answer of the service.
        service: How that service says yes and no.
        scrub: Masks what the answer echoes.
        any_json: Whether every JSON value is an answer, not only an object.
        masked: Whether to mask secrets in the data of a success too: receipts and raw
            answers are printed, and lists of customers are long.
    """
    if response.status_code < 300:  # noqa: PLR2004 - 3xx is no answer
        attempt = _read_success(response, service, scrub, any_json=any_json)
    else:
        attempt = _read_failure(response, service, scrub)
    refusal = attempt.refusal._replace(
        message=scrub.text(attempt.refusal.message),
        code=scrub.value(attempt.refusal.code),
        errors=tuple(scrub.value(attempt.refusal.errors)),
    )
    headers = response.headers
    if any_json:
        headers = CaseInsensitiveDict(scrub.value(dict(headers)))
    return attempt._replace(
        data=scrub.value(attempt.data) if masked else attempt.data,
        status_code=response.status_code,
        headers=headers,
        refusal=refusal,
    )


def exceeded(error: ExceededError) -> Attempt:
    """Return the attempt that ended with an answer beyond a bound."""
    attempt = Attempt(outcome=Outcome.EXCEEDED, problem=f"{error.problem} @ $")
    if error.response is None:
        return attempt
    return attempt._replace(
        status_code=error.response.status_code, headers=error.response.headers
    )


def _read_success(
    response: requests.Response, service: Service, scrub: Scrubber, *, any_json: bool
) -> Attempt:
    if any_json and not response.content and response.status_code in {204, 205}:
        return Attempt()
    try:
        data = decode(response.content)
    except ValueError:
        return _unreadable(f"no JSON: {_excerpt(response, scrub)}")
    if not isinstance(data, dict):
        if any_json:
            return Attempt(data=data)
        return _unreadable(f"expected an object, got {type(data).__name__}")
    try:
        refusal = service.refusal_in_success(data)
    except ValueError as error:
        problem = scrub.text(str(error))
        return Attempt(data=data) if any_json else _unreadable(problem)
    if refusal is None:
        return Attempt(data=data)
    server = refusal.family is not None and issubclass(refusal.family, ServerError)
    outcome = Outcome.SERVER_FAULT if server else Outcome.REFUSED
    return Attempt(outcome=outcome, refusal=refusal)


def _read_failure(
    response: requests.Response, service: Service, scrub: Scrubber
) -> Attempt:
    status = response.status_code
    try:
        data = decode(response.content)
    except ValueError:
        data = None
    explained = isinstance(data, dict)
    target = response.headers.get("Location")
    if explained:
        refusal = service.explain(data)
    elif response.is_redirect and target:
        refusal = Refusal(f"redirect to {target}, not followed")
    else:
        refusal = Refusal(_excerpt(response, scrub))
    if status == 429:  # noqa: PLR2004 - HTTP's own numbers
        outcome = Outcome.RATE_LIMITED
    elif status == 408:  # noqa: PLR2004
        outcome = Outcome.REQUEST_TIMEOUT
    elif status >= 500:  # noqa: PLR2004
        declined = bool(refusal.message) and explained
        declined = declined and status in service.declines_with
        outcome = Outcome.DECLINED if declined else Outcome.SERVER_FAULT
    else:
        outcome = Outcome.REFUSED
    return Attempt(outcome=outcome, refusal=refusal)


def _unreadable(problem: str) -> Attempt:
    return Attempt(outcome=Outcome.UNREADABLE, problem=f"{problem} @ $")


def _excerpt(response: requests.Response, scrub: Scrubber) -> str:
    """Return the start of the body on one line; masked first, so no half is left."""
    text = scrub.text(response.content.decode("utf-8", "replace"))
    text = " ".join(text.split())
    if not text:
        return "empty body"
    return text if len(text) <= _EXCERPT_LENGTH else f"{text[:_EXCERPT_LENGTH]}…"


_ADVICE: Mapping[type[SessionMBrazeError], str] = {
    AuthenticationError: "check the credentials, their permissions and the endpoint",
    ConnectError: "nothing was sent; check the endpoint and the network",
    NotFoundError: "check the identifier and the endpoint",
    OutcomeUnknownError: "it may have been carried out: look before you repeat it",
    PayloadError: "the call is safe to repeat; its answer is not what is documented",
    RequestRejectedError: "nothing was done; repeated as it is, it fails again",
    RequestTimeoutError: "the call is safe to repeat; raise timeout= if this is usual",
    ResponseError: "check the endpoint",
    ServerError: "try again later",
    TransportError: "the call is safe to repeat",
}


def error_for(
    attempt: Attempt,
    what: str,
    kind: CallKind,
    *,
    wait: float | None,
    too_long: bool = False,
    limit: str = "",
) -> SessionMBrazeError:
    """Return the error that tells how a call ended.

    Args:
        attempt: The last request of the call.
        what: Service and name of the call.
        kind: Its class, which decides what stays unknown.
        wait: Seconds the service asks to wait, if it does.
        too_long: Whether that wait is why the call ends here.
        limit: What a 429 means for this call.
    """
    outcome, meta = attempt.outcome, attempt.meta
    text = f"{what}: {_story(attempt)}"
    if too_long:
        return _rate_limit_error(attempt, text, wait, limit)
    if outcome in kind.unknown:
        return OutcomeUnknownError(_advise(text, OutcomeUnknownError), meta=meta)
    if outcome in _ERRORS_WITHOUT_ANSWER:
        family = _ERRORS_WITHOUT_ANSWER[outcome]
        return family(_advise(text, family), meta=meta)
    if outcome is Outcome.EXCEEDED:
        text += "; raise the setting in brackets if such answers are usual"
        return PayloadError(text, problems=(attempt.problem,), meta=meta)
    if outcome is Outcome.UNREADABLE:
        text = _advise(text, PayloadError)
        return PayloadError(text, problems=(attempt.problem,), meta=meta)
    if outcome is Outcome.RATE_LIMITED:
        return _rate_limit_error(attempt, text, wait, limit)
    return _response_error(attempt, text)


def _rate_limit_error(
    attempt: Attempt, text: str, wait: float | None, limit: str
) -> RateLimitError:
    if limit and attempt.outcome is Outcome.RATE_LIMITED:
        text += f"; {limit}"
    text += f"; wait {wait:.0f} s" if wait is not None else "; wait, then repeat"
    return RateLimitError(
        text,
        retry_after=wait,
        status_code=attempt.status_code,
        code=attempt.refusal.code,
        errors=attempt.refusal.errors,
        meta=attempt.meta,
    )


_ERRORS_WITHOUT_ANSWER: Mapping[Outcome, type[SessionMBrazeError]] = {
    Outcome.NO_CONNECTION: ConnectError,
    Outcome.TIMEOUT: RequestTimeoutError,
    Outcome.CUT: TransportError,
}


def _response_error(attempt: Attempt, text: str) -> ResponseError:
    assert attempt.status_code is not None  # noqa: S101 - an answer came
    family = attempt.refusal.family or status_family(attempt.status_code)
    if family is ResponseError and attempt.status_code < 300:  # noqa: PLR2004
        family = RequestRejectedError
    slow = attempt.outcome is Outcome.REQUEST_TIMEOUT
    return family(
        f"{text}; nothing was done; try again later" if slow else _advise(text, family),
        status_code=attempt.status_code,
        code=attempt.refusal.code,
        errors=attempt.refusal.errors,
        meta=attempt.meta,
    )


def _story(attempt: Attempt) -> str:
    refusal = attempt.refusal
    parts = [attempt.outcome.value, attempt.problem]
    if attempt.status_code is not None:
        before = {refusal.code, refusal.message}
        more = dict.fromkeys(map(_reason, refusal.errors))
        details = "; ".join(each for each in more if each and each not in before)
        parts = [
            f"HTTP {attempt.status_code}",
            *(refusal.code or "", refusal.message),
            *(details[:_EXCERPT_LENGTH], attempt.problem),
        ]
    text = ", ".join(filter(None, parts))
    notes = []
    if attempt.meta.attempts > 1:
        notes.append(f"{attempt.meta.attempts} requests")
    if attempt.meta.request_id:
        notes.append(f"request id {attempt.meta.request_id}")
    return f"{text} ({', '.join(notes)})" if notes else text


def _reason(said: Any) -> str:
    """Return what an entry of ``errors`` says in words, and of what it says it."""
    if not isinstance(said, Mapping):
        return said if isinstance(said, str) else told(said)
    texts = [said[key] for key in ("message", "type", "error", "code") if key in said]
    words = next((text for text in texts if isinstance(text, str)), told(said))
    array, index = said.get("input_array"), said.get("index")
    return words if array is index is None else f"{array}[{index}]: {words}"


def _advise(text: str, family: type[SessionMBrazeError]) -> str:
    advice = _ADVICE.get(family)
    return f"{text}; {advice}" if advice else text
