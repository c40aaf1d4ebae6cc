"""Profiles and segments, as people at Braze see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from ...models import Audience as AudienceFilter
from .._braze.audiences import audience_problem, in_segment
from .._braze.state import Audience, Profile, Segment
from .._outbox import recipient_name
from .._services import Services
from .customers import SandboxCustomer
from .settings import SegmentSettings


__all__ = ["AnyAudience", "Segments", "checked"]

Member = SandboxCustomer | str

AnyAudience = AudienceFilter | Audience
"""A filter of `sessionm_braze.models`, its mapping, or a function of a profile."""


class Segments:
    """Who is in Braze, and who belongs where."""

    def __init__(self, services: Services, /) -> None:
        self._services = services

    def add_segment(
        self,
        segment_id: str | None = None,
        *,
        name: str | None = None,
        members: Iterable[Member] | None = None,
        audience: AnyAudience | None = None,
        **settings: Unpack[SegmentSettings],
    ) -> str:
        """Add a segment.

        Args:
            segment_id: Its API identifier; made up if absent.
            name: Its name.
            members: Customers or ids that Braze knows; default everybody whom the
                audience lets in.
            audience: A filter: a Connected Audience or a function of a profile.
            **settings: ``description``, ``tags``, ``archived``.

        Returns:
            The API identifier.

        Raises:
            ValueError: If the id is taken, or Braze does not know a member.
        """
        filters = checked(audience)
        braze, now = self._services.braze, self._services.clock()
        segment_id = segment_id or braze.ids.uuid()
        if segment_id in braze.segments:
            raise ValueError(f"segment {segment_id!r} is there already")
        braze.segments[segment_id] = Segment(
            id=segment_id,
            name=name or f"Segment {len(braze.segments) + 1}",
            created_at=now,
            updated_at=now,
            members=None
            if members is None
            else {self.profile(m).braze_id for m in members},
            audience=filters,
            **settings,
        )
        return segment_id

    def _segment_id(self, segment_id: str | None) -> str | None:
        if segment_id not in (None, *self._services.braze.segments):
            raise ValueError(f"Braze has no segment {segment_id!r}")
        return segment_id

    def members_of(self, segment_id: str, /) -> list[str]:
        """Return the names of the profiles in a segment now."""
        braze, now = self._services.braze, self._services.clock()
        segment = braze.segments[self._segment_id(segment_id) or ""]
        return [p.name for p in braze.profiles.values() if in_segment(segment, p, now)]

    def add_profile(
        self,
        external_id: str | None = None,
        *,
        aliases: Mapping[str, str] | None = None,
        custom_attributes: Mapping[str, Any] | None = None,
        **attributes: Any,
    ) -> str:
        """Add a profile that SessionM does not know.

        Args:
            external_id: Its external id; default none, an anonymous profile.
            aliases: Alias label to alias name.
            custom_attributes: Its custom attributes.
            **attributes: Default attributes, under the names of the REST API.

        Returns:
            Its braze_id.

        Raises:
            ValueError: If the external id is taken.
        """
        braze = self._services.braze
        if external_id is not None and braze.by_external_id(external_id) is not None:
            raise ValueError(f"external_id {external_id!r} is taken")
        profile = braze.add_profile(
            self._services.clock(),
            external_id=external_id,
            aliases=dict(aliases or {}),
            attributes=attributes,
            custom=dict(custom_attributes or {}),
        )
        return profile.braze_id

    def profiles(self) -> list[Profile]:
        """Return all profiles, in the order they were made."""
        return list(self._services.braze.profiles.values())

    def profile(self, who: Member, /) -> Profile:
        """Return the profile of a customer, or with this external id or braze_id.

        Raises:
            ValueError: If Braze does not know them.
        """
        name, braze = recipient_name(who), self._services.braze
        profile = braze.by_external_id(name) or braze.profiles.get(name)
        if profile is None:
            raise ValueError(f"Braze has no profile {name!r}")
        return profile


def checked(audience: AnyAudience | None, /) -> Audience | None:
    """Return *audience* as the services take it.

    Raises:
        ValueError: If it is not built as Braze documents.
    """
    if isinstance(audience, AudienceFilter):
        audience = audience.body
    if audience is None or callable(audience):
        return audience
    problem = audience_problem(audience)
    if problem is not None:
        raise ValueError(f"audience: {problem}")
    return audience
