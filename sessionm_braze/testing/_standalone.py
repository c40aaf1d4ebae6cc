"""The sandbox as a program: serves until it is told to stop."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import attrs

from ._sandbox import Sandbox


__all__ = ["serve_until_interrupted"]


def serve_until_interrupted(
    out: TextIO,
    *,
    port: int = 0,
    seed: Mapping[str, Any] | None = None,
    token: str | None = None,
) -> None:
    """Serve a sandbox on the loopback address until SIGINT or SIGTERM.

    Its clock starts now and goes on by itself.  One line of JSON goes to *out* when it
    can be reached: the base URLs ``core``, ``connect``, ``braze`` and ``storage``, and
    ``environ``, the environment variables of the clients.

    Args:
        out: Where the line goes.
        port: Port of Core; the others follow it.  0 takes free ones.
        seed: A starting state, as `Sandbox.seed` takes it.
        token: What callers must know, as `Sandbox.serve` takes it.

    Raises:
        OSError: If a port is taken.
        ValueError: If the seed or the token is not understood.
    """
    stop = threading.Event()
    with Sandbox(start=datetime.now(UTC), ticking=True, strict=False) as sandbox:
        sandbox.seed(seed or {})
        urls = attrs.asdict(sandbox.serve(port=port, token=token))
        before = {
            number: signal.signal(number, lambda *_: stop.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            print(json.dumps(urls | {"environ": sandbox.environ}), file=out)
            out.flush()
            stop.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
