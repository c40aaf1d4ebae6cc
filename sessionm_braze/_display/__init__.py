"""How values are shown to people: secrets masked, in texts, and as HTML in notebooks.

Nothing here knows a model.  Models, reports and messages say what they hold, as facts,
tables and sections, and these helpers make HTML of it in which everything foreign is
escaped.

The names are loaded when they are first used: who only masks secrets builds no HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy


if TYPE_CHECKING:
    from ._frame import ANYTHING as ANYTHING
    from ._frame import FLAG as FLAG
    from ._frame import MOMENT as MOMENT
    from ._frame import NUMBER as NUMBER
    from ._frame import TEXT as TEXT
    from ._frame import WHOLE as WHOLE
    from ._frame import frame as frame
    from ._frame_view import is_html as is_html
    from ._frame_view import sandboxed as sandboxed
    from ._frame_view import text_block as text_block
    from ._markup import Html as Html
    from ._markup import badge as badge
    from ._markup import element as element
    from ._markup import joined as joined
    from ._model import closing as closing
    from ._model import model_fields as model_fields
    from ._model import model_html as model_html
    from ._page import GENERATOR as GENERATOR
    from ._page import page as page
    from ._panel import Section as Section
    from ._panel import panel as panel
    from ._secrets import MASK as MASK
    from ._secrets import Scrubber as Scrubber
    from ._secrets import Secret as Secret
    from ._table import pairs as pairs
    from ._table import table as table
    from ._text import as_json as as_json
    from ._text import counted as counted
    from ._text import is_sensitive as is_sensitive
    from ._text import number as number
    from ._text import shortened as shortened
    from ._text import shown as shown

_ROOMS = {
    "._frame": "ANYTHING FLAG MOMENT NUMBER TEXT WHOLE frame",
    "._frame_view": "is_html sandboxed text_block",
    "._markup": "Html badge element joined",
    "._model": "closing model_fields model_html",
    "._page": "GENERATOR page",
    "._panel": "Section panel",
    "._secrets": "MASK Scrubber Secret",
    "._table": "pairs table",
    "._text": "as_json counted is_sensitive number shortened shown",
}

if not TYPE_CHECKING:  # so that a type checker still rejects an unknown name
    __getattr__, __dir__, __all__ = lazy(__name__, _ROOMS)
