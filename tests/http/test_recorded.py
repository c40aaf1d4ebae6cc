"""Answers of Braze's in the form they were recorded in public, with made-up values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessionm_braze import (
    AuthenticationError,
    RateLimit,
    RequestRejectedError,
    Schedule,
    SessionMBrazeError,
)


RECORDED = json.loads(
    (Path(__file__).parent.parent / "payloads" / "braze" / "recorded.json").read_text()
)
TO_ANA = {"recipients": [{"external_user_id": "ana"}]}
EVENT = {"external_id": "1", "name": "visit", "time": "2031-02-15T21:04:32-05:00"}
PURCHASE = {
    "external_id": "1",
    "product_id": "1",
    "time": "2031-02-15T21:04:32-05:00",
    "currency": "CAD",
    "price": 1.0,
}
AT = Schedule(time=datetime(2031, 5, 2, 9, tzinfo=UTC))
CALLS = {
    "trigger_campaign": lambda c: c.trigger_campaign("c", **TO_ANA),
    "trigger_canvas": lambda c: c.trigger_canvas("c", **TO_ANA),
    "schedule_campaign": lambda c: c.schedule_campaign("c", schedule=AT, **TO_ANA),
    "track_users": lambda c: c.track_users(
        attributes=[{"external_id": "1", "tier": "gold"}],
        events=[EVENT],
        purchases=[PURCHASE],
    ),
    "export_users": lambda c: c.export_users(["1", "2"]),
    "export_segment": lambda c: c.export_segment("s", fields_to_export=["email"]),
    "list_segments": lambda c: list(c.list_segments()),
    "get_canvas": lambda c: c.get_canvas("c"),
}


@pytest.fixture
def replay(make, server):
    """Answer with a recording, and make the call it belongs to."""

    def run(number):
        recorded = RECORDED[number]
        body = recorded["body"].encode()
        server.says(recorded["status"], body, recorded["headers"])
        try:
            return CALLS[recorded["call"]](make("braze"))
        except SessionMBrazeError as error:
            return error

    return run


class TestRecorded:
    def test_campaign(self, replay):
        """A campaign was taken; the limits are those of the hour."""
        receipt = replay(0)

        assert ("accepted", "0123456789abcdef0123456789abcdef") == (
            receipt.state,
            receipt.dispatch_id,
        )
        limit = RateLimit(limit=250_000, remaining=249_998, reset=1_900_003_600)
        assert limit == receipt.meta.rate_limit

    def test_paused_canvas(self, replay):
        """A paused Canvas takes the request and sends nothing."""
        receipt = replay(1)

        assert ("not_sent", 249_997) == (
            receipt.state,
            receipt.meta.rate_limit.remaining,
        )
        assert receipt.meta.request_id.endswith("0002")

    def test_schedule(self, replay):
        """A schedule has an id of its own."""
        assert "00000000-0000-4000-8000-00000000000a" == replay(2).schedule_id

    def test_tracked(self, replay):
        """All three counts come back."""
        receipt = replay(3)

        assert (1, 1, 1, "accepted") == (
            receipt.attributes_processed,
            receipt.events_processed,
            receipt.purchases_processed,
            receipt.state,
        )

    def test_users(self, replay):
        """Profiles come as they are, legacy fields and nulls included."""
        export = replay(4)

        assert (2,) == export.invalid_user_ids
        (user,) = export
        assert ("0123456789abcdef01234567", None) == (
            user["appboy_id"],
            user["home_city"],
        )

    def test_segment_export(self, replay):
        """An answer without a prefix is one all the same."""
        export = replay(5)

        assert (None, "https://exports.example/redacted.zip") == (
            export.object_prefix,
            export.url,
        )

    def test_segments(self, replay):
        """Segments without tags have none."""
        assert [("All Users (App - iOS)", ()), ("Engaged Recent Users", ())] == [
            (segment.name, segment.tags) for segment in replay(6)
        ]

    def test_unknown_canvas(self, replay):
        """An unknown Canvas is refused with 400."""
        error = replay(7)

        assert isinstance(error, RequestRejectedError)
        assert "must be a string of the Canvas api identifier" in str(error)

    def test_wrong_key(self, replay):
        """A wrong key comes back masked, with empty limits."""
        error = replay(8)

        assert isinstance(error, AuthenticationError)
        assert "Invalid API key: ***" in str(error)
        assert error.meta.rate_limit is None

    def test_all_are_replayed(self):
        """No recording is left out above."""
        assert 9 == len(RECORDED)
