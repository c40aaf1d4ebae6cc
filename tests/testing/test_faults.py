"""Faults on purpose, and what a real client makes of them."""

from __future__ import annotations

import pytest
import requests

from sessionm_braze.exceptions import (
    OutcomeUnknownError,
    PayloadError,
    RequestTimeoutError,
    ServerError,
    TransportError,
)
from sessionm_braze.models import Recipient
from sessionm_braze.testing import Sandbox, SandboxError


SEND = "/campaigns/trigger/send"
TAGS = "/users/*/tags"
ANA = Recipient(external_user_id="u-1")


@pytest.fixture
def send(front, ana):  # noqa: ARG001 - the customer must be there
    """Return a function that triggers a campaign once."""
    front.sandbox.dashboard.add_campaign("c-1", template="Hi")
    braze = front.braze_client()
    return lambda: braze.trigger_campaign("c-1", recipients=[ANA])


def messages(front):
    """Return how many messages went out."""
    return len(front.sandbox.outbox)


def calls(front):
    """Return how many requests arrived."""
    return len(front.sandbox.requests)


class TestSends:
    @pytest.mark.parametrize("kind", ["drop_after_processing", "truncated_json"])
    def test_processed_and_lost(self, front, send, kind):
        """The message went out, nobody can tell, and the client does not repeat."""
        front.sandbox.faults.add(path=SEND, kind=kind)

        with pytest.raises(OutcomeUnknownError):
            send()

        assert (1, 1) == (messages(front), calls(front))

    @pytest.mark.parametrize("kind", ["drop_before_processing", "bad_gateway_html"])
    def test_not_processed_and_unclear(self, front, send, kind):
        """Nothing went out, but the client cannot know that."""
        front.sandbox.faults.add(path=SEND, kind=kind)

        with pytest.raises(OutcomeUnknownError):
            send()

        assert (0, 1) == (messages(front), calls(front))

    @pytest.mark.parametrize("kind", ["rate_limited", "server_error"])
    def test_refused_and_repeated(self, front, send, kind):
        """Where Braze says that nothing was done, the client tries again."""
        front.sandbox.faults.add(path=SEND, kind=kind)

        receipt = send()

        assert (1, 2, 2) == (messages(front), calls(front), receipt.meta.attempts)

    def test_wait_is_the_one_that_was_asked_for(self, front, send):
        """`Retry-After` moves the sandbox's clock, and nothing else waits."""
        front.sandbox.faults.add(path=SEND, kind="rate_limited", retry_after=7)
        before = front.sandbox.clock()

        send()

        assert 7 == front.sandbox.clock() - before

    def test_reset_in_the_past(self, front, send):
        """A reset that is over does not let the client spin."""
        front.sandbox.faults.add(path=SEND, kind="rate_limited", reset_after=-60)

        send()

        assert 2 == calls(front)

    @pytest.mark.parametrize(
        ("planned", "headers"),
        [
            ({}, (1, None)),
            ({"reset_after": 30}, (30, None)),
            ({"retry_after": 2.5}, (None, "2.5")),
            ({"retry_after": 5, "reset_after": 30}, (30, "5")),
            ({"service": "core"}, (None, None)),
            ({"service": "core", "reset_after": 3}, (3, None)),
        ],
    )
    def test_header_forms(self, front, planned, headers):
        """A 429 has the headers that were asked for; Braze by itself says 1 second."""
        front.sandbox.faults.add(kind="rate_limited", **planned)
        ask = getattr(front, planned.get("service", "braze"))

        answer = ask("GET", "/campaigns/list")

        reset = answer.headers.get("X-RateLimit-Reset")
        wait = None if reset is None else int(reset) - front.sandbox.clock()
        assert (429, headers) == (
            answer.status_code,
            (wait, answer.headers.get("Retry-After")),
        )
        assert (reset is None) is ("X-RateLimit-Remaining" not in answer.headers)

    def test_call_number(self, front, send):
        """Only the call that was named goes wrong."""
        front.sandbox.faults.add(path=SEND, kind="drop_after_processing", call=3)

        send()
        send()
        with pytest.raises(OutcomeUnknownError):
            send()
        send()

        assert 4 == messages(front)


class TestReads:
    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            ("server_error", ServerError),
            ("truncated_json", PayloadError),
            ("drop_before_processing", TransportError),
        ],
    )
    def test_repeated_until_it_is_enough(self, front, ana, kind, error):
        """Three faults in a row use up the attempts."""
        for call in (1, 2, 3):
            front.sandbox.faults.add(service="core", path=TAGS, kind=kind, call=call)

        with pytest.raises(error):
            front.core_client().get_tags(user_id=ana.user_id)

        assert 3 == calls(front)

    def test_tag_with_ttl_survives_a_lost_answer(self, front, ana):
        """An expiring tag is posted again after a lost answer."""
        front.sandbox.faults.add(
            service="core", path=TAGS, kind="drop_after_processing"
        )

        receipt = front.core_client().add_tags(["a"], user_id=ana.user_id, ttl=60)

        assert 2 == receipt.meta.attempts
        assert {"a": {"ttl": 60}} == front.sandbox.sessionm.tags_of(ana)

    def test_counter_is_not_counted_twice(self, front, ana):
        """A counter tag is not posted again after a lost answer."""
        front.sandbox.faults.add(
            service="core", path=TAGS, kind="drop_after_processing"
        )

        with pytest.raises(OutcomeUnknownError):
            front.core_client().increment_tags(["a"], user_id=ana.user_id)

        assert {"a": {"count": 1}} == front.sandbox.sessionm.tags_of(ana)

    def test_wrong_content_type(self, front, ana):
        """The body is whole, only its label is wrong."""
        front.sandbox.faults.add(service="core", kind="wrong_content_type")

        answer = front.core("GET", f"/users/{ana.user_id}/tags")

        assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
        assert "ok" == answer.json()["status"]


class TestTheWire:
    """What requests itself raises; the loopback front has it from real sockets."""

    def test_refused(self, sandbox):
        """A refused connection looks as requests reports it."""
        sandbox.faults.add(service="core", kind="refused")

        with pytest.raises(requests.exceptions.ConnectionError) as info:
            sandbox.session().get(sandbox.endpoints.core, timeout=1)

        assert "NewConnectionError" in repr(info.value.args[0].reason)
        assert info.value.request.url.startswith(sandbox.endpoints.core)

    def test_refused_is_repeated_by_the_client(self, sandbox, ana):
        """Nothing was written, so even a send is tried again."""
        sandbox.faults.add(service="core", path=TAGS, kind="refused")

        receipt = sandbox.core.increment_tags(["a"], user_id=ana.user_id)

        assert 2 == receipt.meta.attempts
        assert {"a": {"count": 1}} == sandbox.sessionm.tags_of(ana)

    def test_drop(self, front):
        """A cut connection is a ConnectionError without an answer."""
        front.sandbox.faults.add(service="core", kind="drop_before_processing")

        with pytest.raises(requests.exceptions.ConnectionError) as info:
            front.core("GET", "/users/u-1")

        assert not isinstance(info.value, requests.exceptions.Timeout)

    @pytest.mark.parametrize(("processed", "tags"), [(True, 1), (False, 0)])
    def test_timeout(self, front, ana, processed, tags):
        """A timeout comes after the work was done, or before, as planned."""
        front.sandbox.faults.add(service="core", kind="timeout", processed=processed)
        path = f"/users/{ana.user_id}/tags"

        with pytest.raises(requests.exceptions.ReadTimeout):
            front.core("POST", path, json={"tags": ["a"]}, timeout=(1, 0.05))

        assert tags == len(front.sandbox.sessionm.tags_of(ana))

    def test_client_reports_a_timeout(self, sandbox, ana):
        """A read that times out every time ends in the client's own error."""
        for call in (1, 2, 3):
            sandbox.faults.add(service="core", kind="timeout", call=call)

        with pytest.raises(RequestTimeoutError):
            sandbox.core.get_tags(user_id=ana.user_id)


class TestThePlan:
    def test_unused_fault_fails_the_test(self):
        """A fault that did not happen was planned for nothing."""
        with pytest.raises(SandboxError) as info, Sandbox() as sandbox:
            sandbox.faults.add(path=SEND, kind="timeout", call=2)

        expected = (
            f"planned, but did not happen: timeout at call 2 of braze {SEND}; "
            "calls seen: 0"
        )
        assert expected == str(info.value)

    def test_strictness_can_be_switched_off(self):
        """A sandbox that is not strict lets it pass."""
        with Sandbox(strict=False) as sandbox:
            sandbox.faults.add(path=SEND, kind="timeout")

        assert 1 == len(sandbox.faults.unused)

    def test_error_in_the_test_comes_first(self):
        """The test's own error is not hidden by an unused fault."""
        with pytest.raises(KeyError), Sandbox() as sandbox:
            _ = sandbox.faults.add(path=SEND, kind="timeout"), {}["missing"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"kind": "explode"},
            {"kind": "timeout", "service": "brazil"},
            {"kind": "timeout", "call": 0},
            {"kind": "timeout", "call": True},
        ],
    )
    def test_nonsense_is_refused(self, sandbox, wrong):
        """A plan that cannot happen is a ValueError at once."""
        with pytest.raises(ValueError, match=str(list(wrong)[-1])):
            sandbox.faults.add(**wrong)

    def test_one_fault_per_call(self, front):
        """The same call cannot go wrong in two ways."""
        faults = front.sandbox.faults
        front.sandbox.dashboard.add_campaign("c-1", template="Hi")
        braze = front.braze_client(timeout=(5, 0.1))
        first = faults.add(path=SEND, kind="timeout")
        with pytest.raises(ValueError, match="already goes wrong"):
            faults.add(path=SEND, kind="refused")
        second = faults.add(kind="drop_after_processing")  # fits that call as well

        for used in ([True, False], [True, True]):
            with pytest.raises(OutcomeUnknownError):
                braze.trigger_campaign("c-1", recipients=[ANA])
            assert used == [first.used, second.used]

    def test_counting_begins_when_it_is_planned(self, front, ana):
        """Calls made before do not count."""
        front.core("GET", f"/users/{ana.user_id}/tags")
        front.sandbox.faults.add(service="core", path=TAGS, kind="server_error")

        status = front.core("GET", f"/users/{ana.user_id}/tags").status_code

        assert 500 == status
