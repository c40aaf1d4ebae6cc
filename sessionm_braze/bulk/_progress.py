"""Showing how far a run is."""

from __future__ import annotations

import importlib
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from ._report import BulkReport


__all__ = ["progress_of"]

_log = logging.getLogger("sessionm_braze")

_SECONDS_BETWEEN_CALLS = 0.1
"""Seconds between two calls."""


class Progress:
    """Calls a function with the report, now and then and in the end."""

    watched = False
    """Whether somebody sees how the run stands at any moment."""

    def __init__(self, tell: Callable[[BulkReport], object]) -> None:
        self._tell = tell
        self._next = 0.0

    def update(self, report: BulkReport) -> None:
        """Tell, unless it was told a moment ago."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN_CALLS
            self._tell(report)

    def finish(self, report: BulkReport) -> None:
        """Tell how it ended."""
        self._tell(report)


class Bar(Progress):
    """A bar of tqdm: on a terminal or in a notebook, and nowhere else."""

    def __init__(self, bar: Any) -> None:
        super().__init__(self._draw)
        self._bar = bar
        self.watched = not bar.disable

    def finish(self, report: BulkReport) -> None:
        """Leave the bar as it ended."""
        super().finish(report)
        self._bar.close()

    def _draw(self, report: BulkReport) -> None:
        failures = report.refused + report.unknown
        if failures or report.stopped:
            self._bar.set_postfix(failures=failures, refresh=False)
        self._bar.update(report.records - self._bar.n)


def progress_of(
    wish: bool | Callable[[BulkReport], object] | None,  # noqa: FBT001 - as the caller said it
    *,
    operation: str,
    total: int | None,
) -> Progress | None:
    """Return what shows the progress of a run, or ``None``."""
    if wish is None or wish is False:
        return None
    if callable(wish):
        return Progress(wish)
    try:
        tqdm: Any = importlib.import_module("tqdm.auto").tqdm
    except ImportError:
        hint = "progress=True shows a bar if tqdm is installed, and it is not"
        _log.warning(hint)
        sys.stderr.write(f"{hint}: pip install tqdm\n")  # where the bar would be
        return None
    return Bar(tqdm(total=total, desc=operation, unit="records", disable=None))
