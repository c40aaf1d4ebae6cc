"""SessionM Core: tags, customers, and how it says no."""

from __future__ import annotations

import pytest

from sessionm_braze.exceptions import NotFoundError


TAGS = "/users/u-1/tags"


@pytest.mark.usefixtures("ana")
class TestTags:
    def test_tag_with_ttl_is_there_until_it_expires(self, front):
        """An expiring tag shows the seconds it has left, and is gone after them."""
        front.core("POST", TAGS, json={"tags": ["spring_segment"], "ttl": 2592000})
        front.sandbox.clock.advance(days=29)
        before = front.core("GET", TAGS).json()
        front.sandbox.clock.advance(days=1)
        after = front.core("GET", TAGS).json()

        assert {"status": "ok", "tags": {"spring_segment": {"ttl": 86400}}} == before
        assert {"status": "ok", "tags": {}} == after

    def test_expiring_tag_starts_anew(self, front):
        """Posting an expiring tag again sets its time anew."""
        front.core("POST", TAGS, json={"tags": ["spring"], "ttl": 100})
        front.sandbox.clock.advance(seconds=60)

        answer = front.core("POST", TAGS, json={"tags": ["spring"], "ttl": 100})

        assert {"spring": {"ttl": 100}} == answer.json()["tags"]

    def test_tag_without_ttl_counts(self, front):
        """Each post without a ttl counts up by one, a name given twice once."""
        front.core("POST", TAGS, json={"tags": ["visit"]})

        answer = front.core("POST", TAGS, json={"tags": ["visit", "visit"]})

        assert {"visit": {"count": 2}} == answer.json()["tags"]

    def test_external_id_reaches_the_same_customer(self, front):
        """An external id with a slash, a blank and an ampersand is one path segment."""
        path = "/external/users/card%2F1%20%262/tags"

        status = front.core("POST", path, json={"tags": ["a"], "ttl": 5}).status_code

        assert 200 == status
        assert {"a": {"ttl": 5}} == front.sandbox.sessionm.tags_of("u-1")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({}, "missing_data"),
            ({"tags": []}, "missing_data"),
            ({"tags": "vip"}, "argument_error"),
            ({"tags": ["vip", 7]}, "argument_error"),
            ({"tags": ["vip"], "ttl": 0}, "argument_error"),
            ({"tags": ["vip"], "ttl": "60"}, "argument_error"),
            ({"tags": ["vip"], "ttl": True}, "argument_error"),
        ],
    )
    def test_bad_body_is_refused_with_http_200(self, front, body, code):
        """A refusal of the content comes with HTTP 200, and nothing is tagged."""
        answer = front.core("POST", TAGS, json=body)

        assert 200 == answer.status_code
        assert ("error", code) == (
            answer.json()["status"],
            answer.json()["errors"]["code"],
        )
        assert {} == front.sandbox.sessionm.tags_of("u-1")

    def test_broken_json_is_refused(self, front):
        """A body that is no JSON is an argument error."""
        answer = front.core("POST", TAGS, data=b"{")

        assert "argument_error" == answer.json()["errors"]["code"]


class TestCustomers:
    def test_unknown_customer_is_404(self, front):
        """A customer must exist before being tagged."""
        answer = front.core("POST", "/users/nobody/tags", json={"tags": ["a"]})

        assert 404 == answer.status_code
        assert {"code": "user_not_found"} == answer.json()["errors"]

    def test_reads_by_both_ids(self, front, ana):
        """Both paths give the same profile."""
        by_user = front.core("GET", "/users/u-1").json()["user"]
        by_external = front.core("GET", "/external/users/card%2F1%20%262").json()

        assert by_user == by_external["user"]
        assert (ana.user_id, "Ana") == (by_user["id"], by_user["first_name"])

    def test_guid_is_compared_without_case(self, front):
        """A GUID in capitals is the same GUID."""
        guid = "4f0c1e7a-0000-11ee-8c00-0a1b2c3d4e5f"
        front.sandbox.sessionm.add_customer(user_id=guid)

        answer = front.core("GET", f"/users/{guid.upper()}")

        assert guid == answer.json()["user"]["id"]

    @pytest.mark.usefixtures("ana")
    def test_optional_parts_come_when_asked_for(self, front):
        """Attributes, identifiers and points are in the answer only if asked for."""
        front.sandbox.sessionm.deposit_points("u-1", 40)
        asked = {
            "user[user_profile]": "true",
            "show_identifiers": "true",
            "expand_incentives": "true",
        }

        plain = front.core("GET", "/users/u-1").json()["user"]
        full = front.core("GET", "/users/u-1", params=asked).json()["user"]

        assert {"user_profile", "identifiers", "tier_details"} == full.keys() - plain
        balances = full["tier_details"]["point_account_balances"]
        assert 40 == balances["summary"]["total_points"]

    def test_created_customer_can_be_tagged(self, front):
        """A profile made through the API is a customer like any other."""
        body = {"user": {"external_id": "card-9", "opted_in": "true"}}
        made = front.core("POST", "/users", json=body).json()["user"]

        front.core("POST", "/external/users/card-9/tags", json={"tags": ["a"]})

        assert made["opted_in"] is True
        assert {"a": {"count": 1}} == front.sandbox.sessionm.tags_of(made["id"])

    @pytest.mark.usefixtures("ana")
    def test_taken_external_id_is_refused(self, front):
        """An external id belongs to one customer."""
        body = {"user": {"external_id": "card/1 &2"}}

        answer = front.core("POST", "/users", json=body)

        assert "validation" == answer.json()["errors"]["code"]
        assert 1 == len(list(front.sandbox.sessionm.customers()))

    @pytest.mark.usefixtures("ana")
    def test_put_changes_the_profile(self, front):
        """A PUT writes the fields it holds and leaves the others."""
        front.core("PUT", "/users/u-1", json={"user": {"city": "Lisboa"}})

        user = front.core("GET", "/users/u-1").json()["user"]

        assert ("Ana", "Lisboa") == (user["first_name"], user["city"])


class TestRefusals:
    def test_wrong_secret_is_401(self, front):
        """Without the right credential nothing is answered."""
        answer = front.core("GET", TAGS, headers={"Authorization": "Basic d3Jvbmc="})

        assert 401 == answer.status_code
        assert "access_denied" == answer.json()["errors"]["code"]

    def test_wrong_app_key_is_401(self, front):
        """The key in the path counts too."""
        answer = front.call("core", "GET", "/priv/v1/apps/other/users/u-1/tags")

        assert 401 == answer.status_code
        assert "invalid_api_key" == answer.json()["errors"]["code"]

    def test_unknown_path_is_404_and_noted(self, front):
        """A route that Core does not have is answered, and a strict sandbox fails."""
        answer = front.core("DELETE", TAGS)

        assert 404 == answer.status_code
        assert "DELETE core" in front.sandbox.problems()[0]


@pytest.mark.usefixtures("ana")
class TestRealClient:
    def test_tags_and_reads(self, front):
        """The client cannot tell the sandbox from the service."""
        core = front.core_client()

        core.add_tags(["spring", "lisboa"], user_id="u-1", ttl=60)
        core.increment_tags(["visit"], external_id="card/1 &2")
        tags = core.get_tags(external_id="card/1 &2")

        assert (60, None) == (tags["spring"].ttl, tags["spring"].count)
        assert (None, 1) == (tags["visit"].ttl, tags["visit"].count)
        assert "u-1" == core.resolve_user_id("card/1 &2")

    def test_unknown_customer(self, front):
        """The client raises the error of the service's code."""
        with pytest.raises(NotFoundError) as info:
            front.core_client().get_customer(user_id="nobody")

        assert "user_not_found" == info.value.code
