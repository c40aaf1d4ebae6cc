"""How a client reaches its server: proxies, certificates, and why it does not."""

import socket
import ssl
from pathlib import Path

import pytest
import requests

from sessionm_braze import BrazeClient, ConnectError, RetryPolicy


ONCE = RetryPolicy(attempts=1)


def closed_port():
    """Return a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def refused(client):
    """Return what the error says of a client that reaches nobody."""
    with pytest.raises(ConnectError) as info:
        client.request("GET", "/x")
    return str(info.value)


class TestProxies:
    @pytest.mark.parametrize("own_session", [False, True])
    def test_are_not_used_for_this_machine(self, own_session, server, monkeypatch):
        """A proxy of the environment sees no request, and no key, to loopback."""
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
        more = {"http": requests.Session()} if own_session else {}
        server.says(200, {"message": "success"})
        client = BrazeClient(server.url, api_key="k", retry=ONCE, **more)

        client.request("GET", "/x")

        assert 1 == len(server.reached)

    def test_one_that_does_not_connect_is_named(self, monkeypatch):
        """An error of the proxy says that it is the proxy's."""
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")

        text = refused(BrazeClient("US-03", api_key="k", retry=ONCE))

        assert "rest.iad-03.braze.com: the proxy does not connect" in text


class TestReasons:
    def test_a_port_without_a_server(self):
        """Host, port and the refusal are named."""
        port = closed_port()

        text = refused(BrazeClient(f"http://127.0.0.1:{port}", api_key="k", retry=ONCE))

        assert f"127.0.0.1:{port}: nothing listens there" in text

    def test_a_name_nobody_knows(self, monkeypatch):
        """A host that cannot be looked up is named."""

        def unknown(*_args, **_more):
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)

        text = refused(BrazeClient("https://nowhere.example", api_key="k", retry=ONCE))

        assert "nowhere.example: the name is not known" in text

    def test_a_certificate_that_is_not_trusted(self, monkeypatch):
        """A bad certificate is told from a server that is away."""

        def fail(*_args, **_more):
            error = ssl.SSLCertVerificationError(1, "certificate verify failed")
            error.verify_message = "self-signed certificate"
            raise requests.exceptions.SSLError(error)

        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", fail)

        text = refused(BrazeClient("https://x.example", api_key="k", retry=ONCE))

        assert "its certificate is not trusted (self-signed certificate)" in text


class TestCertificates:
    def test_that_are_not_there_are_an_error_of_the_tree(self, monkeypatch, tmp_path):
        """A wrong path in the environment is named, and nothing is sent."""
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))

        text = refused(BrazeClient("https://x.example", api_key="k", retry=ONCE))

        assert "none.pem" in text
        assert "REQUESTS_CA_BUNDLE" in text

    @pytest.mark.parametrize("own", [False, Path("own.pem")])
    def test_of_a_session_win(self, own, server, monkeypatch, tmp_path):
        """What a handed-in session trusts wins over the environment."""
        session = requests.Session()
        session.verify = own if own is False else str(tmp_path / own)
        if own is not False:
            Path(session.verify).touch()
        asked = []
        send = requests.adapters.HTTPAdapter.send

        def note(adapter, request, **more):
            asked.append(more["verify"])
            return send(adapter, request, **more)

        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", note)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))

        server.says(200, {"message": "success"})
        BrazeClient(server.url, api_key="k", http=session).request("GET", "/x")

        assert [session.verify] == asked
