"""The *Advanced Settings* of a SessionM campaign: which Braze target it triggers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from .._checks import closest_keywords, exactly_one, json_object, optional_text, told


__all__ = ["AdvancedSettings"]

_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+"?)|,(?=\s*[}\]])', re.DOTALL)
"""A text, closed or not, so that each character is read once; or such a comma."""

_CURLY_QUOTE = re.compile("[\u2018-\u201f\u00ab\u00bb]")


def _extra(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return json_object(value, "extra")


@closest_keywords
@attrs.frozen(kw_only=True)
class AdvancedSettings:
    """The JSON of a SessionM campaign's *Advanced Settings* (partner page).

    An id that is still the page's placeholder, ``{{CAMPAIGN ID}}``, counts as absent.

    Raises:
        ValueError: If not exactly one of the two ids is given.
    """

    braze_campaign_id: str | None = attrs.field(default=None, validator=optional_text)
    braze_canvas_id: str | None = attrs.field(default=None, validator=optional_text)
    extra: Mapping[str, Any] = attrs.field(
        factory=dict,
        converter=_extra,
        hash=False,
    )
    """Other settings of the campaign, kept as they are."""

    def __attrs_post_init__(self) -> None:
        unfilled = {name: getattr(self, name) for name in _IDS}
        unfilled = {name: each for name, each in unfilled.items() if _is_unfilled(each)}
        for name in unfilled:
            object.__setattr__(self, name, None)
        ids = {name: getattr(self, name) for name in _IDS}
        if unfilled and not any(ids.values()):
            named = ", ".join(f"{name}={each!r}" for name, each in unfilled.items())
            raise ValueError(f"placeholders must be replaced by Braze's id: {named}")
        exactly_one(**ids)
        clash = [name for name in _IDS if name in self.extra]
        if clash:
            raise ValueError(f"extra must not name {', '.join(clash)}: use the field")

    def to_json(self) -> str:
        """Return the text to paste into the dashboard.

        Example:
            >>> from sessionm_braze import AdvancedSettings
            >>> print(AdvancedSettings(braze_canvas_id="canvas-id").to_json())
            {
              "braze_canvas_id": "canvas-id"
            }
        """
        ids = {
            "braze_campaign_id": self.braze_campaign_id,
            "braze_canvas_id": self.braze_canvas_id,
        }
        given = {key: value for key, value in ids.items() if value is not None}
        return json.dumps({**given, **self.extra}, indent=2, ensure_ascii=False)

    @classmethod
    def from_json(
        cls, text: str, *, prefer: Literal["campaign", "canvas"] | None = None
    ) -> AdvancedSettings:
        """Read the text of the dashboard.

        A trailing comma, as in the partner page's sample, and a byte order mark are
        forgiven; a blank id and a placeholder count as absent.

        Args:
            text: The JSON text.
            prefer: Which id counts if both are set; SessionM does not say.

        Raises:
            TypeError: If *text* is no text.
            ValueError: If the text is no JSON object, an id is no text, neither id is
                set, or both are and *prefer* is not given.

        Example:
            >>> from sessionm_braze import AdvancedSettings
            >>> page = '{"braze_campaign_id": "c-1", "braze_canvas_id": "",}'
            >>> AdvancedSettings.from_json(page).braze_campaign_id
            'c-1'
        """
        if prefer not in {None, "campaign", "canvas"}:
            raise ValueError(
                f'prefer must be "campaign" or "canvas", got {told(prefer)}'
            )
        body = _forgiving_json(text)
        ids = {name: _id(body.pop(name, None), name) for name in _IDS}
        if all(each and not _is_unfilled(each) for each in ids.values()):
            if prefer is None:
                raise ValueError(
                    "both braze_campaign_id and braze_canvas_id are set; "
                    'say prefer="campaign" or prefer="canvas"'
                )
            name = f"braze_{prefer}_id"
            ids = {name: ids[name]}
        return cls(**ids, extra=body)


_IDS = ("braze_campaign_id", "braze_canvas_id")


def _is_unfilled(value: str | None) -> bool:
    """Return whether *value* is what the page's sample has for an id, or is like it."""
    text = (value or "").strip()
    framed = text[:1] + text[-1:] in {"<>", "[]"}
    return framed or "}}" in text.partition("{{")[2]


def _id(value: object, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be text, got {told(value)}")
    return (value or "").strip() or None


def _forgiving_json(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        raise TypeError(f"advanced settings must be text, got {told(text)}")
    strict = _TRAILING_COMMA.sub(lambda match: match[1] or "", text)
    try:
        body = json.loads(strict.removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError("advanced settings must not nest so deeply") from None
    except ValueError as error:
        curly = _CURLY_QUOTE.search(text)
        line = curly and text.count("\n", 0, curly.start()) + 1
        hint = (
            f'; write " for the curly quote {curly[0]} in line {line}' if curly else ""
        )
        raise ValueError(f"advanced settings must be JSON: {error}{hint}") from None
    if not isinstance(body, dict):
        raise ValueError(  # noqa: TRY004 - the text is wrong, not its type
            f"advanced settings must be a JSON object, got {told(body)}"
        )
    return body
