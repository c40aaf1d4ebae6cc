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
    )
    from .clients import (
        BrazeClient as BrazeClient,
    )
    from .clients import (
        Hooks as Hooks,
    )
    from .clients import (
        RetryPolicy as RetryPolicy,
    )
    from .clients import (
        SessionMConnectClient as SessionMConnectClient,
    )
    from .clients import (
        SessionMCoreClient as SessionMCoreClient,
    )
    from .exceptions import (
        AuthenticationError as AuthenticationError,
    )
    from .exceptions import (
        ConnectedContentError as ConnectedContentError,
    )
    from .exceptions import (
        ConnectError as ConnectError,
    )
    from .exceptions import (
        LedgerError as LedgerError,
    )
    from .exceptions import (
        NotFoundError as NotFoundError,
    )
    from .exceptions import (
        OutcomeUnknownError as OutcomeUnknownError,
    )
    from .exceptions import (
        PayloadError as PayloadError,
    )
    from .exceptions import (
        RateLimitError as RateLimitError,
    )
    from .exceptions import (
        RequestRejectedError as RequestRejectedError,
    )
    from .exceptions import (
        RequestTimeoutError as RequestTimeoutError,
    )
    from .exceptions import (
        ResponseError as ResponseError,
    )
    from .exceptions import (
        ServerError as ServerError,
    )
    from .exceptions import (
        SessionMBrazeError as SessionMBrazeError,
    )
    from .exceptions import (
        TemplateError as TemplateError,
    )
    from .exceptions import (
        TemplateSyntaxError as TemplateSyntaxError,
    )
    from .exceptions import (
        TransportError as TransportError,
    )
    from .models import (
        AdvancedSettings as AdvancedSettings,
    )
    from .models import (
        Attachment as Attachment,
    )
    from .models import (
        Audience as Audience,
    )
    from .models import (
        Campaign as Campaign,
    )
    from .models import (
        CampaignProperties as CampaignProperties,
    )
    from .models import (
        CampaignSummary as CampaignSummary,
    )
    from .models import (
        CampaignTrigger as CampaignTrigger,
    )
    from .models import (
        Canvas as Canvas,
    )
    from .models import (
        CanvasSummary as CanvasSummary,
    )
    from .models import (
        CanvasTrigger as CanvasTrigger,
    )
    from .models import (
        Customer as Customer,
    )
    from .models import (
        CustomerTags as CustomerTags,
    )
    from .models import (
        LoyaltyMessage as LoyaltyMessage,
    )
    from .models import (
        OfferCategory as OfferCategory,
    )
    from .models import (
        OfferGroup as OfferGroup,
    )
    from .models import (
        OfferMedia as OfferMedia,
    )
    from .models import (
        OfferProperties as OfferProperties,
    )
    from .models import (
        OfferWallet as OfferWallet,
    )
    from .models import (
        PointAccount as PointAccount,
    )
    from .models import (
        PointAwardProperties as PointAwardProperties,
    )
    from .models import (
        PointBalances as PointBalances,
    )
    from .models import (
        PointSummary as PointSummary,
    )
    from .models import (
        RateLimit as RateLimit,
    )
    from .models import (
        Recipient as Recipient,
    )
    from .models import (
        ResponseMeta as ResponseMeta,
    )
    from .models import (
        Schedule as Schedule,
    )
    from .models import (
        ScheduleReceipt as ScheduleReceipt,
    )
    from .models import (
        Segment as Segment,
    )
    from .models import (
        SegmentExport as SegmentExport,
    )
    from .models import (
        SegmentSummary as SegmentSummary,
    )
    from .models import (
        SendIdReceipt as SendIdReceipt,
    )
    from .models import (
        Tag as Tag,
    )
    from .models import (
        TagReceipt as TagReceipt,
    )
    from .models import (
        TrackProblem as TrackProblem,
    )
    from .models import (
        TrackReceipt as TrackReceipt,
    )
    from .models import (
        TriggerReceipt as TriggerReceipt,
    )
    from .models import (
        UserAlias as UserAlias,
    )
    from .models import (
        UserExport as UserExport,
    )
    from .models import (
        UserOffer as UserOffer,
    )
    from .models import (
        WalletDifference as WalletDifference,
    )
    from .models import (
        all_of as all_of,
    )
    from .models import (
        any_of as any_of,
    )
    from .models import (
        custom_attribute as custom_attribute,
    )
    from .models import (
        email_subscription_status as email_subscription_status,
    )
    from .models import (
        last_used_app as last_used_app,
    )
    from .models import (
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
