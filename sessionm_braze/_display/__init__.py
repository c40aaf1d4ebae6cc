"""How values are shown to people: secrets masked, in texts, and as HTML in notebooks.

Nothing here knows a model.  Models, reports and messages say what they hold, as facts,
tables and sections, and these helpers make HTML of it in which everything foreign is
escaped.
"""

from __future__ import annotations

from ._frame import ANYTHING, FLAG, MOMENT, NUMBER, TEXT, WHOLE, frame
from ._frame_view import is_html, sandboxed, text_block
from ._markup import Html, badge, element, joined
from ._model import closing, model_fields, model_html
from ._page import GENERATOR, page
from ._panel import Section, panel
from ._secrets import MASK, Scrubber, Secret
from ._table import pairs, table
from ._text import as_json, counted, is_sensitive, number, shortened, shown


__all__ = [
    "ANYTHING",
    "FLAG",
    "GENERATOR",
    "MASK",
    "MOMENT",
    "NUMBER",
    "TEXT",
    "WHOLE",
    "Html",
    "Scrubber",
    "Secret",
    "Section",
    "as_json",
    "badge",
    "closing",
    "counted",
    "element",
    "frame",
    "is_html",
    "is_sensitive",
    "joined",
    "model_fields",
    "model_html",
    "number",
    "page",
    "pairs",
    "panel",
    "sandboxed",
    "shortened",
    "shown",
    "table",
    "text_block",
]
