"""Collects findings: each once, with its position."""

from __future__ import annotations

import attrs

from ..._secrets import Scrubber, Secret
from .._errors import position_of
from .codes import CODES, Severity
from .report import Finding


@attrs.define
class FindingCollector:
    """The findings on one source."""

    source: str
    found: dict[tuple[str, int], Finding] = attrs.field(factory=dict)
    secrets: list[str] = attrs.field(factory=list)
    """Keys and passwords in the source."""

    def add(
        self,
        code: str,
        at: int,
        message: str,
        *,
        suggestion: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Add a finding at an index of the source, unless there is one of that code."""
        line, column, _ = position_of(self.source, at)
        finding = Finding(
            code=code,
            severity=severity or CODES[code].severity,
            line=line,
            column=column,
            message=message,
            suggestion=suggestion,
        )
        self.found.setdefault((code, at), finding)

    def ordered(self, ignored: frozenset[str]) -> tuple[Finding, ...]:
        """Return the findings in the order of the source, without *ignored* codes.

        A secret of the source that a message quotes is masked.
        """
        scrub = Scrubber(map(Secret, self.secrets))
        kept = [
            attrs.evolve(each, message=scrub.text(each.message))
            for each in self.found.values()
            if each.code not in ignored
        ]
        return tuple(sorted(kept, key=lambda each: (each.line, each.column)))
