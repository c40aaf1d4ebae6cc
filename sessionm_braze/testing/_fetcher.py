"""The sandbox as what answers connected_content, and the requests of webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..rendering import ConnectedContentRequest, ConnectedContentResponse
from ._calls import Answer, read_call
from ._endpoints import Endpoints, host_of, service_at
from ._errors import UnexpectedRequestError
from ._faults import WireFault
from ._services import Services


__all__ = ["OtherFetcher", "SandboxFetcher"]

OtherFetcher = Callable[[ConnectedContentRequest], ConnectedContentResponse]
"""Answers the calls that go to other hosts."""


class SandboxFetcher:
    """Answers connected_content from the sandbox's own services.

    Args:
        services: Who answers.
        endpoints: Gives the addresses that lead to the sandbox.
        other: Who answers calls to other hosts; without it they are an error.
    """

    def __init__(
        self,
        services: Services,
        endpoints: Callable[[], tuple[Endpoints, ...]],
        other: OtherFetcher | None = None,
    ) -> None:
        self._services = services
        self._endpoints = endpoints
        self._other = other

    def __call__(self, request: ConnectedContentRequest, /) -> ConnectedContentResponse:
        """Answer *request*.

        Raises:
            TimeoutError: If the fault plan says so.
            ConnectionError: If the fault plan says so.
            UnexpectedRequestError: If it goes to a host that nobody answers for.
        """
        body = (request.body or "").encode()
        answer = self.fetch(request.method, request.url, request.headers, body)
        if answer is None:
            if self._other is not None:
                return self._other(request)
            raise UnexpectedRequestError(
                f"connected_content calls {host_of(request.url)}, which is not the "
                "sandbox; give Sandbox(fetcher=…) something that answers for it"
            )
        return ConnectedContentResponse(
            status_code=answer.status, body=answer.body, headers=answer.headers
        )

    def fetch(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, /
    ) -> Answer | None:
        """Return the sandbox's answer, or ``None`` if *url* leads elsewhere.

        Raises:
            TimeoutError: If the fault plan says so.
            ConnectionError: If the fault plan says so.
        """
        found = service_at(self._endpoints(), url)
        if found is None:
            return None
        call = read_call(
            method,
            url,
            endpoints=found[0],
            service=found[1],
            headers=headers,
            body=body,
        )
        try:
            return self._services.handle(call)
        except WireFault as fault:
            if fault.kind == "timeout":
                raise TimeoutError("the sandbox's fault plan: timeout") from None
            raise ConnectionError(f"the sandbox's fault plan: {fault.kind}") from None
