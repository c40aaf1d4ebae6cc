"""What travels between the caller, SessionM and Braze: data only, checked when made."""

from ..exceptions import RateLimit, ResponseMeta
from ._codec import dump, load
from .audience import (
    Audience,
    all_of,
    any_of,
    custom_attribute,
    email_subscription_status,
    last_used_app,
    push_subscription_status,
)
from .customers import Customer
from .listings import (
    Campaign,
    CampaignSummary,
    Canvas,
    CanvasSummary,
    Segment,
    SegmentSummary,
    SendIdReceipt,
)
from .loyalty import (
    AdvancedSettings,
    CampaignProperties,
    LoyaltyMessage,
    OfferProperties,
    PointAwardProperties,
)
from .points import PointAccount, PointBalances, PointSummary
from .schedules import Schedule, ScheduleReceipt
from .tags import CustomerTags, Tag, TagReceipt
from .triggers import (
    Attachment,
    CampaignTrigger,
    CanvasTrigger,
    Recipient,
    TriggerReceipt,
    UserAlias,
)
from .users import SegmentExport, TrackProblem, TrackReceipt, UserExport
from .wallet import (
    OfferCategory,
    OfferGroup,
    OfferMedia,
    OfferWallet,
    UserOffer,
    WalletDifference,
)


__all__ = [
    "AdvancedSettings",
    "Attachment",
    "Audience",
    "Campaign",
    "CampaignProperties",
    "CampaignSummary",
    "CampaignTrigger",
    "Canvas",
    "CanvasSummary",
    "CanvasTrigger",
    "Customer",
    "CustomerTags",
    "LoyaltyMessage",
    "OfferCategory",
    "OfferGroup",
    "OfferMedia",
    "OfferProperties",
    "OfferWallet",
    "PointAccount",
    "PointAwardProperties",
    "PointBalances",
    "PointSummary",
    "RateLimit",
    "Recipient",
    "ResponseMeta",
    "Schedule",
    "ScheduleReceipt",
    "Segment",
    "SegmentExport",
    "SegmentSummary",
    "SendIdReceipt",
    "Tag",
    "TagReceipt",
    "TrackProblem",
    "TrackReceipt",
    "TriggerReceipt",
    "UserAlias",
    "UserExport",
    "UserOffer",
    "WalletDifference",
    "all_of",
    "any_of",
    "custom_attribute",
    "dump",
    "email_subscription_status",
    "last_used_app",
    "load",
    "push_subscription_status",
]
