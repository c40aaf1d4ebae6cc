"""What holds for all models: they can be written, read back, hashed and pickled."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime

import attrs
import pytest

from sessionm_braze import models
from sessionm_braze.models import dump, load


TIME = datetime(2031, 5, 2, 9, tzinfo=UTC)
OFFER = models.UserOffer(offer_id="o", end_date=TIME, extra={"x": [1]})
ALIAS = models.UserAlias(alias_name="n", alias_label="l")
TO_ANA = {"recipients": [models.Recipient(external_user_id="ana")]}
SAMPLES = [
    models.AdvancedSettings(braze_canvas_id="c", extra={"a": 1}),
    models.Attachment(file_name="f", url="https://x.example/f.pdf"),
    models.all_of(models.custom_attribute("tier").equals("gold")),
    models.Campaign(name="n", archived=False, updated_at=TIME, messages={"v": {}}),
    models.CampaignProperties(campaign_name="n", campaign_custom_data=[1, {"a": None}]),
    models.CampaignSummary(id="i", last_edited=TIME, tags=("t",), extra={"x": 1}),
    models.CampaignTrigger(campaign_id="c", trigger_properties={"a": 1}, **TO_ANA),
    models.Canvas(name="n", steps=({"id": 1},), variants=({"id": 2},)),
    models.CanvasSummary(id="i", name="n"),
    models.CanvasTrigger(canvas_id="c", broadcast=True, context={"a": [1]}),
    models.Customer(id="u", dob=date(1990, 2, 3), identifiers=({"external_id": "e"},)),
    models.CustomerTags(tags=(models.Tag(name="vip", ttl=60),)),
    models.LoyaltyMessage(
        campaign_id="c",
        email="ana@example.org",
        offer=models.OfferProperties(offer_id="o"),
        points=models.PointAwardProperties(point_award_amount=1.5),
        event={"a": 1},
        extra={"b": 2},
    ),
    models.OfferCategory(id="c", name="n", sort_order=1),
    models.OfferGroup(id="g", extra={"x": 1}),
    models.OfferMedia(uri="u", content_type=1),
    models.OfferProperties(offer_title="t", expiration_date=TIME),
    models.OfferWallet(user_id="u", user_offers=(OFFER,), available_points=1.5),
    models.PointAccount(account_name="Base", available_balance=2),
    models.PointAwardProperties(point_account_name="Base"),
    models.PointBalances(
        user_id="u",
        summary=models.PointSummary(total_points=2),
        details=(models.PointAccount(account_name="Base"),),
    ),
    models.PointSummary(life_time_points=2, extra={"x": 1}),
    models.RateLimit(limit=1, remaining=0, reset=1.5),
    models.Recipient(user_alias=ALIAS, trigger_properties={"a": {"b": 1}}),
    models.ResponseMeta(
        status_code=429, rate_limit=models.RateLimit(limit=1), attempts=2
    ),
    models.Schedule(time=TIME),
    models.ScheduleReceipt(message="success", schedule_id="s", errors=("e",)),
    models.Segment(name="n", teams=("t",), created_at=TIME),
    models.SegmentExport(object_prefix="p", url="https://x.example/f.zip"),
    models.SegmentSummary(id="s", analytics_tracking_enabled=True),
    models.SendIdReceipt(send_id="s", message="success"),
    models.Tag(name="seen", count=2),
    models.TagReceipt(tags=("vip",), ttl=60),
    models.TrackProblem(message="bad", array="events", index=0, record={"a": 1}),
    models.TrackReceipt(message="success", events_processed=1, errors=({"type": "t"},)),
    models.TriggerReceipt(message="success", dispatch_id="d", notice="n"),
    ALIAS,
    models.UserExport(users=({"external_id": "e"},), invalid_user_ids=(1, "x")),
    OFFER,
    models.WalletDifference(gained=(OFFER,), changed=((OFFER, OFFER),)),
]


def _name(model):
    return type(model).__name__


class TestEveryModel:
    def test_has_a_sample(self):
        """No model is left out below."""
        classes = {
            name
            for name in models.__all__
            if isinstance(getattr(models, name), type)
            and attrs.has(getattr(models, name))
        }

        assert classes == set(map(_name, SAMPLES))

    @pytest.mark.parametrize("model", SAMPLES, ids=_name)
    def test_is_read_back_as_it_was_written(self, model):
        """`dump` and `load` are each other's opposite."""
        assert model == load(type(model), dump(model))

    @pytest.mark.parametrize("model", SAMPLES, ids=_name)
    def test_has_a_hash_and_can_be_pickled(self, model):
        """A model can be a key, and travels between processes."""
        assert 1 == len({model, pickle.loads(pickle.dumps(model))})

    @pytest.mark.parametrize("model", SAMPLES, ids=_name)
    def test_is_frozen_and_keyword_only(self, model):
        """A model does not change, and says what is what."""
        field = attrs.fields(type(model))[0].name
        with pytest.raises(AttributeError):
            setattr(model, field, None)
        if not isinstance(model, models.Audience):
            with pytest.raises(TypeError):
                type(model)(getattr(model, field))

    @pytest.mark.parametrize("model", SAMPLES, ids=_name)
    def test_ends_with_what_all_answers_share(self, model):
        """Unknown fields, the body and how the call went come behind its own fields."""
        names = [field.name for field in attrs.fields(type(model))]
        shared = [name for name in ("extra", "raw", "meta") if name in names]

        assert shared == names[len(names) - len(shared) :]
