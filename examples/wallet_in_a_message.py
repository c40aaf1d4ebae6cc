"""A message that reads the offer wallet while it is rendered, tried before it is sent.

The template is what goes into Braze's composer; the sandbox answers its call.
"""

from datetime import timedelta

from sessionm_braze.testing import Sandbox


TEMPLATE = """\
{% capture wallet_request %}
{"retailer_id":"{{retailer_id}}","user_id":"{{${user_id}}}","skip":0,"take":100}
{% endcapture %}
{% connected_content
     {{endpoint_connect}}/offers/api/2.0/offers/get_user_offers
     :method post
     :headers {
       "Content-Type": "application/json",
       "Authorization": "{{connect_authorization}}"
     }
     :body {{wallet_request}}
     :save wallet
%}
{% if wallet.status != 'ok' %}{% abort_message('no wallet') %}{% endif %}
{% if wallet.payload.user_offers == empty %}{% abort_message('no offers') %}{% endif %}
Hi {{${first_name}}}, these are yours:
{% for offer in wallet.payload.user_offers %}
* {{offer.name}}, until {{offer.expiration_date | date: '%d %B'}}
{% endfor %}"""


def main() -> None:
    with Sandbox() as sandbox:
        sandbox.dashboard.variables["connect_authorization"] = (
            sandbox.credentials.connect_authorization
        )
        sandbox.dashboard.add_campaign("wallet", template=TEMPLATE)
        ana = sandbox.sessionm.add_customer(user_id="u-1", first_name="Ana")
        sandbox.sessionm.add_customer(user_id="u-2", first_name="Rui")
        for name, days in (("Free coffee", 30), ("Ten off lunch", 3)):
            sandbox.sessionm.issue_offer(ana, name=name, expires=timedelta(days=days))

        sandbox.dashboard.launch("wallet")
        for message in sandbox.outbox:
            if message.aborted:
                print(message.recipient, f"gets nothing: {message.abort_reason}")
                continue
            lines = [line for line in message.text.splitlines() if line.strip()]
            print(message.recipient, *lines, sep="\n  ")


if __name__ == "__main__":
    main()
