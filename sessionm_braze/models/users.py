"""Braze users: what was exported, and what became of each object that was tracked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import attrs

from .._display import counted
from ._answers import Answer, Receipt, shared_fields_last
from ._codec import LOCAL, REQUIRED


__all__ = ["SegmentExport", "TrackProblem", "TrackReceipt", "UserExport"]


@attrs.frozen(kw_only=True, repr=False, field_transformer=shared_fields_last)
class UserExport(Answer):
    """Users that were asked for by their ids (``POST /users/export/ids``).

    Iterates over the users.
    """

    users: tuple[Mapping[str, Any], ...] = attrs.field(
        default=(), hash=False, metadata=REQUIRED
    )
    """Profiles as Braze wrote them; a field that is not there is empty."""

    invalid_user_ids: tuple[Any, ...] = attrs.field(default=(), hash=False)
    """Identifiers that matched nobody."""

    message: str = ""

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(self.users)

    def __len__(self) -> int:
        return len(self.users)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        users, ids = len(self.users), len(self.invalid_user_ids)
        return f"UserExport({counted(users, 'user')}, {counted(ids, 'id')} unknown)"


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class SegmentExport(Receipt):
    """An export that has begun (``POST /users/export/segment``).

    `BrazeClient.read_segment_export` takes it, and waits for its file.
    """

    object_prefix: str | None = None
    """Folder of the files in the company's own cloud storage."""

    url: str | None = attrs.field(default=None, repr=False, metadata={"secret": True})
    """Where the archive will be; whoever has it can read the file.  ``None`` with
    cloud storage of one's own."""

    message: str = ""


@attrs.frozen(kw_only=True)
class TrackProblem:
    """One thing Braze said about tracked objects."""

    message: str
    """Braze's words."""

    array: str | None = None
    """``attributes``, ``events`` or ``purchases``; ``None`` if Braze did not say."""

    index: int | None = None
    """Place within that array, from 0; ``None`` if Braze did not say."""

    record: Mapping[str, Any] | None = attrs.field(default=None, repr=False, hash=False)
    """The caller's own object, if array and place name one."""


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class TrackReceipt(Receipt):
    """Braze's word on attributes, events and purchases (``POST /users/track``).

    A success is not a success for every object: `problems` has those refused.
    """

    message: str = ""
    attributes_processed: int | None = None
    """Attribute objects queued."""

    events_processed: int | None = None
    """Events queued."""

    purchases_processed: int | None = None
    """Purchases queued."""

    errors: tuple[Any, ...] = attrs.field(default=(), hash=False, repr=False)
    """What Braze said, as it came."""

    problems: tuple[TrackProblem, ...] = attrs.field(default=(), metadata=LOCAL)
    """`errors`, each with the caller's own object."""

    @property
    def state(self) -> Literal["accepted", "accepted_with_errors"]:
        """``accepted``, or ``accepted_with_errors`` if anything was refused."""
        return "accepted_with_errors" if self.errors else "accepted"

    @property
    def refused(self) -> tuple[Mapping[str, Any], ...]:
        """The caller's objects that Braze refused by name.

        With a problem that names no object, any of the others may be refused too.
        """
        return tuple(
            problem.record for problem in self.problems if problem.record is not None
        )

    def placed(self, sent: Mapping[str, Sequence[Mapping[str, Any]]]) -> TrackReceipt:
        """Return the receipt with `errors` mapped back to what was *sent*, by array.

        Braze counts within each array, under ``input_array`` and ``index``.  Its page
        does not document that, so whatever has another form stays without an object.
        """
        problems = tuple(_problem(error, sent) for error in self.errors)
        return attrs.evolve(self, problems=problems)


def _problem(
    error: Any, sent: Mapping[str, Sequence[Mapping[str, Any]]]
) -> TrackProblem:
    if not isinstance(error, Mapping):
        return TrackProblem(message=str(error))
    said = error.get("type") or error.get("message") or error
    array, index = error.get("input_array"), error.get("index")
    known = array if isinstance(array, str) else None
    place = index if isinstance(index, int) and not isinstance(index, bool) else None
    objects = sent.get(known or "", ())
    named = place is not None and 0 <= place < len(objects)
    return TrackProblem(
        message=said if isinstance(said, str) else str(said),
        array=known,
        index=place,
        record=objects[place] if named and place is not None else None,
    )
