"""The audit: a message rendered for everyone who would get it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any, cast

import attrs

from .._checks import many
from ..rendering import Renderer, Template
from ..rendering._instrumentation import with_workspace, workspace_of
from ._auditor import Auditor, Job, id_of
from ._files import JsonLines
from ._probe_placement import asks_for_wallet, used_blocks
from ._report import AuditReport
from ._report_builder import report_of
from ._totals import Totals
from ._wallets import ABSENT, Wallets, finder, in_step
from ._workers import run_chunks, run_ranges


Recipients = Iterable[Mapping[str, Any] | str]


@attrs.frozen
class _Fixed:
    """A clock that stands still, so that all messages are sent at one time."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


def audit_message(
    template: Template | str,
    recipients: Recipients,
    *,
    renderer: Renderer,
    wallets: Wallets | None = None,
    executor: Executor | None = None,
    sample: int = 5,
    ends_within: timedelta | None = None,
    max_length: int | None = None,
    variables: Mapping[str, Any] | None = None,
) -> AuditReport:
    """Render a message for a whole segment and tell what its people would receive.

    Nothing is sent and nothing is kept but counts and a few samples, so that a segment
    may have any number of recipients.

    Args:
        template: The message.
        recipients: For each recipient the variables as `Renderer.render` takes them, a
            profile as Braze exports it (which has no ``user_id``), or only the id.  A
            `JsonLines` file is read by the workers themselves.
        renderer: Who renders; its time at the start is the time of sending.
        wallets: Offer wallets by user id, a function that returns them (such as
            `SessionMConnectClient.get_wallet` or a `WalletLines` file), or one for each
            recipient in the same order.  They answer the template's
            ``get_user_offers`` calls; where it has none, the wallet stands under the
            name ``wallet``.
        executor: Threads or processes that share the work; without one, everything
            happens here.
        sample: How many recipients are named for each finding.
        ends_within: Also tell which printed offers end so soon after sending.
        max_length: Also tell which messages have more characters.
        variables: What all recipients have in common; their own variables win.

    Returns:
        What was found.

    Raises:
        TemplateSyntaxError: If the template does not parse.
        ValueError: If there are fewer wallets than recipients, or an argument is out of
            range.
        TypeError: If a recipient or a wallet is of the wrong kind, or if something
            cannot be sent to another process.

    Example:
        >>> from sessionm_braze.audit import audit_message
        >>> from sessionm_braze.rendering import Renderer
        >>> people = [{"user_id": "u-1", "first_name": "Ana"}, {"user_id": "u-2"}]
        >>> audit_message("Hi {{${first_name}}}!", people, renderer=Renderer())
        AuditReport(2 recipients: 2 sent, 0 aborted, 0 in error, 0 empty; 1 finding)
    """
    _check(
        recipients,
        executor,
        sample=sample,
        max_length=max_length,
        ends_within=ends_within,
    )
    begun = time.perf_counter()
    source = template.source if isinstance(template, Template) else template
    workspace = workspace_of(renderer)
    renderer.parse(source)
    now = workspace.now()
    blocks = used_blocks(source, workspace.content_blocks)
    job = Job(
        template=source,
        blocks={text: name for name, text in blocks.items()},
        renderer=with_workspace(renderer, now=_Fixed(now), fetcher=None),
        fetcher=workspace.fetcher,
        now=now,
        ends_within=ends_within,
        max_length=max_length,
        sample=sample,
        variables=dict(variables or {}),
        find=finder(wallets),
        has_wallets=wallets is not None,
        calls_for_wallet=asks_for_wallet(renderer, [source, *blocks.values()]),
    )
    totals = _run(job, recipients, wallets, executor)
    return report_of(totals, job, elapsed=time.perf_counter() - begun)


def _check(
    recipients: object,
    executor: object,
    *,
    sample: int,
    max_length: int | None,
    ends_within: timedelta | None,
) -> None:
    many(recipients, "recipients", "an iterable of mappings")
    if executor is not None and not hasattr(executor, "submit"):
        kind = type(executor).__name__
        raise TypeError(f"executor is a concurrent.futures.Executor, not {kind}")
    if sample < 0:
        raise ValueError(f"sample is at least 0, not {sample}")
    if max_length is not None and max_length < 0:
        raise ValueError(f"max_length is at least 0, not {max_length}")
    if ends_within is not None and ends_within < timedelta():
        raise ValueError(f"ends_within is not negative, as {ends_within} is")


def _run(
    job: Job,
    recipients: Recipients,
    wallets: Wallets | None,
    executor: Executor | None,
) -> Totals:
    own_wallets = job.has_wallets and job.find is None
    if executor is not None and isinstance(recipients, JsonLines) and not own_wallets:
        return run_ranges(job, recipients, executor)
    pairs: Iterator[tuple[Any, Any]]
    if own_wallets:
        pairs = in_step(recipients, cast("Iterable[Any]", wallets))
    else:
        pairs = ((recipient, ABSENT) for recipient in recipients)
    if executor is None:
        return Auditor(job).run(pairs)
    if isinstance(wallets, Mapping) and not job.calls_for_wallet:
        pairs = ((each, wallets.get(id_of(each))) for each, _ in pairs)
        job = attrs.evolve(job, find=None)
    return run_chunks(job, pairs, executor)
