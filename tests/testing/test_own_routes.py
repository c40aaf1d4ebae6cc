"""Routes that a test adds, and routes of Braze that the sandbox has not."""

from __future__ import annotations

import pytest

from sessionm_braze import BrazeClient, OutcomeUnknownError, ServerError
from sessionm_braze.testing import Answer, Sandbox


CATALOG = "/catalogs/{catalog}/items"


class TestBraze:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/catalogs"),
            ("PATCH", "/catalogs/offers/items/o-1"),
            ("POST", "/users/alias/new"),
            ("POST", "/transactional/v1/campaigns/c-1/send"),
            ("GET", "/content_blocks/list"),
        ],
    )
    def test_known_and_missing_is_501(self, method, path, front):
        """What Braze has and the sandbox has not says how to add it."""
        answer = front.braze(method, path, json={} if method != "GET" else None)

        assert 501 == answer.status_code
        how = f'add it with sandbox.dashboard.route("{method}", "{path}", function)'
        assert how in answer.json()["message"]
        assert how in front.sandbox.problems()[0]

    @pytest.mark.parametrize("path", ["/catalog", "/users/alias", "/catalogs/a/b/c/d"])
    def test_a_typo_is_404(self, path, front):
        """What Braze has not is not there."""
        assert 404 == front.braze("GET", path).status_code

    def test_the_client_says_how(self):
        """The hint reaches whoever calls."""
        sandbox = Sandbox()
        with pytest.raises(ServerError, match=r"add it with sandbox\.dashboard"):
            sandbox.braze.request("GET", "/events/list")
        with pytest.raises(
            OutcomeUnknownError, match=r"add it with sandbox\.dashboard"
        ):
            sandbox.braze.request("POST", "/messages/send", json={})

    def test_a_function_answers(self, front):
        """It gets the body or the query, and the segments that the path names."""
        seen = []

        def read(sent, **named):
            seen.append((sent, named))
            return {"items": [1]}

        for method in ("GET", "post", "DELETE"):
            front.sandbox.dashboard.route(method, CATALOG, read)

        answers = [
            front.braze("GET", "/catalogs/offers/items?cursor=c"),
            front.braze("POST", "/catalogs/offers/items", json={"items": [2]}),
            front.braze("DELETE", "/catalogs/a%2Fb/items"),
        ]

        assert [200, 201, 200] == [answer.status_code for answer in answers]
        body = {"message": "success", "items": [1]}
        assert [body] * 3 == [answer.json() for answer in answers]
        assert [
            ({"cursor": "c"}, {"catalog": "offers"}),
            ({"items": [2]}, {"catalog": "offers"}),
            ({}, {"catalog": "a/b"}),
        ] == seen
        assert [] == front.sandbox.problems()

    def test_a_route_takes_the_place_of_another(self, front):
        """The one that was added last answers; an `Answer` goes out as it is."""
        busy = Answer.of({"message": "busy"}, status=503, headers={"X-Own": "1"})
        front.sandbox.dashboard.route("GET", "/segments/list", lambda _: {})
        front.sandbox.dashboard.route("GET", "/segments/list", lambda _: busy)

        answer = front.braze("GET", "/segments/list")

        assert (503, "1") == (answer.status_code, answer.headers["x-own"])

    def test_is_behind_the_key_and_in_snapshots(self, front):
        """A route of one's own is a route like any other."""
        before = front.sandbox.snapshot()
        front.sandbox.dashboard.route("GET", "/catalogs", lambda _: {"catalogs": []})

        assert 401 == front.braze("GET", "/catalogs", auth=False).status_code
        assert 200 == front.braze("GET", "/catalogs").status_code
        front.sandbox.restore(before)
        assert 501 == front.braze("GET", "/catalogs").status_code

    def test_is_reached_by_code_that_is_patched(self, sandbox):
        """Code with sessions of its own reaches it, too."""
        sandbox.dashboard.route("GET", "/catalogs", lambda _: {"catalogs": [7]})
        with sandbox.mock(environ=True):
            answer = BrazeClient.from_env().request("GET", "/catalogs")

        assert [7] == answer.data["catalogs"]


class TestSessionM:
    def test_of_core_is_below_the_app(self, front):
        """What a function returns stands beside the status."""
        front.sandbox.sessionm.route(
            "GET", "/users/{user_id}/level", lambda _, user_id: {"is": user_id}
        )

        answer = front.core("GET", "/users/u-1/level")

        assert {"status": "ok", "is": "u-1"} == answer.json()
        assert 401 == front.core("GET", "/users/u-1/level", auth=False).status_code

    def test_of_core_may_be_whole(self, front):
        """The whole path does, too."""
        path = "/priv/v1/apps/{api_key}/offers"
        front.sandbox.sessionm.route("POST", path, lambda body: {"got": body["a"]})

        assert 7 == front.core("POST", "/offers", json={"a": 7}).json()["got"]

    def test_of_connect_may_be_read_with_get(self, front):
        """A GET has no body, and needs no retailer in it."""
        front.sandbox.sessionm.route(
            "GET", "/catalog/{kind}", lambda query, kind: [kind, query["page"]]
        )

        answer = front.call("connect", "GET", "/catalog/stores?page=2")

        assert {"status": "ok", "payload": ["stores", "2"]} == answer.json()


@pytest.mark.parametrize(
    ("route", "text"),
    [
        (("GET", "no-slash", len), "path must begin with a slash, got 'no-slash'"),
        (("GET", "/x", 3), "function must be a function, got 3"),
        (("", "/x", len), "method must not be blank"),
    ],
)
def test_wrong_routes_are_refused(route, text, sandbox):
    """A route that could never be met is refused when it is added."""
    for side in (sandbox.dashboard, sandbox.sessionm):
        with pytest.raises((TypeError, ValueError), match=text):
            side.route(*route)
