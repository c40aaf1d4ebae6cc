"""Whose wallet it is: wallets given by id, by a function, or in step."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs

from .._display import counted
from ..exceptions import ConnectedContentError, ResponseError
from ..models import OfferWallet
from ..rendering import ConnectedContentRequest, ConnectedContentResponse, Fetcher
from ..rendering._inspect.wallet_schema import WALLET_CALL


Body = Mapping[str, Any]
Wallets = Mapping[str, Any] | Iterable[Any] | Callable[[str], Any]


class Absent(enum.Enum):
    """Stands for a wallet that is to be looked up, unlike None, which is no wallet."""

    ABSENT = enum.auto()


ABSENT = Absent.ABSENT


def body_of(wallet: Any) -> Body | None:
    """Return the body a template sees, of a model or of a body.

    Raises:
        TypeError: If it is neither.
    """
    if wallet is None or (type(wallet) is dict and "payload" in wallet):
        return wallet
    raw = getattr(wallet, "raw", wallet)
    if not isinstance(raw, Mapping):
        kind = type(wallet).__name__
        raise TypeError(f"a wallet is an OfferWallet, a body or None, not {kind}")
    if "payload" not in raw and "user_offers" in raw:
        return {"status": "ok", "payload": raw}
    return raw


def finder(wallets: Wallets | None) -> Callable[[str], Any] | None:
    """Return how a wallet is found by user id; None for wallets in step.

    Raises:
        TypeError: If *wallets* is nothing that holds wallets.
    """
    if wallets is None:
        return None
    if isinstance(wallets, OfferWallet | str | bytes):
        kind = type(wallets).__name__
        raise TypeError(
            f"wallets is a mapping, an iterable or a function, not a single {kind}"
        )
    if isinstance(wallets, Mapping):
        return wallets.get
    if callable(wallets):
        return wallets
    if not isinstance(wallets, Iterable):
        kind = type(wallets).__name__
        raise TypeError(f"wallets is a mapping, an iterable or a function, not {kind}")
    return None


def in_step(
    recipients: Iterable[Any], wallets: Iterable[Any]
) -> Iterator[tuple[Any, Any]]:
    """Yield each recipient with the wallet in the same place.

    Raises:
        ValueError: If there are fewer wallets than recipients.
    """
    following = iter(wallets)
    for number, recipient in enumerate(recipients):
        wallet = next(following, ABSENT)
        if wallet is ABSENT:
            raise ValueError(
                f"no more than {counted(number, 'wallet')} for more recipients"
            )
        yield recipient, wallet


@attrs.define
class WalletFetcher:
    """Answers ``get_user_offers`` with the wallets, and leaves other calls to another.

    A call is answered for the ``user_id`` in its body; without wallets by id, with the
    wallet of the recipient at hand.
    """

    find: Callable[[str], Any] | None
    other: Fetcher | None
    has_wallets: bool
    own: Any = None
    """The wallet of the recipient at hand."""

    missing: bool = False
    """Whether a wallet that was asked for does not exist."""

    answers: list[ConnectedContentResponse | Exception] = attrs.field(factory=list)
    """What the recipient's calls were answered, for renders that fail."""

    def start(self, own: Any) -> None:
        """Turn to the next recipient."""
        self.own = own
        self.missing = False
        self.answers.clear()

    def __call__(self, request: ConnectedContentRequest) -> ConnectedContentResponse:
        """Answer *request*."""
        try:
            answer = self._answer(request)
        except Exception as error:
            self.answers.append(error)
            raise
        self.answers.append(answer)
        return answer

    def _answer(self, request: ConnectedContentRequest) -> ConnectedContentResponse:
        if self.has_wallets and is_wallet_call(request.url):
            return self._wallet(request)
        if self.other is None:
            shown = urlsplit(request.url).hostname
            raise ConnectedContentError(
                f"nobody answers connected_content calls to {shown}: give the Renderer"
                " a fetcher"
            )
        return self.other(request)

    def _wallet(self, request: ConnectedContentRequest) -> ConnectedContentResponse:
        asked = _json_object(request.body)
        user_id = asked.get("user_id")
        try:
            if self.find is None:
                body = body_of(self.own)
            elif user_id is None or user_id == "":
                body = None
            else:
                body = body_of(self.find(str(user_id)))
        except ResponseError as error:
            return ConnectedContentResponse(error.status_code or 500)
        if body is None:
            self.missing = True
            return ConnectedContentResponse(404)
        return ConnectedContentResponse(json=_page(body, asked))


def is_wallet_call(url: str) -> bool:
    """Return whether *url* is that of ``get_user_offers``."""
    return urlsplit(url).path.rstrip("/").lower().endswith("/" + WALLET_CALL)


def _json_object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _page(body: Body, asked: Mapping[str, Any]) -> Body:
    """Return the part of the wallet that ``skip`` and ``take`` ask for."""
    payload = body.get("payload")
    offers = payload.get("user_offers") if isinstance(payload, Mapping) else None
    if not isinstance(payload, Mapping) or not isinstance(offers, list | tuple):
        return body
    skip = _whole(asked.get("skip"), 0)
    take = _whole(asked.get("take"), len(offers))
    if not skip and take >= len(offers):
        return body
    page = list(offers[skip : skip + take])
    return {**body, "payload": {**payload, "user_offers": page}}


def _whole(value: object, default: int) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if good else default  # type: ignore[return-value]
