"""Resolves the filters of a template, those that do not exist included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liquid.expression import Expression
from liquid.token import Token

from .._expressions.filtered import FilterResolver
from .._expressions.nodes import FilterCall
from .._filters import Filter
from .findings import FindingCollector


class InspectingResolver(FilterResolver):
    """Adds mistakes with filters to the findings instead of raising them."""

    def __init__(
        self,
        filters: Mapping[str, Filter[..., Any]],
        findings: FindingCollector,
        *,
        strict: bool,
    ) -> None:
        super().__init__(filters, [], strict=strict)
        self.findings = findings
        self.used: dict[str, None] = {}

    def call(
        self,
        token: Token,
        name: str,
        arguments: Sequence[Expression],
        keywords: dict[str, Expression],
    ) -> FilterCall:
        """Return the node that applies the filter *name*."""
        self.used[name] = None
        return super().call(token, name, arguments, keywords)

    def _unknown(self, token: Token, name: str, question: str | None) -> None:
        message, at = f"there is no filter '{name}'", token.start_index
        self.findings.add("unknown-filter", at, message, suggestion=question)

    def _miscounted(self, token: Token, message: str) -> None:
        self.findings.add("filter-arguments", token.start_index, message)

    def _remarked(self, token: Token, remark: str) -> None:
        self.findings.add("unlisted-filter", token.start_index, remark)
