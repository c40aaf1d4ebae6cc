"""How values are shown to people: secrets masked, in texts, and as HTML in notebooks.

Nothing here knows a model.  Models, reports and messages say what they hold, as facts,
tables and sections, and these helpers make HTML of it in which everything foreign is
escaped.
"""

from __future__ import annotations

from ._frame import frame
from ._markup import Html, badge, element, joined
from ._panel import Section, panel
from ._secrets import MASK, Scrubber, Secret
from ._table import pairs, table
from ._text import shown


__all__ = [
    "MASK",
    "Html",
    "Scrubber",
    "Secret",
    "Section",
    "badge",
    "element",
    "frame",
    "joined",
    "pairs",
    "panel",
    "shown",
    "table",
]
