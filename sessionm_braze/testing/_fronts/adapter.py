"""Front (a): the services as a transport adapter of a requests session."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from http.client import responses as REASONS  # noqa: N812 - a table
from typing import Any, NoReturn

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3 import exceptions as urllib3_exceptions
from urllib3.connection import HTTPConnection

from .._calls import Answer, read_call
from .._endpoints import Endpoints, host_of, service_at
from .._errors import UnexpectedRequestError
from .._faults import FaultKind, WireFault
from .._services import Services


__all__ = ["SandboxAdapter", "sandbox_session"]


AllEndpoints = Callable[[], tuple[Endpoints, ...]]
"""Returns the addresses of all fronts that are open."""


def sandbox_session(services: Services, endpoints: AllEndpoints, /) -> requests.Session:
    """Return a session on which every request goes to the sandbox, or nowhere."""
    session = requests.Session()
    session.trust_env = False
    adapter = SandboxAdapter(services, endpoints)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class SandboxAdapter(HTTPAdapter):
    """Answers requests from the services, without a socket."""

    def __init__(self, services: Services, endpoints: AllEndpoints, /) -> None:
        super().__init__()
        self._services = services
        self.fronts = endpoints

    def serves(self, url: str) -> bool:
        """Return whether *url* leads to the sandbox."""
        return service_at(self.fronts(), url) is not None

    def __reduce__(self) -> NoReturn:
        """Refuse: the state lives here, and a copy elsewhere would be another one."""
        raise TypeError(
            "a sandbox session cannot go to another process; "
            "give that process the URLs of Sandbox.serve()"
        )

    def send(  # noqa: PLR0917 - as requests has it
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer *request*; the other arguments have nothing to act on."""
        del timeout, verify, cert, proxies
        url = request.url or ""
        found = service_at(self.fronts(), url)
        if found is None:
            raise UnexpectedRequestError(
                f"{request.method} {host_of(url)} does not go to the sandbox"
            )
        call = read_call(
            request.method or "GET",
            url,
            endpoints=found[0],
            service=found[1],
            headers=request.headers,
            body=_body_bytes(request.body),
        )
        try:
            answer = self._services.handle(call)
        except WireFault as fault:
            _raise_as_requests_does(fault.kind, request)
        response = self.build_response(request, _raw(answer, call.method))
        if not stream:
            response.content  # noqa: B018 - reads the body, as a session does
        return response


def _body_bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    if hasattr(body, "read"):
        content = body.read()
        return content.encode() if isinstance(content, str) else bytes(content)
    return b"".join(body)


def _raw(answer: Answer, method: str) -> urllib3.HTTPResponse:
    body = b"" if method == "HEAD" else answer.body
    return urllib3.HTTPResponse(
        body=io.BytesIO(body),
        headers={**answer.headers, "Content-Length": str(len(answer.body))},
        status=answer.status,
        reason=REASONS.get(answer.status),
        version=11,
        preload_content=False,
        request_method=method,
    )


def _raise_as_requests_does(
    kind: FaultKind, request: requests.PreparedRequest
) -> NoReturn:
    url = request.url or ""
    host = urllib3.util.parse_url(url).host or ""
    pool = urllib3.connectionpool.ConnectionPool(host)
    if kind == "timeout":
        late = urllib3_exceptions.ReadTimeoutError(pool, url, "Read timed out.")
        raise requests.exceptions.ReadTimeout(late, request=request)
    if kind == "refused":
        reason = urllib3_exceptions.NewConnectionError(
            HTTPConnection(host),
            "Failed to establish a new connection: Connection refused",
        )
        nobody = urllib3_exceptions.MaxRetryError(pool, url, reason)
        raise requests.exceptions.ConnectionError(nobody, request=request)
    reset = ConnectionResetError(104, "Connection reset by peer")
    cut = urllib3_exceptions.ProtocolError("Connection aborted.", reset)
    raise requests.exceptions.ConnectionError(cut, request=request)
