from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sessionm_braze import (
    CampaignSummary,
    CanvasSummary,
    PayloadError,
    RateLimitError,
    RequestRejectedError,
    SegmentSummary,
)


LISTS = {
    "list_segments": ("/segments/list", "segments", SegmentSummary),
    "list_campaigns": ("/campaigns/list", "campaigns", CampaignSummary),
    "list_canvases": ("/canvas/list", "canvases", CanvasSummary),
}


def _pages(key, sizes):
    numbers = iter(range(10_000))
    return [
        {
            "message": "success",
            key: [{"id": f"id-{next(numbers)}"} for _ in range(size)],
        }
        for size in sizes
    ]


@pytest.mark.parametrize(("name", "details"), LISTS.items())
class TestLists:
    def test_walk_all_pages(self, name, details, braze, wire):
        """A page that is not full is the last; entries are typed."""
        path, key, cls = details
        wire.answers = _pages(key, [100, 100, 7])

        entries = list(getattr(braze, name)())

        assert 207 == len({entry.id for entry in entries})
        assert {cls} == {type(entry) for entry in entries}
        assert [path] * 3 == wire.paths
        assert {"page": ["2"], "sort_direction": ["asc"]} == wire.query

    def test_ask_once_more_after_full_pages(self, name, details, braze, wire):
        """A full last page is followed by an empty one."""
        _, key, _ = details
        wire.answers = _pages(key, [100, 0])

        assert 100 == len(list(getattr(braze, name)()))
        assert 2 == len(wire.requests)

    def test_stop_at_a_server_that_ignores_the_page(self, name, details, braze, wire):
        """The same page again ends the walk."""
        _, key, _ = details
        (wire.answer,) = _pages(key, [100])

        assert 100 == len(list(getattr(braze, name)()))
        assert 2 == len(wire.requests)

    def test_ask_when_they_are_read(self, name, details, braze, wire):
        """Nothing is asked for before the first entry is wanted."""
        _, key, _ = details
        wire.answers = _pages(key, [100, 1])
        entries = getattr(braze, name)()
        assert [] == wire.requests

        next(entries)
        assert 1 == len(wire.requests)

    def test_name_the_fault(self, name, details, braze, wire):
        """A list of another shape is refused with the place of the fault."""
        _, key, _ = details
        wire.answer = {"message": "success", key: [{"id": "a"}, "b"]}
        with pytest.raises(PayloadError) as info:
            list(getattr(braze, name)())
        assert (f"expected an object, got str @ $.{key}[1]",) == info.value.problems

        wire.answer = {"message": "success"}
        with pytest.raises(PayloadError, match=rf"field missing @ \$\.{key}"):
            list(getattr(braze, name)())

        wire.answer = {"message": "success", key: {"id": "a"}}
        with pytest.raises(PayloadError, match="expected a list, got dict") as info:
            list(getattr(braze, name)())
        assert 200 == info.value.meta.status_code

    def test_refuse_another_direction(self, name, details, braze):
        """Two directions there are, and the call itself says so."""
        with pytest.raises(ValueError, match='sort_direction must be "asc" or "desc"'):
            getattr(braze, name)(sort_direction="up")
        assert details


@pytest.mark.parametrize("name", ["list_campaigns", "list_canvases"])
class TestFilters:
    def test_travel_as_braze_documents(self, name, braze, wire):
        """Filters stand in the query, the time in UTC without a zone."""
        wire.answer = {"message": "success", "campaigns": [], "canvases": []}
        moment = datetime(2031, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))
        list(
            getattr(braze, name)(
                include_archived=True, sort_direction="desc", edited_after=moment
            )
        )

        assert {
            "page": ["0"],
            "sort_direction": ["desc"],
            "include_archived": ["true"],
            "last_edit.time[gt]": ["2031-01-02T01:00:00"],
        } == wire.query

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"include_archived": "yes"}, TypeError),
            ({"edited_after": datetime(2031, 1, 1)}, ValueError),  # noqa: DTZ001
            ({"edited_after": "2031"}, TypeError),
        ],
    )
    def test_are_checked(self, wrong, error, name, braze):
        """A filter of another type is refused by the call itself."""
        with pytest.raises(error, match=next(iter(wrong))):
            getattr(braze, name)(**wrong)


class TestDetails:
    def test_of_a_segment(self, braze, wire):
        """Details are typed, and what is unknown is kept."""
        wire.answer = {
            "message": "success",
            "created_at": "2031-01-02T03:04:05.678Z",
            "updated_at": "2031-01-02 03:04:05.000 UTC",
            "name": "Gold",
            "tags": ["a"],
            "teams": None,
            "size": 5,
        }

        segment = braze.get_segment("s-1")

        assert {"segment_id": ["s-1"]} == wire.query
        assert ("Gold", ("a",), ()) == (segment.name, segment.tags, segment.teams)
        assert datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC) == segment.updated_at
        assert {"size": 5} == segment.extra

    @pytest.mark.parametrize(
        ("name", "path"),
        [("get_campaign", "/campaigns/details"), ("get_canvas", "/canvas/details")],
    )
    @pytest.mark.parametrize(
        ("fields", "obstacles"),
        [
            ({"archived": False, "draft": False, "enabled": True}, ()),
            (
                {"archived": True, "draft": True, "enabled": False},
                ("archived", "draft", "not enabled"),
            ),
            ({}, ()),
        ],
    )
    def test_tell_why_nothing_would_be_sent(
        self, name, path, fields, obstacles, *, braze, wire
    ):
        """Archived, draft and not enabled are obstacles; unknown is none."""
        wire.answer = {"message": "success", "name": "n", "steps": [{"a": 1}], **fields}

        details = getattr(braze, name)("id-1", post_launch_draft_version=True)

        assert [path] == wire.paths
        key = name.replace("get_", "") + "_id"
        assert {key: ["id-1"], "post_launch_draft_version": ["true"]} == wire.query
        assert obstacles == details.obstacles
        assert 1 == details.meta.attempts

    @pytest.mark.parametrize("name", ["get_segment", "get_campaign", "get_canvas"])
    @pytest.mark.parametrize(("wrong", "error"), [("", ValueError), (7, TypeError)])
    def test_want_an_id(self, name, wrong, error, braze, wire):
        """The identifier is required."""
        with pytest.raises(error, match="_id must"):
            getattr(braze, name)(wrong)

        assert [] == wire.requests

    def test_of_an_unknown_canvas(self, braze, wire):
        """Braze says 400 where others say 404."""
        said = "canvas_id must be a string of the Canvas api identifier"
        wire.answer = (400, {"message": said})
        with pytest.raises(RequestRejectedError, match=said):
            braze.get_canvas("x")


class TestCreateSendId:
    def test_returns_what_braze_thought_of(self, braze, wire):
        """Braze makes an id when none is given."""
        wire.answer = (201, {"message": "success", "send_id": "thought-of"})

        assert "thought-of" == braze.create_send_id("c").send_id
        assert (["/sends/id/create"], {"campaign_id": "c"}) == (wire.paths, wire.body)

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [("é", ValueError), ("x" * 65, ValueError), ("", ValueError), (7, TypeError)],
    )
    def test_checks_the_id(self, wrong, error, braze, wire):
        """ASCII of at most 64 characters."""
        with pytest.raises(error, match="send_id must"):
            braze.create_send_id("c", send_id=wrong)

        assert [] == wire.requests

    def test_names_the_limit(self, braze, wire):
        """A 429 means the hundred of the day."""
        wire.answer = (429, {"message": "Rate limited"})
        with pytest.raises(RateLimitError, match="100 send ids a day"):
            braze.create_send_id("c")


class TestBroadcastLimit:
    @pytest.mark.parametrize("name", ["trigger_campaign", "trigger_canvas"])
    def test_is_named(self, name, braze, wire):
        """A broadcast that is too much names both limits; another send does not."""
        wire.answer = (429, {"message": "Rate limited"})
        with pytest.raises(RateLimitError, match=r"250 broadcasts a minute, and 10 a"):
            getattr(braze, name)("c", broadcast=True)
        with pytest.raises(RateLimitError) as info:
            getattr(braze, name)("c", recipients=[{"external_user_id": "u"}])

        assert "broadcasts" not in str(info.value)
