"""Faults on purpose: which answer goes wrong, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import attrs

from .._checks import told
from .._foreign import one_line
from ._calls import Answer, Call
from ._endpoints import SERVICES


__all__ = ["Fault", "FaultKind", "FaultPlan", "WireFault", "spoil"]

FaultKind = Literal[
    "rate_limited",
    "server_error",
    "bad_gateway_html",
    "truncated_json",
    "wrong_content_type",
    "refused",
    "drop_before_processing",
    "drop_after_processing",
    "timeout",
]
"""The ways in which an answer can go wrong."""

FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)
_UNPROCESSED = {
    "rate_limited",
    "server_error",
    "bad_gateway_html",
    "refused",
    "drop_before_processing",
}
_ON_THE_WIRE = {"refused", "drop_before_processing", "drop_after_processing", "timeout"}


class WireFault(Exception):  # noqa: N818 - a signal to the front
    """Tells a front that no answer is to be given, and how that looks."""

    def __init__(self, kind: FaultKind, /) -> None:
        super().__init__(kind)
        self.kind = kind


@attrs.define(kw_only=True, eq=False)
class Fault:
    """One fault of the plan."""

    kind: FaultKind
    """How the answer goes wrong."""

    service: str
    """``core``, ``connect``, ``braze`` or ``storage``."""

    path: str | None
    """Path of the calls it is for; ``*`` stands for anything, ``None`` for any path."""

    call: int
    """Which of those calls it hits, counted from 1 after it was added."""

    method: str | None = None
    """Method of the calls it is for, or ``None`` for any."""

    retry_after: float | None = None
    """Seconds in the ``Retry-After`` header of a `rate_limited` answer."""

    reset_after: float | None = None
    """Seconds until the ``X-RateLimit-Reset`` of a `rate_limited` answer."""

    processed: bool = True
    """Whether a `timeout` comes after the work was done."""

    seen: int = 0
    """How many calls it has counted."""

    used: bool = False
    """Whether it has happened."""

    @property
    def before_processing(self) -> bool:
        """Whether the service never sees the call."""
        return self.kind in _UNPROCESSED or (
            self.kind == "timeout" and not self.processed
        )

    @property
    def on_the_wire(self) -> bool:
        """Whether there is no answer at all."""
        return self.kind in _ON_THE_WIRE

    def fits(self, call: Call, /) -> bool:
        """Return whether *call* is one of those it counts."""
        if self.service != call.service or self.method not in (None, call.method):
            return False
        return self.path is None or call.fits(self.path)

    def __str__(self) -> str:
        place = f"{self.service} {self.path or '(any path)'}"
        text = f"{self.kind} at call {self.call} of {place}; calls seen: {self.seen}"
        return one_line(text)


class FaultPlan:
    """The faults of a sandbox; each happens once, and an answer has at most one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        *,
        kind: FaultKind,
        service: str = "braze",
        path: str | None = None,
        call: int = 1,
        method: str | None = None,
        retry_after: float | None = None,
        reset_after: float | None = None,
        processed: bool = True,
    ) -> Fault:
        """Plan a fault.

        Args:
            kind: ``rate_limited``, ``server_error``, ``bad_gateway_html``,
                ``refused`` and ``drop_before_processing`` happen before the service
                sees the call; ``truncated_json``, ``wrong_content_type`` and
                ``drop_after_processing`` when the work is done; for ``timeout`` see
                *processed*.
            service: ``braze``, ``core``, ``connect`` or ``storage``.
            path: Which calls count, such as ``/campaigns/trigger/send``; ``*`` stands
                for anything.  For Core the part behind the app key is enough.
                Without it, every call to the service counts.
            call: Which of these calls goes wrong, 1 for the next one.
            method: Count only calls with this method.
            retry_after: Seconds in ``Retry-After``, for ``rate_limited``.
            reset_after: Seconds until ``X-RateLimit-Reset``, for ``rate_limited``; may
                be negative.  With neither given, Braze says 1 second.
            processed: Whether the work is done before a ``timeout``.

        Returns:
            The fault; its `used` tells later whether it happened.

        Raises:
            ValueError: If a name or number makes no sense, or the plan already has a
                fault for that very call.
        """
        if kind not in FAULT_KINDS:
            raise ValueError(
                f"kind must be one of {', '.join(FAULT_KINDS)}, got {told(kind)}"
            )
        if service not in SERVICES:
            raise ValueError(
                f"service must be one of {', '.join(SERVICES)}, got {told(service)}"
            )
        if isinstance(call, bool) or not isinstance(call, int) or call < 1:
            raise ValueError(f"call must be a number from 1, got {told(call)}")
        fault = Fault(
            kind=kind,
            service=service,
            path=path,
            call=call,
            method=None if method is None else method.upper(),
            retry_after=retry_after,
            reset_after=reset_after,
            processed=processed,
        )
        self._refuse_twin(fault)
        self._faults.append(fault)
        return fault

    def _refuse_twin(self, new: Fault) -> None:
        for old in self.unused:
            address = (old.service, old.path, old.method, old.call - old.seen)
            if address == (new.service, new.path, new.method, new.call):
                raise ValueError(f"that call already goes wrong: {old}")

    def take(self, call: Call, /) -> Fault | None:
        """Count *call*, and return the fault it runs into, if any."""
        hit: Fault | None = None
        for fault in self.unused:
            if not fault.fits(call):
                continue
            fault.seen += 1
            if hit is None and fault.seen >= fault.call:
                hit = fault
        if hit is not None:
            hit.used = True
        return hit

    @property
    def unused(self) -> list[Fault]:
        """The faults that have not happened."""
        return [fault for fault in self._faults if not fault.used]

    def clear(self) -> None:
        """Forget the whole plan."""
        self._faults.clear()


def spoil(fault: Fault, call: Call, answer: Answer | None, now: float, /) -> Answer:
    """Return the answer that *fault* makes of *answer*, or gives in its place."""
    if fault.kind == "bad_gateway_html":
        page = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"
        return Answer(status=502, headers={"Content-Type": "text/html"}, body=page)
    if answer is not None and fault.kind == "truncated_json":
        return attrs.evolve(answer, body=answer.body[: max(1, len(answer.body) // 2)])
    if answer is not None and fault.kind == "wrong_content_type":
        return answer.adding({"Content-Type": "text/html; charset=utf-8"})
    if fault.kind == "rate_limited":
        body = _error_body(call.service, "rate_limited", "Rate limit exceeded")
        return Answer.of(body, status=429, headers=_limit_headers(fault, call, now))
    body = _error_body(call.service, "internal_server_error", "Internal Server Error")
    return Answer.of(body, status=500)


def _error_body(service: str, code: str, text: str) -> dict[str, object]:
    if service == "braze":
        return {"message": text}
    return {"status": "error", "errors": {"code": code, "message": text}}


def _limit_headers(fault: Fault, call: Call, now: float) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    reset_after = fault.reset_after
    if reset_after is None and fault.retry_after is None and call.service == "braze":
        reset_after = 1
    if reset_after is not None:
        headers["X-RateLimit-Limit"] = "250000"
        headers["X-RateLimit-Remaining"] = "0"
        headers["X-RateLimit-Reset"] = f"{now + reset_after:.0f}"
    if fault.retry_after is not None:
        headers["Retry-After"] = f"{fault.retry_after:g}"
    return headers
