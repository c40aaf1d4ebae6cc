"""Dates: read from text and written as patterns say, both as Ruby does."""

from .parse import parse
from .strftime import strftime
from .zones import named_zone, numbered_zone


__all__ = ["named_zone", "numbered_zone", "parse", "strftime"]
