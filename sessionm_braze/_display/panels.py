"""The frame of all views: a title, facts in a line, and sections that fold."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from .markup import Html, element, joined
from .style import STYLE


@attrs.frozen(kw_only=True)
class Section:
    """A part of a view that folds away; it needs no script."""

    title: str
    """What it holds."""

    body: object
    """HTML, or text that is escaped."""

    count: int | None = None
    """How many things are in it."""

    open: bool = False
    """Whether it is unfolded at first."""

    def html(self) -> Html:
        """Return the section."""
        count: Iterable[object] = ()
        if self.count is not None:
            count = (" ", element("span", f"({self.count:,})", class_="smb-soft"))
        summary = element("summary", self.title, *count)
        return element("details", summary, "\n", self.body, open=self.open)


def panel(
    title: str,
    *,
    facts: Iterable[object] = (),
    badges: Iterable[Html] = (),
    sections: Iterable[Section] = (),
    lead: object = "",
) -> Html:
    """Return a view for a notebook.

    Args:
        title: What is shown.
        facts: The short line beside it; empty ones are left out.
        badges: Marks after the facts.
        sections: What can be unfolded.
        lead: What stands above the sections, always in sight.
    """
    head = [element("strong", title)]
    head += [joined((" \u00b7 ", fact)) for fact in facts if fact not in {None, ""}]
    head += [joined((" ", mark)) for mark in badges]
    return joined(
        (
            element("style", Html(STYLE)),
            element(
                "div",
                element("div", *head, class_="smb-head"),
                lead,
                *(joined(("\n", section.html())) for section in sections),
                class_="smb",
            ),
        )
    )
