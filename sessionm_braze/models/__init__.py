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
from .loyalty import (
    AdvancedSettings,
    CampaignProperties,
    LoyaltyMessage,
    OfferProperties,
    PointAwardProperties,
)
from .tags import CustomerTags, Tag, TagReceipt
from .triggers import (
    Attachment,
    CampaignTrigger,
    CanvasTrigger,
    Recipient,
    TriggerReceipt,
    UserAlias,
)
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
    "CampaignProperties",
    "CampaignTrigger",
    "CanvasTrigger",
    "Customer",
    "CustomerTags",
    "LoyaltyMessage",
    "OfferCategory",
    "OfferGroup",
    "OfferMedia",
    "OfferProperties",
    "OfferWallet",
    "PointAwardProperties",
    "RateLimit",
    "Recipient",
    "ResponseMeta",
    "Tag",
    "TagReceipt",
    "TriggerReceipt",
    "UserAlias",
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
