"""Makes a connected_content call as Braze does, and hands its answer to the message.

Facts: Braze docs, *Making an API call*, *Local Connected Content variables*, *Caching
responses*, *Connected Content retries*.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from liquid.token import Token

from ...exceptions import ConnectedContentError, TransportError
from .._context import MAX_RETRIES, PARSED_SIZE_FACTOR, BrazeContext
from .._errors import CallError
from .._parts import Part
from .._values import utf8
from .messages import (
    MAX_BODY_SIZE,
    SUCCESS_STATUSES,
    ConnectedContentCall,
    ConnectedContentRequest,
    ConnectedContentResponse,
)
from .request import Options, build_request, scrubber
from .rerender import rerender_answer


STATUS_KEY = "__http_status_code__"
TIMEOUT_STATUSES = (408, 429)
MIN_SERVER_ERROR = 500


def call(url: Part, options: Options, context: BrazeContext, token: Token) -> str:
    """Make a call and bind its answer.

    Returns:
        What the tag prints: an answer that is not JSON.

    Raises:
        CallError: If the call cannot be made.
    """
    request = build_request(url, options, context, token)
    response = None if request is None else _answer(request, context, token)
    name = options.saved_as
    if response is None:
        context.assign(name, None)
        return ""
    if "rerender" in options.flags:
        text = rerender_answer(response.body, context, token)
        response = ConnectedContentResponse(response.status_code, text)
    context.hold(len(response.body) * PARSED_SIZE_FACTOR)
    try:
        value = response.json()
    except ValueError:
        return response.body
    if isinstance(value, Mapping):
        value = {**value, STATUS_KEY: response.status_code}
    context.assign(name, value)
    return ""


def _answer(
    request: ConnectedContentRequest, context: BrazeContext, token: Token
) -> ConnectedContentResponse | None:
    """Return the answer if it is a success.

    A failure that ``:retry`` covers is noted: Braze puts such a message back into its
    queue and renders it again, unless it aborts itself first.
    """
    key = (request.method, request.url, request.body, *request.headers.items())
    if before := context.answers_before.get(key):
        context.answers.setdefault(key, []).append(before[0])
        return before.pop(0)
    response = _first_answer(request, context, token)
    if response is not None:
        context.answers.setdefault(key, []).append(response)
    return response


def _first_answer(
    request: ConnectedContentRequest, context: BrazeContext, token: Token
) -> ConnectedContentResponse | None:
    """Return the answer, kept or fetched, if it is a success."""
    now = context.workspace.now().timestamp()
    kept = None if request.cache_max_age is None else context.cache.get(request, now)
    if kept is not None:
        _record(request, context, kept, from_cache=True)
        return kept
    context.check_time()
    response = _attempt(request, context, token)
    status = MIN_SERVER_ERROR if response is None else response.status_code
    if request.retry and (status >= MIN_SERVER_ERROR or status in TIMEOUT_STATUSES):
        _note_failure(context, token)
    if response is None or status not in SUCCESS_STATUSES:
        return None
    context.cache.put(request, response, now)
    return response


def _note_failure(context: BrazeContext, token: Token) -> None:
    """Note that the message is to be rendered again; a preview never is."""
    if not context.workspace.preview:
        context.failing = context.failing or token
        return
    repeats = (
        f"a send does, up to {MAX_RETRIES} times, and is aborted if that is no use"
    )
    context.warn(f"a preview does not repeat this call: {repeats}", token)


def _attempt(
    request: ConnectedContentRequest, context: BrazeContext, token: Token
) -> ConnectedContentResponse | None:
    fetcher = context.workspace.fetcher
    if fetcher is None:
        raise CallError(
            "nobody answers connected_content calls: give the Renderer a fetcher, for"
            " example CannedFetcher({url: answer}) or HttpFetcher(allow_hosts=[host])",
            token=token,
        )
    start = time.perf_counter()
    try:
        response = fetcher(request)
    except (TimeoutError, ConnectionError, TransportError) as error:
        kind = "timeout" if isinstance(error, TimeoutError) else "no connection"
        text = scrubber(context).text(str(error))
        reason = f"{kind}: {text}" if text else kind
        _record(request, context, None, start=start, error=reason)
        return None
    except ConnectedContentError as error:
        raise CallError(
            scrubber(context).text(str(error.args[0])), token=token
        ) from None
    if not isinstance(response, ConnectedContentResponse):
        kind = type(response).__name__
        raise TypeError(f"a fetcher returns a ConnectedContentResponse, not {kind}")
    excess = None
    if len(utf8(response.body)) > MAX_BODY_SIZE:
        excess = f"the answer is larger than {MAX_BODY_SIZE} bytes"
    _record(request, context, response, start=start, error=excess)
    return None if excess else response


def _record(
    request: ConnectedContentRequest,
    context: BrazeContext,
    response: ConnectedContentResponse | None,
    *,
    start: float | None = None,
    from_cache: bool = False,
    error: str | None = None,
) -> None:
    context.hold(len(request.url) + len(request.body or ""))
    context.calls.append(
        ConnectedContentCall(
            request=request.masked(scrubber(context)),
            status_code=None if response is None else response.status_code,
            elapsed=0.0 if start is None else time.perf_counter() - start,
            from_cache=from_cache,
            error=error,
        )
    )
