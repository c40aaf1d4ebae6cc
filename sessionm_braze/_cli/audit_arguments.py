"""The words after ``audit``; the command itself is loaded when it runs."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from .arguments import add_lax_and_now


__all__ = ["add_audit"]

_THRESHOLDS = {
    "aborted_above": "is aborted",
    "empty_above": "gets an empty message",
    "error_above": "is in error",
    "ended_above": "reads of an ended offer",
}
"""Thresholds by the argument of `AuditReport.raise_if`, in words."""


def add_audit(commands: argparse._SubParsersAction[Any]) -> None:
    """Teach the parser the command ``audit``."""
    audit = commands.add_parser(
        "audit",
        help="render a message for a whole segment and tell what is wrong",
        description="Render a template for every recipient in a file, offline, and "
        "report who would get nothing, errors, empty variables, and ended offers.",
    )
    audit.add_argument("template", type=Path, metavar="TEMPLATE", help="a template")
    audit.add_argument(
        "--recipients",
        type=Path,
        metavar="FILE",
        required=True,
        help="JSON Lines: for each recipient an object of variables, or the id",
    )
    audit.add_argument(
        "--wallets",
        type=Path,
        metavar="FILE",
        help="JSON Lines: answers of get_user_offers, found by their user_id",
    )
    audit.add_argument(
        "--variables",
        type=Path,
        metavar="FILE",
        help="what all recipients have in common, as a JSON object",
    )
    audit.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="answers to other connected_content calls, as JSON",
    )
    for name, what in _THRESHOLDS.items():
        audit.add_argument(
            f"--{name.replace('_', '-')}",
            type=_share,
            metavar="SHARE",
            help=f"exit with 1 if a larger share of recipients, 0 to 1, {what}",
        )
    audit.add_argument(
        "--ends-within",
        type=_days,
        metavar="DAYS",
        help="also tell which printed offers end within so many days",
    )
    audit.add_argument(
        "--max-length",
        type=_whole,
        metavar="N",
        help="also tell which messages have more characters",
    )
    audit.add_argument(
        "--sample",
        type=_whole,
        default=5,
        metavar="N",
        help="recipients named for each finding; default: 5",
    )
    audit.add_argument(
        "--workers",
        type=_positive,
        default=1,
        metavar="N",
        help="processes that each read their own part of the file; default: 1",
    )
    audit.add_argument(
        "--format",
        dest="form",
        choices=("text", "json"),
        default="text",
        help="how to print the report; default: text",
    )
    audit.add_argument("--html", type=Path, metavar="OUT", help="write a page, too")
    add_lax_and_now(audit)
    audit.set_defaults(run=_run_audit)


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share


def _days(text: str) -> timedelta:
    try:
        days = timedelta(days=float(text))
    except OverflowError:
        raise ValueError(text) from None
    if days < timedelta():
        raise ValueError(text)
    return days


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _positive(text: str) -> int:
    number = _whole(text)
    if not number:
        raise ValueError(text)
    return number


def _run_audit(chosen: argparse.Namespace) -> int:
    from .audit import AuditSettings, audit  # noqa: PLC0415 - loads the renderer

    settings = AuditSettings(
        recipients=chosen.recipients,
        wallets=chosen.wallets,
        variables=chosen.variables,
        answers=chosen.answers,
        thresholds={
            name: share
            for name in _THRESHOLDS
            if (share := getattr(chosen, name)) is not None
        },
        html=chosen.html,
        form=chosen.form,
        workers=chosen.workers,
        sample=chosen.sample,
        ends_within=chosen.ends_within,
        max_length=chosen.max_length,
        strict=not chosen.lax,
        now=chosen.now,
    )
    allowed = audit(chosen.template, settings, sys.stdout, sys.stderr)
    return 0 if allowed else 1
