from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sessionm_braze import BrazeClient, OutcomeUnknownError, Schedule, ServerError
from sessionm_braze.models import dump, load


ANA = {"external_user_id": "ana"}
TIME = datetime(2031, 5, 2, 9, tzinfo=UTC)
NAIVE = datetime(2031, 5, 2, 9)  # noqa: DTZ001 - each user's own clock
AT = Schedule(time=TIME)

CHANGES = {
    "update_campaign_schedule": "/campaigns/trigger/schedule/update",
    "update_canvas_schedule": "/canvas/trigger/schedule/update",
    "delete_campaign_schedule": "/campaigns/trigger/schedule/delete",
    "delete_canvas_schedule": "/canvas/trigger/schedule/delete",
}


def _more(name):
    return {"schedule": AT} if name.startswith("update") else {}


class TestSchedule:
    @pytest.mark.parametrize(
        ("edge", "hours"), [("0001-01-01T00:00", 5), ("9999-12-31T23:59", -5)]
    )
    def test_is_within_what_utc_can_say(self, edge, hours):
        """A moment that is in no year of UTC is refused when the schedule is made."""
        zone = timezone(timedelta(hours=hours))
        moment = datetime.fromisoformat(edge).replace(tzinfo=zone)

        with pytest.raises(
            ValueError, match=r"Schedule\.time must be within the years"
        ):
            Schedule(time=moment)

    @pytest.mark.parametrize(
        ("fields", "body"),
        [
            ({"time": TIME}, {"time": "2031-05-02T09:00:00Z"}),
            (
                {"time": TIME.astimezone(timezone(timedelta(hours=2)))},
                {"time": "2031-05-02T09:00:00Z"},
            ),
            (
                {"time": NAIVE, "in_local_time": True},
                {"time": "2031-05-02T09:00:00", "in_local_time": True},
            ),
            (
                {"time": NAIVE, "at_optimal_time": True},
                {"time": "2031-05-02T09:00:00", "at_optimal_time": True},
            ),
        ],
    )
    def test_is_written_as_braze_reads_it(self, fields, body):
        """UTC with a zone, the user's own time without; and read back the same."""
        schedule = Schedule(**fields)

        assert body == dump(schedule)
        assert schedule == load(Schedule, body)

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({"time": NAIVE}, ValueError, "time must be a datetime with a time zone"),
            (
                {"time": TIME, "in_local_time": True},
                ValueError,
                "a naive datetime with",
            ),
            ({"time": TIME, "at_optimal_time": True}, ValueError, "a naive datetime"),
            (
                {"time": NAIVE, "in_local_time": True, "at_optimal_time": True},
                ValueError,
                "takes one of in_local_time and at_optimal_time, got both",
            ),
            ({"time": "2031-05-02"}, TypeError, "time must be a datetime, got '2031"),
            ({"time": TIME, "in_local_time": 1}, TypeError, "in_local_time must be"),
        ],
    )
    def test_is_checked_when_made(self, wrong, error, says):
        """A schedule that Braze cannot mean names the field, the value and the rule."""
        with pytest.raises(error, match=says):
            Schedule(**wrong)

    @pytest.mark.parametrize(
        "wrong", [[], {}, {"time": 5}, {"time": "soon"}, {"time": "2031", "x": 1}]
    )
    def test_body_is_checked(self, wrong):
        """Another shape is no schedule."""
        from sessionm_braze import PayloadError

        with pytest.raises(PayloadError):
            load(Schedule, wrong)


class TestCreate:
    def test_campaign(self, braze, wire):
        """A campaign is scheduled with all that a trigger has."""
        wire.answer = (
            201,
            {"dispatch_id": "d", "schedule_id": "s", "message": "success"},
        )
        receipt = braze.schedule_campaign(
            "c",
            schedule=AT,
            recipients=[ANA],
            trigger_properties={"a": 1},
            send_id="send",
        )

        assert ["/campaigns/trigger/schedule/create"] == wire.paths
        assert {
            "campaign_id": "c",
            "broadcast": False,
            "recipients": [ANA],
            "trigger_properties": {"a": 1},
            "send_id": "send",
            "schedule": {"time": "2031-05-02T09:00:00Z"},
        } == wire.body
        assert ("s", "d", "accepted", 201) == (
            receipt.schedule_id,
            receipt.dispatch_id,
            receipt.state,
            receipt.meta.status_code,
        )

    def test_canvas_with_the_former_key(self, settings, wire):
        """A Canvas gets its values under the key the workspace knows."""
        client = BrazeClient(
            "US-01",
            api_key="k",
            canvas_property_key="canvas_entry_properties",
            **settings,
        )
        client.schedule_canvas("c", schedule=AT, broadcast=True, context={"a": 1})

        assert ["/canvas/trigger/schedule/create"] == wire.paths
        assert {
            "canvas_id": "c",
            "broadcast": True,
            "canvas_entry_properties": {"a": 1},
            "schedule": {"time": "2031-05-02T09:00:00Z"},
        } == wire.body

    def test_notice_means_nothing_will_be_sent(self, braze, wire):
        """A paused Canvas takes a schedule and does nothing with it."""
        wire.answer = (201, {"message": "success", "notice": "The Canvas is paused."})

        assert (
            "not_sent"
            == braze.schedule_canvas("c", schedule=AT, recipients=[ANA]).state
        )

    @pytest.mark.parametrize("wrong", [None, TIME, {"time": "2031-05-02T09:00:00Z"}])
    def test_wants_a_schedule(self, wrong, braze, wire):
        """A moment alone does not say whose clock it means."""
        with pytest.raises(TypeError, match="schedule must be a Schedule, got"):
            braze.schedule_campaign("c", schedule=wrong, recipients=[ANA])

        assert [] == wire.requests

    def test_is_a_send(self, braze, wire):
        """What may have been scheduled is not scheduled again; a declined one is."""
        wire.answer = (504, {"message": "late"})
        with pytest.raises(OutcomeUnknownError):
            braze.schedule_campaign("c", schedule=AT, recipients=[ANA])
        assert 1 == len(wire.requests)

        wire.answer = (503, {"message": "no"})
        with pytest.raises(ServerError):
            braze.schedule_canvas("c", schedule=AT, recipients=[ANA])
        assert 4 == len(wire.requests)

        with pytest.raises(OutcomeUnknownError):
            braze.schedule_canvas("c", schedule=AT, broadcast=True)
        assert 5 == len(wire.requests)


class TestChange:
    @pytest.mark.parametrize(("name", "path"), CHANGES.items())
    def test_sends_braze_request(self, name, path, braze, wire):
        """Updates carry ids and the whole schedule, deletes the ids."""
        wire.answer = (201, {"message": "success"})
        receipt = getattr(braze, name)("target", "s", **_more(name))

        assert [path] == wire.paths
        key = "campaign_id" if "campaign" in name else "canvas_id"
        schedule = {"schedule": {"time": "2031-05-02T09:00:00Z"}}
        more = schedule if name.startswith("update") else {}
        assert {key: "target", "schedule_id": "s", **more} == wire.body
        assert "accepted" == receipt.state

    @pytest.mark.parametrize("name", CHANGES)
    def test_may_be_repeated(self, name, braze, wire):
        """Changing twice is changing once, so any fault leads to the next request."""
        wire.answers = [(502, "html"), (504, {"message": "late"})]

        assert 3 == getattr(braze, name)("c", "s", **_more(name)).meta.attempts

    @pytest.mark.parametrize("name", CHANGES)
    @pytest.mark.parametrize(
        ("ids", "error", "says"),
        [
            (("", "s"), ValueError, "(campaign|canvas)_id must not be blank"),
            (("c", " "), ValueError, "schedule_id must not be blank"),
            (("c", None), TypeError, "schedule_id must be a string, got None"),
        ],
    )
    def test_wants_both_ids(self, name, ids, error, says, *, braze, wire):
        """Both ids are required."""
        with pytest.raises(error, match=says):
            getattr(braze, name)(*ids, **_more(name))

        assert [] == wire.requests
