"""What travels between the caller, SessionM and Braze: data only, checked when made.

The names are loaded when they are first used: a program that sends tags never loads the
models of a segment, and importing a client loads no models at all.
"""
# ruff: noqa: F403 - type checkers take the names from where they are defined

from __future__ import annotations

from .._lazy import lazy


TYPE_CHECKING = False  # checkers know the name; importing typing would cost more
if TYPE_CHECKING:
    from ..exceptions import RateLimit as RateLimit, ResponseMeta as ResponseMeta
    from ._codec import dump as dump, load as load, load_at as load_at
    from .advanced_settings import *
    from .audience import (
        Audience as Audience,
        all_of as all_of,
        any_of as any_of,
        custom_attribute as custom_attribute,
        email_subscription_status as email_subscription_status,
        last_used_app as last_used_app,
        push_subscription_status as push_subscription_status,
    )
    from .customers import *
    from .listings import *
    from .loyalty import *
    from .points import *
    from .recipients import *
    from .schedules import *
    from .tags import *
    from .triggers import *
    from .users import *
    from .wallet import *
else:  # so that a type checker still rejects an unknown name
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
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
        },
    )
