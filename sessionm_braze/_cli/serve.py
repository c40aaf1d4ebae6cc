"""``serve``: the sandbox on loopback, for other processes and languages."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from ..testing import serve_until_interrupted
from .files import CommandError, read_json


__all__ = ["serve"]


def serve(port: int, seed: Path | None, out: TextIO) -> None:
    """Serve the sandbox until interrupted.

    Raises:
        CommandError: If the port is taken, or the seed cannot be read.
    """
    state = None if seed is None else read_json(seed)
    try:
        serve_until_interrupted(out, port=port, seed=state)
    except (OSError, OverflowError) as error:
        raise CommandError(f"port {port}: {error}") from None
    except (ValueError, TypeError) as error:
        raise CommandError(f"{seed}: {error}") from None
