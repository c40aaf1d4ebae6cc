"""Ctrl-C: the first one ends a run in order, the second one does not wait for it.

While a run has it, Ctrl-C only counts; it is raised where nothing of the run can be
lost by it, which is in code that is not the run's own and may take for ever.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Self


__all__ = ["Interrupts"]

_DEFAULT_HANDLER = signal.default_int_handler
_NEVER = 1 << 62


class Interrupts:
    """Takes Ctrl-C in, if it is the main thread's to take; a context manager.

    A handler of the program's own stays in place.
    """

    def __init__(self) -> None:
        self.count = 0
        """How many there were."""

        self.wake: Callable[[], object] = int
        """Called from the signal handler, so that whoever waits looks up."""

        self._due = False
        self._raised_from = _NEVER
        self._installed = False

    @property
    def impatient(self) -> bool:
        """Whether nothing is to be waited for any more."""
        return self.count > 1

    def check(self) -> None:
        """Raise what was only counted so far.

        Raises:
            KeyboardInterrupt: If there is any.
        """
        if self._due:
            self._due = False
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is _DEFAULT_HANDLER:
            self._installed = True
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._installed:
            self._installed = False
            signal.signal(signal.SIGINT, _DEFAULT_HANDLER)

    @contextlib.contextmanager
    def raised(self, *, from_number: int) -> Iterator[None]:
        """Raise Ctrl-C in here, or only the second one and those after it."""
        self._raised_from = from_number
        try:
            if from_number == 1:
                self.check()  # it came a moment ago
            yield
        finally:
            self._raised_from = _NEVER

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self._due = True
        self.wake()
        if self.count >= self._raised_from:
            self._raised_from = _NEVER
            self.check()
