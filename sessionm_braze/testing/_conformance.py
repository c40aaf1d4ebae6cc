"""The conformance sheet: what the sandbox does, and where it is knowingly another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._braze.core import ROUTER as BRAZE
from ._faults import KINDS
from ._fronts.control import CONTROL_ROUTES
from ._fronts.server import CONTROL_PREFIX
from ._routing import Route
from ._sessionm.connect import ROUTER as CONNECT
from ._sessionm.core import ROUTER as CORE


__all__ = ["ASSUMPTIONS", "DIFFERENCES", "conformance_sheet"]

ASSUMPTIONS: Mapping[str, str] = {
    "SessionM Core": """
        The JSON of tag answers is a project shape: name to count, or to seconds
        left.

        Tags are read with GET on the address they are posted to.

        What is wrong with a body is refused with HTTP 200 and ``status: error``; an
        unknown customer is 404, a wrong credential 401.

        A ttl for a counter tag makes it an expiring one; no ttl for an expiring tag
        makes it a counter that starts at 1.

        A name twice in one request counts once.

        There is no rate limit.
    """,
    "SessionM Connect": """
        A failure is 400, 401 or 404 with a text under ``errors.error``.

        A bare language such as ``pt`` finds the texts of its culture; an unknown
        culture gets those of ``en-US``.

        ``total_records`` is the number before paging; *take* has no upper bound.

        ``total_points`` is what was spent so far, ``available_points`` what is
        left.

        Times are ISO 8601 in UTC.

        There is no rate limit.
    """,
    "Braze": """
        50 KB are 50,000 bytes of compact JSON per object; 4 MB are 4,000,000 bytes.

        Without ``broadcast: true`` there must be recipients, also with an audience.

        Recipients together with ``broadcast: true`` are refused with 400.

        A campaign that is paused, archived or a draft is refused with 400.

        A recipient with a fault is named under ``errors`` and the others are
        served; if no good one is left, the request is refused.

        Where ``context`` and ``canvas_entry_properties`` are both sent, both count,
        and ``context`` wins.

        A ``send_id`` must have been created for the campaign.

        Fields that Braze does not document are ignored.

        A schedule in the past sends at once; in local time it is refused.

        The best time of a person is noon in their own time zone.

        A scheduled send takes no attachments; they are ignored.

        A schedule that is deleted twice is 400 the second time.

        All windows of rate limits begin on multiples of their length; of several
        limits the headers show the one with the fewest calls left.

        The export of a segment takes 60 seconds.

        ``is_api_campaign`` is false and ``schedule_type`` is ``api_triggered`` for
        what the API can trigger.

        ``/users/track`` takes 75 objects in total.
    """,
}
"""What the platforms do not document, and what the sandbox does there."""

DIFFERENCES = """
    Everything is consistent at once; Braze may need minutes.

    The key has every permission, and no address is barred.

    Re-eligibility, quiet hours, frequency caps and channel rules (an unsubscribed
    address, a missing push token) hold nothing back.

    A Canvas has one message, which goes out on entry.

    The ``callback_endpoint`` of a segment export is not called.

    Analytics, the transactional endpoint, catalogs and subscription groups have no
    routes.

    An e-mail address that leads to nobody is not tried again later.

    On the loopback front ``refused`` is a connection that is reset: a port that
    listens cannot refuse.
"""
"""Where the sandbox is simpler than the platforms, on purpose."""


def conformance_sheet(promises: Mapping[str, Iterable[str]], /) -> str:
    """Return the sheet as a page of documentation.

    Args:
        promises: Title of a part to the behaviours that tests hold it to.
    """
    lines = [
        *_title("Conformance of the sandbox", "="),
        "Generated from the routes, the tests and the lists of assumptions.",
        "",
        *_title("Routes", "-"),
    ]
    for title, router in (
        ("SessionM Core", CORE),
        ("SessionM Connect", CONNECT),
        ("Braze", BRAZE),
    ):
        lines += [*_title(title, "~"), *_route_table(router.routes)]
    lines += [*_title("Steering over HTTP", "~"), *_control_table()]
    lines += [*_title("Faults", "-"), *_bullets(f"``{kind}``" for kind in KINDS)]
    lines += _title("Behaviours, each held by a test", "-")
    for title, texts in promises.items():
        lines += [*_title(title, "~"), *_bullets(map(_escaped, texts))]
    lines += _title("Assumptions", "-")
    lines += ["The platforms do not document these; the sandbox does as follows.", ""]
    for title, text in ASSUMPTIONS.items():
        lines += [*_title(title, "~"), *_bullets(_paragraphs(text))]
    lines += _title("Deliberate differences", "-")
    lines += _bullets(_paragraphs(DIFFERENCES))
    return "\n".join(lines).rstrip() + "\n"


def _title(text: str, line: str) -> list[str]:
    return [text, line * len(text), ""]


def _bullets(texts: Iterable[str]) -> list[str]:
    return [*(f"- {text}" for text in texts), ""]


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of *text*, each on one line."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("`", "``").replace("*", "\\*")


def _route_table(routes: Iterable[Route[Any]]) -> list[str]:
    return _table((f"{r.method} {r.pattern}", r.summary) for r in routes)


def _control_table() -> list[str]:
    rows = (
        (f"{method} {CONTROL_PREFIX}{path}", summary)
        for (method, path), (_, summary) in CONTROL_ROUTES.items()
    )
    return _table(rows)


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    lines = [".. list-table::", "   :widths: 60 40", ""]
    for left, right in rows:
        lines += [f"   * - ``{left}``", f"     - {right}"]
    return [*lines, ""]
