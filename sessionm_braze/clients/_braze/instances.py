"""Where Braze is: the REST hosts of its instances."""

from __future__ import annotations

import re

from ..._checks import told
from ..._http import base_url


__all__ = ["INSTANCES", "rest_url"]

INSTANCES: dict[str, str] = {
    **{f"US-0{number}": f"rest.iad-0{number}.braze.com" for number in range(1, 9)},
    "US-10": "rest.us-10.braze.com",
    "EU-01": "rest.fra-01.braze.eu",
    "EU-02": "rest.fra-02.braze.eu",
    "AU-01": "rest.au-01.braze.com",
    "ID-01": "rest.id-01.braze.com",
    "JP-01": "rest.jp-01.braze.com",
    "KR-01": "rest.kr-01.braze.com",
}
"""REST hosts by instance (Braze docs, API basics); add to it what is newer."""

_NOT_REST = re.compile(r"(sdk|dashboard)[.\-].*\.braze\.(com|eu)")


def rest_url(endpoint: str) -> str:
    """Return the base URL of an instance, a host or a URL.

    Raises:
        TypeError: If *endpoint* is no string.
        ValueError: If the instance is unknown, or the URL is no https URL of a REST
            host.
    """
    if not isinstance(endpoint, str):
        return base_url(endpoint)
    bare = endpoint.strip()
    host = INSTANCES.get(bare.upper())
    if host is not None:
        return f"https://{host}"
    if not re.search(r"[.:]", bare) and bare != "localhost":
        raise ValueError(
            f"endpoint must be a Braze instance ({', '.join(INSTANCES)}), a host or a "
            f"URL, got {told(endpoint)}"
        )
    url = base_url(endpoint)
    if _NOT_REST.fullmatch(url.partition("://")[2].lower()):
        raise ValueError(
            f"endpoint must be a REST host such as rest.iad-01.braze.com, got "
            f"{endpoint!r}"
        )
    return url
