"""The version, and nothing else: a leaf that anything may import."""

__version__ = "0.1.0"
