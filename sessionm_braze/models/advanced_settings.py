"""The *Advanced Settings* of a SessionM campaign: which Braze target it triggers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from .._checks import closest_keywords, exactly_one, json_object, optional_text


__all__ = ["AdvancedSettings"]

_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')


def _extra(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return json_object(value, "extra")


@closest_keywords
@attrs.frozen(kw_only=True)
class AdvancedSettings:
    """The JSON of a SessionM campaign's *Advanced Settings* (partner page).

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
        exactly_one(
            braze_campaign_id=self.braze_campaign_id,
            braze_canvas_id=self.braze_canvas_id,
        )
        clash = sorted({"braze_campaign_id", "braze_canvas_id"} & self.extra.keys())
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

        A trailing comma, as in the partner page's sample, is forgiven; a blank id
        counts as absent.

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
            raise ValueError(f'prefer must be "campaign" or "canvas", got {prefer!r}')
        body = _forgiving_json(text)
        ids = {
            "campaign": _id(body.pop("braze_campaign_id", None), "braze_campaign_id"),
            "canvas": _id(body.pop("braze_canvas_id", None), "braze_canvas_id"),
        }
        if all(ids.values()):
            if prefer is None:
                raise ValueError(
                    "both braze_campaign_id and braze_canvas_id are set; "
                    'say prefer="campaign" or prefer="canvas"'
                )
            ids = {prefer: ids[prefer]}
        return cls(
            braze_campaign_id=ids.get("campaign"),
            braze_canvas_id=ids.get("canvas"),
            extra=body,
        )


def _id(value: object, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be text, got {value!r}")
    return (value or "").strip() or None


def _forgiving_json(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        raise TypeError(f"advanced settings must be text, got {text!r}")
    strict = _TRAILING_COMMA.sub(lambda match: match.group(1) or "", text)
    try:
        body = json.loads(strict)
    except ValueError as error:
        raise ValueError(f"advanced settings must be JSON: {error}") from None
    if not isinstance(body, dict):
        raise ValueError(  # noqa: TRY004 - the text is wrong, not its type
            f"advanced settings must be a JSON object, got {body!r}"
        )
    return body
