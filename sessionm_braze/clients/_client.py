"""What the three clients share: settings, lifetime, and the way to any other call."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar, Unpack
from urllib.parse import unquote

import attrs
import requests.auth

from .._checks import check_keywords, flag, plain, text, told
from .._http import (
    READ,
    Answer,
    Call,
    CallKind,
    ClientSettings,
    DryTransport,
    RecordedRequest,
    Service,
    Settings,
    Transport,
)
from .._secrets import Secret
from ..exceptions import OutcomeUnknownError, PayloadError, ResponseMeta
from ._converter import read_answer


__all__ = [
    "ApiResponse",
    "ServiceClient",
    "destination_of",
    "settings_of",
    "with_settings",
]

T = TypeVar("T")
Client = TypeVar("Client", bound="ServiceClient")


@attrs.frozen(kw_only=True)
class ApiResponse:
    """The answer of a call made through a client's ``request()``."""

    status_code: int
    """HTTP status."""

    headers: Mapping[str, str] = attrs.field(repr=False)
    """Response headers; look-up ignores case."""

    data: Any
    """The decoded JSON; ``None`` for an empty 204."""

    meta: ResponseMeta = attrs.field(repr=False)
    """How the call went."""


class ServiceClient:
    """Base of the clients.  Safe to share between threads; can be pickled."""

    _service: ClassVar[Service]
    _environment: ClassVar[Mapping[str, str]] = {}
    """Constructor arguments by the variable that holds them."""

    _send_kind: ClassVar[CallKind]

    def __init__(
        self,
        base_url: str,
        *,
        authorization: requests.auth.AuthBase,
        secrets: tuple[Secret, ...],
        settings: ClientSettings,
    ) -> None:
        check_keywords(type(self), settings, ClientSettings.__annotations__)
        self._transport = Transport(
            service=self._service,
            base_url=base_url,
            authorization=authorization,
            secrets=secrets,
            settings=Settings(**settings),
        )

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        **settings: Unpack[ClientSettings],
    ) -> Self:
        """Make a client from environment variables.

        Args:
            environ: Where the variables are, by default ``os.environ``.
            **settings: Keyword settings, as for the constructor.

        Raises:
            ValueError: If a variable is missing or blank, or its value is refused.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> BrazeClient.from_env(
            ...     {"BRAZE_ENDPOINT": "EU-01", "BRAZE_API_KEY": "your-key"},
            ...     timeout=(5, 60),
            ... )
            BrazeClient('https://rest.fra-01.braze.eu')
        """
        make: Callable[..., Self] = cls
        return make(
            **cls._arguments(os.environ if environ is None else environ), **settings
        )

    @classmethod
    def _arguments(cls, environ: Mapping[str, str]) -> dict[str, Any]:
        if not isinstance(environ, Mapping):
            raise TypeError(f"environ must be a mapping, got {type(environ).__name__}")
        missing = [
            name
            for name in cls._environment.values()
            if not str(environ.get(name, "")).strip()
        ]
        if missing:
            raise ValueError(
                f"{cls.__name__}.from_env() needs the environment variable "
                f"{' and '.join(missing)}"
            )
        return {key: environ[name] for key, name in cls._environment.items()}

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> ApiResponse:
        """Make a call this client has no method for.

        Args:
            method: HTTP method.
            path: Path below the client's base, percent-encoded where needed.
            json: Body, as JSON data.
            params: Query parameters.
            repeatable: Whether the call may be made again after it may have been
                carried out; default: only GET may.

        Raises:
            TypeError: If *json* is no JSON data.
            ValueError: If the path does not begin with one slash, or leaves the base.
            SessionMBrazeError: If the call does not succeed.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     answer = sandbox.braze.request(
            ...         "GET", "/segments/list", params={"page": 0}
            ...     )
            >>> answer.status_code, answer.data["segments"]
            (200, [])
        """
        verb = text(method, "method").upper()
        again = verb == "GET" if repeatable is None else flag(repeatable, "repeatable")
        answer = self._transport.call(
            Call(
                name="request",
                target=f"{verb} {check_path(path)}",
                method=verb,
                path=path,
                kind=READ if again else self._send_kind,
                json=plain(json, "json"),
                params=plain(params, "params"),
                any_json=True,
            )
        )
        return ApiResponse(
            status_code=answer.status_code,
            headers=answer.headers,
            data=answer.data,
            meta=answer.meta,
        )

    def dry_run(self) -> Self:
        """Return a client like this one that checks, and sends nothing.

        Its calls are written down in ``requests``, secrets masked, and answered with a
        plain yes: a receipt without identifiers, an empty wallet, an empty list.

        Example:
            >>> from sessionm_braze import SessionMCoreClient
            >>> core = SessionMCoreClient(
            ...     "core.example", api_key="your-key", api_secret="your-secret"
            ... )
            >>> dry = core.dry_run()
            >>> _ = dry.add_tags(["vip"], user_id="u-1", ttl=60)
            >>> dry.requests[0].method, dry.requests[0].url
            ('POST', 'https://core.example/priv/v1/apps/***/users/u-1/tags')
            >>> dry.requests[0].json
            {'tags': ['vip'], 'ttl': 60}
        """
        return self._over(DryTransport(self._transport))

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """What a dry run did not send, oldest first; a client that sends has none.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> dry = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> _ = dry.create_send_id("campaign-id")
            >>> dry.requests[0].call, dry.requests[0].json
            ('create_send_id', {'campaign_id': 'campaign-id'})
        """
        transport = self._transport
        return transport.recorded if isinstance(transport, DryTransport) else ()

    def close(self) -> None:
        """Close the connections; a later call opens new ones.

        A session that was handed in stays open.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> with BrazeClient("US-03", api_key="your-key") as braze:
            ...     print(braze)
            BrazeClient('https://rest.iad-03.braze.com')
        """
        self._transport.close()

    def _over(self, transport: Transport) -> Self:
        """Return a client like this one on another transport."""
        sibling = copy.copy(self)
        sibling._transport = transport  # noqa: SLF001 - its own
        return sibling

    def _destination(self) -> dict[str, str]:
        """Return what tells where this client's calls go, secrets masked."""
        return {"endpoint": self._transport.shown()}

    def _call(self, call: Call) -> Answer:
        return self._transport.call(call)

    def _read(
        self,
        cls: type[T],
        answer: Answer,
        name: str,
        *,
        within: str | None = None,
        **local: Any,
    ) -> T:
        what = f"{self._service.name} {name}"
        return read_answer(
            cls, answer.data, meta=answer.meta, what=what, within=within, **local
        )

    def _read_receipt(self, cls: type[T], answer: Answer, name: str) -> T:
        """Read the receipt of a send: a strange one leaves open what was done."""
        try:
            return self._read(cls, answer, name)
        except PayloadError as error:
            text = f"{error}; it may have been carried out: look before you repeat it"
            raise OutcomeUnknownError(text, meta=answer.meta) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transport.shown()!r})"


def settings_of(client: ServiceClient) -> Settings:
    """Return the settings of *client*, which a bulk run takes pace and waits from."""
    return client._transport.settings  # noqa: SLF001 - for the package's own rooms


def destination_of(client: ServiceClient) -> Mapping[str, str]:
    """Return what tells where the calls of *client* go, secrets masked."""
    return client._destination()  # noqa: SLF001 - as above


def with_settings(client: Client, settings: Settings) -> Client:
    """Return a client like *client* with other settings, and connections of its own."""
    transport = client._transport.with_settings(settings)  # noqa: SLF001 - as above
    return client._over(transport)  # noqa: SLF001


def check_path(path: str) -> str:
    """Return *path* if it stays below a client's base.

    Raises:
        TypeError: If it is no string.
        ValueError: If it does not begin with one slash, or has ``.`` or ``..`` in it.
    """
    steps = text(path, "path").partition("?")[0].split("/")
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"path must begin with one slash, got {told(path)}")
    if {".", ".."} & set(map(unquote, steps)):  # requests decodes dots, and walks up
        raise ValueError(f"path must not hold '.' or '..', got {told(path)}")
    if "#" in path:
        raise ValueError(f"path must not hold a fragment, got {told(path)}")
    return path
