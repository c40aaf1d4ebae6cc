"""Settings of what is clicked together in Braze's dashboard."""

from __future__ import annotations

from typing import TypedDict


__all__ = ["SegmentSettings", "TargetSettings"]


class TargetSettings(TypedDict, total=False):
    """Further settings of a campaign or Canvas."""

    enabled: bool
    """Whether it is running; default true."""

    draft: bool
    """Whether it was never launched; default false."""

    archived: bool
    """Whether it is archived; default false."""

    api_triggered: bool
    """Whether the API can trigger it; default true."""

    channels: tuple[str, ...]
    """Its channels; default e-mail."""

    tags: tuple[str, ...]
    """Its tags; default none."""

    description: str
    """Its description."""


class SegmentSettings(TypedDict, total=False):
    """Further settings of a segment."""

    archived: bool
    """Whether it is archived; default false."""

    tags: tuple[str, ...]
    """Its tags; default none."""

    description: str
    """Its description."""
