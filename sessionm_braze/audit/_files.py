"""Recipients and wallets in JSON Lines files, read from anywhere in the file."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from .._foreign import MAX_LINE_BYTES, json_value
from ..exceptions import PayloadError
from ..models import OfferWallet, load


__all__ = ["JsonLines", "WalletLines"]

WALLETS_KEPT = 500
"""Wallets of a file that are kept decoded."""

_CHUNK_BYTES = 1_000_000


@attrs.frozen
class JsonLines:
    r"""A file of JSON Lines: each line one value, such as a recipient.

    Iteration streams; blank lines are passed over.  With an executor, `audit_message`
    hands each worker a range of the file, which the worker reads by itself.

    Args:
        path: The file.
        start: Byte from which on lines are read; a line belongs to where it begins.
        stop: Byte before which they are read; by default the end of the file.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp(), "recipients.jsonl")
        >>> _ = path.write_text('{"user_id": "u-1"}\n{"user_id": "u-2"}\n')
        >>> [row["user_id"] for row in JsonLines(path)]
        ['u-1', 'u-2']
        >>> [len(list(part)) for part in JsonLines(path).ranges(2)]
        [1, 1]
    """

    path: str | Path
    start: int = 0
    stop: int | None = None

    def __iter__(self) -> Iterator[Any]:
        return (value for _, value in self.values())

    def values(self) -> Iterator[tuple[int, Any]]:
        """Yield the value of each line, with the byte that the line begins at.

        Raises:
            ValueError: If a line is no JSON, or is too long.
        """
        for offset, line in self._lines():
            try:
                yield offset, json_value(line.decode("utf-8-sig"))
            except ValueError as error:
                told = str(error).replace("line 1 ", "")
                raise self.fault(offset, f"no JSON: {told}") from None

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        with Path(self.path).open("rb") as file:
            offset = self.start
            if offset:
                file.seek(offset - 1)
                offset += len(self._line(file, offset)) - 1
            while line := self._line(file, offset):
                if self.stop is not None and offset >= self.stop:
                    return
                if not line.isspace():
                    yield offset, line
                offset += len(line)

    def _line(self, file: BinaryIO, offset: int) -> bytes:
        line = file.readline(MAX_LINE_BYTES + 1)
        if len(line) > MAX_LINE_BYTES:
            raise self.fault(offset, f"longer than {MAX_LINE_BYTES:,} bytes")
        return line

    def fault(self, offset: int, told: str) -> ValueError:
        """Return the error of the line that byte *offset* belongs to."""
        number, left = 1, offset
        with Path(self.path).open("rb") as file:
            while chunk := file.read(min(left, _CHUNK_BYTES)):
                number += chunk.count(b"\n")
                left -= len(chunk)
        return ValueError(f"{self.path}, line {number}: {told}")

    def ranges(self, count: int) -> list[JsonLines]:
        """Return at most *count* parts of about the same size; together the whole."""
        stop = self.stop
        if stop is None:
            stop = Path(self.path).stat().st_size
        step = max(-(-(stop - self.start) // count), 1)
        starts = range(self.start, stop, step)
        return [
            JsonLines(self.path, start, min(start + step, stop)) for start in starts
        ]


class WalletLines:
    """A file of JSON Lines, each the wallet of one customer, looked up by user id.

    A line is an answer of ``get_user_offers``, or its ``payload`` alone, such as
    `fetch_wallets` writes *into* a file; a ``user_id`` beside the ``payload`` says
    whose it is, and is no part of it.  The wallets stay in the file; in memory are
    their places, and the few used last.  It can be sent to other processes, which read
    the file by themselves.  Iteration streams each wallet as an `OfferWallet`.

    Args:
        path: The file.

    Raises:
        ValueError: On first use, if a line is no wallet with a ``user_id``.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp(), "wallets.jsonl")
        >>> _ = path.write_text('{"payload": {"user_id": "u-1", "user_offers": []}}')
        >>> wallets = WalletLines(path)
        >>> wallets("u-1")
        {'payload': {'user_id': 'u-1', 'user_offers': []}}
        >>> list(wallets)
        [OfferWallet(u-1: 0 offers)]
    """

    def __init__(self, path: str | Path) -> None:
        self.path = path
        self._places: dict[str, int] | None = None
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, user_id: str) -> Mapping[str, Any] | None:
        """Return the wallet of *user_id*, or None."""
        with self._lock:
            if self._places is None:
                self._places = dict(self._index())
            if user_id not in self._places:
                return None
            if user_id in self._kept:
                self._kept.move_to_end(user_id)
            else:
                with Path(self.path).open("rb") as file:
                    file.seek(self._places[user_id])
                    value = json_value(file.readline().decode("utf-8-sig"))
                self._kept[user_id] = _owned(value)[1]
                if len(self._kept) > WALLETS_KEPT:
                    self._kept.popitem(last=False)
            body: Mapping[str, Any] = self._kept[user_id]
            return body

    def __len__(self) -> int:
        with self._lock:
            if self._places is None:
                self._places = dict(self._index())
            return len(self._places)

    def __iter__(self) -> Iterator[OfferWallet]:
        for user_id, offset, body in self._lines():
            try:
                wallet = load(OfferWallet, body)
            except PayloadError as error:
                raise JsonLines(self.path).fault(offset, str(error)) from None
            yield attrs.evolve(wallet, user_id=user_id)

    def _index(self) -> Iterator[tuple[str, int]]:
        return ((user_id, offset) for user_id, offset, _ in self._lines())

    def _lines(self) -> Iterator[tuple[str, int, dict[str, Any]]]:
        lines = JsonLines(self.path)
        for offset, value in lines.values():
            user_id, body = _owned(value) if isinstance(value, dict) else (None, {})
            if not isinstance(user_id, str):
                told = "a wallet is an answer of get_user_offers with a user_id"
                raise lines.fault(offset, told)
            yield user_id, offset, body

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["path"])  # type: ignore[misc]


def _owned(value: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return whose wallet a line holds, and the answer in it."""
    payload = value.get("payload", value)
    if payload is not value and "user_id" in value:
        return value["user_id"], {k: v for k, v in value.items() if k != "user_id"}
    return payload.get("user_id") if isinstance(payload, dict) else None, value
