from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest

from sessionm_braze import (
    OutcomeUnknownError,
    PayloadError,
    RequestRejectedError,
    ServerError,
    TrackProblem,
    UserAlias,
)


EVENT = {"external_id": "e", "name": "visit", "time": "2031-01-02T03:04:05Z"}
PURCHASE = {
    "external_id": "e",
    "product_id": "p",
    "currency": "EUR",
    "price": 2.5,
    "time": datetime(2031, 1, 2, tzinfo=UTC),
}
GOLD = {"external_id": "e", "tier": "gold"}


class TestExportUsers:
    def test_asks_for_all_kinds_of_ids(self, braze, wire):
        """Ids travel under Braze's names."""
        wire.answer = (
            201,
            {
                "message": "success",
                "users": [{"external_id": "e", "appboy_id": "b"}],
                "invalid_user_ids": [1, "x"],
            },
        )
        export = braze.export_users(
            ["e", "f"],
            user_aliases=[UserAlias(alias_name="n", alias_label="l")],
            braze_id="b",
            email_address="a@example.org",
            fields_to_export=("external_id",),
        )

        assert ["/users/export/ids"] == wire.paths
        assert {
            "external_ids": ["e", "f"],
            "user_aliases": [{"alias_name": "n", "alias_label": "l"}],
            "braze_id": "b",
            "email_address": "a@example.org",
            "fields_to_export": ["external_id"],
        } == wire.body
        assert [{"external_id": "e", "appboy_id": "b"}] == list(export)
        assert (1, (1, "x")) == (len(export), export.invalid_user_ids)
        assert "UserExport(1 user, 2 ids unknown)" == repr(export)

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({}, ValueError, "needs an identifier, got none"),
            ({"external_ids": ["x"] * 51}, ValueError, "at most 50 ids of a kind, got"),
            ({"external_ids": "x"}, TypeError, "external_ids must be a list of str"),
            ({"external_ids": [""]}, ValueError, "external_ids must not be blank"),
            ({"external_ids": [7]}, TypeError, r"external_ids\[0\] must be a str"),
            ({"user_aliases": [{}]}, TypeError, r"user_aliases\[0\] must be a UserAl"),
            ({"phone": ""}, ValueError, "phone must not be blank"),
            (
                {"phone": "1", "device_id": "2"},
                ValueError,
                "only one of email_address, phone and device_id .* got phone and dev",
            ),
        ],
        ids=str,
    )
    def test_refuses_bad_input_unsent(self, wrong, error, says, braze, wire):
        """Bad input names the field, the value and the rule; nothing is sent."""
        with pytest.raises(error, match=says):
            braze.export_users(**wrong)

        assert [] == wire.requests

    def test_is_a_read(self, braze, wire):
        """Reading twice is reading once."""
        wire.answers = [(504, {}), {"message": "success", "users": []}]

        assert 2 == braze.export_users(["e"]).meta.attempts

    def test_names_the_fault(self, braze, wire):
        """A profile that is no object is refused with its place."""
        wire.answer = {"message": "success", "users": ["x"]}
        with pytest.raises(PayloadError, match=r"expected an object.*\$\.users\[0\]"):
            braze.export_users(["e"])


class TestTrackUsers:
    def test_sends_all_three_arrays(self, braze, wire):
        """Objects travel as they are, times as text; the caller's stay untouched."""
        wire.answer = (
            201,
            {
                "message": "success",
                "attributes_processed": 1,
                "events_processed": 1,
                "purchases_processed": 1,
            },
        )
        given = {"attributes": [GOLD], "events": [EVENT], "purchases": [PURCHASE]}
        before = copy.deepcopy(given)
        receipt = braze.track_users(**given)

        assert before == given
        assert ["/users/track"] == wire.paths
        assert {
            "attributes": [GOLD],
            "events": [EVENT],
            "purchases": [{**PURCHASE, "time": "2031-01-02T00:00:00Z"}],
        } == wire.body
        assert ("accepted", 1, 1, 1, ()) == (
            receipt.state,
            receipt.attributes_processed,
            receipt.events_processed,
            receipt.purchases_processed,
            receipt.problems,
        )

    def test_takes_aliases(self, braze, wire):
        """An alias may be a model or a mapping."""
        alias = UserAlias(alias_name="n", alias_label="l")
        braze.track_users(attributes=[{"user_alias": alias, "a": None}])

        assert [
            {"user_alias": {"alias_name": "n", "alias_label": "l"}, "a": None}
        ] == wire.body["attributes"]

    def test_maps_errors_back_to_the_objects(self, braze, wire):
        """Array and index name the caller's own object."""
        attributes = [{"external_id": str(n)} for n in range(3)]
        wire.answer = (
            201,
            {
                "message": "success",
                "attributes_processed": 2,
                "errors": [
                    {"type": "bad tier", "input_array": "attributes", "index": 1},
                    {"type": "bad time", "input_array": "events", "index": 0},
                    {"type": "where?", "input_array": "attributes", "index": 9},
                    {"type": "behind?", "input_array": "attributes", "index": -1},
                    {"message": "no place"},
                    {"code": 7},
                    "just text",
                ],
            },
        )
        receipt = braze.track_users(attributes=iter(attributes), events=[EVENT])

        assert "accepted_with_errors" == receipt.state
        problems = receipt.problems
        assert (
            TrackProblem(
                message="bad tier", array="attributes", index=1, record=attributes[1]
            )
            == problems[0]
        )
        assert problems[0].record is attributes[1]
        assert problems[1].record is EVENT
        assert [None] * 5 == [problem.record for problem in problems[2:]]
        assert ["where?", "behind?", "no place", "{'code': 7}", "just text"] == [
            problem.message for problem in problems[2:]
        ]
        assert (attributes[1], EVENT) == receipt.refused

    def test_shows_no_record(self, braze, wire):
        """The `repr` of a receipt has Braze's words, and nobody's data."""
        error = {"type": "bad", "input_array": "attributes", "index": 0}
        wire.answer = {"message": "success", "errors": [error]}
        receipt = braze.track_users(attributes=[{"email": "ana@example.org"}])

        assert "bad" in repr(receipt)
        assert "ana@example.org" not in repr(receipt)

    @pytest.mark.parametrize(
        "attributes",
        [
            [GOLD],
            [{**GOLD, "tags": {"add": ["x"]}}],
            [{**GOLD, "list": [{"deep": 1}]}],
        ],
    )
    def test_plain_attributes_may_be_repeated(self, attributes, braze, wire):
        """Writing a value twice is writing it once."""
        wire.answers = [(504, {}), (502, "html"), {"message": "success"}]

        assert 3 == braze.track_users(attributes=attributes).meta.attempts

    @pytest.mark.parametrize(
        "objects",
        [
            {"events": [EVENT]},
            {"purchases": [PURCHASE]},
            {"attributes": [GOLD], "events": [EVENT]},
            {"attributes": [{**GOLD, "points": {"inc": 5}}]},
            {"attributes": [GOLD, {**GOLD, "deep": [{"a": {"inc": 1}}]}]},
            {"attributes": [{**GOLD, "cars": {"$add": [{"id": 1}]}}]},
        ],
        ids=str,
    )
    def test_anything_that_counts_is_sent_once(self, objects, braze, wire):
        """Events, purchases and increments would be stored twice."""
        wire.answer = (504, {"message": "late"})
        with pytest.raises(OutcomeUnknownError):
            braze.track_users(**objects)
        assert 1 == len(wire.requests)

        wire.answer = (503, {"message": "declined"})
        with pytest.raises(ServerError):
            braze.track_users(**objects)
        assert 4 == len(wire.requests)

    def test_a_refusal_keeps_the_errors(self, braze, wire):
        """When nothing was taken, the error has Braze's list."""
        error = {"type": "bad", "input_array": "attributes", "index": 0}
        wire.answer = (400, {"message": "Valid data must be", "errors": [error]})
        with pytest.raises(RequestRejectedError) as info:
            braze.track_users(attributes=[GOLD])

        assert (error,) == info.value.errors

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({}, ValueError, "needs at least one object, got none"),
            ({"attributes": GOLD}, TypeError, "attributes must be a list"),
            ({"attributes": ["x"]}, TypeError, r"attributes\[0\] must be a mapping"),
            (
                {"attributes": [GOLD, {"a": 1}]},
                ValueError,
                r"attributes\[1\] must have",
            ),
            ({"attributes": [{"external_id": ""}]}, ValueError, "must have an identif"),
            (
                {"events": [{"external_id": "e", "name": "n"}]},
                ValueError,
                r"events\[0\] must have time",
            ),
            (
                {"purchases": [{"external_id": "e"}]},
                ValueError,
                "must have product_id and currency and price and time",
            ),
            (
                {"attributes": [{**GOLD, "a": float("nan")}]},
                ValueError,
                r"attributes\[0\]\.a must be a finite number",
            ),
            ({"attributes": [{**GOLD, "a": {1}}]}, TypeError, "must be JSON"),
            ({"attributes": [GOLD] * 76}, ValueError, "at most 75 objects .* got 76"),
            (
                {"attributes": [GOLD] * 40, "events": [EVENT] * 11, "max_objects": 50},
                ValueError,
                "at most 50 objects a request, got 51",
            ),
            ({"attributes": [GOLD], "max_objects": 0}, ValueError, "max_objects must"),
        ],
        ids=lambda value: str(value)[:50] if isinstance(value, dict) else "",
    )
    def test_refuses_bad_input_unsent(self, wrong, error, says, braze, wire):
        """Bad input names the field, the value and the rule; nothing is sent."""
        with pytest.raises(error, match=says):
            braze.track_users(**wrong)

        assert [] == wire.requests

    def test_takes_what_a_contract_allows(self, braze, wire):
        """A contract with more objects says so."""
        braze.track_users(attributes=[GOLD] * 100, max_objects=225)

        assert 100 == len(wire.body["attributes"])
