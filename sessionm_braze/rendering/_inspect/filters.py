"""The filters a template uses, and those nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liquid.expression import Expression
from liquid.token import Token

from .._errors import guess
from .._expressions.filtered import FilterResolver
from .._expressions.nodes import FilterCall
from .._filters import Filter
from .findings import FindingCollector


class InspectingResolver(FilterResolver):
    """FindingCollector what is wrong with a filter instead of refusing it."""

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
        if function is None:
            self._note_unknown(name, token)
        else:
            self._note(function, len(arguments) + bool(keywords), token)
        return FilterCall(token, name, function, arguments, keywords)

    def _note_unknown(self, name: str, token: Token) -> None:
        self.findings.add(
            "unknown-filter",
            token.start_index,
            f"there is no filter '{name}'",
            suggestion=guess(name, self.filters),
        )

    def _note(self, function: Filter[..., Any], count: int, token: Token) -> None:
        if function.remark:
            self.findings.add(
                "unlisted-filter",
                token.start_index,
                function.remark,
            )
        if not function.least <= count <= function.most:
            self.findings.add(
                "filter-arguments",
                token.start_index,
                f"the filter '{function.name}' takes {function.expected}, not {count}",
            )
