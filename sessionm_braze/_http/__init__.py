"""The only room that sends through requests: the transport under the clients."""

from .call import Answer, Call, decode
from .connections import guard_hosts
from .credentials import (
    AuthorizationHeader,
    base_url,
    basic,
    basic_string,
    check_secret,
    check_storage_url,
    path_segment,
)
from .dry_run import DryTransport, RecordedRequest
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
from .settings import CallEvent, ClientSettings, Hooks, Settings
from .transport import Transport


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
    "check_storage_url",
    "decode",
    "guard_hosts",
    "path_segment",
]
