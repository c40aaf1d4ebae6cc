"""Customers and their tags, as people at SessionM see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from ..._checks import instance
from .._clock import SandboxClock
from .._services import Services
from .._sessionm.core import put_tags, show_tag
from .._sessionm.state import CustomerRecord, PointAccountRecord


__all__ = ["Customers", "SandboxCustomer"]

BASE_ACCOUNT = "Base points"

_BRAZE_NAMES = {
    "city": "home_city",
    "country": "country",
    "dob": "dob",
    "email": "email",
    "first_name": "first_name",
    "gender": "gender",
    "language": "language",
    "last_name": "last_name",
    "phone": "phone",
    "time_zone": "time_zone",
}
"""Profile fields that the Braze profile of a customer gets as well."""

_BRAZE_ONLY_FIELDS = ("language", "time_zone")


@attrs.frozen(kw_only=True)
class SandboxCustomer:
    """A customer of the sandbox, by all the ids of the two platforms."""

    user_id: str
    """SessionM's id."""

    external_id: str | None = None
    """The brand's id in SessionM, if there is one."""

    braze_external_id: str
    """The id that Braze knows: one of the two above."""


class Customers:
    """The customers of SessionM, with a Braze profile each."""

    def __init__(
        self,
        services: Services,
        braze_external_id: Literal["user_id", "external_id"],
        /,
    ) -> None:
        self._services = services
        self._braze_external_id = braze_external_id

    @property
    def _clock(self) -> SandboxClock:
        return self._services.clock

    def add_customer(
        self,
        *,
        user_id: str | None = None,
        external_id: str | None = None,
        points: float = 0,
        custom_attributes: Mapping[str, Any] | None = None,
        user_profile: Mapping[str, Any] | None = None,
        braze_profile: bool = True,
        **fields: Any,
    ) -> SandboxCustomer:
        """Add a customer, with a Braze profile too.

        Args:
            user_id: SessionM's id; made up if absent.
            external_id: The brand's id.
            points: Points to start with.
            custom_attributes: Custom attributes of the Braze profile.
            user_profile: Custom attributes of the SessionM profile.
            braze_profile: Whether Braze knows the customer.
            **fields: Profile fields such as ``first_name``, ``email``, ``language``,
                ``time_zone``; those that Braze has too go to both.

        Returns:
            The customer, by all ids.

        Raises:
            ValueError: If an id is taken already.
        """
        now = self._clock()
        ids = self._services.loyalty.ids
        user_id = instance(user_id, "user_id", str) if user_id else ids.uuid()
        if external_id is not None:
            instance(external_id, "external_id", str)
        elif self._braze_external_id == "external_id":
            external_id = f"customer-{ids.number()}"
        record = CustomerRecord(
            user_id=user_id,
            created_at=now,
            updated_at=now,
            external_ids=[] if external_id is None else [(external_id, "default")],
            fields={k: v for k, v in fields.items() if k not in _BRAZE_ONLY_FIELDS},
            user_profile=dict(user_profile or {}),
        )
        self._services.loyalty.add(record)
        if braze_profile:
            self._add_profile(record, fields, custom_attributes or {})
        if points:
            account = self._account(record, BASE_ACCOUNT)
            account.available = account.life_time = points
        return self._shown(record)

    def _add_profile(
        self,
        record: CustomerRecord,
        fields: Mapping[str, Any],
        custom: Mapping[str, Any],
    ) -> None:
        attributes = {
            rest: fields[name] for name, rest in _BRAZE_NAMES.items() if name in fields
        }
        if "language" not in attributes and isinstance(fields.get("locale"), str):
            attributes["language"] = (
                fields["locale"].replace("_", "-").partition("-")[0]
            )
        held = dict(custom)
        if self._braze_external_id == "external_id":
            held.setdefault("sessionm_user_id", record.user_id)
        braze, external_id = self._services.braze, self._shown(record).braze_external_id
        profile = braze.by_external_id(external_id)
        if profile is None:
            profile = braze.add_profile(self._clock(), external_id=external_id)
        profile.attributes |= attributes
        profile.custom |= held

    def _shown(self, record: CustomerRecord) -> SandboxCustomer:
        external_id = record.external_ids[0][0] if record.external_ids else None
        in_braze = external_id if self._braze_external_id == "external_id" else None
        return SandboxCustomer(
            user_id=record.user_id,
            external_id=external_id,
            braze_external_id=in_braze or record.user_id,
        )

    def add_external_id(
        self,
        customer: SandboxCustomer | str,
        external_id: str,
        /,
        *,
        kind: str = "default",
    ) -> None:
        """Give *customer* one more external id.

        Raises:
            ValueError: If somebody else has it.
        """
        record = self._record(customer)
        self._services.loyalty.claim(external_id, record)
        record.external_ids.append((external_id, kind))

    def customers(self) -> Iterator[SandboxCustomer]:
        """Iterate over all customers, in the order they were added."""
        for record in list(self._services.loyalty.customers.values()):
            yield self._shown(record)

    def customer(self, any_id: str, /) -> SandboxCustomer:
        """Return the customer with this SessionM id or external id.

        Raises:
            ValueError: If there is none.
        """
        return self._shown(self._record(any_id))

    def _record(self, customer: SandboxCustomer | str) -> CustomerRecord:
        name = customer if isinstance(customer, str) else customer.user_id
        loyalty = self._services.loyalty
        record = loyalty.by_user_id(name) or loyalty.by_external_id(name)
        if record is None:
            raise ValueError(f"SessionM has no customer {name!r}")
        return record

    def tags_of(self, customer: SandboxCustomer | str, /) -> dict[str, dict[str, int]]:
        """Return the tags that *customer* has now.

        Returns:
            Name to ``{"count": n}`` for a counter tag, and to ``{"ttl": seconds}``,
            what is left of its time, for an expiring one.
        """
        now = self._clock()
        tags = self._record(customer).live_tags(now)
        return {name: show_tag(tag, now) for name, tag in tags.items()}

    def put_tag(
        self, customer: SandboxCustomer | str, name: str, /, *, ttl: int | None = None
    ) -> None:
        """Put a tag on *customer* without the API.

        Args:
            customer: Whom to tag.
            name: The tag.
            ttl: Seconds until it expires; without it, it counts.
        """
        put_tags(self._record(customer), [name], ttl, self._clock())

    def _account(self, record: CustomerRecord, name: str) -> PointAccountRecord:
        ids = self._services.loyalty.ids
        if name not in record.accounts:
            record.accounts[name] = PointAccountRecord(
                name=name,
                point_account_id=ids.uuid(),
                user_point_account_id=ids.uuid(),
                grouping_label=name.partition(" ")[0],
            )
        return record.accounts[name]
