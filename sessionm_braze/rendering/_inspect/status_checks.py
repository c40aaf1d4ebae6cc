"""Checks that a template tests the status of an answer before it uses the answer."""

from __future__ import annotations

from .._connected_content.call import STATUS_KEY
from .reads_and_bindings import Read
from .walker import Reading


_FAILURE_FIELDS = frozenset({STATUS_KEY, "status", "payload"})
"""Fields that are absent when a call fails: to test one is to test the call."""


def check_answers(reading: Reading) -> None:
    """Note the calls whose answer is used, and whose failure goes unnoticed."""
    reads = reading.reads()
    for call in reading.calls:
        later = [
            read
            for read in reads
            if not read.personal and read.name == call.use.save and read.at > call.at
        ]
        if later and not any(map(_is_check, later)):
            reading.findings.add(
                "missing-status-check",
                call.at,
                f"'{call.use.save}' is used whether or not the call succeeds",
                suggestion=f"abort unless {call.use.save}.__http_status_code__ == 200",
            )


def _is_check(read: Read) -> bool:
    """Return whether *read* tests the status, or the presence of an answer."""
    if read.steps[:1] == (STATUS_KEY,):
        return True
    if read.role != "condition":
        return False
    return not read.steps or (len(read.steps) == 1 and read.steps[0] in _FAILURE_FIELDS)
