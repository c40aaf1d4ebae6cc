"""Who is let in to the loopback front: not pages of other sites, nor strangers."""

from __future__ import annotations

import hmac
import re

import attrs

from ..._checks import told
from .control import CONTROL_PREFIX
from .incoming import Refusal, Request


__all__ = ["TOKEN_HEADER", "Gate"]

OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""What the server is called by those who mean it."""

TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - the name
"""Carries the token for clients that drop the path of an endpoint."""

_HTTP_PORT = 80
_TOKEN = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_~.-]*")


def _check_token(_: Gate, field: attrs.Attribute[str | None], value: object) -> None:
    """Refuse a token that cannot be a part of a URL."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{field.name} must be str, got {type(value).__name__}")
    if value is not None and not _TOKEN.fullmatch(value):
        raise ValueError(
            f"{field.name} must be letters, digits and any of -_~. (not first), so "
            "that it can be a part of a URL, as secrets.token_urlsafe() gives"
        )


@attrs.frozen
class Gate:
    """Refuses what does not come from a program that means this sandbox.

    A page of any site can make a browser call a loopback address.  Such a call names
    another host (a name that was made to lead here), or another origin.
    """

    ports: tuple[int, ...]
    """The ports of all services."""

    token: str | None = attrs.field(default=None, validator=_check_token, repr=False)
    """What everyone who is let in must know, if anything."""

    def admit(self, request: Request, port: int, /) -> str:
        """Return the path that *request* asks for at *port*.

        Raises:
            Refusal: If the request is not let in.
        """
        authority, target = _split_target(request.target)
        host = request.headers.get("host")
        if host is None or "," in host:
            raise Refusal(400, f"send one Host header, such as {OWN_NAMES[0]}:{port}")
        for name in {host, host if authority is None else authority}:
            if name.lower() not in _authorities(port):
                raise Refusal(
                    403,
                    f"the host {name[:80]!r} is not this sandbox; call it as "
                    f"http://{OWN_NAMES[0]}:{port} or http://{OWN_NAMES[1]}:{port}",
                )
        self._check_origin(request)
        path = self._without_token(target, request, port)
        _check_control(path, request)
        return path

    def _check_origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "none")
        if origin is None and site not in {"none", "same-origin"}:
            raise Refusal(
                403,
                f"a page of another site (Sec-Fetch-Site: {site[:40]!r}) cannot call "
                "the sandbox; call it from a program",
            )
        own = {f"http://{name}" for port in self.ports for name in _authorities(port)}
        if origin is not None and origin.lower() not in own:
            raise Refusal(
                403,
                f"a page of {origin[:80]!r} cannot call the sandbox; call it from a "
                "program, without the header Origin",
            )

    def _without_token(self, target: str, request: Request, port: int) -> str:
        if self.token is None:
            return target
        first, _, rest = target.removeprefix("/").partition("/")
        if _same(first, self.token):
            return f"/{rest}"
        if _same(request.headers.get(TOKEN_HEADER.lower(), ""), self.token):
            return target
        raise Refusal(
            403,
            "this sandbox has a token; begin the path with it "
            f"(http://{OWN_NAMES[0]}:{port}/TOKEN/…, as the URLs of serve do), or send "
            f"it as {TOKEN_HEADER}",
        )


def _split_target(target: str) -> tuple[str | None, str]:
    """Return the authority of *target*, if it names one, and the path with query."""
    scheme, found, rest = target.partition("://")
    authority = None
    if found and scheme.lower() == "http":
        authority, slash, path = rest.partition("/")
        target = slash + path or "/"
    if not target.startswith("/"):
        raise Refusal(400, f"ask for a path, such as /, got {told(target[:40])}")
    return authority, target


def _authorities(port: int) -> set[str]:
    """Return the spellings of this server in a URL."""
    spellings = {f"{name}:{port}" for name in OWN_NAMES}
    return spellings.union(OWN_NAMES) if port == _HTTP_PORT else spellings


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _check_control(path: str, request: Request) -> None:
    """Refuse what a page can send without being asked: no page may send JSON so."""
    if not path.startswith(CONTROL_PREFIX):
        return
    reads = request.method in {"GET", "HEAD"} and not request.has_body
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not reads and kind != "application/json":
        raise Refusal(
            415,
            f"a call below {CONTROL_PREFIX} sends JSON; add the header "
            "Content-Type: application/json",
        )
