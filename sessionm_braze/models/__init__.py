"""What travels between the caller, SessionM and Braze: data only, checked when made.

The names are loaded when they are first used: a program that sends tags never loads the
models of a segment, and importing a client loads no models at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy


if TYPE_CHECKING:
    from ..exceptions import RateLimit as RateLimit
    from ..exceptions import ResponseMeta as ResponseMeta
    from ._codec import dump as dump
    from ._codec import load as load
    from ._codec import load_at as load_at
    from .advanced_settings import AdvancedSettings as AdvancedSettings
    from .audience import Audience as Audience
    from .audience import all_of as all_of
    from .audience import any_of as any_of
    from .audience import custom_attribute as custom_attribute
    from .audience import email_subscription_status as email_subscription_status
    from .audience import last_used_app as last_used_app
    from .audience import push_subscription_status as push_subscription_status
    from .customers import Customer as Customer
    from .listings import Campaign as Campaign
    from .listings import CampaignSummary as CampaignSummary
    from .listings import Canvas as Canvas
    from .listings import CanvasSummary as CanvasSummary
    from .listings import Segment as Segment
    from .listings import SegmentSummary as SegmentSummary
    from .listings import SendIdReceipt as SendIdReceipt
    from .loyalty import CampaignProperties as CampaignProperties
    from .loyalty import LoyaltyMessage as LoyaltyMessage
    from .loyalty import OfferProperties as OfferProperties
    from .loyalty import PointAwardProperties as PointAwardProperties
    from .points import PointAccount as PointAccount
    from .points import PointBalances as PointBalances
    from .points import PointSummary as PointSummary
    from .recipients import Attachment as Attachment
    from .recipients import Recipient as Recipient
    from .recipients import UserAlias as UserAlias
    from .schedules import Schedule as Schedule
    from .schedules import ScheduleReceipt as ScheduleReceipt
    from .tags import CustomerTags as CustomerTags
    from .tags import Tag as Tag
    from .tags import TagReceipt as TagReceipt
    from .triggers import CampaignTrigger as CampaignTrigger
    from .triggers import CanvasTrigger as CanvasTrigger
    from .triggers import Trigger as Trigger
    from .triggers import TriggerReceipt as TriggerReceipt
    from .users import SegmentExport as SegmentExport
    from .users import TrackProblem as TrackProblem
    from .users import TrackReceipt as TrackReceipt
    from .users import UserExport as UserExport
    from .wallet import OfferCategory as OfferCategory
    from .wallet import OfferGroup as OfferGroup
    from .wallet import OfferMedia as OfferMedia
    from .wallet import OfferWallet as OfferWallet
    from .wallet import UserOffer as UserOffer
    from .wallet import WalletDifference as WalletDifference

_ROOMS = {
    "..exceptions": "RateLimit ResponseMeta",
    "._codec": "dump load load_at",
    ".advanced_settings": "AdvancedSettings",
    ".audience": """
        Audience all_of any_of custom_attribute email_subscription_status
        last_used_app push_subscription_status
    """,
    ".customers": "Customer",
    ".listings": """
        Campaign CampaignSummary Canvas CanvasSummary Segment SegmentSummary
        SendIdReceipt
    """,
    ".loyalty": """
        CampaignProperties LoyaltyMessage OfferProperties PointAwardProperties
    """,
    ".points": "PointAccount PointBalances PointSummary",
    ".recipients": "Attachment Recipient UserAlias",
    ".schedules": "Schedule ScheduleReceipt",
    ".tags": "CustomerTags Tag TagReceipt",
    ".triggers": "CampaignTrigger CanvasTrigger Trigger TriggerReceipt",
    ".users": "SegmentExport TrackProblem TrackReceipt UserExport",
    ".wallet": """
        OfferCategory OfferGroup OfferMedia OfferWallet UserOffer
        WalletDifference
    """,
}

if not TYPE_CHECKING:  # so that a type checker still rejects an unknown name
    __getattr__, __dir__, __all__ = lazy(__name__, _ROOMS)
