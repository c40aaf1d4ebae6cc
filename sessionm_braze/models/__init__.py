"""What travels between the caller, SessionM and Braze: data only, checked when made.

The names are loaded when they are first used: a program that sends tags never loads the
models of a segment, and importing a client loads no models at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy


if TYPE_CHECKING:
    from ..exceptions import RateLimit as RateLimit, ResponseMeta as ResponseMeta
    from ._codec import dump as dump, load as load, load_at as load_at
    from .advanced_settings import AdvancedSettings as AdvancedSettings
    from .audience import (
        Audience as Audience,
        all_of as all_of,
        any_of as any_of,
        custom_attribute as custom_attribute,
        email_subscription_status as email_subscription_status,
        last_used_app as last_used_app,
        push_subscription_status as push_subscription_status,
    )
    from .customers import Customer as Customer
    from .listings import (
        Campaign as Campaign,
        CampaignSummary as CampaignSummary,
        Canvas as Canvas,
        CanvasSummary as CanvasSummary,
        Segment as Segment,
        SegmentSummary as SegmentSummary,
        SendIdReceipt as SendIdReceipt,
    )
    from .loyalty import (
        CampaignProperties as CampaignProperties,
        LoyaltyMessage as LoyaltyMessage,
        OfferProperties as OfferProperties,
        PointAwardProperties as PointAwardProperties,
    )
    from .points import (
        PointAccount as PointAccount,
        PointBalances as PointBalances,
        PointSummary as PointSummary,
    )
    from .recipients import (
        Attachment as Attachment,
        Recipient as Recipient,
        UserAlias as UserAlias,
    )
    from .schedules import Schedule as Schedule, ScheduleReceipt as ScheduleReceipt
    from .tags import CustomerTags as CustomerTags, Tag as Tag, TagReceipt as TagReceipt
    from .triggers import (
        CampaignTrigger as CampaignTrigger,
        CanvasTrigger as CanvasTrigger,
        Trigger as Trigger,
        TriggerReceipt as TriggerReceipt,
    )
    from .users import (
        SegmentExport as SegmentExport,
        TrackProblem as TrackProblem,
        TrackReceipt as TrackReceipt,
        UserExport as UserExport,
    )
    from .wallet import (
        OfferCategory as OfferCategory,
        OfferGroup as OfferGroup,
        OfferMedia as OfferMedia,
        OfferWallet as OfferWallet,
        UserOffer as UserOffer,
        WalletDifference as WalletDifference,
    )

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
