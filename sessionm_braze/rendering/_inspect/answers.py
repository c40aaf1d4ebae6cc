"""Checks that the status of an answer is looked at before the answer is used."""

from __future__ import annotations

from .events import Read
from .walker import Reading


_TELLING = frozenset({"__http_status_code__", "status", "payload"})
"""What is absent when a call fails, so that testing it is testing the call."""


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
    """Tell whether *read* looks at the status, or at whether there is an answer."""
    if read.steps[:1] == ("__http_status_code__",):
        return True
    if read.role != "condition":
        return False
    return not read.steps or (len(read.steps) == 1 and read.steps[0] in _TELLING)
