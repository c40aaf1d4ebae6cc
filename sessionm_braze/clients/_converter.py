"""Answers become models: the right part of a body, every fault named, how it went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import attrs

from .. import models
from ..exceptions import PayloadError, ResponseMeta
from ..models._codec import wrong_shape


__all__ = ["read_answer", "read_entries"]

T = TypeVar("T")


def read_answer(
    cls: type[T],
    body: Mapping[str, Any],
    /,
    *,
    meta: ResponseMeta,
    what: str,
    within: str | None = None,
    **local: Any,
) -> T:
    """Return the model that the *body* of an answer holds, with its `meta`.

    Args:
        cls: The model's class.
        body: The decoded JSON of a success.
        meta: How the call went; a fault carries it too.
        what: Service and name of the call, for the error.
        within: Key of the body under which the model stands; default: the whole body.
        **local: Fields of the model that no answer has.

    Raises:
        PayloadError: If the model is not there, or has the wrong shape.
    """
    model = _read(cls, body, meta, what, within)
    with_meta: T = attrs.evolve(cast(Any, model), meta=meta, **local)
    return with_meta


def read_entries(
    cls: type[T], body: Mapping[str, Any], /, *, meta: ResponseMeta, what: str, key: str
) -> tuple[T, ...]:
    """Return the models of a list that stands under *key* of the *body*.

    Args:
        cls: The class of one entry.
        body: The decoded JSON of a success.
        meta: How the call went; a fault carries it.
        what: Service and name of the call, for the error.
        key: Where the list is.

    Raises:
        PayloadError: If the list is not there, or an entry has the wrong shape.
    """
    return _read(tuple[cls, ...], body, meta, what, key)  # type: ignore[valid-type]


def _read(
    cls: type[T],
    body: Mapping[str, Any],
    meta: ResponseMeta,
    what: str,
    within: str | None,
) -> T:
    part: Any = body
    path = "$"
    if within is not None:
        path = f"$.{within}"
        if within not in body:
            raise wrong_shape(what, [f"required field missing @ {path}"], meta)
        part = body[within]
    try:
        return models.load_at(cls, part, path, what)
    except PayloadError as error:
        error.meta = meta
        raise
