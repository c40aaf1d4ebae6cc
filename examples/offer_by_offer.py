"""What SessionM's template sends becomes a campaign trigger and a Canvas trigger."""

from sessionm_braze import (
    AdvancedSettings,
    LoyaltyMessage,
    OfferProperties,
    PointAwardProperties,
)
from sessionm_braze.testing import Sandbox


SETTINGS = '{"braze_campaign_id": "offer-campaign",}'  # with the page's trailing comma


def main() -> None:
    with Sandbox() as sandbox:
        ana = sandbox.sessionm.add_customer(user_id="u-1", first_name="Ana")
        sandbox.sessionm.issue_offer(ana, name="Free coffee")
        sandbox.dashboard.add_campaign(
            "offer-campaign",
            template="{{${first_name}}}: {{api_trigger_properties.${offer_title}}}",
        )
        sandbox.dashboard.add_canvas(
            "points-canvas",
            template="{{${first_name}}}: {{context.${point_award_amount}}} points",
        )

        settings = AdvancedSettings.from_json(SETTINGS)
        offer = OfferProperties.from_offer(sandbox.connect.get_wallet("u-1")[0])
        points = PointAwardProperties(point_award_amount=50)
        for message in (
            LoyaltyMessage(
                campaign_id=settings.braze_campaign_id,
                external_user_id="u-1",
                offer=offer,
            ),
            LoyaltyMessage(
                canvas_id="points-canvas", external_user_id="u-1", points=points
            ),
        ):
            receipt = sandbox.braze.send(message.to_trigger())
            print(receipt.state, receipt.dispatch_id)
        for sent in sandbox.outbox:
            print(sent.text)


if __name__ == "__main__":
    main()
