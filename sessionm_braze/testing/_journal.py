"""What went over the wire, written down with the secrets masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import attrs

from .._display import Scrubber, Secret
from ._wire import Answer, Call


__all__ = ["Journal", "RecordedRequest"]


@attrs.frozen(kw_only=True)
class RecordedRequest:
    """One request and what came of it; every secret is masked."""

    service: str
    """``core``, ``connect``, ``braze`` or ``storage``."""

    method: str
    """The HTTP method."""

    url: str
    """The whole URL."""

    path: str
    """The path, as sent."""

    headers: Mapping[str, str]
    """The headers, with names in lower case."""

    json: Any
    """The decoded body, its text if it is not JSON, ``None`` if there is none."""

    status: int | None
    """HTTP status of the answer, ``None`` if there was no answer."""

    answer: Any
    """The decoded body of the answer, or its text."""

    fault: str | None
    """The planned fault it ran into, if any."""

    at: float
    """When, in seconds since the epoch, by the sandbox's clock."""

    def __str__(self) -> str:
        return f"{self.method} {self.url} -> {self.status or self.fault}"


class Journal(Sequence[RecordedRequest]):
    """All requests in order; `to` picks those of one service."""

    def __init__(self, scrubber: Scrubber, /) -> None:
        self._scrubber = scrubber
        self._records: list[RecordedRequest] = []

    @overload
    def __getitem__(self, index: int) -> RecordedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[RecordedRequest]: ...
    def __getitem__(
        self, index: int | slice
    ) -> RecordedRequest | list[RecordedRequest]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[RecordedRequest]:
        return iter(list(self._records))

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "(no requests)"

    def to(self, service: str, path: str | None = None) -> list[RecordedRequest]:
        """Return the requests to *service*, and to *path* of it if given."""
        return [r for r in self if r.service == service and path in (None, r.path)]

    def clear(self) -> None:
        """Forget all requests."""
        self._records.clear()

    def replace(self, records: Sequence[RecordedRequest], /) -> None:
        """Hold *records* and nothing else."""
        self._records = list(records)

    def note(
        self, call: Call, answer: Answer | None, *, fault: str | None, at: float
    ) -> None:
        """Write down a call and its answer."""
        clean = self._scrubber
        unknown = _unknown_credential(call, clean)
        if unknown is not None:
            clean = Scrubber([unknown])
        self._records.append(
            RecordedRequest(
                service=call.service,
                method=call.method,
                url=clean.text(call.url),
                path=clean.text(call.path),
                headers={
                    name: clean.text(value) for name, value in call.headers.items()
                },
                json=clean.value(_decoded(call)),
                status=None if answer is None else answer.status,
                answer=None if answer is None else clean.value(answer.json()),
                fault=fault,
                at=at,
            )
        )


def _unknown_credential(call: Call, known: Scrubber) -> Secret | None:
    """Return a credential in *call* that is none of the sandbox's own."""
    credential = call.headers.get("authorization", "").partition(" ")[2]
    masked = known.text(credential)
    return Secret(credential) if credential and masked == credential else None


def _decoded(call: Call) -> Any:
    if not call.body:
        return None
    try:
        return call.json()
    except ValueError:
        return call.body.decode("utf-8", "replace")
