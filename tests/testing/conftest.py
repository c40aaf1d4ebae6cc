"""One sandbox, reached through either front."""

from __future__ import annotations

import attrs
import pytest
import requests

from sessionm_braze import BrazeClient, SessionMConnectClient, SessionMCoreClient
from sessionm_braze.testing import Endpoints, Sandbox


@attrs.frozen
class Front:
    """A sandbox as a client meets it: its addresses, and a session that gets there."""

    name: str
    sandbox: Sandbox
    urls: Endpoints
    http: requests.Session

    def call(self, service, method, path, *, json=None, auth=True, **options):
        """Make one bare request, with the right credentials unless told otherwise."""
        headers = dict(options.pop("headers", {}))
        if auth:
            headers.setdefault("Authorization", self.authorization(service))
        url = getattr(self.urls, service) + path
        options.setdefault("timeout", 5)
        return self.http.request(method, url, json=json, headers=headers, **options)

    def authorization(self, service):
        """Return the header that opens *service*."""
        keys = self.sandbox.credentials
        return {
            "core": keys.core_authorization,
            "connect": keys.connect_authorization,
            "braze": f"Bearer {keys.braze_api_key}",
        }[service]

    def core(self, method, path, **options):
        """Make one bare request to Core, below the app."""
        app = f"/priv/v1/apps/{self.sandbox.credentials.core_api_key}"
        return self.call("core", method, app + path, **options)

    def connect(self, path, **body):
        """Make one bare request to Connect."""
        body.setdefault("retailer_id", self.sandbox.credentials.retailer_id)
        return self.call("connect", "POST", path, json=body)

    def braze(self, method, path, **options):
        """Make one bare request to Braze."""
        return self.call("braze", method, path, **options)

    def settings(self):
        """Return keyword settings of a client on this front."""
        clock = self.sandbox.clock
        return {"http": self.http, "clock": clock, "sleep": clock.sleep}

    def core_client(self):
        """Return a real client of Core."""
        keys = self.sandbox.credentials
        return SessionMCoreClient(
            self.urls.core,
            api_key=keys.core_api_key,
            api_secret=keys.core_api_secret,
            **self.settings(),
        )

    def connect_client(self):
        """Return a real client of Connect."""
        keys = self.sandbox.credentials
        return SessionMConnectClient(
            self.urls.connect,
            authorization=keys.connect_authorization,
            retailer_id=keys.retailer_id,
            **self.settings(),
        )

    def braze_client(self, **settings):
        """Return a real client of Braze."""
        key = self.sandbox.credentials.braze_api_key
        return BrazeClient(self.urls.braze, api_key=key, **self.settings(), **settings)


@pytest.fixture
def sandbox():
    """Return a sandbox that does not judge at the end."""
    with Sandbox(strict=False) as sandbox:
        yield sandbox


@pytest.fixture(params=["adapter", "loopback"])
def front(request, sandbox):
    """Return the sandbox behind each of its fronts."""
    if request.param == "adapter":
        with sandbox.session() as http:
            yield Front("adapter", sandbox, sandbox.endpoints, http)
        return
    with requests.Session() as http:
        http.trust_env = False
        yield Front("loopback", sandbox, sandbox.serve(), http)


@pytest.fixture
def ana(sandbox):
    """Return a customer whom both platforms know."""
    return sandbox.sessionm.add_customer(
        user_id="u-1",
        external_id="card/1 &2",
        first_name="Ana",
        email="ana@example.org",
        language="pt",
    )
