"""One client in many threads and processes; hooks, logs and lifetime."""

from __future__ import annotations

import copy
import logging
import multiprocessing
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from urllib3.util import Retry

from sessionm_braze import (
    ConnectError,
    Hooks,
    OutcomeUnknownError,
    ResponseError,
    ServerError,
)
from sessionm_braze._http import guard_hosts


def answer_by_path(handler):
    """Say the user id of the path back as a tag, so that mixed-up answers show."""
    user_id = handler.path.rsplit("/", 2)[1]
    body = f'{{"status": "ok", "tags": ["{user_id}"]}}'
    handler.answer(200, body.encode())


class TestThreads:
    def test_share_a_client(self, make, server):
        """32 threads get each their own answer, 320 requests in all."""
        server.behaviour = answer_by_path
        client = make("core", timeout=(5, 5))

        with ThreadPoolExecutor(32) as pool:
            names = list(
                pool.map(lambda n: client.get_tags(user_id=f"u{n}").names, range(320))
            )

        assert [(f"u{n}",) for n in range(320)] == names
        assert 320 == len(server.reached)

    def test_open_one_session(self, make, server):
        """Threads that start at once share the pool of connections."""
        server.behaviour = answer_by_path
        client = make("core", timeout=(5, 5))
        start = threading.Barrier(16)

        def read(n):
            start.wait()
            client.get_tags(user_id=str(n))
            return client._transport._connections.session("http://here")

        with ThreadPoolExecutor(16) as pool:
            assert 1 == len(set(map(id, pool.map(read, range(16)))))


def _read_in_child(client, answers):
    answers.put(client.get_tags(user_id="child").names)


class TestProcesses:
    @pytest.mark.parametrize("kind", ["core", "connect", "braze"])
    def test_a_pickled_client_works(self, kind, make, server):
        """A client comes out of a pickle ready to call."""
        server.says(200, {"status": "ok", "message": "success"})
        client = make(kind, clock=_clock, sleep=_sleep, requests_per_second=1000)
        client.request("GET", "/before")

        again = pickle.loads(pickle.dumps(client))

        assert "ok" == again.request("GET", "/after").data["status"]
        assert (
            server.reached[0][2]["Authorization"]
            == (server.reached[1][2]["Authorization"])
        )
        again.close()

    def test_a_copied_client_works(self, make, server):
        """A copy is a client of its own."""
        server.says(200, {"status": "ok"})
        client = make("core")
        again = copy.deepcopy(client)
        client.close()

        assert 0 == len(again.get_tags(user_id="u"))
        again.close()

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    def test_a_client_survives_fork(self, make, server):
        """Parent and child use connections of their own, at the same time."""
        server.behaviour = answer_by_path
        client = make("core", timeout=(5, 5))
        assert ("parent",) == client.get_tags(user_id="parent").names

        context = multiprocessing.get_context("fork")
        answers = context.Queue()
        children = [
            context.Process(target=_read_in_child, args=(client, answers))
            for _ in range(4)
        ]
        for child in children:
            child.start()
        mine = [client.get_tags(user_id="parent").names for _ in range(20)]
        theirs = [answers.get(timeout=10) for _ in children]
        for child in children:
            child.join()

        assert [("parent",)] * 20 == mine
        assert [("child",)] * 4 == theirs
        assert [0] * 4 == [child.exitcode for child in children]


def _clock():
    return 0.0


def _sleep(_):
    """Wait for nothing."""


class TestLifetime:
    def test_a_closed_client_opens_again(self, make, server):
        """Closing frees the connections; the next call opens new ones."""
        server.says(200, {"status": "ok"})
        with make("core") as client:
            client.get_tags(user_id="u")
        client.close()

        assert 0 == len(client.get_tags(user_id="u"))

    def test_a_session_handed_in_is_left_open(self, make, server):
        """Whoever hands in a session closes it."""
        server.says(200, {"status": "ok"})
        session = requests.Session()
        closed = []
        session.close = lambda: closed.append(True)
        session.headers["X-Own"] = "yes"
        with make("core", http=session) as client:
            client.get_tags(user_id="u")

        assert [] == closed
        assert "yes" == server.reached[0][2]["X-Own"]
        requests.Session.close(session)

    def test_proxies_of_the_environment_count(self, make, server, monkeypatch):
        """A proxy that the environment names is asked, but for hosts it leaves out."""
        monkeypatch.setenv("https_proxy", server.url)
        monkeypatch.setenv("no_proxy", "left-out.invalid")

        server.says(403, {"status": "no"})

        with pytest.raises(ConnectError, match=r"the proxy does not connect.*403"):
            make("core", url="https://core.invalid").get_tags(user_id="u")
        asked = len(server.reached)
        with pytest.raises(ConnectError, match=r"left-out\.invalid: the name is not"):
            make("core", url="https://left-out.invalid").get_tags(user_id="u")
        assert 0 < asked == len(server.reached)

    def test_the_environment_is_asked_once(self, make, server, monkeypatch):
        """A proxy that is named after the first request comes too late."""
        server.says(200, {"status": "ok"})
        client = make("core")
        client.get_tags(user_id="u")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        client.get_tags(user_id="u")

        assert 2 == len(server.reached)

    def test_certificates_of_the_environment_count(self, make, monkeypatch):
        """Certificates that the environment names are those that are trusted."""
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file.pem")
        with pytest.raises(ConnectError, match=r"/no/such/file\.pem"):
            make("core", url="https://127.0.0.1:9").get_tags(user_id="u")

    def test_cookies_are_not_kept(self, make, server):
        """A client's own session sends no cookie back."""
        server.says(200, {"status": "ok"}, {"Set-Cookie": "a=b; Path=/"})
        client = make("core")
        for _ in range(2):
            client.get_tags(user_id="u")

        assert "Cookie" not in server.reached[1][2]

    @pytest.mark.parametrize(
        "wrong", [0, -1, (1,), (1, 0), (1, 2, 3), "5", None, True, float("inf")]
    )
    def test_timeout_is_checked(self, wrong, make):
        """A timeout that makes no sense is refused."""
        with pytest.raises(ValueError, match="timeout must be seconds above 0"):
            make("core", timeout=wrong)

    def test_unknown_settings_are_refused(self, make):
        """A misspelt setting is no silent one."""
        with pytest.raises(TypeError, match="retires"):
            make("core", retires=3)


class TestHooks:
    def test_tell_of_each_request(self, make, server):
        """Hooks see every request, its end, and the wait before the next."""
        server.says(
            503, {"message": "later"}, {"Retry-After": "2", "X-Request-Id": "r"}
        )
        seen = []
        hooks = Hooks(
            before_request=lambda event: seen.append(("request", event)),
            after_response=lambda event: seen.append(("response", event)),
            before_retry=lambda event: seen.append(("retry", event)),
        )
        with pytest.raises(ServerError):
            make("core", hooks=hooks).get_tags(user_id="u")

        kinds = [kind for kind, _ in seen]
        assert ["request", "response", "retry"] * 2 + ["request", "response"] == kinds
        first, ended, retry = (event for _, event in seen[:3])
        assert ("SessionM Core", "get_tags", "GET", 1, None) == (
            first.service,
            first.call,
            first.method,
            first.attempt,
            first.outcome,
        )
        assert (503, "r", 0) == (ended.status_code, ended.request_id, ended.elapsed)
        assert 2 == retry.wait

    @pytest.mark.parametrize("hook", ["before_request", "after_response"])
    def test_do_not_end_a_call_by_raising(self, hook, make, server, caplog):
        """What a hook raises is logged with its traceback; the send is what it was."""
        server.says(200, {"status": "ok"})
        hooks = Hooks(**{hook: lambda _: {}["missing"]})

        receipt = make("core", hooks=hooks).increment_tags(["a"], user_id="u")

        assert (1, 200) == (len(server.reached), receipt.meta.status_code)
        assert f"the hook {hook} of SessionM Core increment_tags" in caplog.text
        assert "KeyError: 'missing'" in caplog.text

    def test_may_stop_the_program(self, make, server):
        """What is no error of the hook, such as Ctrl-C, goes on."""

        def stop(_event):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make("core", hooks=Hooks(before_request=stop)).get_tags(user_id="u")
        assert [] == server.reached


class TestHandedInSessions:
    @pytest.mark.parametrize(
        "repeats",
        [
            Retry(total=2, allowed_methods=None),
            Retry(total=2, allowed_methods=["post"]),
            Retry(total=None, read=3, allowed_methods=False),
        ],
    )
    def test_that_would_send_twice_are_refused(self, repeats, make):
        """A session that repeats a POST by itself never gets to."""
        session = requests.Session()
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=repeats))

        with pytest.raises(ValueError, match="http must not repeat a POST"):
            make("core", http=session)

    @pytest.mark.parametrize("prefix", ["https://", "http://", "http://127.0.0.1"])
    def test_that_learn_to_are_refused_later(self, prefix, make, server):
        """Nothing is sent through an adapter that was mounted after the client."""
        session = requests.Session()
        client = make("core", http=session)
        repeats = Retry(total=2, allowed_methods=None)
        session.mount(prefix, requests.adapters.HTTPAdapter(max_retries=repeats))

        with pytest.raises(ValueError, match=f"its adapter for '{prefix}' would"):
            client.increment_tags(["a"], user_id="u")
        assert [] == server.reached

    @pytest.mark.parametrize(
        "repeats", [0, 3, Retry(total=5), Retry(total=0, allowed_methods=None)]
    )
    def test_that_repeat_no_post_are_taken(self, repeats, make, server):
        """Repeats of what was not sent, or of a GET, are the session's own affair."""
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=repeats))
        server.says(200, {"status": "ok"})

        make("core", http=session).increment_tags(["a"], user_id="u")

        assert 1 == len(server.reached)


class TestLogs:
    def test_are_silent_by_default(self, make, server, caplog):
        """At INFO and above nothing is logged."""
        caplog.set_level(logging.INFO)
        server.says(500)
        with pytest.raises(OutcomeUnknownError):
            make("core").increment_tags(["seen"], user_id="ana")

        assert [] == caplog.records

    @pytest.mark.parametrize(
        ("status", "ended"), [(429, "HTTP 429"), (503, "HTTP 503, the service failed")]
    )
    def test_warn_of_repeats(self, status, ended, make, server, caplog):
        """A request that is made again says why, when, and which one it is."""
        server.says(
            status, {"message": "ana"}, {"Retry-After": "2", "X-Request-Id": "r"}
        )
        with pytest.raises(ResponseError):
            make("core").get_tags(user_id="ana")

        assert [
            ("WARNING", f"SessionM Core get_tags: {ended}, request id r; {attempt}")
            for attempt in (
                "attempt 2 of 3 follows in 2.0 s",
                "attempt 3 of 3 follows in 2.0 s",
            )
        ] == [(each.levelname, each.getMessage()) for each in caplog.records]

    def test_name_no_person(self, make, server, caplog):
        """At DEBUG our own log has calls and outcomes, no payload and no id."""
        caplog.set_level(logging.DEBUG, "sessionm_braze")
        server.says(500)
        with pytest.raises(OutcomeUnknownError):
            make("core").increment_tags(["private-tag"], user_id="ana-maria")
        with pytest.raises(ServerError) as info:
            make("core").request("GET", "/users/ana-maria/x")

        own = [each for each in caplog.records if each.name == "sessionm_braze"]
        texts = " ".join(each.getMessage() for each in own)
        assert "SessionM Core increment_tags, request 1" in texts
        assert "ana-maria" not in texts
        assert "private-tag" not in texts
        assert "request GET /users/ana-maria/x" in str(info.value)


class TestHostGuard:
    def test_forbids_a_host(self, make, server):
        """A test kit can forbid hosts; nothing is sent then."""
        with (
            guard_hosts(RuntimeError),
            pytest.raises(RuntimeError, match=r"127\.0\.0\.1:\d+"),
        ):
            make("core").get_tags(user_id="u")

        assert [] == server.reached

    def test_forbids_it_in_every_thread(self, make, server):
        """Threads from before the guard and from after it are held, too."""
        client = make("core")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(int).result()  # the thread is there before the guard
            with guard_hosts(RuntimeError):
                refused = pool.submit(client.get_tags, user_id="u")
                assert isinstance(refused.exception(), RuntimeError)
                with ThreadPoolExecutor(1) as later:
                    refused = later.submit(client.get_tags, user_id="u")
                    assert isinstance(refused.exception(), RuntimeError)

        assert [] == server.reached

    def test_of_several_one_has_to_allow(self, make, server):
        """Two kits in use at once each let their own hosts through."""
        server.behaviour = answer_by_path
        with guard_hosts(RuntimeError), guard_hosts(lambda _host: None):
            make("core").get_tags(user_id="u")

        assert 1 == len(server.reached)
