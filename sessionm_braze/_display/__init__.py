"""How values are shown to people: secrets masked, in texts, and as HTML in notebooks.

Nothing here knows a model.  Models, reports and messages say what they hold, as facts,
tables and sections, and these helpers make HTML of it in which everything foreign is
escaped.
"""

from __future__ import annotations

from ._frame import ANYTHING, FLAG, MOMENT, NUMBER, TEXT, WHOLE, frame
from ._markup import Html, badge, element, joined
from ._model import closing, model_fields, model_html
from ._panel import Section, panel
from ._secrets import MASK, Scrubber, Secret
from ._table import pairs, table
from ._text import counted, is_sensitive, number, shortened, shown


__all__ = [
    "ANYTHING",
    "FLAG",
    "MASK",
    "MOMENT",
    "NUMBER",
    "TEXT",
    "WHOLE",
    "Html",
    "Scrubber",
    "Secret",
    "Section",
    "badge",
    "closing",
    "counted",
    "element",
    "frame",
    "is_sensitive",
    "joined",
    "model_fields",
    "model_html",
    "number",
    "pairs",
    "panel",
    "shortened",
    "shown",
    "table",
]
