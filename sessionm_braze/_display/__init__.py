"""How values are shown to people: in texts, and as HTML in notebooks.

Nothing here knows a model.  Models, reports and messages say what they hold, as facts,
tables and sections, and these helpers make HTML of it in which everything foreign is
escaped.
"""

from __future__ import annotations

from .data_frame import (
    ANYTHING as ANYTHING,
    FLAG as FLAG,
    MOMENT as MOMENT,
    NUMBER as NUMBER,
    TEXT as TEXT,
    WHOLE as WHOLE,
    frame as frame,
)
from .markup import (
    Html as Html,
    badge as badge,
    element as element,
    joined as joined,
)
from .message_frame import (
    is_html as is_html,
    sandboxed as sandboxed,
    text_block as text_block,
)
from .model_view import (
    closing as closing,
    model_fields as model_fields,
    model_html as model_html,
)
from .pages import GENERATOR as GENERATOR, page as page
from .panels import Section as Section, panel as panel
from .tables import pairs as pairs, table as table
from .texts import (
    as_json as as_json,
    counted as counted,
    shortened as shortened,
    shown as shown,
)
