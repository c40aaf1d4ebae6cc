"""Ctrl-C: the first one ends a run in order, the second one does not wait for it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


__all__ = ["Interrupts"]

_DEFAULT_HANDLER = signal.default_int_handler


class Interrupts:
    """Takes Ctrl-C in for the time of a run, if it is the main thread's to take.

    Args:
        wake: Called from the signal handler, so that whoever waits looks up.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self.came = False
        """Whether there was one."""

        self._wake = wake
        self._at_once = False

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        """Take Ctrl-C in; a handler of the program's own stays in place."""
        main = threading.current_thread() is threading.main_thread()
        if not main or signal.getsignal(signal.SIGINT) is not _DEFAULT_HANDLER:
            yield
            return
        signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, _DEFAULT_HANDLER)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Let Ctrl-C end what may take long: reading the input, and waiting."""
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.came or self._at_once:
            self.came = True
            raise KeyboardInterrupt
        self.came = True
        self._wake()
