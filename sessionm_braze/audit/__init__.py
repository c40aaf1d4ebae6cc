"""What a whole segment would receive, before it is sent."""

from __future__ import annotations

from ._audit import audit_message
from ._files import JsonLines, WalletLines
from ._findings import (
    Abort,
    AuditFinding,
    CallCounts,
    CallFailure,
    EmptyVariable,
    EndingOffer,
    FrequentText,
    PlacedFinding,
    PointsTrouble,
    RenderFailure,
)
from ._report import AuditError, AuditReport


__all__ = [
    "Abort",
    "AuditError",
    "AuditFinding",
    "AuditReport",
    "CallCounts",
    "CallFailure",
    "EmptyVariable",
    "EndingOffer",
    "FrequentText",
    "JsonLines",
    "PlacedFinding",
    "PointsTrouble",
    "RenderFailure",
    "WalletLines",
    "audit_message",
]
