"""Dates: read from text and written as patterns say, both as Ruby does."""

from ._parse import parse, zone_offset
from ._strftime import strftime


__all__ = ["parse", "strftime", "zone_offset"]
