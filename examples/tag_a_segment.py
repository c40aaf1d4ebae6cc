"""A Braze segment becomes tags on SessionM customers, one call a customer.

Runs offline on the sandbox; `SessionMCoreClient.from_env()` makes it the real thing.
"""

from datetime import timedelta

from sessionm_braze import NotFoundError
from sessionm_braze.testing import Sandbox


SEGMENT = ["100200300", "100200301", "999"]  # the brand's ids, as Braze exports them


def main() -> None:
    with Sandbox(braze_external_id="external_id") as sandbox:
        for external_id in SEGMENT[:2]:
            sandbox.sessionm.add_customer(external_id=external_id)

        for external_id in SEGMENT:
            try:
                receipt = sandbox.core.add_tags(
                    ["spring_winback"], external_id=external_id, ttl=timedelta(days=30)
                )
            except NotFoundError as error:
                print(f"{external_id}: {error.code}")
            else:
                print(f"{external_id}: {', '.join(receipt.tags)}")


if __name__ == "__main__":
    main()
