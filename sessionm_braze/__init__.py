"""SessionM loyalty in Braze messages.

The names below are loaded when they are first used, so that importing the package
costs nothing that is not needed: a program that sends tags never loads Liquid.
"""

from __future__ import annotations

from ._lazy import lazy
from ._version import __version__ as __version__


TYPE_CHECKING = False  # checkers know the name; importing typing would cost more
if TYPE_CHECKING:
    from .clients import (
        ApiResponse as ApiResponse,
        BrazeClient as BrazeClient,
        Hooks as Hooks,
        RetryPolicy as RetryPolicy,
        SessionMConnectClient as SessionMConnectClient,
        SessionMCoreClient as SessionMCoreClient,
    )
    from .exceptions import (
        AuthenticationError as AuthenticationError,
        ConnectedContentError as ConnectedContentError,
        ConnectError as ConnectError,
        LedgerError as LedgerError,
        NotFoundError as NotFoundError,
        OutcomeUnknownError as OutcomeUnknownError,
        PayloadError as PayloadError,
        RateLimitError as RateLimitError,
        RequestRejectedError as RequestRejectedError,
        RequestTimeoutError as RequestTimeoutError,
        ResponseError as ResponseError,
        ServerError as ServerError,
        SessionMBrazeError as SessionMBrazeError,
        TemplateError as TemplateError,
        TemplateSyntaxError as TemplateSyntaxError,
        TransportError as TransportError,
    )
    from .models import (
        AdvancedSettings as AdvancedSettings,
        Attachment as Attachment,
        Audience as Audience,
        Campaign as Campaign,
        CampaignProperties as CampaignProperties,
        CampaignSummary as CampaignSummary,
        CampaignTrigger as CampaignTrigger,
        Canvas as Canvas,
        CanvasSummary as CanvasSummary,
        CanvasTrigger as CanvasTrigger,
        Customer as Customer,
        CustomerTags as CustomerTags,
        LoyaltyMessage as LoyaltyMessage,
        OfferCategory as OfferCategory,
        OfferGroup as OfferGroup,
        OfferMedia as OfferMedia,
        OfferProperties as OfferProperties,
        OfferWallet as OfferWallet,
        PointAccount as PointAccount,
        PointAwardProperties as PointAwardProperties,
        PointBalances as PointBalances,
        PointSummary as PointSummary,
        RateLimit as RateLimit,
        Recipient as Recipient,
        ResponseMeta as ResponseMeta,
        Schedule as Schedule,
        ScheduleReceipt as ScheduleReceipt,
        Segment as Segment,
        SegmentExport as SegmentExport,
        SegmentSummary as SegmentSummary,
        SendIdReceipt as SendIdReceipt,
        Tag as Tag,
        TagReceipt as TagReceipt,
        TrackProblem as TrackProblem,
        TrackReceipt as TrackReceipt,
        TriggerReceipt as TriggerReceipt,
        UserAlias as UserAlias,
        UserExport as UserExport,
        UserOffer as UserOffer,
        WalletDifference as WalletDifference,
        all_of as all_of,
        any_of as any_of,
        custom_attribute as custom_attribute,
        email_subscription_status as email_subscription_status,
        last_used_app as last_used_app,
        push_subscription_status as push_subscription_status,
    )
    from .rendering import (
        Renderer as Renderer,
    )

_ROOMS = {
    ".clients": """
        ApiResponse BrazeClient Hooks RetryPolicy SessionMConnectClient
        SessionMCoreClient
    """,
    ".exceptions": """
        AuthenticationError ConnectError ConnectedContentError LedgerError
        NotFoundError OutcomeUnknownError PayloadError RateLimitError
        RequestRejectedError RequestTimeoutError ResponseError ServerError
        SessionMBrazeError TemplateError TemplateSyntaxError TransportError
    """,
    ".models": """
        AdvancedSettings Attachment Audience Campaign CampaignProperties
        CampaignSummary CampaignTrigger Canvas CanvasSummary CanvasTrigger
        Customer CustomerTags LoyaltyMessage OfferCategory OfferGroup OfferMedia
        OfferProperties OfferWallet PointAccount PointAwardProperties
        PointBalances PointSummary RateLimit Recipient ResponseMeta Schedule
        ScheduleReceipt Segment SegmentExport SegmentSummary SendIdReceipt Tag
        TagReceipt TrackProblem TrackReceipt TriggerReceipt UserAlias UserExport
        UserOffer WalletDifference all_of any_of custom_attribute
        email_subscription_status last_used_app push_subscription_status
    """,
    ".rendering": """
        Renderer
    """,
}

if not TYPE_CHECKING:  # so that a type checker still rejects an unknown name
    __getattr__, __dir__, __all__ = lazy(__name__, _ROOMS)
