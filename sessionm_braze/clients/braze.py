"""BrazeClient: trigger campaigns and Canvases, and all that belongs to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import ClassVar, Self, Unpack

from .._checks import told
from .._http import AuthorizationHeader, ClientSettings, check_secret
from .._secrets import Secret
from ._braze.base import CanvasPropertyKey
from ._braze.exports import ExportCalls
from ._braze.instances import INSTANCES, rest_url
from ._braze.listings import ListingCalls
from ._braze.schedules import ScheduleCalls
from ._braze.triggers import TriggerCalls
from ._braze.users import UserCalls


__all__ = ["INSTANCES", "BrazeClient"]


class BrazeClient(TriggerCalls, ScheduleCalls, ListingCalls, UserCalls, ExportCalls):
    """Braze's REST API, as far as the integration with SessionM needs it.

    Args:
        endpoint: The instance (``"US-03"``), a host, or a URL.  There is no default:
            a key used on a wrong instance looks like a wrong key.
        api_key: REST API key with the permissions ``campaigns.trigger.send`` and
            ``canvas.trigger.send``, which the partner page calls ``trigger_send``.
        canvas_property_key: Key under which a Canvas gets its properties;
            ``canvas_entry_properties`` is the former name, for older workspaces.
        **settings: See `ClientSettings`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the instance is unknown, the endpoint is no https URL, or the
            key cannot stand in a header.
    """

    _environment: ClassVar[Mapping[str, str]] = {
        "endpoint": "BRAZE_ENDPOINT",
        "api_key": "BRAZE_API_KEY",
    }

    def __init__(
        self,
        endpoint: str,
        *,
        api_key: str,
        canvas_property_key: CanvasPropertyKey = "context",
        **settings: Unpack[ClientSettings],
    ) -> None:
        if canvas_property_key not in {"context", "canvas_entry_properties"}:
            raise ValueError(
                'canvas_property_key must be "context" or "canvas_entry_properties", '
                f"got {told(canvas_property_key)}"
            )
        key = check_secret(api_key, "api_key")
        self._canvas_property_key = canvas_property_key
        super().__init__(
            rest_url(endpoint),
            authorization=AuthorizationHeader(Secret(f"Bearer {key.reveal()}")),
            secrets=(key,),
            settings=settings,
        )

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        canvas_property_key: CanvasPropertyKey = "context",
        **settings: Unpack[ClientSettings],
    ) -> Self:
        """Make a client from ``BRAZE_ENDPOINT`` and ``BRAZE_API_KEY``.

        Args:
            environ: Where the variables are, by default ``os.environ``.
            canvas_property_key: As for the constructor.
            **settings: Keyword settings, as for the constructor.

        Raises:
            ValueError: If a variable is missing or blank, or its value is refused.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> BrazeClient.from_env(
            ...     {"BRAZE_ENDPOINT": "EU-01", "BRAZE_API_KEY": "your-key"},
            ...     timeout=(5, 60),
            ... )
            BrazeClient('https://rest.fra-01.braze.eu')
        """
        return cls(
            **cls._arguments(os.environ if environ is None else environ),
            canvas_property_key=canvas_property_key,
            **settings,
        )
