"""What there is to say about a template without rendering it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..._display import counted
from ._codes import SEVERITIES, Severity
from ._view import report_html


@attrs.frozen(kw_only=True)
class Finding:
    """One remark on a template, with its place."""

    code: str
    """The kind of finding; by it, it can be switched off."""

    severity: Severity
    """``error``, ``warning`` or ``info``."""

    line: int
    """Line, counted from 1."""

    column: int
    """Column of what is wrong, counted from 1."""

    message: str
    """What is wrong."""

    suggestion: str | None = None
    """What to write instead, if there is something to suggest."""

    def __str__(self) -> str:
        hint = f" ({self.suggestion})" if self.suggestion else ""
        place = f"{self.line}:{self.column}"
        return f"{place}: {self.severity}: {self.message}{hint} [{self.code}]"


@attrs.frozen(kw_only=True)
class CallUse:
    """A connected_content tag of a template."""

    line: int
    """Line of the tag, counted from 1."""

    column: int
    """Column of the tag, counted from 1."""

    method: str
    """``GET``, ``POST``, or the expression that says which."""

    url: str
    """The address as it is written, secrets masked."""

    save: str
    """The variable that gets the answer."""

    options: tuple[str, ...] = ()
    """Names of the options."""

    headers: tuple[str, ...] = ()
    """Names of the headers; their values are not kept."""


@attrs.frozen(kw_only=True, repr=False)
class TemplateReport:
    """What a template reads, calls and uses, and what is wrong with it."""

    variables: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Names by namespace, in the order of their first use.

    ``default_attributes`` are those without a namespace (``${first_name}``), and
    ``liquid`` the plain variables that the template reads and does not set.
    """

    calls: tuple[CallUse, ...] = ()
    """The connected_content tags, in order."""

    content_blocks: tuple[str, ...] = ()
    """Names of the content blocks."""

    catalogs: tuple[str, ...] = ()
    """Names of the catalogs."""

    filters: tuple[str, ...] = ()
    """Names of the filters."""

    tags: tuple[str, ...] = ()
    """Names of the tags."""

    findings: tuple[Finding, ...] = ()
    """Remarks, in the order of the template."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return self.of("error")

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(each for each in self.findings if each.severity == severity)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return attrs.asdict(self)

    def summary(self) -> str:
        """Return the counts in words, such as ``1 error, 2 warnings``."""
        counts = [(len(self.of(each)), each) for each in SEVERITIES]
        said = [counted(n, _NOUNS[each]) for n, each in counts if n]
        return ", ".join(said) or "no findings"

    def __repr__(self) -> str:
        return f"TemplateReport({self.summary()}; {counted(len(self.calls), 'call')})"

    def _repr_html_(self) -> str:
        return report_html(self)


_NOUNS = {"error": "error", "warning": "warning", "info": "remark"}
