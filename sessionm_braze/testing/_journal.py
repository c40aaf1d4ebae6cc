"""What went over the wire, written down with the secrets masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import attrs

from .._foreign import one_line
from .._secrets import Scrubber, Secret
from ..rendering._template_secrets import is_credential, url_secrets
from ._calls import Answer, Call


__all__ = ["Entry", "Journal", "SandboxRequest"]


@attrs.frozen(kw_only=True)
class SandboxRequest:
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
        return one_line(f"{self.method} {self.url} -> {self.status or self.fault}")


@attrs.frozen(kw_only=True, repr=False)
class Entry:
    """A call as it came, kept until somebody wants to see it."""

    call: Call
    answer: Answer | None
    fault: str | None
    at: float

    def shown(self, scrubber: Scrubber, /) -> SandboxRequest:
        """Return it decoded, with every secret masked."""
        call, answer = self.call, self.answer
        foreign = Scrubber(self.credentials())

        def clean(value: Any) -> Any:
            return foreign.value(scrubber.value(value))

        return SandboxRequest(
            service=call.service,
            method=call.method,
            url=clean(call.url),
            path=clean(call.path),
            headers={name: clean(value) for name, value in call.headers.items()},
            json=clean(self._body()),
            status=None if answer is None else answer.status,
            answer=None if answer is None else clean(answer.json()),
            fault=self.fault,
            at=self.at,
        )

    def credentials(self) -> Iterator[Secret]:
        """Yield the keys in the call, the sandbox's own and others."""
        return _credentials(self.call, self._body())

    def _body(self) -> Any:
        """Return the decoded body, its text if it is no JSON, or ``None``."""
        try:
            return self.call.json() if self.call.body else None
        except ValueError:
            return self.call.body.decode("utf-8", "replace")


class Journal(Sequence[SandboxRequest]):
    """All requests in order; `to` picks those of one service."""

    def __init__(self, scrubber: Scrubber, /) -> None:
        self._scrubber = scrubber
        self._entries: list[Entry] = []

    @overload
    def __getitem__(self, index: int) -> SandboxRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[SandboxRequest]: ...
    def __getitem__(self, index: int | slice) -> SandboxRequest | list[SandboxRequest]:
        found = self._entries[index]
        if isinstance(found, list):
            return [entry.shown(self._scrubber) for entry in found]
        return found.shown(self._scrubber)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[SandboxRequest]:
        return (entry.shown(self._scrubber) for entry in list(self._entries))

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "(no requests)"

    def to(self, service: str, path: str | None = None) -> list[SandboxRequest]:
        """Return the requests to *service*, and to *path* of it if given.

        Args:
            service: ``core``, ``connect``, ``braze`` or ``storage``.
            path: Only those to this path; ``*`` stands for anything, and for Core the
                part behind the app key is enough.
        """
        return [
            entry.shown(self._scrubber)
            for entry in list(self._entries)
            if entry.call.service == service and (path is None or entry.call.fits(path))
        ]

    def mask(self, scrubber: Scrubber, /) -> None:
        """Mask with *scrubber* from now on."""
        self._scrubber = scrubber

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()

    def entries(self) -> tuple[Entry, ...]:
        """Return what is kept, for `replace`."""
        return tuple(self._entries)

    def replace(self, entries: Sequence[Entry], /) -> None:
        """Keep *entries* and nothing else."""
        self._entries = list(entries)

    def note(
        self, call: Call, answer: Answer | None, *, fault: str | None, at: float
    ) -> None:
        """Write down a call and its answer."""
        self._entries.append(Entry(call=call, answer=answer, fault=fault, at=at))


_KEY_FIELD = re.compile(
    r"(api|app)[_-]?key|authorization|password|secret", re.IGNORECASE
)
"""A field of a body that holds a key, and no property of somebody's message."""


def _credentials(call: Call, body: Any) -> Iterator[Secret]:
    """Yield what opens a door in *call*, and need not be the sandbox's own."""
    for name, value in call.headers.items():
        if is_credential(name, value):
            scheme, _, rest = value.partition(" ")
            yield Secret(rest.strip() if rest.strip() and scheme.isalpha() else value)
    yield from url_secrets(call.url)
    if isinstance(body, str):
        yield from url_secrets(f"?{body}")
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
            for name, text in value.items():
                if isinstance(text, str) and _KEY_FIELD.search(name):
                    yield Secret(text)
        elif isinstance(value, list):
            waiting += value
