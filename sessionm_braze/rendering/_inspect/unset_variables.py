"""Looks for plain variables that nothing sets."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection

from .._namespaces import CONTENT_BLOCKS, DEFAULT_ATTRIBUTES, NAMESPACES
from .codes import Severity
from .escaping import is_json
from .reads_and_bindings import Read
from .walker import Reading


_SET_BY_BRAZE = frozenset(
    {"forloop", "tablerowloop", "preference_center_submit_url", "now", "today"}
)
_WHOLE_HTML = re.compile(r"<(?:html|body)\b", re.IGNORECASE)


def check_variables(reading: Reading, known: Collection[str]) -> None:
    """Note the variables that the template reads and that neither it nor Braze sets.

    Args:
        reading: What was read.
        known: Names that something else sets, a content block or a test.
    """
    given = {*known, *_SET_BY_BRAZE, *DEFAULT_ATTRIBUTES, *NAMESPACES, CONTENT_BLOCKS}
    given |= reading.bound()
    starts = sorted(call.url_at for call in reading.calls)
    ends = sorted(call.url_end for call in reading.calls)

    def in_address(read: Read) -> bool:
        return bisect(starts, read.at) > bisect(ends, read.at)

    places: dict[str, Read] = {}
    for read in reading.reads():
        if read.personal or read.name in given:
            continue
        first = places.setdefault(read.name, read)
        if in_address(read) and not in_address(first):
            places[read.name] = read
    whole = is_json(reading.nodes) or _WHOLE_HTML.search(reading.findings.source)
    for name, read in places.items():
        severity: Severity = "warning" if whole else "info"
        if in_address(read):
            severity = "error"
        if reading.block_names():  # a block may set it
            severity = "info"
        reading.findings.add(
            "unset-variable",
            read.at,
            f"nothing sets the variable '{name}'",
            suggestion="assign it, or write ${…} for a value of Braze",
            severity=severity,
        )
