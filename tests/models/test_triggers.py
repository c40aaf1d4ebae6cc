from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sessionm_braze import (
    Attachment,
    CampaignTrigger,
    CanvasTrigger,
    PayloadError,
    Recipient,
    TriggerReceipt,
    UserAlias,
)
from sessionm_braze.models import dump, load


EMAIL = {"email": "kai@example.org"}


class TestRecipient:
    @pytest.mark.parametrize(
        ("fields", "identifier"),
        [
            ({"external_user_id": "e"}, ("external_user_id", "e")),
            ({"braze_id": "b"}, ("braze_id", "b")),
            ({**EMAIL, "prioritization": ["identified"]}, ("email", "kai@example.org")),
            (
                {"user_alias": UserAlias(alias_name="n", alias_label="l")},
                ("user_alias", "l:n"),
            ),
        ],
    )
    def test_has_one_identifier(self, fields, identifier):
        """Each of the four kinds identifies, and is shown."""
        recipient = Recipient(**fields)

        assert identifier == recipient.identifier
        assert f"Recipient({identifier[0]}={identifier[1]!r})" == repr(recipient)

    @pytest.mark.parametrize(
        "order",
        [
            ["identified"],
            ["unidentified", "most_recently_updated"],
            ["least_recently_updated", "identified"],
            ("most_recently_updated",),
        ],
    )
    def test_takes_prioritization(self, order):
        """Any order of at most one of each pair."""
        assert tuple(order) == Recipient(**EMAIL, prioritization=order).prioritization

    @pytest.mark.parametrize(
        "order",
        [
            ["identified", "unidentified"],
            ["most_recently_updated", "least_recently_updated"],
            ["identified", "identified"],
            ["newest"],
        ],
    )
    def test_refuses_other_prioritization(self, order):
        """What Braze cannot resolve is refused with the rule and the value."""
        with pytest.raises(ValueError, match=f"prioritization must hold .*{order[0]}"):
            Recipient(**EMAIL, prioritization=order)

    def test_prioritization_is_a_list(self):
        """A lone word is no list."""
        with pytest.raises(TypeError, match="put a single one in a list"):
            Recipient(**EMAIL, prioritization="identified")

    def test_prioritization_is_for_emails(self):
        """Another identifier is unique anyway."""
        with pytest.raises(ValueError, match="given with email and only then"):
            Recipient(external_user_id="e", prioritization=["identified"])

    @pytest.mark.parametrize("field", ["external_user_id", "email", "braze_id"])
    @pytest.mark.parametrize(
        ("wrong", "error"), [("", ValueError), (" ", ValueError), (7, TypeError)]
    )
    def test_identifiers_are_text(self, field, wrong, error):
        """An identifier is text that says something."""
        with pytest.raises(error, match=f"Recipient.{field} must"):
            Recipient(**{field: wrong})

    def test_alias_only_users_are_not_made(self):
        """Braze makes no alias-only user while sending."""
        with pytest.raises(ValueError, match="must be True with a user_alias"):
            Recipient(
                user_alias=UserAlias(alias_name="n", alias_label="l"),
                send_to_existing_only=False,
                attributes={"a": 1},
            )

    @pytest.mark.parametrize("field", ["trigger_properties", "context", "attributes"])
    def test_properties_are_copied_as_json(self, field):
        """Dates become text, tuples lists; the caller's mapping is not kept."""
        given = {
            "when": datetime(2031, 1, 2, 3, tzinfo=UTC),
            "day": date(2031, 1, 2),
            "list": (1, 2.5, None, True),
        }
        recipient = Recipient(external_user_id="e", **{field: given})
        given["list"] = ()

        assert {
            "when": "2031-01-02T03:00:00Z",
            "day": "2031-01-02",
            "list": [1, 2.5, None, True],
        } == getattr(recipient, field)

    @pytest.mark.parametrize("field", ["trigger_properties", "context", "attributes"])
    def test_properties_have_a_limit(self, field):
        """50,000 bytes of UTF-8, not characters."""
        with pytest.raises(ValueError, match=f"{field} must have at most 50,000"):
            Recipient(external_user_id="e", **{field: {"a": "é" * 25_000}})
        room = 50_000 - len('{"a":""}')
        Recipient(external_user_id="e", **{field: {"a": "x" * room}})
        with pytest.raises(ValueError, match="got 50,001"):
            Recipient(external_user_id="e", **{field: {"a": "x" * (room + 1)}})

    def test_naive_times_are_refused(self):
        """A time without a zone means nothing on another machine."""
        with pytest.raises(ValueError, match=r"context\.at must be .* time zone"):
            Recipient(
                external_user_id="e",
                context={"at": datetime(2031, 1, 1)},  # noqa: DTZ001
            )


class TestUserAlias:
    @pytest.mark.parametrize("field", ["alias_name", "alias_label"])
    @pytest.mark.parametrize("wrong", ["", "é" * 119, "x" * 237])
    def test_parts_have_1_to_236_bytes(self, field, wrong):
        """Both parts say something, in at most 236 bytes."""
        fields = {"alias_name": "n", "alias_label": "l", field: wrong}
        with pytest.raises(ValueError, match=f"UserAlias.{field} must"):
            UserAlias(**fields)

    def test_takes_236_bytes(self):
        """The limit itself is fine."""
        assert 236 == len(UserAlias(alias_name="x" * 236, alias_label="l").alias_name)


class TestAttachment:
    @pytest.mark.parametrize("field", ["file_name", "url"])
    def test_wants_both_parts(self, field):
        """Name and address are required."""
        with pytest.raises(ValueError, match=f"Attachment.{field} must not be blank"):
            Attachment(**{"file_name": "f", "url": "u", field: ""})


class TestTriggers:
    @pytest.mark.parametrize(
        ("cls", "key"), [(CampaignTrigger, "campaign_id"), (CanvasTrigger, "canvas_id")]
    )
    def test_round_trip(self, cls, key):
        """A trigger is written as Braze reads it, and read back as it was."""
        trigger = cls(
            **{key: "c"},
            recipients=[{"external_user_id": "e"}],
            audience={
                "OR": [
                    {
                        "custom_attribute": {
                            "custom_attribute_name": "a",
                            "comparison": "exists",
                        }
                    }
                ]
            },
        )

        assert trigger == load(cls, dump(trigger))

    def test_attachments_need_recipients(self):
        """A broadcast has no attachments."""
        with pytest.raises(ValueError, match="attachments must be empty"):
            CampaignTrigger(
                campaign_id="c",
                broadcast=True,
                attachments=[Attachment(file_name="f", url="u")],
            )

    def test_unknown_fields_are_a_mistake(self):
        """A misspelt field of the caller's is named."""
        with pytest.raises(PayloadError, match="unknown fields segment_id"):
            load(CampaignTrigger, {"campaign_id": "c", "segment_id": "s"})

    def test_has_a_hash(self):
        """A trigger can be a key, properties or not."""
        trigger = CampaignTrigger(
            campaign_id="c",
            recipients=[{"external_user_id": "e", "trigger_properties": {"a": []}}],
            trigger_properties={"a": 1},
            audience={
                "custom_attribute": {
                    "custom_attribute_name": "a",
                    "comparison": "exists",
                }
            },
        )

        assert 1 == len({trigger, trigger})


class TestTriggerReceipt:
    @pytest.mark.parametrize(
        ("body", "state"),
        [
            ({"message": "success"}, "accepted"),
            ({"message": "success", "errors": []}, "accepted"),
            ({"message": "success", "errors": ["e"]}, "accepted_with_errors"),
            ({"message": "success", "errors": [{"type": "t"}]}, "accepted_with_errors"),
            ({"message": "success", "notice": "The Canvas is archived."}, "not_sent"),
            ({"message": "success", "notice": "n", "errors": ["e"]}, "not_sent"),
        ],
    )
    def test_tells_three_kinds_of_yes_apart(self, body, state):
        """Accepted, accepted with errors, accepted and nothing sent."""
        assert state == load(TriggerReceipt, body).state

    def test_keeps_unknown_fields(self):
        """Receipts have room for what Braze adds."""
        body = {"message": "success", "dispatch_id": "d", "schedule": {"a": 1}}

        assert body == dump(load(TriggerReceipt, body))


class TestFormerNames:
    def test_are_read(self):
        """What others still call ``canvas_entry_properties`` is the context."""
        person = {"external_user_id": "u", "canvas_entry_properties": {"a": 1}}
        body = {"canvas_id": "c", "canvas_entry_properties": {"b": 2}}

        trigger = load(CanvasTrigger, {**body, "recipients": [person]})

        assert ({"b": 2}, {"a": 1}) == (trigger.context, trigger.recipients[0].context)
        given = CanvasTrigger(canvas_id="c", recipients=[person])
        assert trigger.recipients == given.recipients

    def test_are_not_read_twice(self):
        """Both names at once say two things."""
        body = {"canvas_id": "c", "broadcast": True, "context": {}}
        with pytest.raises(PayloadError, match="is the former name of context"):
            load(CanvasTrigger, {**body, "canvas_entry_properties": {}})
