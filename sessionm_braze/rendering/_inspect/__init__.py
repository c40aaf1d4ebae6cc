"""What a template reads and calls, and what is wrong with it, without rendering it."""

from __future__ import annotations

from .codes import CODES, SEVERITIES, Code, Severity
from .report import CallUse, Finding, TemplateReport
from .template import inspect_template, secrets_in


__all__ = [
    "CODES",
    "SEVERITIES",
    "CallUse",
    "Code",
    "Finding",
    "Severity",
    "TemplateReport",
    "inspect_template",
    "secrets_in",
]
