"""How long a client waits before it makes a request again."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from sessionm_braze import RateLimitError, RetryPolicy, ServerError


NOW = 1_900_000_000


@pytest.fixture
def read_after(make, server, clock):
    """Read tags while the server says 429 with given headers; return error, waits."""

    def run(headers, *, status=429, **settings):
        server.says(status, {"status": "error"}, headers)
        with pytest.raises(Exception) as info:  # noqa: PT011 - returned to the test
            make("core", **settings).get_tags(user_id="u")
        return info.value, clock.sleeps

    return run


class TestServerAsks:
    def test_retry_after_in_seconds(self, read_after):
        """``Retry-After`` is obeyed to the second."""
        error, waits = read_after({"Retry-After": "7"})

        assert [7, 7] == waits
        assert 7 == error.retry_after

    def test_retry_after_as_a_date(self, read_after):
        """``Retry-After`` may be a date."""
        _, waits = read_after({"Retry-After": formatdate(NOW + 9, usegmt=True)})

        assert 9 == waits[0]

    def test_retry_after_comes_before_reset(self, read_after):
        """Of both headers ``Retry-After`` counts."""
        _, waits = read_after({"Retry-After": "3", "X-RateLimit-Reset": str(NOW + 20)})

        assert [3, 3] == waits

    def test_reset_only(self, read_after):
        """Without ``Retry-After`` the end of the window counts."""
        error, waits = read_after({"X-RateLimit-Reset": str(NOW + 20)})

        assert 20 == waits[0]
        assert NOW + 20 == error.meta.rate_limit.reset

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Retry-After": "", "X-RateLimit-Reset": ""},
            {"Retry-After": "soon", "X-RateLimit-Reset": "later"},
            {"Retry-After": "nan", "X-RateLimit-Reset": "inf"},
            {"X-RateLimit-Reset": str(NOW - 3600)},
            {"Retry-After": formatdate(NOW - 3600, usegmt=True)},
            {"Retry-After": "-5"},
        ],
        ids=str,
    )
    def test_no_usable_header_means_backoff(self, headers, read_after, monkeypatch):
        """Absent, empty, broken or past headers lead to exponential waits."""
        monkeypatch.setattr("random.uniform", lambda low, high: (low + high) / 2)

        error, waits = read_after(headers)

        assert [0.25, 0.5] == waits
        assert error.retry_after is None

    def test_broken_retry_after_falls_back_to_reset(self, read_after):
        """A ``Retry-After`` that says nothing leaves it to the reset."""
        _, waits = read_after({"Retry-After": "", "X-RateLimit-Reset": str(NOW + 20)})

        assert 20 == waits[0]

    @pytest.mark.parametrize(
        "headers",
        [{"Retry-After": "3000"}, {"X-RateLimit-Reset": str(NOW + 3000)}],
        ids=str,
    )
    def test_a_long_wait_raises_at_once(self, headers, read_after, server):
        """Above `max_wait` the caller decides, and is told the wait."""
        error, waits = read_after(headers)

        assert isinstance(error, RateLimitError)
        assert (3000, 429, [], 1) == (
            error.retry_after,
            error.status_code,
            waits,
            len(server.reached),
        )
        assert "wait 3000 s" in str(error)

    def test_a_fault_may_ask_for_a_long_wait_too(self, read_after):
        """A 503 with a long ``Retry-After`` tells it as well."""
        error, waits = read_after({"Retry-After": "3000"}, status=503)

        assert isinstance(error, RateLimitError)
        assert (3000, 503, []) == (error.retry_after, error.status_code, waits)

    def test_max_wait_is_a_setting(self, read_after):
        """A patient client waits longer."""
        _, waits = read_after({"Retry-After": "3000"}, retry=RetryPolicy(max_wait=4000))

        assert [3000, 3000] == waits

    def test_reset_means_no_wait_but_on_429(self, read_after):
        """Every answer of Braze's carries a reset; a 500 does not wait for it."""
        _, waits = read_after({"X-RateLimit-Reset": str(NOW + 20)}, status=500)

        assert max(waits) <= 1


class TestBackoff:
    def test_grows_and_is_capped(self, read_after, monkeypatch):
        """Each wait may be twice as long, up to `max_backoff`."""
        monkeypatch.setattr("random.uniform", lambda _, high: high)

        error, waits = read_after(
            {}, status=500, retry=RetryPolicy(attempts=6, backoff=1, max_backoff=5)
        )

        assert isinstance(error, ServerError)
        assert [1, 2, 4, 5, 5] == waits

    def test_has_full_jitter(self, read_after):
        """A wait is anything from nothing to the longest."""
        policy = RetryPolicy(attempts=40, backoff=1, max_backoff=1)

        _, waits = read_after({}, status=500, retry=policy)

        assert all(0 <= wait <= 1 for wait in waits)
        assert len(set(waits)) > 30

    @pytest.mark.parametrize(
        "wrong",
        [
            {"attempts": 0},
            {"attempts": True},
            {"attempts": 1.5},
            {"backoff": -1},
            {"max_wait": float("inf")},
            {"max_backoff": float("nan")},
            {"backoff": True},
            {"max_wait": "60"},
        ],
        ids=str,
    )
    def test_policy_is_checked(self, wrong):
        """A policy that makes no sense names the field, the value and the rule."""
        ((field, value),) = wrong.items()
        with pytest.raises(ValueError, match=rf"RetryPolicy\.{field} must .*{value}"):
            RetryPolicy(**wrong)


class TestPace:
    def test_holds_the_rate(self, make, server, clock):
        """Two requests a second leave half a second apart."""
        server.says(200, {"status": "ok"})
        client = make("core", requests_per_second=2)

        for _ in range(3):
            client.get_tags(user_id="u")

        assert [0.5, 0.5] == clock.sleeps

    @pytest.mark.parametrize("wrong", [0, -1, True, float("nan"), "2"])
    def test_is_checked(self, wrong, make):
        """A pace that makes no sense is refused."""
        with pytest.raises(ValueError, match="requests_per_second must be"):
            make("core", requests_per_second=wrong)
