"""One client per API: Braze, SessionM Core, SessionM Connect.

The names are loaded when they are first used: one client does not load the others.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from .._http import CallEvent as CallEvent
    from .._http import ClientSettings as ClientSettings
    from .._http import Hooks as Hooks
    from .._http import RecordedRequest as RecordedRequest
    from .._http import RetryPolicy as RetryPolicy
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
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = sorted(_ROOM_OF)  # noqa: PLE0605 - a list of strings


if not TYPE_CHECKING:  # so that a type checker still rejects an unknown name

    def __getattr__(name: str) -> object:
        if name not in _ROOM_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(_ROOM_OF[name], __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOM_OF})
