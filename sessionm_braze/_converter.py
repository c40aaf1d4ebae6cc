"""Answers become models: the right part of a body, every fault named, how it went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import attrs

from . import models
from .exceptions import PayloadError, ResponseMeta


__all__ = ["read_answer"]

T = TypeVar("T")


def read_answer(
    cls: type[T],
    body: Mapping[str, Any],
    /,
    *,
    meta: ResponseMeta,
    what: str,
    within: str | None = None,
) -> T:
    """Return the model that the *body* of an answer holds, with its `meta`.

    Args:
        cls: The model's class.
        body: The decoded JSON of a success.
        meta: How the call went; a fault carries it too.
        what: Service and name of the call, for the error.
        within: Key of the body under which the model stands; default: the whole body.

    Raises:
        PayloadError: If the model is not there, or has the wrong shape.
    """
    try:
        part, path = _part(body, within, what)
        model = models.load_at(cls, part, path, what)
    except PayloadError as error:
        error.meta = meta
        raise
    with_meta: T = attrs.evolve(cast(Any, model), meta=meta)
    return with_meta


def _part(body: Mapping[str, Any], within: str | None, what: str) -> tuple[Any, str]:
    if within is None:
        return body, "$"
    path = f"$.{within}"
    if within not in body:
        problem = f"required field missing @ {path}"
        raise PayloadError(
            f"{what} has the wrong shape: {problem}", problems=(problem,)
        )
    return body[within], path
