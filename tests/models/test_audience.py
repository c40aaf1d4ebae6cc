from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sessionm_braze import (
    Audience,
    all_of,
    any_of,
    custom_attribute,
    email_subscription_status,
    last_used_app,
    push_subscription_status,
)
from sessionm_braze.models import dump


def _filter(comparison, **value):
    return {
        "custom_attribute": {
            "custom_attribute_name": "tier",
            "comparison": comparison,
            **value,
        }
    }


TIER = custom_attribute("tier")
MOMENT = datetime(2031, 1, 2, tzinfo=UTC)


class TestFilters:
    @pytest.mark.parametrize(
        ("audience", "body"),
        [
            (TIER.equals("gold"), _filter("equals", value="gold")),
            (TIER.not_equal("gold"), _filter("not_equal", value="gold")),
            (TIER.not_equal(True), _filter("does_not_equal", value=True)),  # noqa: FBT003
            (TIER.matches_regex("^g"), _filter("matches_regex", value="^g")),
            (
                TIER.does_not_match_regex("^g"),
                _filter("does_not_match_regex", value="^g"),
            ),
            (TIER.includes_value("a"), _filter("includes_value", value="a")),
            (
                TIER.does_not_include_value("a"),
                _filter("does_not_include_value", value="a"),
            ),
            (TIER.greater_than(1), _filter("greater_than", value=1)),
            (TIER.at_least(1), _filter("greater_than_or_equal_to", value=1)),
            (TIER.less_than(1.5), _filter("less_than", value=1.5)),
            (TIER.at_most(1), _filter("less_than_or_equal_to", value=1)),
            (TIER.after(MOMENT), _filter("after", value="2031-01-02T00:00:00Z")),
            (TIER.before(MOMENT), _filter("before", value="2031-01-02T00:00:00Z")),
            (TIER.exists(), _filter("exists")),
            (TIER.does_not_exist(), _filter("does_not_exist")),
            (
                TIER.compare("less_than_x_days_ago", 3),
                _filter("less_than_x_days_ago", value=3),
            ),
            (
                email_subscription_status().is_not("unsubscribed"),
                {
                    "email_subscription_status": {
                        "comparison": "is_not",
                        "value": "unsubscribed",
                    }
                },
            ),
            (
                push_subscription_status().is_("opted_in"),
                {"push_subscription_status": {"comparison": "is", "value": "opted_in"}},
            ),
            (
                last_used_app().after(MOMENT),
                {
                    "last_used_app": {
                        "comparison": "after",
                        "value": "2031-01-02T00:00:00Z",
                    }
                },
            ),
            (
                last_used_app().before(MOMENT),
                {
                    "last_used_app": {
                        "comparison": "before",
                        "value": "2031-01-02T00:00:00Z",
                    }
                },
            ),
        ],
    )
    def test_are_written_as_braze_documents(self, audience, body):
        """Each filter has Braze's own JSON form."""
        assert body == dump(audience) == audience.body

    def test_groups_nest(self):
        """Groups hold filters, mappings and groups."""
        audience = all_of(
            TIER.equals("gold"), any_of(TIER.exists(), _filter("does_not_exist"))
        )

        assert {
            "AND": [
                _filter("equals", value="gold"),
                {"OR": [_filter("exists"), _filter("does_not_exist")]},
            ]
        } == audience.body

    def test_does_not_change_the_mapping(self):
        """The caller's mapping is copied."""
        body = {"AND": [_filter("exists")]}
        audience = Audience.of(body)
        body["AND"].clear()

        assert {"AND": [_filter("exists")]} == audience.body

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({}, "audience must be an object with one key"),
            ({"AND": [], "OR": []}, "audience must be an object with one key"),
            ({"AND": []}, r"audience\.AND must be a list of filters"),
            ({"OR": {}}, r"audience\.OR must be a list of filters"),
            ({"AND": [3]}, r"audience\.AND\[0\] must be an object"),
            ({"custom_attribute": {}}, "must be an object with a comparison"),
            (
                {"custom_attribute": {"comparison": "exists"}},
                "must have a custom_attribute_name",
            ),
            (_filter("exists", value=1), "must have no value with 'exists'"),
            (_filter("equals"), "must have a value with 'equals'"),
        ],
    )
    def test_refuses_other_structures(self, wrong, says):
        """A structure that Braze does not document names the place and the rule."""
        for make in (Audience.of, Audience):
            with pytest.raises(ValueError, match=says):
                make(wrong)

    @pytest.mark.parametrize("wrong", [None, "x", [1]])
    def test_refuses_other_types(self, wrong):
        """An audience is a mapping."""
        with pytest.raises(TypeError, match="audience must be an Audience or"):
            Audience.of(wrong)

    def test_refuses_empty_groups(self):
        """A group has filters."""
        with pytest.raises(ValueError, match="at least one filter"):
            any_of()

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ({"country": {"comparison": "is"}}, "no filter 'country'"),
            (_filter("resembles", value=1), "no comparison 'resembles'"),
        ],
    )
    def test_warns_of_unknown_names(self, body, says):
        """What Braze may have added since is sent, with a warning."""
        with pytest.warns(UserWarning, match=says):
            assert body == Audience.of(body).body

    @pytest.mark.parametrize(("wrong", "error"), [("", ValueError), (3, TypeError)])
    def test_attribute_has_a_name(self, wrong, error):
        """A filter names its attribute."""
        with pytest.raises(error, match="custom_attribute must"):
            custom_attribute(wrong)

    def test_times_are_aware(self):
        """A time without a zone is refused."""
        with pytest.raises(ValueError, match="after must be a datetime with a time"):
            TIER.after(datetime(2031, 1, 2))  # noqa: DTZ001
