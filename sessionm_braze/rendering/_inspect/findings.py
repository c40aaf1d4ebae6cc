"""Collects findings: each once, with its position."""

from __future__ import annotations

import re
from bisect import bisect

import attrs

from ..._secrets import Scrubber, Secret
from .codes import CODES, Severity
from .report import Finding


@attrs.define
class FindingCollector:
    """The findings on one source."""

    source: str
    found: dict[tuple[str, int], Finding] = attrs.field(factory=dict)
    secrets: list[str] = attrs.field(factory=list)
    """Keys and passwords in the source."""

    lines: list[int] = attrs.field(init=False)
    """Where the lines of the source begin."""

    def __attrs_post_init__(self) -> None:
        breaks = re.finditer("\n", self.source)
        self.lines = [0, *(each.end() for each in breaks)]

    def place(self, at: int) -> tuple[int, int]:
        """Return line and column, both from 1, of an index of the source."""
        line = bisect(self.lines, at)
        return line, at - self.lines[line - 1] + 1

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
        line, column = self.place(at)
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
