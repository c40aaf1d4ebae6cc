"""How a report looks in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._display import Html, Section, badge, element, pairs, panel, table


if TYPE_CHECKING:
    from ._report import TemplateReport


_KINDS = {"error": "bad", "warning": "warning", "info": "plain"}


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
    return [
        findings_section(report),
        Section(title="variables", body=_variables(report), count=names),
        Section(title="calls", body=_calls(report), count=len(report.calls)),
        Section(title="blocks, catalogs, filters, tags", body=pairs(used)),
    ]


def findings_section(report: TemplateReport) -> Section:
    """Return the findings as a section."""
    rows = (
        (
            badge(each.severity, _KINDS[each.severity]),
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


def _variables(report: TemplateReport) -> Html:
    return pairs(
        (namespace, ", ".join(names)) for namespace, names in report.variables.items()
    )


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
