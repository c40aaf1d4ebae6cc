"""``serve``: the sandbox on loopback, for other processes and languages."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TextIO

from ..testing import serve_until_interrupted
from .files import CommandError, read_json


__all__ = ["serve"]


def serve(port: int, seed: Path | None, token: str | None, out: TextIO) -> None:
    """Serve the sandbox until interrupted; an empty *token* stands for a new one.

    Raises:
        CommandError: If the port is taken, or the seed or the token is not understood.
    """
    state = None if seed is None else read_json(seed)
    if token == "":
        token = secrets.token_urlsafe()
    try:
        serve_until_interrupted(out, port=port, seed=state, token=token)
    except (OSError, OverflowError) as error:
        raise CommandError(f"port {port}: {error}") from None
    except (ValueError, TypeError) as error:
        # Of the two, only the seed is a file; its errors name their place in it.
        place = f"{seed}: " if token is None else ""
        raise CommandError(f"{place}{error}") from None
