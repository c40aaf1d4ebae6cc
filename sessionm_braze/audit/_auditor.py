"""Renders for one recipient after the other and counts what it sees."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from ..exceptions import NotFoundError, SessionMBrazeError
from ..rendering import Fetcher, Renderer, profile_variables
from ..rendering._instrumentation import instrumented, with_workspace
from ..rendering._profiles import fields_of, is_profile
from ._expiry import OfferExpiry
from ._probe_placement import ProbePlacer
from ._probes import Sightings
from ._totals import Totals
from ._wallets import ABSENT, WalletFetcher, body_of


ID_FIELDS = ("user_id", "external_id", "external_user_id", "braze_id")
"""Keys under which a recipient's id is looked for, the first one first."""

NO_ID = "(no id)"
"""What stands for the id of a recipient without one."""

WALLET_VARIABLE = "wallet"
"""The variable a wallet stands under in templates that do not ask for it."""


@attrs.frozen(kw_only=True)
class Job:
    """Everything about an audit but its recipients; it can go to another process."""

    template: str
    blocks: Mapping[str, str]
    """Names of the content blocks in use, by their text."""

    renderer: Renderer
    fetcher: Fetcher | None
    now: datetime
    ends_within: timedelta | None
    max_length: int | None
    sample: int
    variables: Mapping[str, Any]
    find: Callable[[str], Any] | None
    """How a wallet is found by user id; None if each recipient brings one, or none."""

    has_wallets: bool
    calls_for_wallet: bool
    """Whether the template calls ``get_user_offers``."""


class Auditor:
    """One job being done, by one thread."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._seen = Sightings()
        self._fetcher = WalletFetcher(job.find, job.fetcher, job.has_wallets)
        answers = job.has_wallets or job.fetcher is not None
        placer = ProbePlacer(
            self._seen, OfferExpiry(job.now, job.ends_within), job.blocks
        )
        self._renderer = instrumented(
            with_workspace(job.renderer, fetcher=self._fetcher if answers else None),
            placer,
            [job.template, *job.blocks],
        )
        self._template = self._renderer.parse(job.template)
        self._under_name = job.has_wallets and not job.calls_for_wallet
        self._find = job.find if self._under_name else None

    def run(self, pairs: Iterable[tuple[Any, Any]]) -> Totals:
        """Render for each recipient, given with its wallet or ``ABSENT``.

        Raises:
            TypeError: If a recipient is neither a mapping nor an id.
        """
        totals = Totals(self._job.sample, self._job.max_length)
        for recipient, own in pairs:
            totals.recipients += 1
            self._take(id_of(recipient), _variables(recipient), own, totals)
        return totals

    def _take(
        self, who: str, variables: Mapping[str, Any], own: Any, totals: Totals
    ) -> None:
        fetcher, seen = self._fetcher, self._seen
        fetcher.start(own)
        try:
            if self._under_name:
                variables = self._with_wallet(who, variables, own)
            elif self._job.variables:
                variables = {**self._job.variables, **variables}
            message = self._renderer.render(self._template, variables)
        except (SessionMBrazeError, TimeoutError, ConnectionError) as error:
            totals.error(error, who)
            totals.answered(fetcher.answers, who)
        else:
            if message.calls:
                totals.made_calls(message.calls, who)
            if message.aborted:
                totals.aborts.add(message.abort_reason, who)
            else:
                totals.text(message.text, who)
                if seen.blanks or seen.offers or seen.points:
                    totals.sightings(seen, self._job.now, who)
        if fetcher.missing:
            totals.without_wallet.add(who)
        seen.clear()

    def _with_wallet(
        self, who: str, variables: Mapping[str, Any], own: Any
    ) -> dict[str, Any]:
        """Return what the template sees, the wallet included if there is one."""
        wallet = None if own is ABSENT else own
        if own is ABSENT and self._find is not None and who is not NO_ID:
            with contextlib.suppress(NotFoundError):
                wallet = self._find(who)
        body = body_of(wallet)
        if body is None:
            self._fetcher.missing = True
            return {**self._job.variables, **variables}
        return {**self._job.variables, **variables, WALLET_VARIABLE: body}


def id_of(recipient: Any) -> str:
    """Return the id of *recipient*, or what stands for it.

    Raises:
        TypeError: If it is neither a mapping nor an id.
    """
    if isinstance(recipient, str):
        return recipient
    fields = _fields(recipient)
    for name in ID_FIELDS:
        found = fields.get(name)
        if found is not None:
            return str(found)
    return NO_ID


def _variables(recipient: Any) -> Mapping[str, Any]:
    """Return what a template sees of *recipient*."""
    if isinstance(recipient, str):
        return {"user_id": recipient}
    fields = _fields(recipient)
    return profile_variables(fields) if is_profile(fields) else fields


def _fields(recipient: Any) -> Mapping[str, Any]:
    fields = recipient if type(recipient) is dict else fields_of(recipient)
    if fields is None:
        kind = type(recipient).__name__
        raise TypeError(f"a recipient is a mapping or an id, not {kind}")
    return fields
