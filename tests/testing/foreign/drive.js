// Drives the loopback front with braze-api, the public client for Node.
const { Braze } = require("braze-api");

const braze = new Braze(process.env.BRAZE_ENDPOINT, process.env.BRAZE_API_KEY);
const recipients = [{ external_user_id: "u-1" }];

async function main() {
  const seen = {};
  seen.campaign = await braze.campaigns.trigger.send({
    campaign_id: "c-1",
    recipients,
    trigger_properties: { offer: "tea" },
  });
  seen.canvas = await braze.canvas.trigger.send({
    canvas_id: "v-1",
    recipients,
    canvas_entry_properties: { offer: "tea" },
  });
  seen.track = await braze.users.track({
    attributes: [{ external_id: "u-1", tier: "gold" }],
  });
  seen.refusal = await braze.campaigns.trigger
    .send({ campaign_id: "none", recipients })
    .catch((error) => ({ message: error.message }));
  console.log(JSON.stringify(seen));
}

main();
