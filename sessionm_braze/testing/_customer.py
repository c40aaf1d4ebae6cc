"""What tests hold in their hands: a customer, an offer."""

from __future__ import annotations

import attrs


__all__ = ["IssuedOffer", "SandboxCustomer"]


@attrs.frozen(kw_only=True)
class SandboxCustomer:
    """A customer of the sandbox, by all the ids of the two platforms."""

    user_id: str
    """SessionM's id."""

    external_id: str | None = None
    """The brand's id in SessionM, if there is one."""

    braze_external_id: str
    """The id that Braze knows: one of the two above."""


@attrs.frozen(kw_only=True)
class IssuedOffer:
    """One customer's copy of an offer."""

    id: str
    """The copy itself; other endpoints call it ``user_offer_id``."""

    offer_id: str
    """The offer's version."""

    root_offer_id: str
    """The offer, whatever its version."""

    name: str
    """The title, in the default culture."""

    user_id: str
    """SessionM's id of the customer who holds it."""
