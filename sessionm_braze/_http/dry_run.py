"""A dry run: calls are checked and written down, and nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlsplit

import attrs

from ..exceptions import ResponseMeta
from .call import Answer, Call, encode
from .transport import Transport


__all__ = ["DryTransport", "RecordedRequest"]

_PLAIN_YES: Mapping[str, Any] = {"status": "ok", "message": "success"}
"""A plain yes of either platform."""


@attrs.frozen(kw_only=True)
class RecordedRequest:
    """A request that a dry run did not send, its secrets masked."""

    service: str
    """``Braze``, ``SessionM Core`` or ``SessionM Connect``."""

    call: str
    """Name of the client's method."""

    method: str
    url: str
    params: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    json: Any = attrs.field(default=None, hash=False)
    """The body, as JSON data."""


class DryTransport(Transport):
    """Stands in for a transport, with its settings, and sends nothing."""

    def __init__(self, transport: Transport) -> None:
        self.__dict__.update(transport.__dict__)
        self._recorded: list[RecordedRequest] = []

    def call(self, call: Call, /) -> Answer:
        """Check *call* as if it were sent, write it down, and say yes.

        Raises:
            ValueError: If its body is larger than the service accepts.
        """
        encode(call)
        self._recorded.append(
            RecordedRequest(
                service=self._service.name,
                call=call.name,
                method=call.method,
                url=self.shown(call.path),
                params=self._scrub.value(dict(call.params or {})),
                json=self._scrub.value(call.json),
            )
        )
        return Answer(
            status_code=200,
            headers={},
            data={**_PLAIN_YES, **call.sample},
            meta=ResponseMeta(status_code=None, attempts=0),
        )

    def close(self) -> None:
        """Nothing is open: the connections are the client's that runs dry."""

    def fetch(self, url: str, target: IO[bytes], **bounds: float) -> None:
        """Write down that the file at *url* would be fetched; it is empty."""
        del target, bounds
        host = urlsplit(url).netloc
        self._recorded.append(
            RecordedRequest(
                service="storage",
                call="read_segment_export",
                method="GET",
                url=f"https://{host}/***",
            )
        )

    @property
    def recorded(self) -> tuple[RecordedRequest, ...]:
        """The requests so far, oldest first."""
        return tuple(self._recorded)
