"""Resolves the filters of a template, those that do not exist included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liquid.expression import Expression
from liquid.token import Token

from .._errors import did_you_mean
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
        function = self.filters.get(name)
        count = len(arguments) + bool(keywords)
        at = token.start_index
        if function is None:
            message = f"there is no filter '{name}'"
            suggestion = did_you_mean(name, self.filters)
            self.findings.add("unknown-filter", at, message, suggestion=suggestion)
        else:
            if function.remark:
                self.findings.add("unlisted-filter", at, function.remark)
            if not function.accepts(count):
                takes = f"takes {function.expected}, not {count}"
                message = f"the filter '{function.name}' {takes}"
                self.findings.add("filter-arguments", at, message)
        return FilterCall(token, name, function, arguments, keywords)
