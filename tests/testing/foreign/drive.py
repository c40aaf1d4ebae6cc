"""Drive the loopback front with edx-braze-client, a public client for Python."""

import json
import os

from braze.client import BrazeClient
from braze.exceptions import BrazeClientError


braze = BrazeClient(
    api_key=os.environ["BRAZE_API_KEY"],
    api_url=os.environ["BRAZE_ENDPOINT"],
    app_id="",
)
recipients = [{"external_user_id": "u-1"}]
seen = {
    "campaign": braze.send_campaign_message(
        campaign_id="c-1", recipients=recipients, trigger_properties={"offer": "tea"}
    ),
    "canvas": braze.send_canvas_message(
        canvas_id="v-1", recipients=recipients, canvas_entry_properties={"offer": "tea"}
    ),
}
braze.track_user(attributes=[{"external_id": "u-1", "tier": "gold"}])
try:
    braze.send_campaign_message(campaign_id="none", recipients=recipients)
except BrazeClientError as exc:
    seen["refusal"] = {"message": str(exc)}
print(json.dumps(seen))  # noqa: T201 - the test reads it
