"""Calls that Braze has and the sandbox may not have, so that gaps are no typos.

All are documented (Braze docs, API endpoints), ``/users/track/bulk`` as a closed beta.
One that the sandbox learns may stay here.
"""

from __future__ import annotations

from .._calls import Call
from .._routing import fits


__all__ = ["is_brazes"]

_BRAZES = """
POST /users/alias/new
POST /users/alias/update
POST /users/identify
POST /users/merge
POST /users/delete
POST /users/external_ids/rename
POST /users/external_ids/remove
POST /users/track/sync
POST /users/track/bulk
GET /subscription/status/get
POST /subscription/status/set
POST /v2/subscription/status/set
GET /subscription/user/status
GET /messages/scheduled_broadcasts
POST /messages/send
POST /messages/schedule/create
POST /messages/schedule/update
POST /messages/schedule/delete
POST /transactional/v1/campaigns/{campaign_id}/send
GET /campaigns/data_series
GET /campaigns/url_info/details
GET /canvas/data_series
GET /canvas/data_summary
GET /canvas/url_info/details
GET /sends/data_series
GET /events
GET /events/list
GET /custom_attributes
GET /purchases/product_list
GET /kpi/dau/data_series
GET /kpi/mau/data_series
GET /kpi/new_users/data_series
GET /kpi/uninstalls/data_series
GET /catalogs
POST /catalogs
DELETE /catalogs/{catalog}
GET /catalogs/{catalog}/items
POST /catalogs/{catalog}/items
PUT /catalogs/{catalog}/items
PATCH /catalogs/{catalog}/items
DELETE /catalogs/{catalog}/items
GET /catalogs/{catalog}/items/{item}
POST /catalogs/{catalog}/items/{item}
PUT /catalogs/{catalog}/items/{item}
PATCH /catalogs/{catalog}/items/{item}
DELETE /catalogs/{catalog}/items/{item}
POST /catalogs/{catalog}/fields
DELETE /catalogs/{catalog}/fields/{field}
POST /catalogs/{catalog}/selections
DELETE /catalogs/{catalog}/selections/{selection}
GET /content_blocks/list
GET /content_blocks/info
POST /content_blocks/create
POST /content_blocks/update
GET /templates/email/list
GET /templates/email/info
POST /templates/email/create
POST /templates/email/update
"""


def is_brazes(call: Call, /) -> bool:
    """Return whether Braze itself would answer *call*."""
    known = (line.split() for line in _BRAZES.split("\n") if line)
    return any(
        method == call.method and fits(path, call.segments) is not None
        for method, path in known
    )
