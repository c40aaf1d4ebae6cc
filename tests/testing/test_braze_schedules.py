"""Braze: sends that wait for their time."""

from __future__ import annotations

import pytest


CREATE = "/campaigns/trigger/schedule/create"
UPDATE = "/campaigns/trigger/schedule/update"
DELETE = "/campaigns/trigger/schedule/delete"
CANVAS = {
    "canvas_id": "v-1",
    "context": {"x": 7},
    "recipients": [{"external_user_id": "tokyo"}],
    "schedule": {"time": "2026-05-04T13:00:00Z"},
}


@pytest.fixture(autouse=True)
def people(sandbox):
    """Put two people in different time zones, and a campaign, into the sandbox."""
    for name, zone in (("tokyo", "Asia/Tokyo"), ("lisboa", "Europe/Lisbon")):
        sandbox.sessionm.add_customer(user_id=name, first_name=name, time_zone=zone)
    sandbox.dashboard.add_campaign("c-1", template="Hi {{${first_name}}}")
    sandbox.dashboard.add_canvas("v-1", template="{{context.${x}}}")


def body(time="2026-05-05T08:00:00Z", **more):
    """Return a request to schedule the campaign."""
    recipients = [{"external_user_id": name} for name in ("tokyo", "lisboa")]
    schedule = {"time": time, **more.pop("schedule", {})}
    return {
        "campaign_id": "c-1",
        "recipients": recipients,
        "schedule": schedule,
        **more,
    }


def created(front, **fields):
    """Schedule the campaign and return the id of the schedule."""
    answer = front.braze("POST", CREATE, json=body(**fields))
    assert 201 == answer.status_code
    return answer.json()["schedule_id"]


class TestFiring:
    def test_sends_when_the_clock_passes(self, front):
        """Nothing goes out before the time, everything at it, and only once."""
        created(front)
        front.sandbox.clock.advance(hours=19)
        before = len(front.sandbox.outbox)
        front.sandbox.clock.advance(days=30)

        assert 0 == before
        assert ["Hi tokyo", "Hi lisboa"] == [m.text for m in front.sandbox.outbox]
        assert ["schedule"] * 2 == [m.trigger.source for m in front.sandbox.outbox]

    def test_message_has_the_time_of_the_schedule(self, front):
        """A long step of the clock does not move the message."""
        created(front)
        start = front.sandbox.clock()

        front.sandbox.clock.advance(days=30)

        assert {20 * 3600} == {m.at - start for m in front.sandbox.outbox}

    def test_local_time_comes_zone_by_zone(self, front):
        """At 9 in each person's own zone, Tokyo is served before Lisbon."""
        start = front.sandbox.clock()
        front.sandbox.sessionm.add_customer(user_id="no zone")  # is served as UTC
        names = ("tokyo", "lisboa", "no zone")
        created(
            front,
            time="2026-05-05T09:00:00",
            schedule={"in_local_time": True},
            recipients=[{"external_user_id": name} for name in names],
        )

        front.sandbox.clock.advance(days=2)

        hours = [(m.recipient, (m.at - start) / 3600) for m in front.sandbox.outbox]
        assert [("tokyo", 12), ("lisboa", 20), ("no zone", 21)] == hours

    def test_state_at_the_time_counts(self, front):
        """Who is in the audience is decided when the schedule fires."""
        segment = front.sandbox.dashboard.add_segment(members=["tokyo"])
        front.sandbox.dashboard.change("c-1", segment_id=segment)
        created(front)

        front.sandbox.clock.advance(days=1)

        assert ["tokyo"] == [m.recipient for m in front.sandbox.outbox]

    def test_attachments_are_not_for_schedules(self, front):
        """A scheduled send has no attachments; Braze does not list them there."""
        created(
            front, attachments=[{"file_name": "a", "url": "https://f.example/a.pdf"}]
        )

        front.sandbox.clock.advance(days=1)

        assert [(), ()] == [m.attachments for m in front.sandbox.outbox]

    def test_archived_campaign_sends_nothing(self, front):
        """What was archived in the meantime stays silent."""
        created(front)
        front.sandbox.dashboard.change("c-1", archived=True)

        front.sandbox.clock.advance(days=1)

        front.sandbox.outbox.assert_nothing_sent()

    def test_time_that_has_passed_sends_at_once(self, front):
        """A schedule in the past does not wait for the clock."""
        created(front, time="2026-05-04T11:59:00Z")

        assert 2 == len(front.sandbox.outbox)

    def test_best_time_is_noon_of_the_day(self, front):
        """At the best time each person is served at noon of their own zone."""
        start = front.sandbox.clock()
        created(front, time="2026-05-06T07:00:00", schedule={"at_optimal_time": True})

        front.sandbox.clock.advance(days=3)

        hours = [(m.recipient, (m.at - start) / 3600) for m in front.sandbox.outbox]
        assert [("tokyo", 39), ("lisboa", 47)] == hours

    def test_canvas_has_a_schedule_too(self, front):
        """A Canvas is scheduled with its context, and notes when it sent."""
        front.braze("POST", "/canvas/trigger/schedule/create", json=CANVAS)

        front.sandbox.clock.advance(hours=1)

        front.sandbox.outbox.assert_sent_once("tokyo", text="7")
        asked = {"canvas_id": "v-1"}
        details = front.braze("GET", "/canvas/details", params=asked).json()
        assert "2026-05-04T13:00:00Z" == details["first_entry"]

    def test_paused_canvas_sends_nothing(self, front):
        """A Canvas that was paused in the meantime stays silent."""
        front.braze("POST", "/canvas/trigger/schedule/create", json=CANVAS)
        front.sandbox.dashboard.change("v-1", enabled=False)

        front.sandbox.clock.advance(hours=1)

        front.sandbox.outbox.assert_nothing_sent()


class TestChanging:
    def test_update_moves_it(self, front):
        """A new schedule replaces the old one."""
        schedule_id = created(front)
        request = {
            "campaign_id": "c-1",
            "schedule_id": schedule_id,
            "schedule": {"time": "2026-05-10T12:00:00Z"},
        }

        answer = front.braze("POST", UPDATE, json=request)
        front.sandbox.clock.advance(days=5)
        before = len(front.sandbox.outbox)
        front.sandbox.clock.advance(days=1)

        assert "success" == answer.json()["message"]
        assert (0, 2) == (before, len(front.sandbox.outbox))

    def test_delete_calls_it_off(self, front):
        """A deleted schedule never fires, and cannot be deleted twice."""
        request = {"campaign_id": "c-1", "schedule_id": created(front)}

        first = front.braze("POST", DELETE, json=request).status_code
        second = front.braze("POST", DELETE, json=request).status_code
        front.sandbox.clock.advance(days=30)

        assert (201, 400) == (first, second)
        front.sandbox.outbox.assert_nothing_sent()


class TestRefusals:
    @pytest.mark.parametrize(
        ("schedule", "reason"),
        [
            (None, "must be an object"),
            ({"time": "tomorrow"}, "not ISO 8601"),
            ({"time": "2026-05-05T08:00:00Z", "in_local_time": True}, "no zone"),
            (
                {"time": "2026-05-05T08:00", "in_local_time": True}
                | {"at_optimal_time": True},
                "exclude each other",
            ),
            ({"time": "2026-05-01T08:00:00", "in_local_time": True}, "has passed"),
        ],
    )
    def test_bad_schedule(self, front, schedule, reason):
        """A schedule that cannot be kept is 400."""
        answer = front.braze("POST", CREATE, json=body() | {"schedule": schedule})

        assert 400 == answer.status_code
        assert reason in answer.json()["message"]
