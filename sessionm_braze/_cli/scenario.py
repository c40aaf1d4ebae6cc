"""What a rehearsal plays: read from JSON, each mistake named with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import attrs

from ..exceptions import PayloadError, SessionMBrazeError
from ..models import LoyaltyMessage, load
from ..testing import SandboxError
from .files import CommandError, read_json, read_text


__all__ = ["Scenario", "ScenarioError", "place", "read_scenario"]

T = TypeVar("T", bound="ScenarioTemplate")


_REFUSALS = (ValueError, TypeError, ArithmeticError, SessionMBrazeError, SandboxError)


class ScenarioError(Exception):
    """A scenario that cannot be played; the text says what and where."""


@attrs.frozen(kw_only=True)
class ScenarioCustomer:
    """A customer of SessionM whom Braze knows too."""

    user_id: str
    """SessionM's identifier, which here is Braze's external id as well."""

    external_id: str | None = None
    """The brand's identifier."""

    profile: Mapping[str, Any] = attrs.field(factory=dict)
    """Profile fields: ``first_name``, ``email``, ``language`` and the like."""

    custom_attributes: Mapping[str, Any] = attrs.field(factory=dict)
    """Custom attributes of the Braze profile."""

    points: int | float | None = None
    """Points to spend."""

    tags: tuple[str, ...] = ()
    """Tags to put on the customer."""

    ttl: int | None = None
    """Seconds the tags live; without it they are counter tags."""


@attrs.frozen(kw_only=True)
class ScenarioOffer:
    """An offer that SessionM issues."""

    customer: str
    """Identifier of the customer who gets it."""

    name: str
    """Title."""

    offer_id: str | None = None
    offer_type: str = "manual_fulfillment"
    description: str | None = None
    terms: str | None = None
    logo: str | None = None
    pos_discount_id: str | None = None
    expires_in_days: int | None = None
    """Days until it leaves the wallet; without it, it stays."""


@attrs.frozen(kw_only=True)
class ScenarioTemplate:
    """A Braze message: its text, or the file beside the scenario that holds it."""

    template: str | None = None
    template_file: str | None = None


@attrs.frozen(kw_only=True)
class ScenarioTarget(ScenarioTemplate):
    """A campaign or Canvas of Braze."""

    id: str
    """Its API identifier."""


@attrs.frozen(kw_only=True)
class ScenarioPreview(ScenarioTemplate):
    """A message that is rendered without being sent."""

    customer: str
    """Identifier of the customer for whom."""


@attrs.frozen(kw_only=True)
class Scenario:
    """Everything a rehearsal plays, in the order it is played."""

    title: str = "A scenario of your own"
    customers: tuple[ScenarioCustomer, ...] = ()
    offers: tuple[ScenarioOffer, ...] = ()
    previews: tuple[ScenarioPreview, ...] = ()
    campaigns: tuple[ScenarioTarget, ...] = ()
    canvases: tuple[ScenarioTarget, ...] = ()
    messages: tuple[LoyaltyMessage, ...] = ()
    """What SessionM sends; each becomes a trigger."""


def read_scenario(path: Path) -> Scenario:
    """Read a scenario and the template files beside it.

    Raises:
        CommandError: If the file cannot be read.
        ScenarioError: If the scenario has the wrong shape, or a template is not there.
    """
    body = read_json(path)
    try:
        scenario = load(Scenario, body)
    except PayloadError as error:
        raise ScenarioError("; ".join(error.problems)) from None
    return attrs.evolve(
        scenario,
        previews=_with_texts(scenario.previews, "previews", path),
        campaigns=_with_texts(scenario.campaigns, "campaigns", path),
        canvases=_with_texts(scenario.canvases, "canvases", path),
    )


@contextmanager
def place(where: str) -> Iterator[None]:
    """Name *where* in a scenario something went wrong."""
    try:
        yield
    except _REFUSALS as error:
        raise ScenarioError(f"{error} @ {where}") from None


def _with_texts(templates: tuple[T, ...], kind: str, path: Path) -> tuple[T, ...]:
    """Return *templates* with the text of the files that they name."""
    read = []
    for index, template in enumerate(templates):
        where = f"$.{kind}[{index}]"
        if (template.template is None) == (template.template_file is None):
            raise ScenarioError(
                f"exactly one of template and template_file is needed @ {where}"
            )
        if template.template_file is None:
            read.append(template)
            continue
        try:
            file = path.parent / template.template_file
            text = read_text(file, named_by_a_file=True)
        except CommandError as error:
            raise ScenarioError(f"{error} @ {where}.template_file") from None
        read.append(attrs.evolve(template, template=text))
    return tuple(read)
