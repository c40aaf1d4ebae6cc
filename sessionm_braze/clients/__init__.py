"""One client per API: Braze, SessionM Core, SessionM Connect.

The names are loaded when they are first used: one client does not load the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy


if TYPE_CHECKING:
    from .._http import (
        CallEvent as CallEvent,
        ClientSettings as ClientSettings,
        Hooks as Hooks,
        RecordedRequest as RecordedRequest,
        RetryPolicy as RetryPolicy,
    )
    from ._client import ApiResponse as ApiResponse
    from .braze import BrazeClient as BrazeClient
    from .sessionm_connect import SessionMConnectClient as SessionMConnectClient
    from .sessionm_core import SessionMCoreClient as SessionMCoreClient

_ROOMS = {
    ".._http": "CallEvent ClientSettings Hooks RecordedRequest RetryPolicy",
    "._client": "ApiResponse",
    ".braze": "BrazeClient",
    ".sessionm_connect": "SessionMConnectClient",
    ".sessionm_core": "SessionMCoreClient",
}

if not TYPE_CHECKING:  # so that a type checker still rejects an unknown name
    __getattr__, __dir__, __all__ = lazy(__name__, _ROOMS)
