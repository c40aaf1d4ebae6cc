"""The only room that sends through requests: the transport under the clients."""

from .credentials import (
    AuthorizationHeader,
    base_url,
    basic,
    basic_string,
    check_secret,
    path_segment,
)
from .dry import DryTransport, RecordedRequest
from .policy import (
    DECLINABLE_SEND,
    READ,
    REPEATABLE_WRITE,
    SEND,
    SINGLE_RUN,
    CallKind,
    RetryPolicy,
)
from .service import Refusal, Service
from .transport import (
    Answer,
    Call,
    CallEvent,
    ClientSettings,
    Hooks,
    Settings,
    Transport,
    host_guard,
)


__all__ = [
    "DECLINABLE_SEND",
    "READ",
    "REPEATABLE_WRITE",
    "SEND",
    "SINGLE_RUN",
    "Answer",
    "AuthorizationHeader",
    "Call",
    "CallEvent",
    "CallKind",
    "ClientSettings",
    "DryTransport",
    "Hooks",
    "RecordedRequest",
    "Refusal",
    "RetryPolicy",
    "Service",
    "Settings",
    "Transport",
    "base_url",
    "basic",
    "basic_string",
    "check_secret",
    "host_guard",
    "path_segment",
]
