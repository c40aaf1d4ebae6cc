"""What all calls to Braze share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from ... import models
from ..._http import DECLINABLE_SEND, SEND, Answer, Call, CallKind, Service
from .._client import ServiceClient
from .answers import BROADCAST_LIMIT, MAX_BYTES, SERVICE


__all__ = ["BrazeCalls", "CanvasPropertyKey"]

CanvasPropertyKey = Literal["context", "canvas_entry_properties"]


class BrazeCalls(ServiceClient):
    """Base of the classes that hold Braze's calls."""

    _service: ClassVar[Service] = SERVICE
    _send_kind: ClassVar[CallKind] = DECLINABLE_SEND
    _canvas_property_key: CanvasPropertyKey

    def _post(
        self,
        name: str,
        path: str,
        body: Mapping[str, Any],
        *,
        kind: CallKind,
        limit: str = "",
        sample: Mapping[str, Any] | None = None,
    ) -> Answer:
        return self._call(
            Call(
                name=name,
                method="POST",
                path=path,
                kind=kind,
                json=body,
                max_bytes=MAX_BYTES,
                limit=limit,
                sample=sample or {},
            )
        )

    def _post_trigger(
        self, name: str, path: str, trigger: models.Trigger, **more: Any
    ) -> Answer:
        """Post a trigger; what a broadcast that failed did, nobody can tell."""
        body: dict[str, Any] = models.dump(trigger)
        for part in (body, *body.get("recipients", ())):
            if "context" in part:
                part[self._canvas_property_key] = part.pop("context")
        return self._post(
            name,
            path,
            {**body, **more},
            kind=SEND if trigger.broadcast else DECLINABLE_SEND,
            limit=BROADCAST_LIMIT if trigger.broadcast else "",
        )
