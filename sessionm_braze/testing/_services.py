"""All services behind one door: a call goes in, an answer comes out."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from .._foreign import one_line
from ..rendering._template_secrets import masked_url
from ._braze import core as braze_core, exports, schedules
from ._braze.state import BrazeState, Delivery, Workspace
from ._calls import Answer, Call
from ._clock import SandboxClock
from ._credentials import Credentials
from ._faults import Fault, FaultPlan, WireFault, spoil
from ._ids import Ids
from ._journal import Entry, Journal
from ._outbox import Outbox, SentMessage
from ._sessionm import connect as connect_core, core as sessionm_core
from ._sessionm.state import LoyaltyState, UnknownUser


__all__ = ["Services", "Snapshot"]


@attrs.frozen
class Snapshot:
    """Everything a sandbox held at one moment; `Sandbox.restore` takes it back."""

    states: tuple[LoyaltyState, BrazeState] = attrs.field(repr=False)
    time: float
    messages: tuple[SentMessage, ...] = attrs.field(repr=False)
    requests: tuple[Entry, ...] = attrs.field(repr=False)


class Services:
    """The state of a sandbox, and the one way to reach it."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        clock: SandboxClock,
        render: Callable[[Delivery], SentMessage],
        variables: Mapping[str, Any],
        seed: int,
        unknown_fields: bool,
        unknown_user: UnknownUser,
    ) -> None:
        self.credentials = credentials
        self.clock = clock
        self.faults = FaultPlan()
        self._clean = credentials.scrubber()
        self.journal = Journal(self._clean)
        self.outbox = Outbox()
        self.astray: list[str] = []
        """What went astray, in words; a strict sandbox fails on it."""

        self._render = render
        self._lock = threading.RLock()
        self._unknown_fields = unknown_fields
        self._unknown_user = unknown_user
        self._seed = seed
        self._variables = dict(variables)
        self.loyalty, self.braze = self._fresh()
        clock.connect(self._next_due, self._fire)

    def _fresh(self) -> tuple[LoyaltyState, BrazeState]:
        ids = Ids(self._seed)
        return (
            LoyaltyState(
                ids=ids,
                credentials=self.credentials,
                unknown_user=self._unknown_user,
            ),
            BrazeState(
                ids=ids,
                credentials=self.credentials,
                workspace=Workspace(variables=dict(self._variables)),
            ),
        )

    def reset(self) -> None:
        """Forget everything but the time."""
        with self._lock:
            self.loyalty, self.braze = self._fresh()
            self.outbox.clear()
            self.journal.clear()
            self.astray.clear()
            self.faults.clear()

    def mask(self, secret: str, /) -> None:
        """Show *secret* nowhere, like the credentials."""
        self._clean = self.credentials.scrubber(secret)
        self.journal.mask(self._clean)

    def snapshot(self) -> Snapshot:
        """Return a copy of everything held."""
        with self._lock:
            states = copy.deepcopy((self.loyalty, self.braze))
            return Snapshot(
                states, self.clock(), tuple(self.outbox), self.journal.entries()
            )

    def restore(self, snapshot: Snapshot, /) -> None:
        """Go back to *snapshot*, the clock included; it can be used again."""
        with self._lock:
            self.loyalty, self.braze = copy.deepcopy(snapshot.states)
            self.outbox.replace(snapshot.messages)
            self.journal.replace(snapshot.requests)
        self.clock.set(snapshot.time)

    def problems(self) -> list[str]:
        """Return what a strict sandbox fails on, in words."""
        return [
            *(f"planned, but did not happen: {fault}" for fault in self.faults.unused),
            *map(one_line, self.astray),
            *(
                f"message to {message.recipient!r} did not render: {message.error}"
                for message in self.outbox
                if message.error is not None
            ),
        ]

    def handle(self, call: Call, /) -> Answer:
        """Answer *call*.

        Raises:
            WireFault: If the fault plan says that no answer comes.
        """
        self.clock.catch_up()
        with self._lock:
            now = self.clock()
            fault = self.faults.take(call)
            answer = None
            if fault is None or not fault.before_processing:
                answer = self._respond(call, now)
            schedules.fire(self.braze, now)
            outgoing = self._take_outgoing()
        self.deliver(outgoing)
        return self._finish(call, answer, fault, now)

    def _respond(self, call: Call, now: float) -> Answer:
        gap = ""
        if call.service == "core":
            known = sessionm_core.find(self.loyalty, call) is not None
            answer = sessionm_core.respond(self.loyalty, call, now)
        elif call.service == "connect":
            known = connect_core.find(self.loyalty, call) is not None
            answer = connect_core.respond(self.loyalty, call, now)
        elif call.service == "braze":
            known = braze_core.find(self.braze, call) is not None
            gap = braze_core.missing(call) or ""
            answer = braze_core.respond(self.braze, call, now)
        else:
            return exports.fetch_archive(self.braze, call, now)
        route = f"{call.method} {call.service} {masked_url(call.path)}"
        if not known:
            self.astray.append(self._clean.text(gap or f"no such route: {route}"))
        for key in call.repeated_keys():
            problem = (
                f"the body of {route} has the key {key!r} twice: the last one counts"
                " here, and nobody knows which one there"
            )
            self.astray.append(self._clean.text(problem))
        return _with_unknown_fields(answer) if self._unknown_fields else answer

    def _finish(
        self, call: Call, answer: Answer | None, fault: Fault | None, now: float
    ) -> Answer:
        if fault is not None and not fault.on_the_wire:
            answer = spoil(fault, call, answer, now)
        lost = fault is not None and fault.on_the_wire
        kind = None if fault is None else fault.kind
        with self._lock:
            self.journal.note(call, None if lost else answer, fault=kind, at=now)
        if fault is not None and lost:
            raise WireFault(fault.kind)
        if answer is None:
            raise AssertionError(f"{kind} gave no answer")
        return answer

    def _take_outgoing(self) -> list[Delivery]:
        outgoing, self.braze.outgoing = self.braze.outgoing, []
        return outgoing

    def deliver(self, outgoing: list[Delivery], /) -> None:
        """Render *outgoing* and put the messages into the outbox.

        Not under the lock: a template may call the services from another thread.
        """
        for delivery in outgoing:
            message = self._render(delivery)
            with self._lock:
                self.outbox.put(message)

    def _next_due(self) -> float | None:
        with self._lock:
            return schedules.next_due(self.braze)

    def _fire(self) -> None:
        with self._lock:
            schedules.fire(self.braze, self.clock())
            outgoing = self._take_outgoing()
        self.deliver(outgoing)


def _with_unknown_fields(answer: Answer) -> Answer:
    """Return *answer* with fields that no client knows, as new releases bring them."""
    body = answer.json()
    if not isinstance(body, dict):
        return answer
    for place in _places(body):
        place["sandbox_unknown_field"] = {"added": True, "values": [1, None]}
    return Answer.of(body, status=answer.status, headers=answer.headers)


def _places(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return *body*, its payload and user, and the records of its lists."""
    found = [body]
    for name in ("payload", "user"):
        if isinstance(body.get(name), dict):
            found += _places(body[name])
    lists: Mapping[str, Any] = {k: v for k, v in body.items() if isinstance(v, list)}
    for items in lists.values():
        found += [item for item in items if isinstance(item, dict)]
    return found
