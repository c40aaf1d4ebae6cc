"""The page of a preview: message, variables, calls, findings, template."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import attrs

from .._display import (
    Html,
    Section,
    as_json,
    badge,
    element,
    page,
    panel,
    sandboxed,
    table,
    text_block,
)
from ..rendering import RenderedMessage, inspect_template
from ..rendering._inspect import secrets_in
from ..rendering._inspect.report import report_sections
from ..rendering._message import (
    aborted,
    message_badges,
    message_facts,
    message_sections,
)
from .data_sets import DataSet


__all__ = ["Preview", "index_page", "preview_page"]


@attrs.frozen(kw_only=True)
class Preview:
    """One template with one data set, rendered or not."""

    template: Path
    source: str
    data: DataSet
    answers: Path | None = None
    """Where answers to calls were read."""

    tags: Sequence[str] = ()
    """Names of the tags that the renderer was given."""

    message: RenderedMessage | None = None
    problem: str = ""
    """Why there is no message, in a line that shows no secret."""

    @property
    def title(self) -> str:
        """The template's name, and that of the data set."""
        return " ".join(part for part in (str(self.template), self.data.name) if part)

    @property
    def outcome(self) -> Html:
        """How it ended, as a mark."""
        if self.message is None:
            return badge("failed", "bad")
        if self.message.aborted:
            return badge("aborted", "warning")
        return badge("rendered", "good")


def preview_page(preview: Preview, *, images: bool = False) -> Html:
    """Return the page of one preview."""
    message, report = (
        preview.message,
        inspect_template(
            preview.source, tags=preview.tags, variables=preview.data.variables
        ),
    )
    if message is None:
        lead = element("p", preview.problem)
    elif message.aborted:
        lead = aborted(message)
    else:
        lead = sandboxed(message.text, images=images)
    source = secrets_in(preview.source).text(preview.source)
    parts = [
        panel(
            "Message",
            facts=[] if message is None else message_facts(message),
            badges=[
                preview.outcome,
                *([] if message is None else message_badges(message)),
            ],
            lead=lead,
            sections=[] if message is None else message_sections(message),
        ),
        panel("Variables", lead=text_block(as_json(preview.data.variables, indent=2))),
        panel(
            "Template",
            facts=[report.summary()],
            sections=[
                *report_sections(report),
                Section(title="template", body=text_block(source)),
            ],
        ),
    ]
    return page(preview.title, *parts, images=images)


def index_page(previews: Sequence[tuple[Preview, str]]) -> Html:
    """Return a page that leads to the previews; each comes with its file's name."""
    rows = (
        (
            element("a", preview.title, href=quote(file)),
            preview.outcome,
            preview.problem,
        )
        for preview, file in previews
    )
    listed = table(
        ("template", "outcome", "problem"),
        rows,
        total=len(previews),
        limit=len(previews),
    )
    return page("Previews", panel("Previews", lead=listed))
