"""How a run runs: workers, pace, ledger, and who is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Literal, Self, TypedDict

import attrs

from .._checks import check_keywords, flag, function, told, whole
from .._files import file_path
from .._http.settings import check_pace
from ._report import BulkOutcome, BulkReport


__all__ = ["RunSettings", "Settings"]


class RunSettings(TypedDict, total=False):
    """Keyword settings of `tag_customers`, `send_triggers` and `fetch_wallets`."""

    max_workers: int
    """Requests at a time; at most twice as many are in flight.  Default 8."""

    executor: Executor | None
    """Where the requests are made; default: threads of the run's own.  Any executor
    of `concurrent.futures` does, process pools and Dask's ``Client.get_executor()``
    among them.  It is not shut down."""

    requests_per_second: float | None
    """Upper bound of the run's pace; default: that of the client."""

    ledger: str | os.PathLike[str] | None
    """SQLite file that remembers every record, so that a run can be started again.  A
    relative path is that of the file when the run begins."""

    durability: Literal["process", "full"]
    """What the ledger, and a file of wallets, survive: the death of the process
    (default), or loss of power too, which costs a wait for the disk before each round
    of requests, and for each wallet."""

    retry_unknown: bool
    """Whether records whose outcome is unknown are sent again.  Default false."""

    progress: bool | Callable[[BulkReport], object]
    """``True`` shows a bar if tqdm is installed and somebody is watching; a function
    is called with the report so far, at most ten times a second."""

    on_outcome: Callable[[BulkOutcome], object] | None
    """Called with each record's outcome, in the caller's thread."""

    keep_failures: int
    """Failures that `BulkReport.failures` holds at most.  Default 1000."""


def _ledger_path(path: str | os.PathLike[str]) -> str:
    return file_path(path, "ledger")


def _least(least: int) -> Callable[[object, attrs.Attribute[int], int], None]:
    def check(_: object, attribute: attrs.Attribute[int], value: int) -> None:
        whole(value, attribute.name, least=least)

    return check


@attrs.frozen(kw_only=True)
class Settings:
    """`RunSettings`, complete and checked."""

    max_workers: int = attrs.field(default=8, validator=_least(1))
    executor: Executor | None = None
    requests_per_second: float | None = attrs.field(default=None, validator=check_pace)
    ledger: str | None = attrs.field(
        default=None, converter=attrs.converters.optional(_ledger_path)
    )
    durability: Literal["process", "full"] = attrs.field(default="process")
    retry_unknown: bool = False
    progress: bool | Callable[[BulkReport], object] | None = None
    on_outcome: Callable[[BulkOutcome], object] | None = None
    keep_failures: int = attrs.field(default=1000, validator=_least(0))

    @durability.validator
    def _check_durability(self, _: object, value: object) -> None:
        if value not in {"process", "full"}:
            raise ValueError(
                f'durability must be "process" or "full", got {told(value)}'
            )

    @classmethod
    def of(cls, operation: Callable[..., object], run: RunSettings) -> Self:
        """Return the settings that *operation* was given as keywords."""
        check_keywords(operation, run, RunSettings.__annotations__)
        return cls(**run)

    def __attrs_post_init__(self) -> None:
        flag(self.retry_unknown, "retry_unknown")
        if self.on_outcome is not None:
            function(self.on_outcome, "on_outcome")
        if not (
            self.progress is None
            or isinstance(self.progress, bool)
            or callable(self.progress)
        ):
            raise TypeError(
                f"progress must be True, False or a function, got {told(self.progress)}"
            )
        if self.executor is not None and not hasattr(self.executor, "submit"):
            raise TypeError(
                "executor must be a concurrent.futures.Executor, "
                f"got {told(self.executor)}"
            )
