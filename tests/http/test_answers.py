"""What an answer means, whatever form it comes in."""

from __future__ import annotations

import pytest

from sessionm_braze import (
    AuthenticationError,
    NotFoundError,
    OutcomeUnknownError,
    PayloadError,
    RateLimit,
    RequestRejectedError,
    ResponseError,
    ServerError,
)


TO_ANA = {"recipients": [{"external_user_id": "ana"}]}
WALLET = {"status": "ok", "payload": {"user_id": "u", "user_offers": []}}


class TestSuccess:
    def test_gzip_is_unpacked(self, make, server, gzipped):
        """A compressed answer is read like any other."""
        server.says(200, gzipped(WALLET), {"Content-Encoding": "gzip"})

        assert "u" == make("connect").get_wallet("u").user_id

    def test_content_type_is_not_asked(self, make, server):
        """JSON under the wrong content type is JSON: proxies relabel it."""
        server.says(200, WALLET, {"Content-Type": "text/html"})

        assert "u" == make("connect").get_wallet("u").user_id

    def test_status_word_ignores_case(self, make, server):
        """SessionM writes ``ok`` and ``OK``."""
        server.says(200, {**WALLET, "status": "OK"})

        assert 0 == len(make("connect").get_wallet("u"))

    def test_meta_tells_how_it_went(self, make, server):
        """A receipt has status, request id, rate limit, attempts and time."""
        server.says(
            201,
            {"message": "success"},
            {
                "X-Request-Id": "r-1",
                "x-ratelimit-limit": "250000",
                "x-ratelimit-remaining": "249999",
                "x-ratelimit-reset": "1900003600",
            },
        )

        meta = make("braze").trigger_campaign("c", **TO_ANA).meta

        assert (201, "r-1", 1) == (meta.status_code, meta.request_id, meta.attempts)
        assert 0 == meta.elapsed
        limit = RateLimit(limit=250_000, remaining=249_999, reset=1_900_003_600)
        assert limit == meta.rate_limit

    def test_201_with_errors(self, make, server):
        """A yes with problems keeps them, and says so."""
        server.says(201, {"message": "success", "errors": ["bad alias"]})

        receipt = make("braze").trigger_campaign("c", **TO_ANA)

        assert ("accepted_with_errors", ("bad alias",)) == (
            receipt.state,
            receipt.errors,
        )

    def test_201_with_notice(self, make, server):
        """A notice means that nothing will be sent."""
        server.says(201, {"message": "success", "notice": "The Canvas is paused."})

        receipt = make("braze").trigger_canvas("c", **TO_ANA)

        assert ("not_sent", "The Canvas is paused.") == (receipt.state, receipt.notice)

    def test_request_takes_an_array(self, make, server):
        """The way to any other call takes every JSON value."""
        server.says(200, [1, 2], {"X-Anything": "yes"})

        answer = make("core").request("GET", "/things", params={"page": 2})

        assert ([1, 2], "yes", 200) == (
            answer.data,
            answer.headers["x-anything"],
            answer.status_code,
        )
        assert server.reached[0][1].endswith("/things?page=2")

    def test_request_takes_an_empty_204(self, make, server):
        """204 has no body, and is a success."""
        server.behaviour = lambda handler: handler.answer(204)

        assert make("core").request("DELETE", "/things/1").data is None


class TestRefusal:
    @pytest.mark.parametrize(
        ("code", "error"),
        [
            ("user_not_found", NotFoundError),
            ("REQUIRES_REGISTERED_USER", NotFoundError),
            ("not_available", NotFoundError),
            ("INVALID_API_KEY", AuthenticationError),
            ("access_denied", AuthenticationError),
            ("invalid_auth_token", AuthenticationError),
            ("validation", RequestRejectedError),
            ("missing_data", RequestRejectedError),
            ("argument_error", RequestRejectedError),
            ("https_only", RequestRejectedError),
            ("no_active_campaign_found", RequestRejectedError),
        ],
    )
    def test_200_with_status_error(self, code, error, make, server):
        """SessionM refuses with HTTP 200; the code decides the class."""
        server.says(200, {"status": "error", "errors": {"code": code}})

        with pytest.raises(ResponseError) as info:
            make("core").increment_tags(["seen"], user_id="u")

        assert (error, code, 200, 1) == (
            type(info.value),
            info.value.code,
            info.value.status_code,
            len(server.reached),
        )

    def test_200_with_server_error_is_repeated_by_reads(self, make, server):
        """SessionM's own fault is one, even under HTTP 200."""
        server.says(
            200, {"status": "error", "errors": {"code": "INTERNAL_SERVER_ERROR"}}
        )

        with pytest.raises(ServerError):
            make("core").get_tags(user_id="u")

        assert 3 == len(server.reached)

    @pytest.mark.parametrize(
        ("body", "code", "errors"),
        [
            (
                {"errors": {"code": "x", "message": "m"}},
                "x",
                ({"code": "x", "message": "m"},),
            ),
            ({"errors": ["m"]}, None, ("m",)),
            ({"errors": [{"code": "x"}]}, "x", ({"code": "x"},)),
            ({"errors": [], "error": "x"}, "x", ("x",)),
            ({"errors": None, "error": {"code": "x"}}, "x", ({"code": "x"},)),
            ({"error": "x"}, "x", ("x",)),
            ({}, None, ()),
        ],
    )
    def test_reads_errors_and_error(self, body, code, errors, make, server):
        """Both keys are read, as text, object or list; ``errors`` comes first."""
        server.says(400, {"status": "error", **body})

        with pytest.raises(RequestRejectedError) as info:
            make("connect").get_wallet("u")

        assert (code, errors) == (info.value.code, info.value.errors)

    def test_braze_message_and_errors(self, make, server):
        """Braze's words are in the error."""
        server.says(
            400,
            {"message": "Invalid Campaign ID", "errors": ["no such campaign"]},
            {"X-Request-Id": "r-7"},
        )

        with pytest.raises(RequestRejectedError) as info:
            make("braze").trigger_campaign("c", **TO_ANA)

        assert ("no such campaign",) == info.value.errors
        assert (
            "Braze trigger_campaign: HTTP 400, Invalid Campaign ID, no such campaign "
            "(request id r-7); nothing was done; repeated as it is, it fails again"
        ) == str(info.value)
        assert "r-7" == info.value.meta.request_id

    def test_braze_names_unparsable_json_in_error(self, make, server):
        """For JSON it cannot parse Braze says ``error`` instead of ``message``."""
        server.says(400, {"error": "cannot parse"})

        with pytest.raises(RequestRejectedError, match="cannot parse"):
            make("braze").trigger_campaign("c", **TO_ANA)

    def test_a_success_that_says_something_else(self, make, server):
        """What a 2xx with another message means is not documented."""
        server.says(201, {"message": "Something else", "errors": ["e"]})

        with pytest.raises(OutcomeUnknownError, match="but 'Something else'"):
            make("braze").trigger_campaign("c", **TO_ANA)
        with pytest.raises(PayloadError, match="neither success nor queued"):
            make("braze").get_canvas("c")

        answer = make("braze").request("POST", "/anything", json={})
        assert "Something else" == answer.data["message"]

    def test_401_that_echoes_the_key(self, make, server):
        """The key is masked; empty rate-limit headers count as absent."""
        server.says(
            401,
            {"message": "Invalid API key: braze-key-0123456789"},
            {
                "X-RateLimit-Limit": "",
                "X-RateLimit-Remaining": "",
                "X-RateLimit-Reset": "",
            },
        )

        with pytest.raises(AuthenticationError) as info:
            make("braze").trigger_campaign("c", **TO_ANA)

        assert "Invalid API key: ***" in str(info.value)
        assert info.value.meta.rate_limit is None

    def test_a_redirect_is_not_followed(self, make, server):
        """A redirect is an error that says where it leads."""
        server.says(302, headers={"Location": f"{server.url}/elsewhere"})

        with pytest.raises(ResponseError, match=r"redirect to .*/elsewhere, not"):
            make("core").get_tags(user_id="u")

        assert 1 == len(server.reached)

    @pytest.mark.parametrize(
        "target", ["https://[broken", "https://h.example/\xe9\xff"]
    )
    def test_a_redirect_may_lead_nowhere(self, target, make, server):
        """What is no address is an answer all the same, and not followed."""
        server.says(307, headers={"Location": target})

        with pytest.raises(ResponseError, match="HTTP 307, redirect to https"):
            make("braze").trigger_campaign("c", **TO_ANA)

        assert 1 == len(server.reached)

    def test_html_is_quoted_shortly(self, make, server):
        """An error page is quoted, cut to a line."""
        server.says(404, b"<html>" + b"word \n" * 500)

        with pytest.raises(NotFoundError) as info:
            make("core").get_tags(user_id="u")

        assert "<html>word word" in str(info.value)
        assert len(str(info.value)) < 400


class TestReasons:
    @pytest.mark.parametrize(
        ("errors", "reason"),
        [
            (["a valid external_id is needed"], "a valid external_id is needed"),
            ([{"type": "no id", "input_array": "events", "index": 2}], "events[2]: no"),
            ([{"message": "unknown"}, {"code": "x-7"}], "unknown; x-7"),
            ({"reason": 7}, "{'reason': 7}"),
        ],
    )
    def test_of_braze_stand_in_the_error(self, errors, reason, make, server):
        """What Braze lists under ``errors`` is read where the error is."""
        server.says(400, {"message": "Bad Request", "errors": errors})
        with pytest.raises(RequestRejectedError) as info:
            make("braze").request("POST", "/users/track", json={})

        assert f"HTTP 400, Bad Request, {reason}" in str(info.value)

    def test_of_sessionm_have_no_traces(self, make, server):
        """What tells of SessionM's own code is kept nowhere."""
        said = {"code": "x", "message": "m", "stack_trace": "at Secret.Code()"}
        server.says(400, {"status": "error", "errors": said})
        with pytest.raises(RequestRejectedError) as info:
            make("connect").get_wallet("u")

        assert ({"code": "x", "message": "m"},) == info.value.errors
        assert "Secret.Code" not in str(info.value)
