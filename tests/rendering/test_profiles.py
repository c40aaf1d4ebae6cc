"""What a template sees of a profile that Braze has exported."""

import math

import pytest

from sessionm_braze.models import UserExport
from sessionm_braze.rendering import Renderer, profile_variables


PROFILE = {
    "created_at": "2020-07-10 15:00:00.000 UTC",
    "external_id": "u-1",
    "user_aliases": [{"alias_name": "K-88", "alias_label": "till"}],
    "braze_id": "5fbd99bac125ca40511f2cb1",
    "random_bucket": 0,
    "first_name": "Ana",
    "last_name": "Silva",
    "email": "ana@example.org",
    "dob": "1980-12-21",
    "home_city": "Porto",
    "country": "PT",
    "phone": "+351210000000",
    "language": "pt",
    "time_zone": "Europe/Lisbon",
    "last_coordinates": [41.1, -8.6],
    "gender": "F",
    "total_revenue": 65,
    "attributed_campaign": "a",
    "push_subscribe": "opted_in",
    "push_opted_in_at": "2020-01-26T22:45:53.953Z",
    "email_subscribe": "opted_in",
    "custom_attributes": {"tier": "gold", "points": 107, "vip": True, "pets": ["cat"]},
    "custom_events": [{"name": "visit", "count": 1}],
    "purchases": [{"name": "tea", "count": 10}],
    "devices": [
        {"model": "Pixel", "os": "Android (Q)", "carrier": None, "device_id": "d-1"}
    ],
    "push_tokens": [{"app": "Shop", "platform": "Android", "token": "t"}],
    "apps": [
        {"name": "A", "version": "3.2", "last_used": "2021-11-11T00:25:19.201Z"},
        {"name": "B", "version": "1.0", "last_used": "2020-07-10 15:00:00.000 UTC"},
        {"name": "C", "version": "9.9", "last_used": "long ago"},
    ],
    "campaigns_received": [{"name": "c"}],
    "canvases_received": [{"name": "c"}],
    "cards_clicked": [{"name": "c"}],
}


def test_names_are_those_of_templates():
    """Every field that a template can read is there by its name in Liquid, no other."""
    assert {
        "user_id": "u-1",
        "braze_id": "5fbd99bac125ca40511f2cb1",
        "random_bucket_number": 0,
        "first_name": "Ana",
        "last_name": "Silva",
        "email_address": "ana@example.org",
        "date_of_birth": "1980-12-21",
        "city": "Porto",
        "country": "PT",
        "phone_number": "+351210000000",
        "language": "pt",
        "time_zone": "Europe/Lisbon",
        "gender": "F",
        "last_used_app_date": "2021-11-11T00:25:19.201Z",
        "most_recent_app_version": "3.2",
        "custom_attribute": PROFILE["custom_attributes"],
        "subscribed_state": {"email_global": "opted_in"},
        "most_recently_used_device": {
            "model": "Pixel",
            "os": "Android (Q)",
            "id": "d-1",
        },
    } == profile_variables(PROFILE)


def test_a_template_reads_them():
    """Dates can be formatted, and custom attributes have their types."""
    template = (
        "{{${date_of_birth} | date: '%d.%m.'}} {{most_recently_used_device.${os}}}"
        "{% if custom_attribute.${points} > 100 and custom_attribute.${vip} %}"
        " {{custom_attribute.${pets} | first}}{% endif %}"
    )

    message = Renderer().render(template, profile_variables(PROFILE))

    assert ("21.12. Android (Q) cat", ()) == (message.text, message.warnings)


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"external_id": None, "custom_attributes": None, "user_aliases": []},
        {"custom_attributes": math.nan, "devices": math.nan, "apps": "x"},
        {"devices": [None, 7], "apps": [{"last_used": None}, 7]},
        {"subscription_groups": [{"id": ["g"], "status": "Subscribed"}, {"id": "g"}]},
    ],
)
def test_what_is_missing_or_odd_is_left_out(profile):
    """A field that is empty, or has a shape that nobody knows, is none."""
    assert {} == profile_variables(profile)


def test_of_several_devices_only_what_is_common_is_known():
    """No export says which of them was used last, so no one is picked."""
    phone = {"model": "iPhone", "os": "iOS 17", "carrier": "A", "idfv": "d-1"}
    tablet = {"model": "iPad", "os": "iOS 17", "carrier": "A", "idfv": "d-2"}

    seen = profile_variables({"devices": [phone, tablet]})

    assert {"os": "iOS 17", "carrier": "A"} == seen["most_recently_used_device"]
    assert {} == profile_variables({"devices": [phone, {}]})


def test_subscription_groups_are_read_in_both_forms():
    """As they are written, and as Braze tells them; without a history there is none."""
    groups = [
        {"subscription_group_id": "g-1", "subscription_state": "unsubscribed"},
        {"id": "g-2", "name": "Offers", "channel": "email", "status": "Subscribed"},
        {"id": "g-3", "status": "Unknown"},
    ]

    seen = profile_variables({"subscription_groups": groups})

    assert {"g-1": "unsubscribed", "g-2": "subscribed"} == seen["subscribed_state"]


def test_what_was_added_to_a_profile_stays():
    """Trigger properties and variables of one's own belong to no export."""
    added = {
        "api_trigger_properties": {"offer": "Tea"},
        "endpoint_connect": "https://x",
    }

    assert {"user_id": "u-1", **added} == profile_variables(
        {"external_id": "u-1", **added}
    )


@pytest.mark.parametrize("profile", ["u-1", None, 7, b"", [PROFILE], UserExport()])
def test_a_profile_is_a_mapping(profile):
    """An id, a list or a whole export is refused by its kind."""
    with pytest.raises(TypeError, match="profile: expected a mapping, not "):
        profile_variables(profile)


@pytest.mark.parametrize("attributes", ['{"tier": "gold"}', b"", ["tier"]])
def test_custom_attributes_are_a_mapping(attributes):
    """Such as JSON in a cell of a table would make every template print blanks."""
    with pytest.raises(TypeError, match="custom_attributes: expected a mapping, not "):
        profile_variables({"external_id": "u-1", "custom_attributes": attributes})


@pytest.mark.parametrize("name", ["external_id", "custom_attributes", "user_aliases"])
def test_rendering_a_profile_as_it_is_gives_a_warning(name):
    """A message says what to do; one that has a user_id is no profile."""
    render = Renderer().render

    assert "give profile_variables(profile)" in render("Hi", {name: {}}).warnings[0]
    assert () == render("Hi", {name: {}, "user_id": "u-1"}).warnings
