"""No credential shows anywhere, whatever goes wrong."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import socket
import traceback
import warnings
from urllib.parse import quote

import pytest
import requests

from sessionm_braze import (
    BrazeClient,
    Hooks,
    RetryPolicy,
    SessionMBrazeError,
    SessionMConnectClient,
    SessionMCoreClient,
)
from sessionm_braze._secrets import Secret


BRAZE_KEY = "planted-braze-7f3a"
CORE_KEY = "planted/core+key=5d21"
CORE_SECRET = 'planted"core\\secret-88c0'
CONNECT_KEY = "planted-connect-key-19"
CONNECT_SECRET = "planted-connect-secret-4b"


def _encoded(*parts):
    return base64.b64encode(":".join(parts).encode()).decode()


PLANTED = (
    BRAZE_KEY,
    CORE_KEY,
    quote(CORE_KEY, safe=""),
    CORE_SECRET,
    CONNECT_KEY,
    CONNECT_SECRET,
    _encoded(CORE_KEY, CORE_SECRET),
    _encoded(CONNECT_KEY, CONNECT_SECRET),
)


def known_to(path):
    """Return what the service behind *path* can know."""
    if "/apps/" in path:
        return [secret for secret in PLANTED if "core" in secret]
    if path.startswith(("/offers", "/x")):
        return [CONNECT_KEY, CONNECT_SECRET, _encoded(CONNECT_KEY, CONNECT_SECRET)]
    return [BRAZE_KEY]


def _clients(url, **settings):
    return {
        "braze": BrazeClient(url, api_key=BRAZE_KEY, **settings),
        "core": SessionMCoreClient(
            url, api_key=CORE_KEY, api_secret=CORE_SECRET, **settings
        ),
        "connect": SessionMConnectClient(
            url,
            authorization=(CONNECT_KEY, CONNECT_SECRET),
            retailer_id="retailer",
            **settings,
        ),
    }


CALLS = {
    "braze": [
        lambda c: c.trigger_campaign("c", recipients=[{"external_user_id": "u"}]),
        lambda c: c.get_canvas("c"),
    ],
    "core": [
        lambda c: c.get_tags(user_id="u"),
        lambda c: c.increment_tags(["t"], user_id="u"),
        lambda c: c.request("POST", "/x", json={}),
    ],
    "connect": [
        lambda c: c.get_wallet("u"),
        lambda c: c.request("POST", "/x"),
    ],
}


def echo(status, *, as_json=True):
    """Answer with everything the request proved itself with."""

    def behave(handler):
        seen = f"{handler.headers['Authorization']} at {handler.path}"
        seen += "".join(f" | {secret}" for secret in known_to(handler.path))
        if as_json:
            import json

            said = {"code": seen, "message": seen, seen: [seen]}
            text = json.dumps(
                {"status": "error", "message": seen, "errors": [said], "error": seen}
            )
        else:
            text = f"<html>{seen}</html>"
        headers = {"Location": f"/{seen}"} if status == 302 else {}
        handler.answer(status, text.encode(), headers)

    return lambda server: setattr(server, "behaviour", behave)


def _reset(server):
    server.behaviour = lambda handler: handler.reset()


def _slow(server):
    server.behaviour = lambda _: server.released.wait(5)


def _truncated(server):
    server.behaviour = lambda handler: handler.answer(200, b"x" * 99, cut_to=10)


FAULTS = {
    "reset": _reset,
    "slow": _slow,
    "truncated": _truncated,
    "html 200": echo(200, as_json=False),
    "status error": echo(200),
    **{f"json {status}": echo(status) for status in (400, 401, 404, 429, 500, 504)},
    **{f"html {status}": echo(status, as_json=False) for status in (302, 403, 502)},
}


def shown(error):
    """Return all that a program can print of *error*, causes included."""
    texts = ["".join(traceback.format_exception(error))]
    waiting = [error]
    while waiting:
        current = waiting.pop()
        texts += [repr(current), str(current), repr(vars(current)), repr(current.args)]
        waiting += filter(None, [current.__cause__, current.__context__])
    texts.append(repr(pickle.dumps(error)))
    return "\n".join(texts)


def _assert_clean(text):
    for secret in PLANTED:
        assert secret not in text
        assert repr(secret)[1:-1] not in text


@pytest.fixture
def everything_logged(caplog):
    """Log at DEBUG, in every library."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "requests", "sessionm_braze"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


class TestErrors:
    @pytest.mark.parametrize("fault", FAULTS)
    def test_show_no_secret(
        self, fault, *, server, settings, impatient, everything_logged
    ):
        """No error, cause, log record or hook event shows a credential."""
        FAULTS[fault](server)
        if fault == "slow":
            settings |= impatient
        events = []
        hooks = Hooks(events.append, events.append, events.append)
        made = _clients(server.url, hooks=hooks, **settings)
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            errors = [
                self._failure(call, client)
                for name, client in made.items()
                for call in CALLS[name]
            ]

        assert 7 == len(errors)
        for error in errors:
            _assert_clean(shown(error))
        assert events
        assert everything_logged.records
        _assert_clean(repr(events))
        _assert_clean(everything_logged.text)
        _assert_clean(repr([vars(record) for record in everything_logged.records]))
        _assert_clean(repr([str(each.message) for each in warned]))

    def test_show_no_secret_without_a_connection(self, settings, everything_logged):
        """The URL in the error of a refused connection is masked, key included."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            error = self._failure(CALLS["core"][0], _clients(url, **settings)["core"])

        text = shown(error)
        assert "/apps/***/users/u/tags" in text
        _assert_clean(text)
        _assert_clean(everything_logged.text)

    def test_survive_a_session_that_retries_and_logs(
        self, server, settings, everything_logged
    ):
        """The warnings of urllib3's own retries are masked too."""
        _reset(server)
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=2))
        client = _clients(server.url, http=session, **settings)["core"]

        error = self._failure(CALLS["core"][0], client)
        session.close()

        assert "Retrying" in everything_logged.text
        _assert_clean(everything_logged.text)
        _assert_clean(shown(error))

    @staticmethod
    def _failure(call, client):
        with pytest.raises(SessionMBrazeError) as info:
            call(client)
        client.close()
        return info.value

    @pytest.mark.parametrize("fault", ["slow", "json 401", "html 200", "json 429"])
    def test_can_be_pickled(self, fault, server, settings, impatient):
        """An error comes back from another process with all it knows."""
        FAULTS[fault](server)
        if fault == "slow":
            settings |= impatient
        for name, client in _clients(server.url, **settings).items():
            error = self._failure(CALLS[name][0], client)
            again = pickle.loads(pickle.dumps(error))

            assert (type(error), str(error), vars(error)) == (
                type(again),
                str(again),
                vars(again),
            )


class TestAnswers:
    def test_show_no_secret(self, server, settings):
        """What an answer echoes is masked where it is printed."""
        seen = f"{BRAZE_KEY} {CORE_KEY} {CONNECT_KEY}"
        body = {"status": "ok", "message": "success", "notice": seen, seen: [seen]}
        server.says(200, body)
        made = _clients(server.url, **settings)
        answers = {
            "braze": [
                made["braze"].request("GET", "/x"),
                CALLS["braze"][0](made["braze"]),
            ],
            "core": [
                made["core"].request("POST", "/x"),
                made["core"].increment_tags(["t"], user_id="u"),
            ],
            "connect": [made["connect"].request("POST", "/x")],
        }
        own = {"braze": BRAZE_KEY, "core": CORE_KEY, "connect": CONNECT_KEY}
        for name, found in answers.items():
            for answer in found:
                assert "***" in repr((answer, getattr(answer, "raw", "")))
                assert own[name] not in repr((answer, getattr(answer, "raw", "")))
            made[name].close()


class TestClients:
    def test_show_no_secret(self, server):
        """No `repr` of a client, its parts or a copy shows a credential."""
        for client in _clients(server.url).values():
            for each in (client, copy.copy(client)):
                transport = each._transport
                _assert_clean(f"{each!r} {each} {vars(each)!r} {vars(transport)!r}")
                _assert_clean(repr(transport._authorization))

    @pytest.mark.parametrize("bad", ["{}\n", "{} x", "\t{}", "{}é", "{}\x00"])
    def test_refuse_a_bad_credential_without_showing_it(self, bad, server):
        """A credential that no header can carry is refused, unseen."""
        makers = {
            "api_key": lambda value: BrazeClient(server.url, api_key=value),
            "api_secret": lambda value: SessionMCoreClient(
                server.url, api_key="k", api_secret=value
            ),
            "authorization": lambda value: SessionMCoreClient(
                server.url, api_key="k", authorization=value
            ),
        }
        for field, make in makers.items():
            value = bad.format(BRAZE_KEY)
            for given in (value, Secret(value)):
                with pytest.raises(ValueError, match=f"{field} must be") as info:
                    make(given)

                _assert_clean(shown(info.value))

    @pytest.mark.parametrize("endpoint", ["https://{}@host", "https://u:{}@host/x"])
    def test_refuse_a_credential_in_the_endpoint(self, endpoint):
        """A URL with a user in it is refused, unseen."""
        with pytest.raises(ValueError, match="without user") as info:
            BrazeClient(endpoint.format(BRAZE_KEY), api_key="k")

        _assert_clean(shown(info.value))


class TestNetrc:
    @pytest.mark.filterwarnings("ignore::sessionm_braze.exceptions.PayloadWarning")
    def test_cannot_replace_a_credential(self, server, settings, tmp_path, monkeypatch):
        """What a ``.netrc`` says of the host is not sent."""
        netrc = tmp_path / ".netrc"
        netrc.write_text("machine 127.0.0.1 login intruder password intruder\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        server.says(
            200, {"status": "ok", "message": "success", "payload": {"user_offers": []}}
        )
        settings["retry"] = RetryPolicy(attempts=1)

        made = _clients(server.url, **settings)
        for name, client in made.items():
            CALLS[name][0](client)
            client.close()

        sent = [headers["Authorization"] for _, _, headers, _ in server.reached]
        assert [
            f"Bearer {BRAZE_KEY}",
            f"Basic {_encoded(CORE_KEY, CORE_SECRET)}",
            f"Basic {_encoded(CONNECT_KEY, CONNECT_SECRET)}",
        ] == sent
