"""SessionM loyalty in Braze messages.

The names below are loaded when they are first used, so that importing the package
costs nothing that is not needed: a program that sends tags never loads Liquid.
"""
# ruff: noqa: F403 - type checkers take the names from where they are defined

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
    from .exceptions import *
    from .models.advanced_settings import *
    from .models.audience import (
        Audience as Audience,
        all_of as all_of,
        any_of as any_of,
        custom_attribute as custom_attribute,
        email_subscription_status as email_subscription_status,
        last_used_app as last_used_app,
        push_subscription_status as push_subscription_status,
    )
    from .models.customers import *
    from .models.listings import *
    from .models.loyalty import *
    from .models.points import *
    from .models.recipients import *
    from .models.schedules import *
    from .models.tags import *
    from .models.triggers import (
        CampaignTrigger as CampaignTrigger,
        CanvasTrigger as CanvasTrigger,
        TriggerReceipt as TriggerReceipt,
    )
    from .models.users import *
    from .models.wallet import *
    from .rendering import Renderer as Renderer
else:  # so that a type checker still rejects an unknown name
    from .models import __all__ as _models

    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            ".clients": """
                ApiResponse BrazeClient Hooks RetryPolicy SessionMConnectClient
                SessionMCoreClient
            """,
            ".exceptions": """
                AuthenticationError ConnectError ConnectedContentError LedgerError
                NotFoundError OutcomeUnknownError PayloadError PayloadWarning
                RateLimitError RequestRejectedError RequestTimeoutError ResponseError
                ServerError SessionMBrazeError TemplateError TemplateSyntaxError
                TransportError
            """,
            ".models": " ".join({*_models} - {"Trigger", "dump", "load", "load_at"}),
            ".rendering": "Renderer",
        },
    )
