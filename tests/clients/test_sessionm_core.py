from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from sessionm_braze import NotFoundError, PayloadError, PayloadWarning, Tag


class TestAddTags:
    @pytest.mark.parametrize(
        ("who", "path"),
        [
            ({"user_id": "u-1"}, "/users/u-1/tags"),
            ({"external_id": "e-1"}, "/external/users/e-1/tags"),
            ({"external_id": "a/b c?"}, "/external/users/a%2Fb%20c%3F/tags"),
            ({"external_id": "joão"}, "/external/users/jo%C3%A3o/tags"),
        ],
    )
    def test_sends_the_page_request(self, who, path, core, wire):
        """The request is that of the partner page, by either id."""
        receipt = core.add_tags(["spring_segment"], ttl=2_592_000, **who)

        assert [f"/priv/v1/apps/core-key{path}"] == wire.paths
        assert {"tags": ["spring_segment"], "ttl": 2_592_000} == wire.body
        assert "application/json" == wire.requests[0].headers["Content-Type"]
        assert ("POST", ("spring_segment",), 2_592_000) == (
            wire.requests[0].method,
            receipt.tags,
            receipt.ttl,
        )
        assert {"status": "ok", "message": "success"} == receipt.raw

    @pytest.mark.parametrize(
        ("ttl", "seconds"), [(1, 1), (timedelta(days=30), 2_592_000)]
    )
    def test_takes_seconds_or_a_timedelta(self, ttl, seconds, core, wire):
        """The time to live is seconds on the wire."""
        core.add_tags(("vip",), user_id="u", ttl=ttl)

        assert seconds == wire.body["ttl"]

    def test_sends_each_name_once_in_order(self, core, wire):
        """Repeated names are sent once, and the caller's list stays as it is."""
        tags = ["b", "a", "b"]
        receipt = core.add_tags(tags, user_id="u", ttl=60)

        assert ["b", "a"] == wire.body["tags"]
        assert ("b", "a") == receipt.tags
        assert ["b", "a", "b"] == tags

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({"ttl": 0}, ValueError, "ttl must be 1 or more, got 0"),
            ({"ttl": -5}, ValueError, "ttl must be 1 or more, got -5"),
            ({"ttl": True}, TypeError, "ttl must be an int, got True"),
            ({"ttl": 1.5}, TypeError, "ttl must be an int, got 1.5"),
            ({"ttl": "60"}, TypeError, "ttl must be an int, got '60'"),
            ({"ttl": None}, TypeError, "ttl must be an int, got None"),
            (
                {"ttl": timedelta(milliseconds=1500)},
                ValueError,
                "ttl must be whole seconds",
            ),
            ({"ttl": timedelta(0)}, ValueError, "ttl must be 1 or more"),
            ({"tags": []}, ValueError, "tags must hold at least one name"),
            ({"tags": [" "]}, ValueError, "tags must not be blank, got ' '"),
            ({"tags": [""]}, ValueError, "tags must not be blank, got ''"),
            ({"tags": ["vip "]}, ValueError, "begin or end with a blank, got 'vip '"),
            ({"tags": "vip"}, TypeError, "tags must be a list of str, got 'vip'"),
            ({"tags": {"vip": 1}}, TypeError, "tags must be a list"),
            ({"tags": None}, TypeError, "tags must be a list of str, got None"),
            ({"tags": ["a", 3]}, TypeError, r"tags\[1\] must be a str, got 3"),
            ({"tags": ["\ud800"]}, ValueError, "tags must be Unicode"),
            ({"user_id": "\ud800"}, ValueError, "user_id must be Unicode"),
            ({"user_id": ""}, ValueError, "user_id must not be blank, got ''"),
            ({"user_id": " "}, ValueError, "user_id must not be blank"),
            ({"user_id": ".."}, ValueError, "user_id must not be '..'"),
            ({"user_id": "."}, ValueError, "user_id must not be '.'"),
            ({"user_id": 7}, TypeError, "user_id must be a string, got 7"),
            ({"user_id": None}, ValueError, "exactly one of user_id, external_id"),
            ({"external_id": "e"}, ValueError, "got user_id, external_id"),
            (
                {"user_id": None, "external_id": ".."},
                ValueError,
                "external_id must not be '..'",
            ),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )
    def test_refuses_bad_input_unsent(self, wrong, error, says, core, wire):
        """Bad input names the field, the value and the rule; nothing is sent."""
        arguments = {"tags": ["vip"], "ttl": 60, "user_id": "u", **wrong}
        with pytest.raises(error, match=says):
            core.add_tags(arguments.pop("tags"), **arguments)

        assert [] == wire.requests


class TestIncrementTags:
    def test_sends_no_ttl(self, core, wire):
        """Without a ttl SessionM counts."""
        receipt = core.increment_tags(iter(["app_open"]), external_id="e")

        assert {"tags": ["app_open"]} == wire.body
        assert receipt.ttl is None

    @pytest.mark.parametrize(
        "wrong", [{}, {"user_id": "u", "external_id": "e"}, {"user_id": ".."}]
    )
    def test_wants_one_customer(self, wrong, core, wire):
        """Exactly one usable identifier, else nothing is sent."""
        with pytest.raises(ValueError, match="user_id"):
            core.increment_tags(["seen"], **wrong)

        assert [] == wire.requests


class TestGetTags:
    @pytest.mark.parametrize(
        ("body", "tags"),
        [
            (
                {"tags": {"seen": {"count": 3}, "vip": {"ttl": 60}}},
                [Tag(name="seen", count=3), Tag(name="vip", ttl=60)],
            ),
            ({"tags": {"seen": 3}}, [Tag(name="seen", count=3)]),
            ({"tags": {"seen": True}}, [Tag(name="seen")]),
            ({"tags": ["seen"]}, [Tag(name="seen")]),
            ({"tags": [{"name": "seen", "count": 2}]}, [Tag(name="seen", count=2)]),
            ({"user": {"tags": ["seen"]}}, [Tag(name="seen")]),
            ({"user": []}, []),
            ({"tags": None}, []),
            ({"tags": {"seen": "3"}}, [Tag(name="seen", count=3)]),
            ({"tags": {}}, []),
            ({"tags": []}, []),
            ({"tags": [], "user": {"tags": ["seen"]}}, [Tag(name="seen")]),
            ({"message": "fine"}, []),
            ({}, []),
        ],
    )
    def test_reads_every_likely_shape(self, body, tags, core, wire):
        """SessionM does not document the answer, so no shape is refused."""
        wire.answer = {"status": "ok", **body}

        found = core.get_tags(user_id="u")

        assert tags == list(found)
        assert wire.answer == found.raw
        assert len(tags) == len(found)
        assert found.recognised

    @pytest.mark.parametrize(
        ("body", "names"),
        [
            ({"result": {"tags": ["a"]}}, ()),
            ({"tags": "seen"}, ()),
            ({"tags": 7}, ()),
            ({"tags": [{"nom": "seen"}, 4, None]}, ()),
            ({"tags": ["seen", {"nom": "vip"}]}, ("seen",)),
            ({"user": {"labels": ["a"]}}, ()),
            ({"data": [{"name": "a"}]}, ()),
            ({"result": "seen, vip"}, ()),
            ({"tags": {"tags": ["seen"]}}, ("tags",)),
        ],
    )
    def test_says_when_an_answer_is_not_understood(self, body, names, core, wire):
        """An answer that nobody knows is not that of a customer without tags."""
        wire.answer = {"status": "ok", **body}

        with pytest.warns(PayloadWarning, match="a shape that is not known"):
            found = core.get_tags(user_id="u")

        assert (names, False, wire.answer) == (
            found.names,
            found.recognised,
            found.raw,
        )

    def test_looks_up_by_name(self, core, wire):
        """Tags are found by name, as in a mapping."""
        wire.answer = {
            "status": "ok",
            "tags": {"vip": {"ttl": 60}, "seen": {"count": 1}},
        }

        found = core.get_tags(external_id="e")

        assert ("vip", "seen") == found.names
        assert "vip" in found
        assert "gold" not in found
        assert 60 == found["vip"].ttl
        assert found.get("gold") is None
        with pytest.raises(KeyError, match="gold"):
            found["gold"]
        assert "CustomerTags(vip, seen)" == repr(found)


class TestGetCustomer:
    def test_reads_the_profile(self, core, wire):
        """Known fields are typed, the others kept."""
        wire.answer = {
            "status": "ok",
            "user": {
                "id": "u-1",
                "opted_in": "true",
                "activated": False,
                "dob": "1990-02-03",
                "created_at": "2024-01-02 03:04:05",
                "updated_at": "yesterday",
                "phone_numbers": None,
                "available_points": 240.5,
                "shoe_size": 43,
            },
        }

        customer = core.get_customer(user_id="u-1")

        assert ("u-1", True, False) == (
            customer.id,
            customer.opted_in,
            customer.activated,
        )
        assert date(1990, 2, 3) == customer.dob
        assert datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC) == customer.created_at
        assert customer.updated_at is None
        assert {"updated_at": "yesterday", "shoe_size": 43} == customer.extra
        assert () == customer.phone_numbers
        assert 200 == customer.meta.status_code

    def test_asks_for_more(self, core, wire):
        """The three wishes travel as SessionM documents them."""
        wire.answer = {"status": "ok", "user": {}}
        core.get_customer(
            external_id="e",
            user_profile=True,
            expand_incentives=True,
            show_identifiers=True,
        )

        assert {
            "user[user_profile]": ["true"],
            "expand_incentives": ["true"],
            "show_identifiers": ["true"],
        } == wire.query

    def test_repr_shows_no_personal_data(self, core, wire):
        """Only identifiers stand in the `repr`."""
        wire.answer = {
            "status": "ok",
            "user": {"id": "u", "email": "ana@example.org", "auth_token": "t0ken"},
        }

        shown = repr(core.get_customer(user_id="u"))

        assert "ana@example.org" not in shown
        assert "t0ken" not in shown

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({}, "required field missing @ $.user"),
            ({"user": []}, "expected an object, got list @ $.user"),
        ],
    )
    def test_names_the_fault(self, body, problem, core, wire):
        """A profile of the wrong shape is refused with the place of the fault."""
        wire.answer = {"status": "ok", **body}

        with pytest.raises(PayloadError) as info:
            core.get_customer(user_id="u")

        assert (problem,) == info.value.problems
        assert f"SessionM Core get_customer has the wrong shape: {problem}" == (
            str(info.value)
        )
        assert 200 == info.value.meta.status_code


class TestResolveUserId:
    def test_asks_once(self, core, wire):
        """What was learnt is remembered."""
        wire.answer = {"status": "ok", "user": {"id": "u-1"}}

        assert ["u-1", "u-1"] == [core.resolve_user_id("e-1") for _ in range(2)]
        assert ["/priv/v1/apps/core-key/external/users/e-1"] == wire.paths

    def test_does_not_remember_a_failure(self, core, wire):
        """A customer who was unknown may be known the next time."""
        wire.answers = [
            (404, {"status": "error", "errors": {"code": "user_not_found"}}),
            {"status": "ok", "user": {"id": "u-1"}},
        ]
        with pytest.raises(NotFoundError):
            core.resolve_user_id("e-1")

        assert "u-1" == core.resolve_user_id("e-1")

    def test_wants_an_id_in_the_answer(self, core, wire):
        """A profile without an id resolves nothing."""
        wire.answer = {"status": "ok", "user": {}}

        with pytest.raises(PayloadError, match=r"missing @ \$\.user\.id"):
            core.resolve_user_id("e-1")

    @pytest.mark.parametrize(
        ("wrong", "error"), [("", ValueError), ("..", ValueError), (7, TypeError)]
    )
    def test_wants_a_usable_id(self, wrong, error, core, wire):
        """An id that no path can hold is refused."""
        with pytest.raises(error, match="external_id must"):
            core.resolve_user_id(wrong)

        assert [] == wire.requests
