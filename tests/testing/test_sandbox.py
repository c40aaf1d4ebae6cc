"""The sandbox as a whole: what it hands out, keeps, and checks."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import responses

import sessionm_braze
from sessionm_braze import BrazeClient, SessionMConnectClient, SessionMCoreClient
from sessionm_braze.models import Recipient
from sessionm_braze.rendering import ConnectedContentResponse, Renderer
from sessionm_braze.testing import Sandbox, SandboxError, UnexpectedRequestError


PEOPLE = ("u-1",)


class TestWhatItHandsOut:
    def test_clients_are_real_and_lasting(self, sandbox):
        """The three clients are those of the package, one of each."""
        assert isinstance(sandbox.core, SessionMCoreClient)
        assert isinstance(sandbox.connect, SessionMConnectClient)
        assert isinstance(sandbox.braze, BrazeClient)
        assert sandbox.braze is sandbox.braze

    def test_environment_opens_it(self, sandbox, ana):
        """`from_env` works on the sandbox's environment."""
        settings = sandbox.client_settings()
        core = SessionMCoreClient.from_env(sandbox.environ, **settings)
        connect = SessionMConnectClient.from_env(sandbox.environ, **settings)
        braze = BrazeClient.from_env(sandbox.environ, **settings)

        core.add_tags(["a"], user_id=ana.user_id, ttl=60)

        assert ("a",) == core.get_tags(user_id=ana.user_id).names
        assert 0 == len(connect.get_wallet(ana.user_id))
        assert 200 == braze.request("GET", "/campaigns/list").status_code

    def test_fetcher_serves_a_renderer_of_ones_own(self, sandbox, ana):
        """A renderer outside the sandbox can fetch from it."""
        sandbox.sessionm.deposit_points(ana, 5)
        url = f"{sandbox.endpoints.connect}/offers/api/2.0/offers/get_user_offers"
        template = (
            f"{{% connected_content {url} :method post :headers "
            f'{{"Authorization": "{sandbox.credentials.connect_authorization}"}} '
            ":content_type application/json :body "
            '{"retailer_id": "@@", "user_id": "u-1"} :save w %}'
            "{{w.payload.available_points}}"
        ).replace("@@", sandbox.credentials.retailer_id)

        message = Renderer(fetcher=sandbox.fetcher).render(template)

        assert "5" == message.text

    def test_says_what_it_holds(self, sandbox, ana):
        """The repr is one line."""
        sandbox.core.get_tags(user_id=ana.user_id)

        expected = "1 customer, 0 messages, 1 request, at 2026-05-04T12:00:00Z"
        assert f"<Sandbox: {expected}>" == repr(sandbox)

    def test_same_seed_same_ids(self):
        """Two sandboxes with one seed make the same identifiers."""
        made = [
            [Sandbox(seed=seed).sessionm.add_customer().user_id for _ in range(2)]
            for seed in (0, 1)
        ]

        assert made[0][0] == made[0][1] != made[1][0]

    def test_default_port_and_capitals_lead_there_too(self, sandbox):
        """An address is the same with its default port and in capitals."""
        answer = sandbox.session().get("https://BRAZE.sandbox.test:443/campaigns/list")

        assert 401 == answer.status_code


class TestJournal:
    def test_picks_by_service_and_path(self, sandbox, ana):
        """`to` picks; a star stands for anything, the app key can be left out."""
        sandbox.core.add_tags(["a"], user_id=ana.user_id, ttl=60)
        sandbox.core.get_customer(user_id=ana.user_id)
        sandbox.connect.get_wallet(ana.user_id)

        journal = sandbox.requests

        assert (3, 2, 1) == (
            len(journal),
            len(journal.to("core")),
            len(journal.to("connect", "/api/2.0/offers/get_user_offers")),
        )
        (tagging,) = journal.to("core", "/users/*/tags")
        assert {"tags": ["a"], "ttl": 60} == tagging.json
        assert tagging == journal[0] == journal[:1][0] == next(iter(journal))

    def test_reads_well(self, sandbox, ana):
        """The repr shows a line per request, a lost one with its fault."""
        sandbox.faults.add(service="core", kind="drop_after_processing")

        sandbox.core.get_tags(user_id=ana.user_id)

        path = "https://core.sandbox.test/priv/v1/apps/***/users/u-1/tags"
        expected = f"GET {path} -> drop_after_processing\nGET {path} -> 200"
        assert expected == repr(sandbox.requests)

    def test_text_that_is_no_json(self, sandbox):
        """A body that is no JSON stands in the journal as text."""
        key = sandbox.credentials.braze_api_key
        sandbox.session().post(
            sandbox.endpoints.braze + "/users/track",
            data="no json",
            headers={"Authorization": f"Bearer {key}"},
        )

        assert "no json" == sandbox.requests[0].json

    @pytest.mark.parametrize(
        "data",
        [
            '{"tags": ["é"], "ttl": 5}',
            '{"tags": ["é"], "ttl": 5}'.encode(),
            io.BytesIO('{"tags": ["é"], "ttl": 5}'.encode()),
            io.StringIO('{"tags": ["é"], "ttl": 5}'),
            iter([b'{"tags": ["', "é".encode(), b'"], "ttl": 5}']),
        ],
    )
    def test_any_kind_of_body(self, sandbox, ana, data):
        """Whatever requests takes as a body arrives."""
        keys = sandbox.credentials
        url = f"{sandbox.endpoints.core}/priv/v1/apps/{keys.core_api_key}/users/u-1"

        sandbox.session().post(url + "/tags", data=data, auth=_key(sandbox))

        assert {"é": {"ttl": 5}} == sandbox.sessionm.tags_of(ana)

    def test_head_has_no_body(self, sandbox):
        """A HEAD is answered without a body, and notes the missing route."""
        answer = sandbox.session().head(sandbox.endpoints.braze)

        assert (401, b"") == (answer.status_code, answer.content)


class TestForeignHosts:
    def test_session_goes_nowhere_else(self, sandbox):
        """A request to another host is an error that no network error can hide."""
        with pytest.raises(UnexpectedRequestError, match=r"rest\.iad-01") as info:
            sandbox.session().get("https://rest.iad-01.braze.com/secret?secret=1")

        assert "secret" not in str(info.value)

    def test_template_goes_nowhere_else(self, sandbox, ana):
        """Connected Content of another host needs somebody who answers."""
        sandbox.dashboard.add_campaign(
            "c-1", template="{% connected_content https://weather.test/x %}"
        )

        with pytest.raises(UnexpectedRequestError, match="weather"):
            sandbox.braze.trigger_campaign(
                "c-1", recipients=[Recipient(external_user_id=ana.user_id)]
            )

    def test_other_fetcher_answers(self):
        """A fetcher of one's own answers for other hosts."""
        answer = ConnectedContentResponse(body="sunny")
        with Sandbox(fetcher=lambda _request: answer) as sandbox:
            ana = sandbox.sessionm.add_customer()
            sandbox.dashboard.add_campaign(
                "c-1", template="{% connected_content https://weather.test/x %}"
            )

            sandbox.dashboard.launch("c-1")

        sandbox.outbox.assert_sent_once(ana, text="sunny")

    def test_guard_holds_clients_back(self, sandbox):
        """Within the guard a client with another host does not get to send."""
        stranger = BrazeClient("US-03", api_key="fake", http=sandbox.session())

        with sandbox.hosts_guarded():
            sandbox.braze.request("GET", "/campaigns/list")
            with pytest.raises(UnexpectedRequestError, match="was about to call"):
                stranger.request("GET", "/campaigns/list")


class TestSnapshots:
    def test_restore_goes_back(self, sandbox, ana):
        """Everything is as it was, the clock and the ids included."""
        sandbox.sessionm.issue_offer(ana, name="before")
        sandbox.dashboard.variables["x"] = 1
        snapshot = sandbox.snapshot()
        then = sandbox.clock()
        after = self.change(sandbox, ana)

        sandbox.restore(snapshot)

        assert ["before"] == [o.name for o in sandbox.sessionm.offers_of(ana)]
        assert {} == sandbox.sessionm.tags_of(ana)
        assert (then, 1) == (sandbox.clock(), sandbox.dashboard.variables["x"])
        assert [] == sandbox.dashboard.targets()
        assert after == self.change(sandbox, ana)

    def change(self, sandbox, ana):
        """Change everything and return what was made up for it."""
        sandbox.core.add_tags(["a"], user_id=ana.user_id, ttl=60)
        sandbox.dashboard.variables["x"] = 2
        sandbox.dashboard.add_campaign("c-1", template="x")
        sandbox.clock.advance(days=1)
        return sandbox.sessionm.issue_offer(ana, name="after")

    def test_snapshot_can_be_used_twice(self, sandbox, ana):
        """What happens after a restore does not reach the snapshot."""
        snapshot = sandbox.snapshot()
        for _ in range(2):
            sandbox.restore(snapshot)
            sandbox.sessionm.deposit_points(ana, 10)

        assert 10 == sandbox.connect.get_wallet(ana.user_id).available_points

    def test_reset_forgets(self, sandbox, ana):
        """After a reset nobody is there, and no fault is planned."""
        sandbox.core.add_tags(["a"], user_id=ana.user_id, ttl=60)
        sandbox.faults.add(kind="timeout")

        sandbox.reset()

        assert [] == list(sandbox.sessionm.customers())
        assert (0, 0, []) == (
            len(sandbox.requests),
            len(sandbox.outbox),
            sandbox.problems(),
        )
        assert "endpoint_core" in sandbox.dashboard.variables


class TestStrictness:
    def test_unknown_route_fails(self):
        """A request without a route fails the test."""
        with pytest.raises(SandboxError) as info, Sandbox() as sandbox:
            sandbox.session().get(sandbox.endpoints.braze + "/nowhere")

        assert "no such route: GET braze /nowhere" == str(info.value)

    def test_a_key_twice_in_a_body_is_a_problem(self):
        """A body that names a field twice asks for more than one thing."""
        sandbox = Sandbox()
        body = '{"user_id": "u-1", "user_id": "victim", "retailer_id": "r"}'

        sandbox.session().post(
            f"{sandbox.environ['SESSIONM_CONNECT_ENDPOINT']}"
            "/offers/api/2.0/offers/get_user_offers",
            data=body,
            headers={
                "Authorization": sandbox.credentials.connect_authorization,
                "Content-Type": "application/json",
            },
        )

        (problem,) = sandbox.problems()
        assert "has the key 'user_id' twice" in problem
        with pytest.raises(SandboxError, match="user_id"):
            sandbox.verify()

    def test_secret_in_a_path_is_masked(self):
        """The report does not show the Core key."""
        with Sandbox(strict=False) as sandbox:
            key = sandbox.credentials.core_api_key
            url = f"{sandbox.endpoints.core}/priv/v1/apps/{key}/nowhere"
            sandbox.session().get(url)

        assert [
            "no such route: GET core /priv/v1/apps/***/nowhere"
        ] == sandbox.problems()

    def test_credential_that_is_not_its_own_is_masked_too(self):
        """A real key that strays into a test does not get into the journal."""
        with Sandbox(strict=False) as sandbox:
            stray = {"Authorization": "Bearer a-real-key"}
            url = f"{sandbox.endpoints.braze}/campaigns/list"
            sandbox.session().get(url, headers=stray)

        (record,) = sandbox.requests
        assert "Invalid API key: ***" == record.answer["message"]
        assert "a-real-key" not in repr(record)

    @pytest.mark.parametrize(
        ("where", "request_"),
        [
            ("core", {"path": "/priv/v1/apps/a-real-key/users/1"}),
            ("core", {"path": "/x", "headers": {"Authorization": "a-real-key"}}),
            ("core", {"path": "/x", "headers": {"Authorization": "Basic a-real-key"}}),
            ("connect", {"path": "/offers/x", "headers": {"X-Api-Key": "a-real-key"}}),
            ("braze", {"path": "/users/track?api_key=a-real-key"}),
            (
                "braze",
                {"path": "/users/track", "json": {"a": [{"api_key": "a-real-key"}]}},
            ),
            ("braze", {"path": "/users/track", "data": "api_key=a-real-key"}),
        ],
    )
    def test_keys_are_masked_wherever_they_stand(self, where, request_):
        """In path, query, headers and body; and in what went astray."""
        with Sandbox(strict=False) as sandbox:
            url = getattr(sandbox.endpoints, where) + request_.pop("path")
            sandbox.session().post(url, **request_)

        assert "a-real-key" not in repr(sandbox.requests[0])
        assert "a-real-key" not in "".join(sandbox.problems())


class TestUnknownFields:
    def test_clients_keep_working(self):
        """Fields that no client knows do no harm, and survive."""
        with Sandbox(unknown_fields=True) as sandbox:
            ana = sandbox.sessionm.add_customer(first_name="Ana")
            sandbox.sessionm.issue_offer(ana, name="Free coffee")
            sandbox.dashboard.add_campaign("c-1", template="Hi")

            tags = sandbox.core.add_tags(["a"], user_id=ana.user_id, ttl=60)
            wallet = sandbox.connect.get_wallet(ana.user_id)
            person = Recipient(external_user_id=ana.user_id)
            receipt = sandbox.braze.trigger_campaign("c-1", recipients=[person])

        assert ("a",) == tags.tags
        assert "sandbox_unknown_field" in wallet[0].extra
        assert "accepted" == receipt.state


class TestMock:
    def test_code_with_its_own_session(self, sandbox, ana):
        """Code that makes its own sessions meets the sandbox while it is patched."""
        environ = sandbox.environ
        with sandbox.mock():
            core = SessionMCoreClient.from_env(environ)
            core.add_tags(["a"], user_id=ana.user_id, ttl=60)
            status = requests.get(environ["BRAZE_ENDPOINT"], timeout=1).status_code

        assert 401 == status
        assert {"a": {"ttl": 60}} == sandbox.sessionm.tags_of(ana)

    def test_faults_reach_it(self, sandbox):
        """A planned fault is raised as requests raises it."""
        sandbox.faults.add(kind="timeout")

        with sandbox.mock(), pytest.raises(requests.exceptions.ReadTimeout):
            requests.get(sandbox.endpoints.braze, timeout=1)

    def test_other_hosts_are_an_error(self, sandbox):
        """Nothing gets out while it is patched."""
        with sandbox.mock(), pytest.raises(UnexpectedRequestError):
            requests.get("https://rest.iad-01.braze.com", timeout=1)

    def test_served_urls_stay_real(self, sandbox):
        """The loopback front is reached over its socket."""
        url = sandbox.serve().braze

        with sandbox.mock():
            status = requests.get(url, timeout=5).status_code

        assert 401 == status

    def test_nothing_is_needed_for_it(self):
        """The sandbox works without responses and pytest, `mock` too."""
        code = (
            "import sys\n"
            "sys.modules |= {'responses': None, 'pytest': None}\n"
            "from sessionm_braze import SessionMCoreClient\n"
            "from sessionm_braze.testing import Sandbox\n"
            "with Sandbox() as sandbox:\n"
            "    sandbox.sessionm.add_customer(user_id='u-1')\n"
            "    with sandbox.mock(environ=True):\n"
            "        core = SessionMCoreClient.from_env()\n"
            "        core.add_tags(['a'], user_id='u-1', ttl=5)\n"
        )

        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            cwd=Path(sessionm_braze.__file__).parents[1],
        )

    def test_patch_ends(self, sandbox):
        """After the block requests is as before, whatever ends the block."""
        before = requests.Session.get_adapter
        with contextlib.suppress(ZeroDivisionError), sandbox.mock():
            assert before is not requests.Session.get_adapter
            _ = 1 / 0

        assert before is requests.Session.get_adapter

    @pytest.mark.parametrize("first", ["sandbox", "other"])
    def test_lives_beside_another_mock(self, first, sandbox):
        """Two mocks each get what is for their hosts, whichever was there first."""
        other = responses.RequestsMock()
        ours = sandbox.mock()
        both = [ours, other] if first == "sandbox" else [other, ours]
        with contextlib.ExitStack() as stack:
            for mock in both:
                stack.enter_context(mock)
            other.get("https://other.test/x", body="other")
            theirs = requests.get("https://other.test/x", timeout=1).text
            mine = requests.get(sandbox.endpoints.braze, timeout=1).status_code
            with pytest.raises(requests.ConnectionError):
                requests.get("https://third.test", timeout=1)

        assert ("other", 401) == (theirs, mine)

    @pytest.mark.parametrize("subclass", [True, False])
    def test_own_adapters_lead_nowhere_else(self, subclass, sandbox):
        """What tested code mounts for itself is held, too."""

        class Patient(requests.adapters.HTTPAdapter):
            def send(self, request, **options):
                return super().send(request, **{**options, "timeout": 1})

        adapter = Patient() if subclass else requests.adapters.HTTPAdapter()
        session = requests.Session()
        session.mount("https://", adapter)
        with sandbox.mock():
            assert 401 == session.get(sandbox.endpoints.braze, timeout=1).status_code
            with pytest.raises(UnexpectedRequestError):
                session.get("https://rest.iad-01.braze.com", timeout=1)

    def test_goes_into_a_mock_that_is_there(self, sandbox, ana):
        """The sandbox's hosts join another mock, and leave it again."""
        with responses.RequestsMock() as other:
            other.get("https://other.test/x", body="other")
            before = requests.Session.get_adapter
            with sandbox.mock(into=other, environ=True):
                assert before is requests.Session.get_adapter
                core = SessionMCoreClient.from_env()
                core.add_tags(["a"], user_id=ana.user_id, ttl=60)
                theirs = requests.get("https://other.test/x", timeout=1).text
                with pytest.raises(requests.ConnectionError):
                    requests.get(f"{sandbox.endpoints.braze}.evil", timeout=1)
            with pytest.raises(requests.ConnectionError):
                requests.get(sandbox.endpoints.braze, timeout=1)

        assert "other" == theirs
        assert {"a": {"ttl": 60}} == sandbox.sessionm.tags_of(ana)

    def test_puts_the_environment_back(self, sandbox, monkeypatch):
        """What stood there stands there again, and what did not does not."""
        monkeypatch.setenv("BRAZE_API_KEY", "mine")
        monkeypatch.setenv("SESSIONM_CORE_AUTHORIZATION", "Basic mine")
        monkeypatch.delenv("BRAZE_ENDPOINT", raising=False)
        before = dict(os.environ)

        with contextlib.suppress(ZeroDivisionError), sandbox.mock(environ=True):
            assert sandbox.credentials.braze_api_key == os.environ["BRAZE_API_KEY"]
            assert "SESSIONM_CORE_AUTHORIZATION" not in os.environ
            _ = 1 / 0

        assert before == dict(os.environ)


class TestIsolation:
    def test_two_sandboxes_do_not_meet(self):
        """Each sandbox has its own state behind the same addresses."""
        one, two = Sandbox(), Sandbox()
        ana = one.sessionm.add_customer(user_id="u-1")

        one.core.add_tags(["a"], user_id="u-1", ttl=60)

        assert {"a": {"ttl": 60}} == one.sessionm.tags_of(ana)
        assert 404 == two.session().get(two.endpoints.core, auth=_key(two)).status_code
        assert 1 == len(two.problems())

    def test_threads_share_a_client(self, sandbox, ana):
        """Counts add up when many threads post at once."""
        core = sandbox.core
        threads = [
            threading.Thread(target=core.increment_tags, args=(["n"],), kwargs=who)
            for who in [{"user_id": ana.user_id}] * 32
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert {"n": {"count": 32}} == sandbox.sessionm.tags_of(ana)

    def test_session_does_not_leave_the_process(self, sandbox):
        """A session that holds the state cannot be pickled; the error says why."""
        with pytest.raises(TypeError, match=r"Sandbox\.serve"):
            pickle.dumps(sandbox.session())


def _key(sandbox):
    keys = sandbox.credentials
    return (keys.core_api_key, keys.core_api_secret)


class TestSeed:
    def test_plants_everything(self, sandbox):
        """One mapping holds customers, campaigns and the rest."""
        sandbox.seed(
            {
                "variables": {"shop": "Lisboa"},
                "content_blocks": {"footer": "Bye"},
                "promotions": {"spring": ["A1", "B2"]},
                "profiles": [{"external_id": "p-1", "first_name": "Kai"}],
                "customers": [
                    {
                        "user_id": "u-1",
                        "first_name": "Ana",
                        "points": 5,
                        "tags": {"vip": 60, "visit": None},
                        "offers": [
                            {"name": "Tea", "expires": 3600},
                            {"name": "Cake", "expires": "2026-05-04T12:30:00Z"},
                        ],
                    }
                ],
                "segments": [{"id": "s-1", "members": ["u-1"]}],
                "campaigns": [
                    {
                        "id": "c-1",
                        "segment": "s-1",
                        "template": "{{${first_name}}} {{shop}} "
                        "{{content_blocks.${footer}}} {% promotion('spring') %}",
                    }
                ],
                "canvases": [{"id": "v-1", "template": "x"}],
                "webhooks": [{"id": "w-1", "url": "{{endpoint_core}}/x"}],
                "sessionm_campaigns": [
                    {"advanced_settings": {"braze_canvas_id": "v-1"}, "on": "visit"}
                ],
            }
        )

        sandbox.dashboard.launch("c-1")
        sandbox.sessionm.fire("visit", "u-1")
        sandbox.clock.advance(hours=1)

        texts = [message.text for message in sandbox.outbox]
        assert ["Ana Lisboa Bye A1", "x"] == texts
        assert {"visit": {"count": 1}} == sandbox.sessionm.tags_of("u-1")
        assert [] == sandbox.sessionm.offers_of("u-1")
        assert 5 == sandbox.connect.get_wallet("u-1").available_points

    @pytest.mark.parametrize(
        ("seed", "place"),
        [
            ({"clients": []}, "no such section: clients"),
            (
                {"customers": [{}, {"user_id": 1, "ponits": 5, "offers": [{}]}]},
                r"\[1\]",
            ),
            ({"campaigns": [{"id": "c"}]}, r"campaigns\[0\]"),
            ({"segments": "s"}, "segments must be a list"),
            ({"canvases": [{"template": "{% if %}"}]}, r"canvases\[0\]: 'if' needs"),
            ({"customers": [{"tags": ["vip"]}]}, r"customers\[0\]"),
            (["customers"], "a seed must be an object"),
        ],
    )
    def test_mistakes_are_named(self, sandbox, seed, place):
        """An entry that is not understood is a ValueError with its place."""
        with pytest.raises(ValueError, match=place):
            sandbox.seed(seed)


class TestPromotionCodes:
    def test_each_message_takes_one(self, sandbox):
        """A code is given once; when the list is empty the message is stopped."""
        for number in range(3):
            sandbox.sessionm.add_customer(user_id=f"u-{number}")
        sandbox.dashboard.promotions["spring"] = codes = ["A1", "B2"]
        template = "{% promotion('spring') %}{% promotion('spring') %}"
        sandbox.dashboard.add_campaign("c-1", template=template)

        sent = sandbox.dashboard.launch("c-1")

        assert ["A1A1", "B2B2", ""] == [message.text for message in sent]
        assert [False, False, True] == [message.aborted for message in sent]
        assert ["A1", "B2"] == codes


class TestServer:
    def get(self, url, path, **body):
        """Call a control route."""
        data = json.dumps(body).encode() if body else None
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(url + "/_sandbox/" + path, data, kind)
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)

    def test_control_routes(self, sandbox):
        """Other processes steer the sandbox below one prefix."""
        url = sandbox.serve().connect
        customer = {"user_id": "u-1", "tags": {"vip": 60}}
        campaign = {"id": "c-1", "template": "Hi"}

        self.get(url, "seed", customers=[customer], campaigns=[campaign])
        self.get(url, "launch", id="c-1")
        state = self.get(url, "state")
        outbox = self.get(url, "outbox")
        now = self.get(url, "clock", hours=1)["now"]
        about = self.get(url, "")

        assert {"vip": {"ttl": 60}} == state["customers"][0]["tags"]
        assert ["Hi"] == [message["text"] for message in outbox["messages"]]
        assert ("2026-05-04T13:00:00Z", now) == (now, about["now"])
        assert url == about["environ"]["SESSIONM_CONNECT_ENDPOINT"]
        assert {} == sandbox.sessionm.tags_of("u-1")

    def test_reset_over_http(self, sandbox, ana):
        """A reset leaves nobody."""
        url = sandbox.serve().core

        self.get(url, "reset", really=True)

        assert [] == self.get(url, "state")["customers"]
        assert ana not in sandbox.sessionm.customers()

    def test_faults_and_events_over_http(self, sandbox, ana):
        """A fault can be planned and an event fired from outside."""
        url = sandbox.serve().braze
        sandbox.dashboard.add_campaign("c-1", template="{{${first_name}}}")
        sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "c-1"}, on="visit"
        )

        self.get(url, "faults", kind="drop_after_processing")
        lost = self.get(url, "fire", event="visit", customer=ana.user_id)
        good = self.get(url, "fire", event="visit", customer=ana.user_id)
        seen = self.get(url, "requests")["requests"]

        statuses = [f["status"] for f in (*lost["fired"], *good["fired"])]
        assert [None, 201] == statuses == [record["status"] for record in seen]
        assert {"problems": []} == self.get(url, "problems")

    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("nowhere", {}, 404),
            ("clock", {"weeks": 1}, 400),
            ("clock", [], 400),
            ("launch", {"id": 1}, 400),
        ],
    )
    def test_mistakes(self, sandbox, path, body, status):
        """What is not understood is refused with the reason."""
        url = f"{sandbox.serve().core}/_sandbox/{path}"

        answer = requests.post(url, json=body, timeout=5)

        assert status == answer.status_code
        assert answer.json()["message"]

    def test_closing_frees_the_ports_at_once(self):
        """Closing waits for no open connection, and frees the ports."""
        with Sandbox(strict=False) as sandbox, requests.Session() as http:
            url = sandbox.serve().core
            http.get(url, timeout=5)
            started = time.perf_counter()
            sandbox.close()
            took = time.perf_counter() - started
            port = int(url.rpartition(":")[2])
            with socket.create_server(("127.0.0.1", port)):
                pass

        assert took < 5

    def test_taken_port(self, sandbox):
        """A port that is taken is an error, and nothing stays open."""
        with (
            socket.create_server(("127.0.0.1", 0)) as other,
            pytest.raises(OSError, match="in use"),
        ):
            sandbox.serve(port=other.getsockname()[1])

        assert sandbox.environ["BRAZE_ENDPOINT"].startswith("https://")

    def test_error_of_the_tests_own_code(self, sandbox):
        """A route function that raises gives 500 and is reported."""
        sandbox.sessionm.route("/x", lambda body: body["missing"])
        keys = sandbox.credentials

        answer = requests.post(
            f"{sandbox.serve().connect}/x",
            json={"retailer_id": keys.retailer_id},
            headers={"Authorization": keys.connect_authorization},
            timeout=5,
        )

        assert 500 == answer.status_code
        assert "KeyError('missing')" in sandbox.problems()[0]

    def test_chunked_body(self, sandbox, ana):
        """A body without a length is read by its chunks."""
        keys = sandbox.credentials
        url = f"{sandbox.serve().core}/priv/v1/apps/{keys.core_api_key}/users/u-1/tags"

        def body():
            yield b'{"tags": ["a"'
            yield b'], "ttl": 60}'

        requests.post(url, data=body(), auth=_key(sandbox), timeout=5)

        assert {"a": {"ttl": 60}} == sandbox.sessionm.tags_of(ana)

    def test_another_process(self, sandbox, ana):
        """A program of its own finds the sandbox through its environment."""
        sandbox.serve()
        code = (
            "from sessionm_braze import SessionMCoreClient\n"
            f"SessionMCoreClient.from_env().add_tags(['a'], user_id={ana.user_id!r}, "
            "ttl=timedelta(days=1))\n"
        )

        subprocess.run(
            [sys.executable, "-c", "from datetime import timedelta\n" + code],
            env={**os.environ, **sandbox.environ, "PYTHONPATH": str(Path.cwd())},
            check=True,
            timeout=60,
        )

        expected = {"a": {"ttl": timedelta(days=1).total_seconds()}}
        assert expected == sandbox.sessionm.tags_of(ana)
