"""Liquid expressions: how they are read, strictly or as the reference engine reads
them, and what they evaluate to.
"""  # noqa: D205 - one sentence over two lines
