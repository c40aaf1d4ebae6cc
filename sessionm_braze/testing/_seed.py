"""A whole starting state from one mapping, such as a JSON file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .._checks import told
from ..exceptions import TemplateError
from ._dashboards.braze import Dashboard
from ._dashboards.sessionm import SessionMSide


__all__ = ["SECTIONS", "apply_seed"]


_REFUSALS = (TypeError, ValueError, KeyError, ArithmeticError, TemplateError)


def apply_seed(
    sessionm: SessionMSide, dashboard: Dashboard, seed: Mapping[str, Any], /
) -> None:
    """Put what *seed* describes into the sandbox.

    Raises:
        ValueError: If a section or an entry is not understood; the text names it.
    """
    if not isinstance(seed, Mapping):
        raise ValueError(f"a seed must be an object, got {told(seed)}")  # noqa: TRY004 - of JSON
    unknown = sorted(seed.keys() - SECTIONS.keys())
    if unknown:
        raise ValueError(
            f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}"
        )
    for section, apply in SECTIONS.items():
        for place, entry in _entries(section, seed.get(section, [])):
            try:
                apply(sessionm, dashboard, entry)
            except _REFUSALS as exc:
                raise ValueError(f"{place}: {exc}") from exc


def _entries(section: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(f"{section}.{name}", (name, item)) for name, item in value.items()]
    if isinstance(value, list):
        return [(f"{section}[{number}]", entry) for number, entry in enumerate(value)]
    raise ValueError(f"{section} must be a list or an object, got {told(value)}")


def _customer(sessionm: SessionMSide, _: Dashboard, entry: Mapping[str, Any]) -> None:
    fields = dict(entry)
    offers, tags = fields.pop("offers", []), dict(fields.pop("tags", {}))
    customer = sessionm.add_customer(**fields)
    for offer in offers:
        sessionm.issue_offer(customer, **_with_moments(offer))
    for name, ttl in tags.items():
        sessionm.put_tag(customer, name, ttl=ttl)


def _with_moments(offer: Mapping[str, Any]) -> dict[str, Any]:
    """Read `starts` and `expires`: ISO 8601 text, or seconds from now."""
    fields = dict(offer)
    for name in ("starts", "expires"):
        value = fields.get(name)
        if isinstance(value, str):
            fields[name] = datetime.fromisoformat(value)
        elif isinstance(value, int | float):
            fields[name] = timedelta(seconds=value)
    return fields


def _target(kind: str) -> Callable[[SessionMSide, Dashboard, Any], None]:
    def apply(_: SessionMSide, dashboard: Dashboard, entry: Any) -> None:
        fields = dict(entry)
        getattr(dashboard, f"add_{kind}")(fields.pop("id", None), **fields)

    return apply


def _rule(sessionm: SessionMSide, _: Dashboard, entry: Mapping[str, Any]) -> None:
    sessionm.add_campaign(**entry)


def _named(place: str) -> Callable[[SessionMSide, Dashboard, Any], None]:
    def apply(_: SessionMSide, dashboard: Dashboard, entry: Any) -> None:
        name, value = entry
        getattr(dashboard, place)[name] = value

    return apply


def _profile(_: SessionMSide, dashboard: Dashboard, entry: Mapping[str, Any]) -> None:
    fields = dict(entry)
    dashboard.add_profile(fields.pop("external_id", None), **fields)


SECTIONS: Mapping[str, Callable[[SessionMSide, Dashboard, Any], None]] = {
    "variables": _named("variables"),
    "content_blocks": _named("content_blocks"),
    "catalogs": _named("catalogs"),
    "promotions": _named("promotions"),
    "profiles": _profile,
    "customers": _customer,
    "segments": _target("segment"),
    "campaigns": _target("campaign"),
    "canvases": _target("canvas"),
    "webhooks": _target("webhook"),
    "sessionm_campaigns": _rule,
}
"""The sections of a seed, in the order in which they are read."""
