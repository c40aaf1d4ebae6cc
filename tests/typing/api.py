"""Read by the type checker, never run: what a consumer's code looks like."""

from datetime import timedelta

from sessionm_braze import (
    AdvancedSettings,
    BrazeClient,
    CampaignTrigger,
    CanvasTrigger,
    Hooks,
    LoyaltyMessage,
    OfferProperties,
    OfferWallet,
    Recipient,
    Renderer,
    RetryPolicy,
    SessionMConnectClient,
    SessionMCoreClient,
    UserOffer,
)


core = SessionMCoreClient("https://core.test", api_key="key", api_secret="secret")
connect = SessionMConnectClient(
    "https://connect.test", authorization=("key", "secret"), retailer_id="retailer"
)
braze = BrazeClient(
    "US-03",
    api_key="key",
    timeout=(5, 30),
    retry=RetryPolicy(attempts=2),
    hooks=Hooks(),
)

names: tuple[str, ...] = core.add_tags(["vip"], user_id="u", ttl=timedelta(days=1)).tags
count: int | None = core.get_tags(user_id="u")["vip"].count

wallet: OfferWallet = connect.get_wallet("u")
first: UserOffer = wallet[0]
some: OfferWallet = wallet[:2]
points: int | float | None = wallet.available_points

message = LoyaltyMessage(
    campaign_id="c", external_user_id="u", offer=OfferProperties.from_offer(first)
)
trigger: CampaignTrigger | CanvasTrigger = message.to_trigger()
state: str = braze.send(trigger).state
dispatch: str | None = braze.trigger_canvas(
    "canvas", recipients=[Recipient(external_user_id="u")], context={"a": 1}
).dispatch_id
text: str = AdvancedSettings(braze_campaign_id="c").to_json()
rendered: str = Renderer().render("Hi {{${first_name}}}", {"first_name": "Ana"}).text
