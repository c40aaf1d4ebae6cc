"""Dates: read from text and written as patterns say, both as Ruby does."""

from .parse import parse, zone_offset
from .strftime import strftime


__all__ = ["parse", "strftime", "zone_offset"]
