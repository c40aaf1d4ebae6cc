"""What a run handles: records, the requests they make, and what came of them."""

from __future__ import annotations

import enum
import hashlib
import json
from typing import Any, NamedTuple

from .._checks import told
from ..exceptions import SessionMBrazeError
from ._report import BulkOutcome, OutcomeName


__all__ = ["Done", "Job", "Record", "State", "as_text", "digest"]


class State(enum.IntEnum):
    """Where a record stands; the ledger holds these numbers."""

    PENDING = 0
    SENT = 1
    ACCEPTED = 2
    REFUSED = 3
    UNKNOWN = 4


class Record:
    """One record of the input."""

    __slots__ = ("identifier", "key", "number", "payload", "problem")

    def __init__(
        self, identifier: str, payload: Any, *, key: bytes, problem: str = ""
    ) -> None:
        self.identifier = identifier
        self.payload = payload
        """What its request needs."""

        self.key = key
        """Digest by which the ledger knows it."""

        self.problem = problem
        """Why it cannot be sent at all."""

        self.number = 0
        """Its row in the ledger."""


class Job(NamedTuple):
    """One request, and the records that travel in it."""

    records: tuple[Record, ...]
    payload: Any


class Done(NamedTuple):
    """What came of a request, as a worker tells it; small and picklable."""

    state: State
    reason: str = ""
    status_code: int | None = None
    request_id: str | None = None
    dispatch_id: str | None = None
    attempts: int = 0
    value: Any = None
    """What was read, for operations that read."""

    error: SessionMBrazeError | None = None
    """The error behind it, for operations that read."""

    stop: str | None = None
    """Why it is of no use to send more."""

    throttled: bool = False
    """Whether the platform wants fewer requests."""

    wait: float | None = None
    """Seconds it asked to wait."""

    divisible: bool = False
    """Whether a part of its records may be taken without the others."""

    skipped: bool = False
    """Whether an earlier run was done with it."""

    def outcome(self, record: Record) -> BulkOutcome:
        """Return what came of *record*."""
        return BulkOutcome(
            identifier=record.identifier,
            outcome="skipped" if self.skipped else OUTCOME_NAMES[self.state],
            reason=self.reason,
            status_code=self.status_code,
            request_id=self.request_id,
            dispatch_id=self.dispatch_id,
            attempts=self.attempts,
        )


OUTCOME_NAMES: dict[int, OutcomeName] = {
    State.PENDING: "pending",
    State.SENT: "unknown",
    State.ACCEPTED: "accepted",
    State.REFUSED: "refused",
    State.UNKNOWN: "unknown",
}
"""Names of the states; what is sent and not settled is unknown to a reader."""


def digest(*parts: str | bytes) -> bytes:
    """Return 128 bits that stand for *parts*, in their order."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "replace")
        made.update(len(data).to_bytes(8))
        made.update(data)
    return made.digest()


def as_text(values: Any) -> str:
    """Return *values* as text that is the same for the same values."""
    try:
        return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    except (RecursionError, ValueError):
        raise ValueError(f"a key must be a plain value, got {told(values)}") from None
