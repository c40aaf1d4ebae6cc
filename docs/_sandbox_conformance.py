"""Writes the page *Conformance of the sandbox* from the code, its tests, and two lists.

Run it after a change to routes, faults, or docstrings of the sandbox's tests; a test
compares the page.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parent.parent))

from sessionm_braze.testing._braze.core import ROUTER as BRAZE
from sessionm_braze.testing._faults import FAULT_KINDS
from sessionm_braze.testing._fronts.control import CONTROL_PREFIX, CONTROL_ROUTES
from sessionm_braze.testing._sessionm.connect import ROUTER as CONNECT
from sessionm_braze.testing._sessionm.core import ROUTER as CORE


PAGE = Path(__file__).parent / "reference" / "sandbox-conformance.rst"
TESTS = Path(__file__).parent.parent / "tests" / "testing"
TESTS_OF = {
    "SessionM Core": "test_core.py",
    "SessionM Connect": "test_connect.py",
    "Braze: triggers": "test_braze_triggers.py",
    "Braze: schedules": "test_braze_schedules.py",
    "Braze: users, segments, lists": "test_braze_users.py",
    "Braze: rate limits": "test_limits.py",
    "Faults": "test_faults.py",
    "Dashboards": "test_dashboard.py",
    "Requests of the platforms' own pages": "test_documented_requests.py",
    "Every method of the Braze client": "test_whole_client.py",
    "Clients of other projects and languages": "test_foreign_clients.py",
    "The sandbox as a whole": "test_sandbox.py",
    "Who is let in to the loopback front": "test_served.py",
    "Broken requests on the loopback front": "test_broken_requests.py",
}
"""Part of the page to the tests that hold the sandbox to what it says."""

ASSUMPTIONS = {
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

    The loopback front has limits of its own, and refuses what is broken by its own
    rules.

    On the loopback front ``refused`` is a connection that is reset: a port that
    listens cannot refuse.
"""
"""Where the sandbox is simpler than the platforms, on purpose."""


def sandbox_conformance() -> str:
    """Return the page as reST."""
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
        lines += _title(title, "~")
        lines += _table((f"{r.method} {r.pattern}", r.summary) for r in router.routes)
    lines += _title("Steering over HTTP", "~")
    lines += _table(
        (f"{method} {CONTROL_PREFIX}{path}", summary)
        for (method, path), (_, summary) in CONTROL_ROUTES.items()
    )
    lines += [*_title("Faults", "-"), *_bullets(f"``{kind}``" for kind in FAULT_KINDS)]
    lines += _title("Behaviours, each held by a test", "-")
    for title, name in TESTS_OF.items():
        lines += [*_title(title, "~"), *_bullets(_promises(TESTS / name))]
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


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    lines = [".. list-table::", "   :widths: 60 40", ""]
    for left, right in rows:
        lines += [f"   * - ``{left}``", f"     - {right}"]
    return [*lines, ""]


def _promises(path: Path) -> Iterator[str]:
    """Yield the docstrings of the tests in a file, as reST that means only itself."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            text = ast.get_docstring(node) or ""
            yield text.replace("\\", "\\\\").replace("`", "``").replace("*", "\\*")


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of *text*, each on one line."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


if __name__ == "__main__":
    PAGE.write_text(sandbox_conformance(), "utf-8")
