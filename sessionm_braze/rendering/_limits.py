"""How much a template may ask for."""

from __future__ import annotations

from typing import Any

import attrs


def _positive(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        name = attribute.name
        raise ValueError(f"{name}: expected an integer above 0, not {value!r}")


def _not_negative(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        name = attribute.name
        raise ValueError(f"{name}: expected a number of at least 0, not {value!r}")


@attrs.frozen(kw_only=True)
class RenderLimits:
    """How much a template may ask for; more is a `TemplateError`.

    Braze publishes none of these.  They are high enough for any real message, and low
    enough that a hostile one does no harm, whatever its data holds.  Beside them
    stands a fixed bound: work on a list or an object, with all that it holds, ends at
    20 million characters, each element counted as 30.
    """

    iterations: int = attrs.field(default=100_000, validator=_positive)
    """Turns of all loops of a render together."""

    output_size: int = attrs.field(default=5_000_000, validator=_positive)
    """Characters of the output, and of any one text that a template works on.

    A list may have a sixteenth as many elements, and all that a render keeps, such as
    variables, parsed JSON and calls, ten times as many characters.
    """

    nesting: int = attrs.field(default=100, validator=_positive)
    """Blocks inside of each other, as in the reference engine."""

    seconds: float = attrs.field(default=10.0, validator=_not_negative)
    """Time for one render; parsing, compiling and calls included."""
