"""Sending many messages: as few requests as Braze's rules allow, none of them twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Unpack

from .._checks import instance, told
from ..clients import BrazeClient
from ..exceptions import NotFoundError, SessionMBrazeError
from ..models import CampaignTrigger, CanvasTrigger, LoyaltyMessage, dump
from ..models.triggers import Trigger
from ._grouping import Group, Parts, parts_of
from ._inputs import check_input
from ._operation import Action, Operation
from ._records import Done, Job, Record, State, as_text
from ._report import BulkReport
from ._run import run_to_end
from ._settings import RunSettings, Settings


__all__ = ["send_triggers"]

_OPEN_GROUPS = 16
"""Requests that wait for more recipients at a time."""


def send_triggers(
    braze: BrazeClient,
    messages: Iterable[Trigger | LoyaltyMessage | Mapping[str, Any]],
    *,
    key: Callable[[Any], object] | None = None,
    **run: Unpack[RunSettings],
) -> BulkReport:
    """Send any number of messages, in requests of at most 50 recipients.

    Messages of one campaign or Canvas travel together, whoever they are for.  What all
    recipients of a request have in common is sent once; two messages for one person
    are two requests, in no certain order.  A request that Braze refuses is taken apart
    until only what is at fault is refused.

    A message whose request got no answer is `unknown`: it may have gone out, and only
    *retry_unknown* sends it again.  Braze has no key that would tell it apart.

    Args:
        braze: Client of Braze.
        messages: `CampaignTrigger`, `CanvasTrigger`, `LoyaltyMessage`, or mappings
            with the fields of a trigger.  Each is one record, whatever the number of
            its recipients.  A trigger that is a broadcast is sent as one.  Read as it
            goes.
        key: Names a message for the ledger; each name is sent once.  Default: the
            whole message, and which occurrence of it this is.
        **run: See `RunSettings`.

    Returns:
        What came of it; look at `stopped` and `failures`.  A paused Canvas, wrong
        credentials and an unknown campaign stop the run.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is wrong; nothing was sent.
        LedgerError: If the ledger is that of another operation, endpoint or campaign,
            or another run holds it.
        KeyboardInterrupt: After Ctrl-C, when what was in flight is settled; it has
            the report as ``report``.
    """
    instance(braze, "braze", BrazeClient)
    check_input(messages, "messages")
    operation = SendTriggers(SendTrigger(), about={}, key=key)
    return run_to_end(operation, braze, messages, Settings.of(send_triggers, run))


class SendTrigger(Action):
    """Sends one trigger."""

    repeatable = False

    def __call__(self, client: BrazeClient, payload: Trigger) -> Done:
        """Send the trigger *payload*."""
        receipt = client.send(payload)
        meta = receipt.meta
        assert meta is not None  # noqa: S101 - a call gives it
        done = Done(
            State.ACCEPTED,
            "; ".join(map(str, receipt.errors)),
            meta.status_code,
            meta.request_id,
            receipt.dispatch_id,
            meta.attempts,
        )
        if receipt.notice is None or receipt.state != "not_sent":
            return done
        return done._replace(
            state=State.REFUSED, reason=receipt.notice, stop=receipt.notice
        )

    def failed(self, done: Done, error: SessionMBrazeError) -> Done:
        """Stop where Braze has no such path: the endpoint is wrong, not the message."""
        if isinstance(error, NotFoundError):
            return done._replace(state=State.PENDING, divisible=False, stop=str(error))
        return done


class SendTriggers(Operation):
    """Sends each message of the input."""

    name: ClassVar[str] = "send_triggers"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._groups: dict[str, Group] = {}

    def read(self, item: Any) -> tuple[str, Any, str]:
        """Return whom *item* goes to, what of it can travel with others, and itself."""
        parts = parts_of(_trigger(item))
        return parts.identifier, parts, as_text(dump(parts.trigger))

    def target(self, payload: Parts) -> str:
        """Return the campaign or Canvas of a message."""
        return payload.target

    def add(self, record: Record) -> list[Job]:
        """Put a message into the request it can travel in."""
        parts: Parts = record.payload
        if parts.alone:
            return [Job((record,), parts.trigger)]
        group = self._groups.get(parts.kind)
        if group is not None and group.takes(parts):
            group.add(record)
            return []
        complete = [] if group is None else [self._groups.pop(parts.kind).job()]
        if len(self._groups) >= _OPEN_GROUPS:
            complete.append(self._groups.pop(next(iter(self._groups))).job())
        self._groups[parts.kind] = Group(record)
        return complete

    def flush(self) -> list[Job]:
        """Return the requests that wait for more recipients."""
        jobs = [group.job() for group in self._groups.values()]
        self._groups.clear()
        return jobs

    def halves(self, job: Job) -> list[Job]:
        """Return a request of several messages as two."""
        middle = len(job.records) // 2
        return [_job_of(job.records[:middle]), _job_of(job.records[middle:])]


def _job_of(records: tuple[Record, ...]) -> Job:
    group = Group(records[0])
    for record in records[1:]:
        group.add(record)
    return group.job()


def _trigger(item: object) -> Trigger:
    """Return *item* as a trigger.

    Raises:
        TypeError: If it is no message.
        ValueError: If it breaks a rule of triggers.
    """
    if isinstance(item, Trigger):
        return item
    if isinstance(item, LoyaltyMessage):
        return item.to_trigger()
    if isinstance(item, Mapping):
        kind = CanvasTrigger if "canvas_id" in item else CampaignTrigger
        return kind(**item)
    raise TypeError(
        "a message must be a CampaignTrigger, CanvasTrigger or LoyaltyMessage, "
        f"got {told(item)}"
    )
