"""Addresses of hosts: look-up with a deadline, and the check for private ones."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any


class Deadline:
    """A moment after which waiting ends."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: If it has passed.
        """
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no whole answer within {self.seconds} s")
        return left


def is_public(address: str) -> bool:
    """Return whether *address* is reachable on the public internet.

    The interpreter's own tables differ from version to version, so they are not asked.
    An IPv6 address that carries an IPv4 address is judged by the one it carries.
    """
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    carried = _carried(int(ip))
    if carried is not None:
        return is_public(str(ipaddress.IPv4Address(carried & 0xFFFFFFFF)))
    return ip in _PUBLIC_6 and not any(ip in network for network in _NOT_PUBLIC_6)


_NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8"),
            *("169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
            *("192.0.0.0/24", "192.88.99.0/24"),  # assignments, relays of 6to4
            *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),  # documentation
            "198.18.0.0/15",  # benchmarks
            *("224.0.0.0/4", "240.0.0.0/4"),  # multicast, reserved, broadcast
        ),
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
"""Global unicast: what lies outside is local, multicast, or not given out."""

_NOT_PUBLIC_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # assignments, Teredo and benchmarks among them
            *("2001:db8::/32", "3fff::/20"),  # documentation
        ),
    )
)


def _carried(ip: int) -> int | None:
    """Return the IPv4 address in the last bits of what an IPv6 address stands for."""
    if ip >> 32 in {0xFFFF, 0x64_FF9B << 64}:  # mapped; NAT64
        return ip
    if ip >> 112 == 0x2002:  # noqa: PLR2004 - 6to4
        return ip >> 80
    if ip >> 32 & 0xFDFF_FFFF == 0x5EFE:  # noqa: PLR2004 - ISATAP
        return ip
    return None


Resolved = Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]


def resolved(host: str, port: int, deadline: Deadline) -> Resolved:
    """Look *host* up in a separate thread, as a look-up cannot be cancelled."""
    answers: queue.SimpleQueue[Resolved | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(OSError(f"{host} is not known: {error}"))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        found = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError(
            f"{host} was not found within {deadline.seconds} s"
        ) from None
    if isinstance(found, OSError):
        raise ConnectionError(str(found))
    return found
