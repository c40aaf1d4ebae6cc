"""How the sandbox renders: with its own services behind connected_content."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, overload

from ..rendering import ConnectedContentRequest, ConnectedContentResponse, Renderer
from ._braze.state import Workspace
from ._credentials import Credentials
from ._errors import UnexpectedRequestError
from ._faults import WireFault
from ._services import Services
from ._wire import Answer, Call, Endpoints, host_of, read_call, service_at


__all__ = ["OtherFetcher", "SandboxFetcher", "endpoint_variables", "make_renderer"]

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
            return self._elsewhere(request)
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
        return self._handle(call)

    def _handle(self, call: Call) -> Answer:
        try:
            return self._services.handle(call)
        except WireFault as fault:
            if fault.kind == "timeout":
                raise TimeoutError("the sandbox's fault plan: timeout") from None
            raise ConnectionError(f"the sandbox's fault plan: {fault.kind}") from None

    def _elsewhere(self, request: ConnectedContentRequest) -> ConnectedContentResponse:
        if self._other is None:
            raise UnexpectedRequestError(
                f"connected_content calls {host_of(request.url)}, which is not the "
                "sandbox; give Sandbox(fetcher=…) something that answers for it"
            )
        return self._other(request)


class DeductedCodes(Sequence[str]):
    """Promotion codes of which each can be taken once: taking the first spends it."""

    def __init__(self, workspace: Workspace, name: str, /) -> None:
        self._workspace = workspace
        self._name = name

    def _left(self) -> Sequence[str]:
        spent = self._workspace.spent_codes[self._name]
        return self._workspace.promotions[self._name][spent:]

    def __len__(self) -> int:
        return len(self._left())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        found = self._left()[index]
        if index == 0:
            self._workspace.spent_codes[self._name] += 1
        return found


def make_renderer(
    workspace: Workspace,
    fetcher: SandboxFetcher,
    *,
    now: Callable[[], datetime],
    seed: int,
) -> Renderer:
    """Return a renderer that knows what *workspace* holds."""
    return Renderer(
        fetcher=fetcher,
        content_blocks=workspace.content_blocks,
        catalogs=workspace.catalogs,
        promotions={
            name: DeductedCodes(workspace, name) for name in workspace.promotions
        },
        credentials=workspace.credentials,
        now=now,
        random=random.Random(seed),  # noqa: S311 - repeatable on purpose
    )


def endpoint_variables(
    endpoints: Endpoints, credentials: Credentials
) -> dict[str, Any]:
    """Return the plain variables that the partner page's templates use."""
    return {
        "endpoint_core": endpoints.core,
        "endpoint_connect": endpoints.connect,
        "appkey_core": credentials.core_api_key,
        "apikey_core": credentials.core_api_key,
        "retailer_id": credentials.retailer_id,
    }
