"""SessionMCoreClient: put tags on a customer, and read who they are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Unpack

from .. import models
from .._checks import check_tags, check_ttl, exactly_one, flag, text
from .._http import (
    READ,
    REPEATABLE_WRITE,
    SEND,
    AuthorizationHeader,
    Call,
    CallKind,
    ClientSettings,
    Service,
    base_url,
    basic,
    basic_string,
    check_secret,
    path_segment,
)
from .._secrets import Secret
from ..models._codec import wrong_shape
from ._client import ServiceClient
from ._sessionm_answers import explain, refusal_in_success


__all__ = ["SessionMCoreClient"]

_USER_IDS_REMEMBERED = 10_000
"""External ids whose customer a client remembers."""


class SessionMCoreClient(ServiceClient):
    """SessionM Core: customers and their tags.

    Args:
        endpoint: Base URL or host, from the dashboard's *Digital Properties*.
        api_key: API key of the digital property; it stands in every URL as well.
        api_secret: Its secret.
        authorization: A ready-made Basic string instead of the secret, with or
            without the word ``Basic``.
        **settings: See `ClientSettings`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the endpoint is no https URL, a credential cannot stand in a
            header, or not exactly one of *api_secret* and *authorization* is given.
    """

    _service: ClassVar[Service] = Service(
        name="SessionM Core", refusal_in_success=refusal_in_success, explain=explain
    )
    _environment: ClassVar[Mapping[str, str]] = {
        "endpoint": "SESSIONM_CORE_ENDPOINT",
        "api_key": "SESSIONM_CORE_API_KEY",
    }
    _send_kind: ClassVar[CallKind] = SEND

    def __init__(
        self,
        endpoint: str,
        *,
        api_key: str,
        api_secret: str | None = None,
        authorization: str | None = None,
        **settings: Unpack[ClientSettings],
    ) -> None:
        exactly_one(api_secret=api_secret, authorization=authorization)
        key = check_secret(api_key, "api_key")
        secrets: tuple[Secret, ...] = (key,)
        if api_secret is not None:
            secret = check_secret(api_secret, "api_secret")
            encoded = basic(key, secret)
            secrets += (secret,)
        else:
            encoded = basic_string(authorization, "authorization")
        segment = path_segment(key.reveal(), "api_key")
        super().__init__(
            f"{base_url(endpoint)}/priv/v1/apps/{segment}",
            authorization=AuthorizationHeader(Secret(f"Basic {encoded.reveal()}")),
            secrets=(*secrets, encoded),
            settings=settings,
        )
        self._remember()

    @classmethod
    def _arguments(cls, environ: Mapping[str, str]) -> dict[str, Any]:
        arguments = super()._arguments(environ)
        authorization = environ.get("SESSIONM_CORE_AUTHORIZATION", "")
        if str(authorization).strip():
            return {**arguments, "authorization": authorization}
        secret = environ.get("SESSIONM_CORE_API_SECRET", "")
        if not str(secret).strip():
            raise ValueError(
                "SessionMCoreClient.from_env() needs the environment variable "
                "SESSIONM_CORE_API_SECRET or SESSIONM_CORE_AUTHORIZATION"
            )
        return {**arguments, "api_secret": secret}

    def add_tags(
        self,
        tags: Iterable[str],
        *,
        user_id: str | None = None,
        external_id: str | None = None,
        ttl: int | timedelta,
    ) -> models.TagReceipt:
        """Put expiring tags on a customer.

        The call may be repeated: a tag posted again with a ttl starts its time anew.
        Sources: partner page, SessionM docs (Customers, tags).

        Args:
            tags: Names, each sent once.
            user_id: SessionM's identifier of the customer, or
            external_id: the brand's.
            ttl: Seconds the tags live, at least 1, or a timedelta; 2592000 is the
                partner page's thirty days.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If no tag or a blank one is given, the ttl is below 1, or not
                exactly one identifier is given; nothing was sent.
            NotFoundError: If SessionM does not know the customer.
            ResponseError: If SessionM refused otherwise.
            TransportError: If no answer came; the call is safe to repeat.
            PayloadError: If the answer cannot be read; the call is safe to repeat.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     _ = sandbox.sessionm.add_customer(user_id="u-1")
            ...     sandbox.core.add_tags(["spring"], user_id="u-1", ttl=2592000).tags
            ('spring',)
        """
        seconds = check_ttl(ttl)
        return self._post_tags(
            "add_tags", tags, user_id, external_id, ttl=seconds, kind=REPEATABLE_WRITE
        )

    def increment_tags(
        self,
        tags: Iterable[str],
        *,
        user_id: str | None = None,
        external_id: str | None = None,
    ) -> models.TagReceipt:
        """Count counter tags of a customer up by one, making them where needed.

        Never repeated after it may have been carried out: each call counts.
        Source: SessionM docs (Customers, tags).

        Args:
            tags: Names, each sent once.
            user_id: SessionM's identifier of the customer, or
            external_id: the brand's.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If no tag or a blank one is given, or not exactly one
                identifier is given; nothing was sent.
            OutcomeUnknownError: If the tags may have been counted.
            NotFoundError: If SessionM does not know the customer.
            ResponseError: If SessionM refused otherwise.
            TransportError: If SessionM was not reached; nothing was counted.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     _ = sandbox.sessionm.add_customer(user_id="u-1")
            ...     for _ in range(2):
            ...         _ = sandbox.core.increment_tags(["app_open"], user_id="u-1")
            ...     sandbox.core.get_tags(user_id="u-1")["app_open"].count
            2
        """
        return self._post_tags(
            "increment_tags", tags, user_id, external_id, ttl=None, kind=SEND
        )

    def get_tags(
        self, *, user_id: str | None = None, external_id: str | None = None
    ) -> models.CustomerTags:
        """Read the tags of a customer.

        SessionM documents the call and not its answer, so every likely shape is read
        and `CustomerTags.raw` has the body.

        Args:
            user_id: SessionM's identifier of the customer, or
            external_id: the brand's.

        Raises:
            ValueError: If not exactly one identifier is given, or it is blank.
            NotFoundError: If SessionM does not know the customer.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     _ = sandbox.sessionm.add_customer(user_id="u-1", external_id="e-1")
            ...     _ = sandbox.core.add_tags(["vip"], user_id="u-1", ttl=60)
            ...     tags = sandbox.core.get_tags(external_id="e-1")
            >>> "vip" in tags, tags["vip"].ttl
            (True, 60)
        """
        path = f"{_customer_path(user_id, external_id)}/tags"
        answer = self._call(Call(name="get_tags", method="GET", path=path, kind=READ))
        return self._read(models.CustomerTags, answer, "get_tags")

    def get_customer(
        self,
        *,
        user_id: str | None = None,
        external_id: str | None = None,
        user_profile: bool = False,
        expand_incentives: bool = False,
        show_identifiers: bool = False,
    ) -> models.Customer:
        """Read the profile of a customer (SessionM docs, get profile).

        Args:
            user_id: SessionM's identifier of the customer, or
            external_id: the brand's.
            user_profile: Whether to ask for custom attributes.
            expand_incentives: Whether to ask for tiers and point accounts.
            show_identifiers: Whether to ask for all external ids.

        Raises:
            ValueError: If not exactly one identifier is given, or it is blank.
            NotFoundError: If SessionM does not know the customer.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     _ = sandbox.sessionm.add_customer(user_id="u-1", external_id="e-1")
            ...     sandbox.core.get_customer(external_id="e-1").id
            'u-1'
        """
        wishes = {
            "user[user_profile]": flag(user_profile, "user_profile"),
            "expand_incentives": flag(expand_incentives, "expand_incentives"),
            "show_identifiers": flag(show_identifiers, "show_identifiers"),
        }
        params = {name: "true" for name, wish in wishes.items() if wish}
        answer = self._call(
            Call(
                name="get_customer",
                method="GET",
                path=_customer_path(user_id, external_id),
                kind=READ,
                params=params or None,
                sample={"user": {"id": user_id or f"user-id-of-{external_id}"}},
            )
        )
        return self._read(models.Customer, answer, "get_customer", within="user")

    def resolve_user_id(self, external_id: str) -> str:
        """Return SessionM's ``user_id`` of a customer known by an external id.

        Connect takes only that id.  The client remembers what it learnt, as SessionM's
        docs recommend, for the 10,000 external ids used last.

        Raises:
            ValueError: If *external_id* is blank.
            NotFoundError: If SessionM does not know the customer.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     _ = sandbox.sessionm.add_customer(user_id="u-1", external_id="e-1")
            ...     user_id = sandbox.core.resolve_user_id("e-1")
            ...     len(sandbox.connect.get_wallet(user_id))
            0
        """
        return self._resolve(external_id)

    def _fetch_user_id(self, external_id: str) -> str:
        customer = self.get_customer(external_id=external_id)
        if customer.id is None:
            raise wrong_shape(
                f"{self._service.name} resolve_user_id",
                ["required field missing @ $.user.id"],
                customer.meta,
            )
        return customer.id

    def _post_tags(
        self,
        name: str,
        tags: Iterable[str],
        user_id: str | None,
        external_id: str | None,
        *,
        ttl: int | None,
        kind: CallKind,
    ) -> models.TagReceipt:
        names = check_tags(tags)
        body: dict[str, Any] = {"tags": list(names)}
        if ttl is not None:
            body["ttl"] = ttl
        path = f"{_customer_path(user_id, external_id)}/tags"
        answer = self._call(
            Call(name=name, method="POST", path=path, kind=kind, json=body)
        )
        return models.TagReceipt(tags=names, ttl=ttl, raw=answer.data, meta=answer.meta)

    def _remember(self) -> None:
        self._resolve: Callable[[str], str] = functools.lru_cache(_USER_IDS_REMEMBERED)(
            self._fetch_user_id
        )

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["_resolve"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._remember()


def _customer_path(user_id: str | None, external_id: str | None) -> str:
    kind = exactly_one(user_id=user_id, external_id=external_id)
    if kind == "user_id":
        return f"/users/{path_segment(text(user_id, kind), kind)}"
    return f"/external/users/{path_segment(text(external_id, kind), kind)}"
