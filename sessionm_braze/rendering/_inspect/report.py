"""The report on a template, and its view in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..._display import Html, Section, badge, counted, element, pairs, panel, table
from ..._foreign import one_line
from .codes import SEVERITIES, Severity


@attrs.frozen(kw_only=True)
class Finding:
    """One remark on a template, with its position."""

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
        return one_line(f"{place}: {self.severity}: {self.message}{hint} [{self.code}]")


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
        said = [counted(n, _SEVERITY_NOUNS[each]) for n, each in counts if n]
        return ", ".join(said) or "no findings"

    def __repr__(self) -> str:
        return f"TemplateReport({self.summary()}; {counted(len(self.calls), 'call')})"

    def _repr_html_(self) -> str:
        return report_html(self)


_SEVERITY_NOUNS = {"error": "error", "warning": "warning", "info": "remark"}


_BADGE_KINDS = {"error": "bad", "warning": "warning", "info": "plain"}


def report_html(report: TemplateReport) -> Html:
    """Return the view of a report."""
    return panel(
        "Template report",
        facts=[report.summary()],
        badges=[badge("errors", "bad")] if report.errors else [badge("sound", "good")],
        sections=report_sections(report),
    )


def report_sections(report: TemplateReport) -> list[Section]:
    """Return the parts of a report: findings, variables, calls, and what it uses."""
    used = {
        "content blocks": ", ".join(report.content_blocks) or None,
        "catalogs": ", ".join(report.catalogs) or None,
        "filters": ", ".join(report.filters) or None,
        "tags": ", ".join(report.tags) or None,
    }
    names = sum(map(len, report.variables.values()))
    variables = {name: ", ".join(found) for name, found in report.variables.items()}
    return [
        findings_section(report),
        Section(title="variables", body=pairs(variables), count=names),
        Section(title="calls", body=_calls(report), count=len(report.calls)),
        Section(title="blocks, catalogs, filters, tags", body=pairs(used)),
    ]


def findings_section(report: TemplateReport) -> Section:
    """Return the findings as a section."""
    rows = (
        (
            badge(each.severity, _BADGE_KINDS[each.severity]),
            f"{each.line}:{each.column}",
            each.message,
            each.suggestion,
            element("code", each.code),
        )
        for each in report.findings
    )
    columns = ("severity", "place", "message", "suggestion", "code")
    body = table(columns, rows, total=len(report.findings), limit=200)
    if not report.findings:
        body = element("p", "nothing to remark")
    return Section(title="findings", body=body, count=len(report.findings), open=True)


def _calls(report: TemplateReport) -> Html:
    return table(
        ("place", "method", "url", "saved as", "options", "headers"),
        (
            (
                f"{call.line}:{call.column}",
                call.method,
                call.url,
                call.save,
                ", ".join(call.options),
                ", ".join(call.headers),
            )
            for call in report.calls
        ),
        total=len(report.calls),
    )
