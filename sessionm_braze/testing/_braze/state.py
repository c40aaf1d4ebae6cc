"""What Braze remembers: profiles, campaigns, Canvases, segments, schedules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import attrs

from ..._checks import closest_keywords
from .._credentials import Credentials
from .._ids import Ids
from .._routing import Route


__all__ = [
    "BrazeState",
    "Delivery",
    "Export",
    "Kind",
    "Limit",
    "Profile",
    "Scheduled",
    "Segment",
    "Target",
    "Webhook",
    "Workspace",
]

Kind = Literal["campaign", "canvas"]
"""The two Braze things that can be triggered."""

Audience = Mapping[str, Any] | Callable[["Profile"], bool]
"""A Connected Audience as the API takes it, or a function of a profile."""


@attrs.define(kw_only=True)
class Profile:
    """A Braze user profile."""

    braze_id: str
    created_at: float
    updated_at: float
    external_id: str | None = None
    aliases: dict[str, str] = attrs.field(factory=dict)
    """Alias label to alias name; one name per label."""

    attributes: dict[str, Any] = attrs.field(factory=dict)
    """Default attributes, under the names of the REST API."""

    custom: dict[str, Any] = attrs.field(factory=dict)
    events: list[dict[str, Any]] = attrs.field(factory=list)
    purchases: list[dict[str, Any]] = attrs.field(factory=list)
    random_bucket: int = 0

    @property
    def name(self) -> str:
        """The id that tests know the profile by."""
        if self.external_id is not None:
            return self.external_id
        if self.aliases:
            return next(iter(self.aliases.values()))
        return str(self.attributes.get("email") or self.braze_id)


@attrs.frozen(kw_only=True)
class Webhook:
    """The request a webhook campaign makes for each user; every part is a template."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: str = ""


@closest_keywords
@attrs.define(kw_only=True)
class Target:
    """A campaign or Canvas of the dashboard."""

    kind: Kind
    id: str
    name: str
    template: str
    created_at: float
    updated_at: float
    webhook: Webhook | None = None
    audience: Audience | None = None
    segment_id: str | None = None
    channels: tuple[str, ...] = ("email",)
    tags: tuple[str, ...] = ()
    description: str = ""
    enabled: bool = True
    draft: bool = False
    archived: bool = False
    api_triggered: bool = True
    first_sent: float | None = None
    last_sent: float | None = None


@closest_keywords
@attrs.define(kw_only=True)
class Segment:
    """A segment of profiles: listed members, or those a filter lets in."""

    id: str
    name: str
    created_at: float
    updated_at: float
    members: set[str] | None = None
    """Braze ids, or ``None`` if the filter decides."""

    audience: Audience | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    archived: bool = False


@attrs.frozen(kw_only=True)
class Delivery:
    """One message on its way to one profile."""

    kind: Kind
    target_id: str
    braze_id: str
    dispatch_id: str
    source: Literal["api", "schedule", "launch"]
    at: float
    properties: Mapping[str, Any] = attrs.field(factory=dict)
    send_id: str | None = None
    schedule_id: str | None = None
    broadcast: bool = False
    attachments: tuple[Mapping[str, Any], ...] = ()


@attrs.define(kw_only=True)
class Scheduled:
    """A send that waits for its time."""

    id: str
    kind: Kind
    target_id: str
    dispatch_id: str
    body: Mapping[str, Any]
    """The request, as it came."""

    schedule: Mapping[str, Any]
    served: set[str] = attrs.field(factory=set)
    """Time zones whose users have got it; local times come at different moments."""


@attrs.define(kw_only=True)
class Export:
    """A segment export: its archive is there from *ready_at* to *gone_at*."""

    segment_id: str
    path: str
    ready_at: float
    gone_at: float
    archive: bytes


@attrs.frozen
class Limit:
    """A rate limit: so many requests in each window of so many seconds."""

    requests: int
    seconds: int


def default_limits() -> dict[str, Limit]:
    """Return Braze's default limits (Braze docs, API limits)."""
    return {
        "default": Limit(250_000, 3600),
        "broadcast": Limit(250, 60),
        "broadcast_audience": Limit(10, 60),
        "export_ids": Limit(250, 60),
        "send_ids": Limit(100, 86_400),
        "track": Limit(3_000, 3),
    }


@attrs.define(kw_only=True)
class Workspace:
    """What templates may use besides the profile."""

    variables: dict[str, Any] = attrs.field(factory=dict)
    """Plain Liquid variables."""

    content_blocks: dict[str, str] = attrs.field(factory=dict)
    catalogs: dict[str, Any] = attrs.field(factory=dict)
    promotions: dict[str, Sequence[str]] = attrs.field(factory=dict)
    credentials: dict[str, Any] = attrs.field(factory=dict)
    spent_codes: Counter[str] = attrs.field(factory=Counter)
    """Name of a promotion code list to how many codes are gone."""


@attrs.define(kw_only=True)
class BrazeState:
    """Everything Braze knows."""

    ids: Ids
    credentials: Credentials
    workspace: Workspace = attrs.field(factory=Workspace)
    profiles: dict[str, Profile] = attrs.field(factory=dict)
    """Profiles by braze_id."""

    external: dict[str, str] = attrs.field(factory=dict)
    """External id to braze_id."""

    targets: dict[tuple[Kind, str], Target] = attrs.field(factory=dict)
    segments: dict[str, Segment] = attrs.field(factory=dict)
    schedules: dict[str, Scheduled] = attrs.field(factory=dict)
    send_ids: dict[str, set[str]] = attrs.field(factory=dict)
    """Campaign id to the send ids made for it."""

    exports: list[Export] = attrs.field(factory=list)
    outgoing: list[Delivery] = attrs.field(factory=list)
    """Deliveries that nobody has rendered yet."""

    limits: dict[str, Limit] = attrs.field(factory=default_limits)
    used: dict[str, tuple[int, int]] = attrs.field(factory=dict)
    """Bucket name to its window and the requests counted in it."""

    routes: tuple[Route[Any], ...] = ()
    """Routes that a test has added."""

    export_seconds: float = 60
    """How long a segment export takes."""

    def add_profile(self, now: float, /, **fields: Any) -> Profile:
        """Take in a new profile and return it."""
        profile = Profile(
            braze_id=self.ids.hex(24),
            created_at=now,
            updated_at=now,
            random_bucket=self.ids.below(10_000),
            **fields,
        )
        self.profiles[profile.braze_id] = profile
        if profile.external_id is not None:
            self.external[profile.external_id] = profile.braze_id
        return profile

    def by_external_id(self, external_id: str, /) -> Profile | None:
        """Return the profile with *external_id*."""
        return self.profiles.get(self.external.get(external_id, ""))

    def by_alias(self, label: str, name: str, /) -> Profile | None:
        """Return the profile with the alias *name* under *label*."""
        found = (p for p in self.profiles.values() if p.aliases.get(label) == name)
        return next(found, None)

    def with_email(self, email: str, /) -> Iterator[Profile]:
        """Iterate over the profiles with this e-mail address, case aside."""
        for profile in self.profiles.values():
            if str(profile.attributes.get("email", "")).lower() == email.lower():
                yield profile
