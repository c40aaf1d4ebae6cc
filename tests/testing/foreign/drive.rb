# Drives the loopback front with braze_ruby, the public client for Ruby.
require "json"
require "braze_ruby"

braze = BrazeRuby::API.new(ENV.fetch("BRAZE_API_KEY"), ENV.fetch("BRAZE_ENDPOINT"))
recipients = [{external_user_id: "u-1"}]
seen = {
  campaign: braze.trigger_campaign_send(
    campaign_id: "c-1", recipients: recipients, trigger_properties: {offer: "tea"}
  ),
  canvas: braze.trigger_canvas_send(
    canvas_id: "v-1", recipients: recipients, canvas_entry_properties: {offer: "tea"}
  ),
  track: braze.track_users(attributes: [{external_id: "u-1", tier: "gold"}]),
  refusal: braze.trigger_campaign_send(campaign_id: "none", recipients: recipients)
}
puts JSON.dump(seen.transform_values { |response| JSON.parse(response.body) })
