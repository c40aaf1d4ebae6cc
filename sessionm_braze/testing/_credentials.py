"""Credentials that open the sandbox and, plainly, nothing else."""

from __future__ import annotations

import base64

import attrs

from .._secrets import Scrubber, Secret
from ._endpoints import Endpoints


__all__ = ["Credentials"]


@attrs.frozen(kw_only=True)
class Credentials:
    """The keys of a sandbox; all of them say that they are fake."""

    braze_api_key: str = "fake-braze-api-key-for-tests"
    """REST key of Braze."""

    core_api_key: str = "fake-core-api-key-for-tests"
    """SessionM Core key, a part of every Core URL."""

    core_api_secret: str = "fake-core-api-secret-for-tests"  # noqa: S105 - says so
    """SessionM Core secret."""

    connect_authorization: str = (
        "Basic ZmFrZS1jb25uZWN0OmZha2Utc2VjcmV0LWZvci10ZXN0cw=="
    )
    """SessionM Connect authorization header, ``Basic`` included."""

    retailer_id: str = "00000000-0000-4000-8000-00000000fa4e"
    """SessionM Connect retailer."""

    @property
    def core_authorization(self) -> str:
        """SessionM Core authorization header, ``Basic`` included."""
        pair = f"{self.core_api_key}:{self.core_api_secret}".encode()
        return "Basic " + base64.b64encode(pair).decode()

    def scrubber(self, *others: str) -> Scrubber:
        """Return what masks these credentials, and *others*, in texts and values."""
        texts = (
            self.braze_api_key,
            self.core_api_key,
            self.core_api_secret,
            self.core_authorization.removeprefix("Basic "),
            self.connect_authorization.removeprefix("Basic "),
            *others,
        )
        return Scrubber(Secret(text) for text in texts)

    def environ(self, endpoints: Endpoints, /) -> dict[str, str]:
        """Return the environment variables that ``from_env`` of the clients reads."""
        return {
            "BRAZE_ENDPOINT": endpoints.braze,
            "BRAZE_API_KEY": self.braze_api_key,
            "SESSIONM_CORE_ENDPOINT": endpoints.core,
            "SESSIONM_CORE_API_KEY": self.core_api_key,
            "SESSIONM_CORE_API_SECRET": self.core_api_secret,
            "SESSIONM_CONNECT_ENDPOINT": endpoints.connect,
            "SESSIONM_CONNECT_AUTHORIZATION": self.connect_authorization,
            "SESSIONM_CONNECT_RETAILER_ID": self.retailer_id,
        }
