"""What a Braze workspace holds besides its users: catalogs and stored credentials."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import attrs

from .._checks import items
from .._secrets import MASK, Secret


def _are_items(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    items(value, field.name, Mapping)  # type: ignore[type-abstract]


@attrs.frozen(kw_only=True)
class Catalog:
    """A Braze catalog: items known by their ``id``, and named selections of them."""

    items: Sequence[Mapping[str, Any]] = attrs.field(default=(), validator=_are_items)
    """The items; each has an ``id``."""

    selections: Mapping[str, Sequence[Any]] = attrs.field(factory=dict)
    """For each selection the ids in its order, or the items themselves."""

    def find(self, item_id: str) -> Mapping[str, Any] | None:
        """Return the item with the id *item_id*, or None."""
        return next(
            (item for item in self.items if str(item.get("id")) == item_id), None
        )

    def select(self, name: str) -> list[Mapping[str, Any]] | None:
        """Return the items of the selection *name*, or None if it does not exist."""
        if name not in self.selections:
            return None
        entries = (
            entry if isinstance(entry, Mapping) else self.find(str(entry))
            for entry in self.selections[name]
        )
        return [entry for entry in entries if entry is not None]


def as_catalog(given: Catalog | Sequence[Mapping[str, Any]]) -> Catalog:
    """Return *given* as a catalog; a plain sequence holds its items."""
    return given if isinstance(given, Catalog) else Catalog(items=given)


def _secret(value: str | Secret) -> Secret:
    return value if isinstance(value, Secret) else Secret(_text(value, "password"))


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a text, not {type(value).__name__}")
    return value


def _is_text(_: object, field: attrs.Attribute[Any], value: object) -> None:
    _text(value, field.name)


def _headers(given: object) -> dict[str, str]:
    """Return *given* if it has names and values; a text may be a credential."""
    if not isinstance(given, Mapping):
        raise TypeError(
            "headers: expected a mapping such as {'X-Api-Key': '…'}, "
            f"not {type(given).__name__}"
        )
    return {
        _text(name, "the name of a header"): _text(value, f"the header {name}")
        for name, value in given.items()
    }


@attrs.frozen
class BasicAuth:
    """A user name and password stored in Braze, for ``:basic_auth``."""

    username: str = attrs.field(validator=_is_text)
    password: Secret = attrs.field(converter=_secret)

    def headers(self) -> dict[str, str]:
        """Return the header that carries the credential."""
        pair = f"{self.username}:{self.password.reveal()}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def secrets(self) -> list[Secret]:
        """Return the texts that may not be shown."""
        token = self.headers()["Authorization"].removeprefix("Basic ")
        return [self.password, Secret(token)]


@attrs.frozen
class HeaderAuth:
    """Headers stored in Braze with their domain, for ``:auth_credentials``."""

    _headers: Mapping[str, str] = attrs.field(
        converter=_headers, repr=lambda given: repr(dict.fromkeys(given, MASK))
    )
    domain: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(_is_text)
    )

    def headers(self) -> dict[str, str]:
        """Return the headers that carry the credential."""
        return dict(self._headers)

    def secrets(self) -> list[Secret]:
        """Return the texts that may not be shown."""
        return [Secret(value) for value in self._headers.values()]

    def allows(self, url: str) -> bool:
        """Return whether the host of *url* is the domain or one below it."""
        if self.domain is None:
            return True
        host = host_of(url)
        domain = self.domain.lower().lstrip(".")
        return host == domain or host.endswith("." + domain)


def host_of(url: str) -> str:
    """Return the host of an http or https address; of anything else an empty text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in {"http", "https"} else ""
