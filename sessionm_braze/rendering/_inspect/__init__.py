"""What a template reads and calls, and what is wrong with it, without rendering it."""

from __future__ import annotations

from .codes import CODES, SEVERITIES, Code, Severity
from .inspector import inspect_template, secrets_in
from .report import CallUse, Finding, TemplateReport


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
