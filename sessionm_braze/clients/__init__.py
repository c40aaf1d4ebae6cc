"""One client per API: Braze, SessionM Core, SessionM Connect."""

from .._http import CallEvent, ClientSettings, Hooks, RecordedRequest, RetryPolicy
from ._client import ApiResponse
from .braze import BrazeClient
from .sessionm_connect import SessionMConnectClient
from .sessionm_core import SessionMCoreClient


__all__ = [
    "ApiResponse",
    "BrazeClient",
    "CallEvent",
    "ClientSettings",
    "Hooks",
    "RecordedRequest",
    "RetryPolicy",
    "SessionMConnectClient",
    "SessionMCoreClient",
]
