"""The sandbox: three services, their dashboards, a clock, and no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs
from requests import Session

from .._checks import closest_keywords, flag, function, instance, told
from .._display import counted
from ..clients import BrazeClient, SessionMConnectClient, SessionMCoreClient
from ..rendering import Renderer
from ._braze.state import Delivery, Limit
from ._clock import SandboxClock, iso
from ._credentials import Credentials
from ._dashboards.braze import Dashboard
from ._dashboards.sessionm import SessionMSide
from ._endpoints import Endpoints, host_of
from ._errors import SandboxError
from ._faults import FaultPlan
from ._fetcher import OtherFetcher, SandboxFetcher
from ._fronts.adapter import SandboxAdapter, sandbox_session
from ._fronts.mock import environment, mock_requests, mock_within
from ._fronts.server import LoopbackServer
from ._host_guard import only_hosts_of
from ._journal import Journal
from ._outbox import Outbox, SentMessage
from ._rendering import deliver, endpoint_variables, make_renderer
from ._seed import apply_seed
from ._services import Services, Snapshot
from ._sessionm.state import UnknownUser


if TYPE_CHECKING:
    from responses import RequestsMock


__all__ = ["Sandbox"]

DEFAULT_START = datetime(2026, 5, 4, 12, tzinfo=UTC)
"""The time at which a sandbox starts, unless told otherwise."""


@closest_keywords
class Sandbox:
    """SessionM Core, SessionM Connect and Braze, with state, offline.

    The clients are real; only the transport below them is the sandbox's own, so
    nothing global is patched and sandboxes do not disturb each other.

    Args:
        braze_external_id: Which of a customer's ids Braze knows as external id.
        strict: Whether leaving the ``with`` block fails if a planned fault did not
            happen, a request met no known route, or a message did not render.
        seed: The same seed gives the same identifiers.
        start: Where the clock starts.
        ticking: Whether the clock also goes on by itself.
        unknown_fields: Add fields to the answers that no client knows.
        fetcher: Who answers connected_content calls to other hosts.
        unknown_user: What Connect's offers service says of a user who is not known:
            ``"empty"``, a wallet without offers, for it knows no users itself
            (inferred), or ``"not_found"``, HTTP 404.

    Example:
        >>> from sessionm_braze.testing import Sandbox
        >>> with Sandbox() as sandbox:
        ...     ana = sandbox.sessionm.add_customer(user_id="u-1", first_name="Ana")
        ...     _ = sandbox.core.add_tags(["spring"], user_id="u-1", ttl=60)
        ...     sandbox.sessionm.tags_of(ana)
        {'spring': {'ttl': 60}}
    """

    def __init__(
        self,
        *,
        braze_external_id: Literal["user_id", "external_id"] = "user_id",
        strict: bool = True,
        seed: int = 0,
        start: datetime = DEFAULT_START,
        ticking: bool = False,
        unknown_fields: bool = False,
        fetcher: OtherFetcher | None = None,
        unknown_user: UnknownUser = "empty",
    ) -> None:
        if braze_external_id not in ("user_id", "external_id"):
            raise ValueError(
                "braze_external_id must be 'user_id' or 'external_id', "
                f"got {told(braze_external_id)}"
            )
        if unknown_user not in ("empty", "not_found"):
            raise ValueError(
                f"unknown_user must be 'empty' or 'not_found', got {told(unknown_user)}"
            )
        instance(seed, "seed", int)
        if fetcher is not None:
            function(fetcher, "fetcher")
        flag(ticking, "ticking")
        flag(unknown_fields, "unknown_fields")
        self.strict = flag(strict, "strict")
        """Whether leaving the ``with`` block checks as `verify` does."""

        self.credentials = Credentials()
        """The keys that open the sandbox; they are fake."""

        self.endpoints = Endpoints()
        """The addresses of the services, within this process."""

        self.clock = SandboxClock(start, ticking=ticking)
        """The time; it moves only when told, or when a client waits."""

        self._seed = seed
        self._server: LoopbackServer | None = None
        self._services = Services(
            credentials=self.credentials,
            clock=self.clock,
            render=self._render,
            variables=endpoint_variables(self.endpoints, self.credentials),
            seed=seed,
            unknown_fields=unknown_fields,
            unknown_user=unknown_user,
        )
        self.fetcher = SandboxFetcher(self._services, self._all_endpoints, fetcher)
        """Answers connected_content from the services; give it to a `Renderer`."""

        self.sessionm = SessionMSide(self._services, braze_external_id)
        """SessionM's side, with customers, offers, points, campaigns and events."""

        self.dashboard = Dashboard(
            self._services, lambda text: self.renderer().parse(text)
        )
        """Braze's dashboard, with campaigns, Canvases and segments."""

    @property
    def outbox(self) -> Outbox:
        """The messages that went out, rendered."""
        return self._services.outbox

    @property
    def requests(self) -> Journal:
        """The requests that went over the wire, secrets masked."""
        return self._services.journal

    @property
    def limits(self) -> dict[str, Limit]:
        """Braze's rate limits by name; put another `Limit` to change one."""
        return self._services.braze.limits

    @property
    def faults(self) -> FaultPlan:
        """The faults to come."""
        return self._services.faults

    @cached_property
    def core(self) -> SessionMCoreClient:
        """A real client of SessionM Core."""
        return SessionMCoreClient(
            self.endpoints.core,
            api_key=self.credentials.core_api_key,
            api_secret=self.credentials.core_api_secret,
            **self.client_settings(),
        )

    @cached_property
    def connect(self) -> SessionMConnectClient:
        """A real client of SessionM Connect."""
        return SessionMConnectClient(
            self.endpoints.connect,
            authorization=self.credentials.connect_authorization,
            retailer_id=self.credentials.retailer_id,
            **self.client_settings(),
        )

    @cached_property
    def braze(self) -> BrazeClient:
        """A real client of Braze."""
        return BrazeClient(
            self.endpoints.braze,
            api_key=self.credentials.braze_api_key,
            **self.client_settings(),
        )

    @property
    def environ(self) -> dict[str, str]:
        """Environment variables for ``from_env`` of the clients.

        While `serve` is on, the endpoints are those on the loopback address, so that
        other processes can use them.
        """
        return self.credentials.environ(self._all_endpoints()[-1])

    def session(self) -> Session:
        """Return a `requests.Session` on which everything goes to the sandbox."""
        return sandbox_session(self._services, self._all_endpoints)

    @contextmanager
    def mock(
        self,
        *,
        passthrough: Iterable[str] = (),
        into: RequestsMock | None = None,
        environ: bool = False,
    ) -> Iterator[Self]:
        """Patch requests, so that code with sessions of its own meets the sandbox.

        Unlike everything else here this is global: while the block lasts, whatever
        the process sends through requests to the sandbox's hosts goes to the sandbox,
        and what is for another host is an error, unless another mock is at work too,
        around the block or within it: then that one gets it.

        Args:
            passthrough: URL prefixes that are left alone.
            into: A mock of `responses` that is at work: the sandbox's hosts are added
                to it while the block lasts, and nothing else is patched.
            environ: Whether the fake credentials stand in ``os.environ`` meanwhile,
                so that ``from_env`` of the clients finds them.

        Raises:
            TypeError: If *environ* is not true or false.

        Example:
            >>> from sessionm_braze import SessionMCoreClient
            >>> sandbox = Sandbox()
            >>> ana = sandbox.sessionm.add_customer(user_id="u-1")
            >>> with sandbox.mock(environ=True):
            ...     core = SessionMCoreClient.from_env()
            ...     _ = core.add_tags(["a"], user_id="u-1", ttl=9)
            >>> sandbox.sessionm.tags_of(ana)
            {'a': {'ttl': 9}}
        """
        served = () if self._server is None else attrs.astuple(self._server.endpoints)
        if into is None:
            adapter = SandboxAdapter(self._services, self._all_endpoints)
            patched = mock_requests(adapter, passthrough=(*served, *passthrough))
        else:
            for prefix in (*served, *passthrough):
                into.add_passthru(prefix)
            adapter = SandboxAdapter(self._services, lambda: (self.endpoints,))
            patched = mock_within(into, adapter)
        fake = self.credentials.environ(self.endpoints)
        hidden = {"SESSIONM_CORE_AUTHORIZATION": None}  # would be preferred
        variables = {**hidden, **fake} if flag(environ, "environ") else {}
        with patched, environment(variables):
            yield self

    @contextmanager
    def hosts_guarded(self) -> Iterator[None]:
        """Let clients of this package reach no host but the sandbox's.

        The guard holds for the whole process, in whatever thread a client is called.
        """
        with only_hosts_of(self._all_endpoints):
            yield

    def client_settings(self) -> dict[str, Any]:
        """Return keyword settings that put a client of one's own on the sandbox.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> sandbox = Sandbox()
            >>> settings = sandbox.client_settings()
            >>> braze = BrazeClient.from_env(sandbox.environ, **settings)
        """
        return {"http": self.session(), "clock": self.clock, "sleep": self.clock.sleep}

    def renderer(self) -> Renderer:
        """Return a renderer that knows what the dashboard holds."""
        return make_renderer(
            self._services.braze.workspace,
            self.fetcher,
            now=lambda: self.clock.now,
            seed=self._seed,
        )

    def seed(self, state: Mapping[str, Any], /) -> None:
        """Put customers, campaigns and whatever else *state* describes in.

        Args:
            state: Sections ``customers``, ``profiles``, ``segments``, ``campaigns``,
                ``canvases``, ``webhooks``, ``sessionm_campaigns`` (lists of keyword
                arguments of the method that adds one; ``id`` names it), and
                ``variables``, ``content_blocks``, ``catalogs``, ``promotions``
                (objects).  A customer may hold ``offers``, and ``tags`` (name to
                ttl, or to null for a counter).

        Raises:
            ValueError: If an entry is not understood; the text names it.
        """
        apply_seed(self.sessionm, self.dashboard, state)

    def snapshot(self) -> Snapshot:
        """Return everything the sandbox holds now, for `restore`."""
        return self._services.snapshot()

    def restore(self, snapshot: Snapshot, /) -> None:
        """Go back to *snapshot*, the clock included."""
        self._services.restore(snapshot)

    def reset(self) -> None:
        """Forget customers, campaigns, messages, requests and planned faults."""
        self._services.reset()

    def problems(self) -> list[str]:
        """Return what `verify` would fail on, in words."""
        return self._services.problems()

    def verify(self) -> None:
        """Claim that all planned faults happened and nothing went astray.

        Raises:
            SandboxError: If not; the text lists what it was.
        """
        problems = self.problems()
        if problems:
            raise SandboxError("\n".join(problems))

    def serve(self, *, port: int = 0, token: str | None = None) -> Endpoints:
        """Open the same services on the loopback address, over plain HTTP.

        Pages of other sites are refused, whatever a browser makes of them.

        Args:
            port: Port of Core; those of Connect, Braze and the storage follow it.
                0 takes free ones.
            token: What callers must know, for a machine that others use, too; by
                default nothing.  The URLs and `environ` hold it as the beginning of
                each path, so that clients need nothing else; clients that drop the
                path of an endpoint send it as the header ``X-Sandbox-Token``.

        Returns:
            The base URLs as `core`, `connect`, `braze` and `storage`.  A second call
            returns the same.

        Raises:
            OSError: If a port is taken.
            ValueError: If the token cannot be a part of a URL, or the sandbox is being
                served with another one.
        """
        if self._server is None:
            self._server = LoopbackServer(
                self._services, self.sessionm, self.dashboard, port=port, token=token
            )
        if token not in {None, self._server.gate.token}:
            raise ValueError("the sandbox is served without this token; close it first")
        return self._server.endpoints

    def close(self) -> None:
        """Stop what `serve` opened; the state stays readable."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __repr__(self) -> str:
        customers = counted(len(self._services.loyalty.customers), "customer")
        messages = counted(len(self.outbox), "message")
        requests = counted(len(self.requests), "request")
        return f"<Sandbox: {customers}, {messages}, {requests}, at {iso(self.clock())}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if kind is None and self.strict:
            self.verify()

    def _all_endpoints(self) -> tuple[Endpoints, ...]:
        if self._server is None:
            return (self.endpoints,)
        return self.endpoints, self._server.endpoints

    def _render(self, delivery: Delivery) -> SentMessage:
        return deliver(
            self._services.braze,
            delivery,
            renderer=self.renderer(),
            variables=self.dashboard.variables,
            send=self._send_webhook,
        )

    def _send_webhook(
        self, method: str, url: str, headers: Any, body: str
    ) -> int | None:
        try:
            answer = self.fetcher.fetch(method, url, headers, body.encode())
        except (TimeoutError, ConnectionError):
            return None
        if answer is None:
            raise SandboxError(
                f"the webhook goes to {host_of(url)}, which is not the sandbox"
            )
        return answer.status
