"""Secrets: kept out of reprs, and masked in texts, JSON values and logs."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import attrs


MASK = "***"

_SHORT_SECRET = 8
"""A secret below this length is masked only where it stands as a whole word."""


@attrs.frozen(repr=False)
class Secret:
    """A text that no repr, log or traceback shows."""

    _value: str

    def reveal(self) -> str:
        """Return the text itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK


_SENSITIVE = re.compile(
    r"auth(?!ors?\b)|token|secret|passw|(api|app)[_-]?key|cookie|credential",
    re.IGNORECASE,
)


def is_sensitive(name: str) -> bool:
    """Return whether a field's *name* says that its value is a secret."""
    return _SENSITIVE.search(name) is not None


class Scrubber:
    """Takes given secrets out of texts and JSON values, in every written form."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        forms = {form for secret in secrets for form in _forms(secret.reveal())}
        ordered = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_form_pattern, ordered)) or r"(?!)")

    def text(self, text: str, /) -> str:
        """Return *text* with every secret masked."""
        return self._pattern.sub(MASK, text)

    def value(self, value: Any, /) -> Any:
        """Return the JSON *value* with every secret masked, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(k)): self.value(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value


def _forms(secret: str) -> set[str]:
    """Return the spellings in which *secret* can turn up in an answer or a URL."""
    if not secret:
        return set()
    encoded = base64.b64encode(secret.encode()).decode()
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        encoded,
        json.dumps(secret)[1:-1],
    }


def _form_pattern(form: str) -> str:
    escaped = re.escape(form)
    if len(form) < _SHORT_SECRET:
        return rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])"
    return escaped
