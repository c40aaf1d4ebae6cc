"""Braze: profiles written, read and exported."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from sessionm_braze.models import custom_attribute


TRACK = "/users/track"
IDS = "/users/export/ids"
SEGMENT = "/users/export/segment"


class TestTrack:
    def test_counts_what_it_took(self, front, ana):
        """The answer counts the objects of each array."""
        body = {
            "attributes": [
                {"external_id": ana.user_id, "city_count": 1},
                {"external_id": "new", "first_name": "Noa"},
            ],
            "events": [
                {"external_id": ana.user_id, "name": "visit", "time": "2026-05-04"}
            ],
        }

        answer = front.braze("POST", TRACK, json=body)

        expected = {
            "message": "success",
            "attributes_processed": 2,
            "events_processed": 1,
        }
        assert (201, expected) == (answer.status_code, answer.json())
        profile = front.sandbox.dashboard.profile
        assert "Noa" == profile("new").attributes["first_name"]
        assert "visit" == profile(ana).events[0]["name"]

    def test_bad_objects_are_named(self, front, ana):
        """Faults are objects with array and index; the rest is taken."""
        body = {
            "attributes": [{"first_name": "x"}, {"external_id": ana.user_id, "n": 1}],
            "purchases": [{"external_id": ana.user_id, "product_id": "p"}],
        }

        answer = front.braze("POST", TRACK, json=body).json()

        assert [("attributes", 0), ("purchases", 0)] == [
            (error["input_array"], error["index"]) for error in answer["errors"]
        ]
        assert 1 == answer["attributes_processed"]

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ({"inc": 5}, 15),
            (None, None),
            ([1, 2, 2, 1], [1, 2]),
            ({"a": {"b": 1}}, {"a": {"b": 1}}),
        ],
    )
    def test_ways_to_write(self, front, ana, value, expected):
        """A number grows, null takes away, arrays keep different values."""
        for written in (10, value):
            body = {"attributes": [{"external_id": ana.user_id, "points": written}]}
            front.braze("POST", TRACK, json=body)

        custom = front.sandbox.dashboard.profile(ana).custom
        assert expected == custom.get("points")

    def test_arrays_are_added_to_and_taken_from(self, front, ana):
        """`add` and `remove` change an array."""
        for change in ({"add": ["a", "b"]}, {"add": ["b", "c"]}, {"remove": ["a"]}):
            body = {"attributes": [{"external_id": ana.user_id, "tags": change}]}
            front.braze("POST", TRACK, json=body)

        assert ["b", "c"] == front.sandbox.dashboard.profile(ana).custom["tags"]

    def test_alias_is_made_only_when_asked(self, front):
        """An alias-only user needs `_update_existing_only: false`."""
        alias = {"alias_name": "K-88", "alias_label": "till"}
        item = {"user_alias": alias, "first_name": "Kai"}

        front.braze("POST", TRACK, json={"attributes": [item]})
        before = len(front.sandbox.dashboard.profiles())
        front.braze(
            "POST",
            TRACK,
            json={"attributes": [item | {"_update_existing_only": False}]},
        )

        assert (0, 1) == (before, len(front.sandbox.dashboard.profiles()))

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({"attributes": [{"external_id": "x"}] * 76}, "Max Input Length"),
            ({}, "Valid data must be provided"),
            ({"events": [{"name": "no id", "time": "x"}]}, "Valid data must"),
            ({"attributes": {}, "events": "x"}, "attributes, events and purchases"),
        ],
    )
    def test_nothing_to_take_is_fatal(self, front, body, message):
        """What holds nothing good is 400."""
        answer = front.braze("POST", TRACK, json=body)

        assert 400 == answer.status_code
        assert answer.json()["message"].startswith(message)


class TestExportIds:
    def test_gives_profiles_and_names_the_unknown(self, front, ana):
        """Found profiles come back, the other ids are listed."""
        body = {
            "external_ids": [ana.user_id, "nobody"],
            "fields_to_export": ["external_id", "email", "user_aliases"],
        }

        answer = front.braze("POST", IDS, json=body).json()

        expected = {
            "external_id": "u-1",
            "email": "ana@example.org",
            "user_aliases": [],
        }
        assert [expected] == answer["users"]
        assert ["nobody"] == answer["invalid_user_ids"]

    def test_shows_what_a_data_frame_holds(self, front):
        """A scalar of numpy is the number that it holds; what is empty is left out."""
        front.sandbox.dashboard.add_profile(
            "u-9", home_city=np.int64(4), country=None, custom_attributes={}
        )
        fields = ["home_city", "country", "custom_attributes", "email_subscribe"]
        body = {"external_ids": ["u-9"], "fields_to_export": fields}

        answer = front.braze("POST", IDS, json=body).json()

        expected = {"home_city": 4, "email_subscribe": "subscribed"}
        assert [expected] == answer["users"]

    def test_other_identifiers(self, front, ana):
        """Aliases, addresses and Braze's own id work as well."""
        dashboard = front.sandbox.dashboard
        braze_id = dashboard.add_profile(aliases={"till": "K-88"}, email="k@x.org")
        alias = {"alias_name": "K-88", "alias_label": "till"}
        bodies = [
            {"user_aliases": [alias]},
            {"email_address": "K@x.org"},
            {"braze_id": braze_id},
        ]

        found = [front.braze("POST", IDS, json=body).json() for body in bodies]

        assert [[braze_id]] * 3 == [
            [user["braze_id"] for user in answer["users"]] for answer in found
        ]
        assert ana.user_id not in json.dumps(found)

    @pytest.mark.parametrize("body", [{}, {"external_ids": ["x"] * 51}])
    def test_too_few_and_too_many(self, front, body):
        """One to 50 ids."""
        assert 400 == front.braze("POST", IDS, json=body).status_code


class TestExportSegment:
    @pytest.fixture
    def segment(self, sandbox):
        """Return the id of a segment of gold customers."""
        for number in range(3):
            tier = "gold" if number else "red"
            sandbox.sessionm.add_customer(
                user_id=f"u-{number}", custom_attributes={"tier": tier, "n": number}
            )
        gold = custom_attribute("tier").equals("gold")
        return sandbox.dashboard.add_segment("s-1", audience=gold)

    def body(self, **more):
        """Return a request to export the segment."""
        return {"segment_id": "s-1", "fields_to_export": ["external_id"], **more}

    def fetch(self, front, url):
        """Ask the storage, without a credential."""
        return front.http.get(url, timeout=5)

    @pytest.mark.usefixtures("segment")
    def test_archive_is_there_when_it_is_ready(self, front):
        """Too early the storage denies access; then it gives a zip of JSON lines."""
        answer = front.braze("POST", SEGMENT, json=self.body()).json()

        early = self.fetch(front, answer["url"])
        front.sandbox.clock.advance(minutes=1)
        ready = self.fetch(front, answer["url"])
        front.sandbox.clock.advance(hours=4)
        late = self.fetch(front, answer["url"])

        assert [403, 200, 403] == [r.status_code for r in (early, ready, late)]
        assert b"AccessDenied" in early.content
        with zipfile.ZipFile(io.BytesIO(ready.content)) as archive:
            lines = archive.read(archive.namelist()[0]).splitlines()
        assert [{"external_id": "u-1"}, {"external_id": "u-2"}] == [
            json.loads(line) for line in lines
        ]

    @pytest.mark.usefixtures("segment")
    def test_chosen_custom_attributes(self, front):
        """Single custom attributes can be exported."""
        body = self.body(custom_attributes_to_export=["n"])
        url = front.braze("POST", SEGMENT, json=body).json()["url"]
        front.sandbox.clock.advance(minutes=1)

        content = self.fetch(front, url).content

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            text = archive.read(archive.namelist()[0]).decode()
        assert {"n": 1} == json.loads(text.splitlines()[0])["custom_attributes"]

    @pytest.mark.usefixtures("segment")
    def test_one_export_at_a_time(self, front):
        """A second start of a running export is 429, after cancelling it is not."""
        front.braze("POST", SEGMENT, json=self.body())

        again = front.braze("POST", SEGMENT, json=self.body()).status_code
        front.braze("POST", "/export/segment/cancel", json={"segment_id": "s-1"})
        after = front.braze("POST", SEGMENT, json=self.body()).status_code

        assert (429, 201) == (again, after)

    @pytest.mark.usefixtures("segment")
    def test_next_export_when_the_first_is_ready(self, front):
        """As soon as one export is ready the next can start; both files stay."""
        first = front.braze("POST", SEGMENT, json=self.body()).json()["url"]
        front.sandbox.clock.advance(minutes=1)

        second = front.braze("POST", SEGMENT, json=self.body())
        front.braze("POST", "/export/segment/cancel", json={"segment_id": "s-1"})

        assert 201 == second.status_code
        assert 200 == self.fetch(front, first).status_code
        front.sandbox.clock.advance(minutes=1)
        assert 403 == self.fetch(front, second.json()["url"]).status_code

    @pytest.mark.usefixtures("segment")
    @pytest.mark.parametrize("body", [{}, {"segment_id": "s-1"}, {"segment_id": "x"}])
    def test_refusals(self, front, body):
        """The segment must exist and the fields must be named."""
        assert 400 == front.braze("POST", SEGMENT, json=body).status_code


class TestLists:
    def test_pages_of_a_hundred(self, front):
        """A list has 100 items a page, oldest first."""
        for number in range(101):
            front.sandbox.dashboard.add_segment(f"s-{number}")
            front.sandbox.clock.advance(seconds=1)

        pages = [
            front.braze("GET", "/segments/list", params={"page": page}).json()
            for page in range(2)
        ]

        sizes = [len(page["segments"]) for page in pages]
        assert ([100, 1], "s-100") == (sizes, pages[1]["segments"][0]["id"])

    def test_direction_and_date(self, front):
        """A list can begin with the newest, and leave out what is older than a date."""
        for number in range(3):
            front.sandbox.dashboard.add_canvas(f"v-{number}", template="x")
            front.sandbox.clock.advance(hours=1)
        since = {"last_edit.time[gt]": "2026-05-04T12:30:00"}

        down = front.braze("GET", "/canvas/list", params={"sort_direction": "desc"})
        late = front.braze("GET", "/canvas/list", params=since)

        ids = [[item["id"] for item in a.json()["canvases"]] for a in (down, late)]
        assert [["v-2", "v-1", "v-0"], ["v-1", "v-2"]] == ids

    @pytest.mark.parametrize(
        ("path", "asked"),
        [
            ("/campaigns/list", {"page": "-1"}),
            ("/campaigns/list", {"page": "x"}),
            ("/canvas/list", {"last_edit.time[gt]": "yesterday"}),
            ("/campaigns/details", {"campaign_id": "none"}),
            ("/segments/details", {"segment_id": "none"}),
            ("/segments/data_series", {"segment_id": "s-1", "length": "0"}),
            ("/segments/data_series", {"segment_id": "s-1", "length": "101"}),
            ("/segments/data_series", {"segment_id": "s-1"}),
        ],
    )
    def test_questions_that_make_no_sense(self, front, path, asked):
        """What cannot be looked up is 400."""
        front.sandbox.dashboard.add_segment("s-1")

        assert 400 == front.braze("GET", path, params=asked).status_code

    def test_details_know_when_it_sent(self, front, ana):
        """The first and the last send are noted, those of a launch too."""
        front.sandbox.dashboard.add_campaign("c-1", template="x")
        front.sandbox.dashboard.add_canvas("v-1", template="x")
        front.sandbox.dashboard.launch("c-1")
        front.sandbox.clock.advance(hours=1)
        body = {"recipients": [{"external_user_id": ana.user_id}]}
        for kind, key in (("campaigns", "campaign_id"), ("canvas", "canvas_id")):
            target = "c-1" if kind == "campaigns" else "v-1"
            front.braze("POST", f"/{kind}/trigger/send", json=body | {key: target})

        campaign, canvas = (
            front.braze("GET", f"/{kind}/details", params=asked).json()
            for kind, asked in (
                ("campaigns", {"campaign_id": "c-1"}),
                ("canvas", {"canvas_id": "v-1"}),
            )
        )

        assert ("2026-05-04T12:00:00Z", "2026-05-04T13:00:00Z") == (
            campaign["first_sent"],
            campaign["last_sent"],
        )
        assert "2026-05-04T13:00:00Z" == canvas["first_entry"] == canvas["last_entry"]

    def test_archived_campaigns_come_when_asked_for(self, front):
        """Archived campaigns are listed only with `include_archived`."""
        front.sandbox.dashboard.add_campaign("old", template="", archived=True)
        front.sandbox.dashboard.add_campaign("new", template="", tags=("loyalty",))

        plain = front.braze("GET", "/campaigns/list").json()["campaigns"]
        every = front.braze(
            "GET", "/campaigns/list", params={"include_archived": "true"}
        ).json()["campaigns"]

        assert ["new"] == [campaign["id"] for campaign in plain]
        assert ["old", "new"] == [campaign["id"] for campaign in every]
        assert ["loyalty"] == plain[0]["tags"]

    @pytest.mark.parametrize(("kind", "key"), [("campaigns", "campaign_id")])
    def test_details(self, front, kind, key):
        """Details say whether a campaign runs, and when it sent first."""
        front.sandbox.dashboard.add_campaign("c-1", template="x", enabled=False)

        details = front.braze("GET", f"/{kind}/details", params={key: "c-1"}).json()

        assert (False, False, False, None) == (
            details["enabled"],
            details["draft"],
            details["archived"],
            details["first_sent"],
        )

    def test_details_of_an_unknown_canvas(self, front):
        """An unknown id is 400 with the recorded text."""
        answer = front.braze("GET", "/canvas/details", params={"canvas_id": "x"})

        expected = {
            "message": "canvas_id must be a string of the Canvas api identifier"
        }
        assert (400, expected) == (answer.status_code, answer.json())

    def test_description_of_a_function(self, front):
        """A segment whose filter is a function shows the function's name."""

        def is_gold(profile):
            return profile.custom.get("tier") == "gold"

        front.sandbox.dashboard.add_segment("s-1", audience=is_gold)
        front.sandbox.dashboard.add_segment("s-2")

        shown = [
            front.braze("GET", "/segments/details", params={"segment_id": s}).json()
            for s in ("s-1", "s-2")
        ]

        assert ["is_gold", ""] == [details["description"] for details in shown]

    def test_segment_details_and_size(self, front, ana):
        """A segment shows its name and how many it holds."""
        gold = custom_attribute("tier").equals("gold")
        front.sandbox.dashboard.add_segment("s-1", name="Gold", audience=gold)
        front.sandbox.dashboard.profile(ana).custom["tier"] = "gold"
        asked = {"segment_id": "s-1", "length": 2}

        details = front.braze("GET", "/segments/details", params=asked).json()
        series = front.braze("GET", "/segments/data_series", params=asked).json()

        assert "Gold" == details["name"]
        assert '"custom_attribute_name": "tier"' in details["description"]
        assert [1, 1] == [day["size"] for day in series["data"]]


class TestSendIds:
    def test_made_id_can_be_used(self, front, ana):
        """A send id that was created groups a send of its campaign."""
        front.sandbox.dashboard.add_campaign("c-1", template="x")
        made = front.braze(
            "POST", "/sends/id/create", json={"campaign_id": "c-1", "send_id": "may"}
        )
        body = {
            "campaign_id": "c-1",
            "send_id": "may",
            "recipients": [{"external_user_id": ana.user_id}],
        }

        front.braze("POST", "/campaigns/trigger/send", json=body)

        assert {"message": "success", "send_id": "may"} == made.json()
        assert "may" == front.sandbox.outbox[0].trigger.send_id

    def test_made_up_id(self, front):
        """Without a wish of one's own Braze makes an id up."""
        front.sandbox.dashboard.add_campaign("c-1", template="x")

        made = front.braze("POST", "/sends/id/create", json={"campaign_id": "c-1"})

        assert 24 == len(made.json()["send_id"])

    @pytest.mark.parametrize("send_id", ["é", "x" * 65])
    def test_bad_id(self, front, send_id):
        """A send id is ASCII of at most 64 characters."""
        front.sandbox.dashboard.add_campaign("c-1", template="x")
        body = {"campaign_id": "c-1", "send_id": send_id}

        assert 400 == front.braze("POST", "/sends/id/create", json=body).status_code
