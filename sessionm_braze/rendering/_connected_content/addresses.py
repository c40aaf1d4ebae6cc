"""Addresses of hosts: found within a deadline, and told public from private."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: If there are none.
        """
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no whole answer within {self.seconds} s")
        return left


def is_public(address: str) -> bool:
    """Tell whether *address* is one of the open internet.

    An IPv6 address that carries an IPv4 address is judged by the one it carries.
    """
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address) and (inner := _carried(ip)) is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


Resolved = Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]


def resolved(host: str, port: int, deadline: Deadline) -> Resolved:
    """Look *host* up in a thread of its own, as a look-up cannot be broken off."""
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
