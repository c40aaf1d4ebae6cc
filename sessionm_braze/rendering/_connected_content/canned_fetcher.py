"""Given answers for connected_content calls: no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import attrs

from .messages import ConnectedContentRequest, ConnectedContentResponse


Where = str | tuple[str, str] | re.Pattern[str]


class CannedFetcher:
    """Answers calls from a table.

    Args:
        answers: What to answer, by URL (any method), by method and URL, or by a
            compiled pattern that the whole URL has to match.  An answer is a
            `ConnectedContentResponse`, a text, a JSON value, anything with a mapping
            ``raw`` such as an `OfferWallet`, an exception to raise, or a function of
            the request that returns one of these.  Any other call is answered with 404.

    Raises:
        TypeError: If *answers* or one of its keys is of another kind.

    Example:
        >>> from sessionm_braze.rendering import CannedFetcher, Renderer
        >>> fetcher = CannedFetcher({"https://shop.test/points": {"points": 5}})
        >>> call = "{% connected_content https://shop.test/points %}"
        >>> Renderer(fetcher).render(call + "{{connected.points}}").text
        '5'
    """

    def __init__(self, answers: Mapping[Where, Any]) -> None:
        if not isinstance(answers, Mapping):
            kind = type(answers).__name__
            raise TypeError(f"answers: expected a mapping, not {kind}")
        self._exact: dict[tuple[str | None, str], Any] = {}
        self._patterns: list[tuple[re.Pattern[str], Any]] = []
        for where, answer in answers.items():
            if isinstance(where, re.Pattern):
                self._patterns.append((where, answer))
                continue
            method, url = where if _is_pair(where) else (None, where)
            if not isinstance(url, str):
                raise TypeError(
                    "answers: a key is a URL, a pair of method and URL, or a compiled "
                    f"pattern, not {where!r}"
                )
            self._exact[method and method.upper(), url] = answer

    @classmethod
    def from_json(cls, path: str | Path) -> CannedFetcher:
        """Read answers from a JSON file.

        Args:
            path: A list of objects with ``method``, ``url``, ``status``, ``json`` or
                ``text``, ``headers``, and ``request_body_contains``; or an object that
                holds such a list under ``http``.

        Raises:
            ValueError: If the file holds something else.
        """
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        entries = content.get("http") if isinstance(content, dict) else content
        if not isinstance(entries, list):
            raise ValueError(  # noqa: TRY004 - the file is wrong, not the call
                f"{path}: expected a list of answers, or one under 'http'"
            )
        return cls.from_entries(entries)

    @classmethod
    def from_entries(cls, entries: Iterable[Mapping[str, Any]]) -> CannedFetcher:
        """Return a fetcher for answers written as in the files of `from_json`.

        Raises:
            ValueError: If an entry has no URL.
        """
        grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for entry in entries:
            if not isinstance(entry, Mapping) or "url" not in entry:
                raise ValueError(f"an answer needs a 'url': {entry!r}")
            method = str(entry.get("method", "GET")).upper()
            grouped.setdefault((method, str(entry["url"])), []).append(entry)
        return cls({where: _Matching(group) for where, group in grouped.items()})

    def __call__(self, request: ConnectedContentRequest) -> ConnectedContentResponse:
        """Answer *request*."""
        return as_response(self._answer(request), request)

    def _answer(self, request: ConnectedContentRequest) -> Any:
        for where in ((request.method, request.url), (None, request.url)):
            if where in self._exact:
                return self._exact[where]
        for pattern, answer in self._patterns:
            if pattern.fullmatch(request.url):
                return answer
        return ConnectedContentResponse(404)


def _is_pair(where: object) -> TypeGuard[tuple[str, str]]:
    """Return whether *where* is a method with a URL."""
    return (
        isinstance(where, tuple)
        and len(where) == 2  # noqa: PLR2004 - a pair
        and all(isinstance(part, str) for part in where)
    )


def as_response(
    answer: Any, request: ConnectedContentRequest
) -> ConnectedContentResponse:
    """Return *answer* as a response, or raise it.

    Raises:
        Exception: If the answer is one.
    """
    if isinstance(answer, ConnectedContentResponse):
        return answer
    if isinstance(answer, BaseException) or (
        isinstance(answer, type) and issubclass(answer, BaseException)
    ):
        raise answer
    if isinstance(answer, str):
        return ConnectedContentResponse(body=answer)
    raw = getattr(answer, "raw", None)
    if isinstance(raw, Mapping):
        return ConnectedContentResponse(json=raw)
    if callable(answer):
        return as_response(answer(request), request)
    return ConnectedContentResponse(json=answer)


@attrs.frozen
class _Matching:
    """Answers with the first entry that fits the body; it can be pickled."""

    entries: Sequence[Mapping[str, Any]]

    def __call__(self, request: ConnectedContentRequest) -> ConnectedContentResponse:
        body = request.body or ""
        for entry in self.entries:
            if str(entry.get("request_body_contains", "")) in body:
                break
        else:
            return ConnectedContentResponse(404)
        status, headers = int(entry.get("status", 200)), entry.get("headers", {})
        if "json" in entry:
            return ConnectedContentResponse(status, headers=headers, json=entry["json"])
        return ConnectedContentResponse(status, str(entry.get("text", "")), headers)
