"""Tags: labels on a SessionM customer that either count up or expire."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from .._display import model_html
from .._foreign import one_line
from ..exceptions import PayloadWarning, ResponseMeta
from ._codec import LOCAL, converter


__all__ = ["CustomerTags", "Tag", "TagReceipt"]


@attrs.frozen(kw_only=True)
class Tag:
    """One tag of a customer: it has a count or a time to live, never both."""

    name: str
    """The label."""

    count: int | None = None
    """How often it was counted, for a counter tag."""

    ttl: int | None = None
    """Seconds until it disappears, for an expiring tag."""

    raw: Any = attrs.field(default=None, eq=False, repr=False)
    """What the server said about it."""


@attrs.frozen(kw_only=True, repr=False)
class CustomerTags:
    """The tags of one customer, in the order SessionM sent them.

    Iterates over `Tag`; ``tags["vip"]``, ``"vip" in tags`` and `get` look one up.
    SessionM does not document the shape of this answer, so every shape that its own
    mobile clients suggest is read, and `raw` has the body.
    """

    tags: tuple[Tag, ...] = ()
    recognised: bool = True
    """Whether the answer held its tags in a shape that is known.

    Otherwise no tags does not mean that the customer has none: look into `raw`.
    """

    raw: Mapping[str, Any] = attrs.field(factory=dict, eq=False)
    """The whole answer."""

    meta: ResponseMeta | None = attrs.field(default=None, eq=False, metadata=LOCAL)
    """How the call went."""

    _repr_html_ = model_html

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all tags."""
        return tuple(tag.name for tag in self.tags)

    def get(self, name: str, default: Tag | None = None) -> Tag | None:
        """Return the tag called *name*, or *default*.

        Example:
            >>> from sessionm_braze import CustomerTags, Tag
            >>> tags = CustomerTags(tags=(Tag(name="vip", ttl=60),))
            >>> tags.get("vip").ttl, tags.get("gold")
            (60, None)
        """
        return next((tag for tag in self.tags if tag.name == name), default)

    def __getitem__(self, name: str) -> Tag:
        tag = self.get(name)
        if tag is None:
            raise KeyError(name)
        return tag

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[Tag]:
        return iter(self.tags)

    def __len__(self) -> int:
        return len(self.tags)

    def __repr__(self) -> str:
        return one_line(f"CustomerTags({', '.join(self.names)})")


@attrs.frozen(kw_only=True)
class TagReceipt:
    """SessionM's word that tags were taken."""

    tags: tuple[str, ...]
    """The names that were sent, each once."""

    ttl: int | None = None
    """Seconds the tags live; ``None`` for counter tags."""

    raw: Mapping[str, Any] = attrs.field(factory=dict, eq=False, repr=False)
    """The whole answer; SessionM does not document more than its status."""

    meta: ResponseMeta | None = attrs.field(default=None, eq=False, metadata=LOCAL)
    """How the call went."""

    _repr_html_ = model_html


# The shapes below are a project assumption: SessionM documents tags as an answer to
# the call, and not what they look like; its SDK holds them in a dictionary by name.


def _read(body: Any, _: Any) -> CustomerTags:
    if not isinstance(body, Mapping):
        raise TypeError(f"expected an object, got {type(body).__name__}")
    holders = [each for each in (body, body.get("user")) if isinstance(each, Mapping)]
    holders = [each for each in holders if "tags" in each]
    if not holders:
        plain = {"status", "message"}
        rest = any(value for key, value in body.items() if key not in plain)
        return _read_tags((), body, recognised=not rest)
    tags = next((each["tags"] for each in holders if each["tags"]), None)
    found: list[Tag] = []
    known = tags is None or isinstance(tags, Mapping | list)
    if isinstance(tags, Mapping):
        found = [_tag(str(name), value) for name, value in tags.items()]
        known = not any(isinstance(value, list) for value in tags.values())
    elif isinstance(tags, list):
        for value in tags:
            name = value.get("name") if isinstance(value, Mapping) else value
            if isinstance(name, str):
                found.append(_tag(name, value))
        known = len(found) == len(tags)
    return _read_tags(found, body, recognised=known)


def _read_tags(
    found: Iterable[Tag], body: Mapping[str, Any], *, recognised: bool
) -> CustomerTags:
    """Return the tags; warn if there may be others."""
    if not recognised:
        keys = ", ".join(sorted(map(str, body))) or "none"
        warnings.warn(
            "the answer with a customer's tags has a shape that is not known (keys: "
            f"{keys}); CustomerTags.recognised is false, and CustomerTags.raw has it",
            PayloadWarning,
            stacklevel=2,
        )
    return CustomerTags(tags=tuple(found), recognised=recognised, raw=body)


def _tag(name: str, value: Any) -> Tag:
    details: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    count = details.get("count", value)
    return Tag(
        name=name, count=_whole(count), ttl=_whole(details.get("ttl")), raw=value
    )


def _whole(value: Any) -> int | None:
    try:
        return converter.structure(value, int)
    except TypeError:
        return None


def _write(tags: CustomerTags) -> Any:
    if tags.raw:
        return dict(tags.raw)
    details: dict[str, Any] = {}
    for tag in tags:
        own = {"count": tag.count, "ttl": tag.ttl}
        given = {key: value for key, value in own.items() if value is not None}
        details[tag.name] = given if tag.raw is None else tag.raw
    return {"status": "ok", "tags": details}


converter.register_structure_hook(CustomerTags, _read)
converter.register_unstructure_hook(CustomerTags, _write)
