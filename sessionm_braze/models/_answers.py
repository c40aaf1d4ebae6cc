"""What models that come from a server have in common: `extra` and `meta`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._display import model_html
from ..exceptions import ResponseMeta
from ._codec import LOCAL


_LAST_PLACES = {"extra": 1, "raw": 2, "meta": 3}


def shared_fields_last(
    _: type, fields: list[attrs.Attribute[Any]]
) -> list[attrs.Attribute[Any]]:
    """Put `extra`, `raw` and `meta` behind a class's own fields.

    attrs has inherited fields first, but a wallet's `raw` is made of those before it.
    """
    return sorted(fields, key=lambda field: _LAST_PLACES.get(field.name, 0))


@attrs.frozen(kw_only=True)
class Received:
    """A model that is read from a server, alone or as a part of an answer."""

    _exact = False

    extra: Mapping[str, Any] = attrs.field(factory=dict, hash=False, repr=False)
    """Fields that this class does not name, and values it cannot read."""


@attrs.frozen(kw_only=True)
class Answer(Received):
    """A model that is the answer to a call."""

    meta: ResponseMeta | None = attrs.field(
        default=None, eq=False, repr=False, metadata=LOCAL
    )
    """How the call went."""

    def _repr_html_(self) -> str:
        return model_html(self)


@attrs.frozen(kw_only=True)
class Receipt(Answer):
    """The answer to a call that does something: what was done is not guessed."""

    _exact = True
