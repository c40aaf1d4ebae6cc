"""``rehearse``: the integration of the partner page, played on the sandbox."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

import attrs

from .._display import counted
from ..models import CanvasTrigger, dump
from ..rendering._template_secrets import written_secrets
from ..testing import Sandbox
from ..testing._rendering import variables_of
from .files import CommandError
from .scenario import Scenario, ScenarioError, place, read_scenario
from .transcript import Transcript


__all__ = ["rehearse"]

BUILT_IN_SCENARIO = Path(__file__).parent / "rehearsal" / "scenario.json"


def rehearse(file: Path | None, out: TextIO) -> None:
    """Play the scenario in *file*, or the one that is built in, and print what happens.

    Raises:
        CommandError: If the scenario cannot be read or played; the text says where.
    """
    path = file or BUILT_IN_SCENARIO
    try:
        scenario = read_scenario(path)
        with Sandbox(strict=False) as sandbox:
            _Rehearsal(scenario, sandbox, Transcript(out)).play()
    except ScenarioError as error:
        raise CommandError(f"{path}: {error}") from None


@attrs.frozen
class _Rehearsal:
    scenario: Scenario
    sandbox: Sandbox
    transcript: Transcript

    def play(self) -> None:
        self.transcript.title(
            f"{self.scenario.title}, rehearsed offline",
            "Three real clients talk to stand-ins of SessionM Core, SessionM Connect "
            "and Braze.",
            "Nothing leaves this machine. Secrets are shown as ***.",
        )
        authorization = self.sandbox.credentials.connect_authorization
        self.sandbox.dashboard.variables["connect_authorization"] = authorization
        self._mask()
        self._add_customers()
        self._tag_customers()
        self._issue_offers()
        self._preview()
        self._set_up_braze()
        self._send()
        self._show_outbox()

    def _mask(self) -> None:
        """Show none of the keys that templates hold or requests brought."""
        scenario, sandbox = self.scenario, self.sandbox
        several = (scenario.previews, scenario.campaigns, scenario.canvases)
        templates = [str(each.template) for some in several for each in some]
        written = [text for each in templates for text in written_secrets(each)]
        asked = [
            key for call in sandbox.requests.entries() for key in call.credentials()
        ]
        others = (*written, *(key.reveal() for key in asked))
        self.transcript.masked = sandbox.credentials.scrubber(*others).text

    def _add_customers(self) -> None:
        for index, customer in enumerate(self.scenario.customers):
            with place(f"$.customers[{index}]"):
                self.sandbox.sessionm.add_customer(
                    user_id=customer.user_id,
                    external_id=customer.external_id,
                    points=customer.points or 0,
                    custom_attributes=customer.custom_attributes,
                    **customer.profile,
                )

    def _tag_customers(self) -> None:
        if any(customer.tags for customer in self.scenario.customers):
            self.transcript.step("A Braze segment becomes tags on SessionM customers")
        for index, customer in enumerate(self.scenario.customers):
            if not customer.tags:
                continue
            user_id, tags, ttl = customer.user_id, customer.tags, customer.ttl
            name = customer.profile.get("first_name") or user_id
            seen = len(self.sandbox.requests)
            with place(f"$.customers[{index}].tags"):
                if ttl is None:
                    self.sandbox.core.increment_tags(tags, user_id=user_id)
                else:
                    self.sandbox.core.add_tags(tags, user_id=user_id, ttl=ttl)
                self.transcript.requests(self.sandbox.requests[seen:])
                for tag, value in self.sandbox.sessionm.tags_of(user_id).items():
                    self.transcript.line(
                        f"{name} now has the tag {tag}: {_tag_text(value)}"
                    )

    def _issue_offers(self) -> None:
        if self.scenario.offers:
            self.transcript.step("SessionM issues an offer into the customer's wallet")
        for index, offer in enumerate(self.scenario.offers):
            fields = {
                name: getattr(offer, name)
                for name in ("offer_id", "description", "terms", "logo")
            }
            days = offer.expires_in_days
            with place(f"$.offers[{index}]"):
                self.sandbox.sessionm.issue_offer(
                    offer.customer,
                    name=offer.name,
                    offer_type=offer.offer_type,
                    pos_discount_id=offer.pos_discount_id,
                    expires=None if days is None else timedelta(days=days),
                    **fields,
                )
        for customer in dict.fromkeys(offer.customer for offer in self.scenario.offers):
            user_id = self.sandbox.sessionm.customer(customer).user_id
            wallet = self.sandbox.connect.get_wallet(user_id)
            self.transcript.line(repr(wallet))
            for offer_held in wallet:
                self.transcript.line(f"  {offer_held!r}")

    def _preview(self) -> None:
        for index, preview in enumerate(self.scenario.previews):
            self.transcript.step(f"A wallet message, rendered for {preview.customer}")
            seen = len(self.sandbox.requests)
            with place(f"$.previews[{index}]"):
                variables = self._variables(preview.customer)
                renderer = self.sandbox.renderer()
                message = renderer.render(str(preview.template), variables)
            self._mask()
            self.transcript.template(str(preview.template))
            self.transcript.requests(self.sandbox.requests[seen:])
            self.transcript.message(message)

    def _set_up_braze(self) -> None:
        dashboard = self.sandbox.dashboard
        for kind, add in (
            ("campaigns", dashboard.add_campaign),
            ("canvases", dashboard.add_canvas),
        ):
            for index, target in enumerate(getattr(self.scenario, kind)):
                with place(f"$.{kind}[{index}]"):
                    add(target.id, template=str(target.template))

    def _send(self) -> None:
        for index, message in enumerate(self.scenario.messages):
            with place(f"$.messages[{index}]"):
                trigger = message.to_trigger(allow_broadcast=True)
                kind = "Canvas" if isinstance(trigger, CanvasTrigger) else "campaign"
                self.transcript.step(f"SessionM's message becomes a {kind} trigger")
                self.transcript.data("SessionM's message", dump(message))
                seen = len(self.sandbox.requests)
                receipt = self.sandbox.braze.send(trigger)
                self._mask()
                self.transcript.requests(self.sandbox.requests[seen:])
                self.transcript.line(
                    f"Braze: {receipt.state}, dispatch {receipt.dispatch_id}"
                )

    def _show_outbox(self) -> None:
        if not self.scenario.messages:
            return
        self.transcript.step("What each recipient gets")
        for sent in self.sandbox.outbox:
            where = f"$.{_SECTION_OF_KIND[sent.trigger.kind]} {sent.trigger.id}"
            with place(where):
                if sent.error is not None:
                    raise sent.error
            self.transcript.line(
                f"{sent.recipient}, from {sent.trigger.kind} {sent.trigger.id}"
            )
            self.transcript.message(sent)
        if not self.sandbox.outbox:
            self.transcript.line("nobody: no recipient is known to Braze")

    def _variables(self, name: str) -> dict[str, Any]:
        """Return what a template sees for a customer of the scenario."""
        for customer in self.scenario.customers:
            if name in {customer.user_id, customer.external_id}:
                dashboard = self.sandbox.dashboard
                profile = dashboard.profile(customer.user_id)
                return {**dashboard.variables, **variables_of(profile)}
        raise ValueError(f"there is no customer {name!r}")


_SECTION_OF_KIND = {"campaign": "campaigns", "canvas": "canvases"}


def _tag_text(tag: dict[str, Any]) -> str:
    if "ttl" not in tag:
        times = counted(tag["count"], "time")
        return "counted once" if tag["count"] == 1 else f"counted {times}"
    seconds = tag["ttl"]
    days = round(timedelta(seconds=seconds) / timedelta(days=1), 2)
    whole = counted(int(days) if days.is_integer() else days, "day")
    return f"expires in {counted(seconds, 'second')} ({whole})"
