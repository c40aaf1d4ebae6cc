"""What templates may use: Content Blocks, catalogs, codes, credentials, variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._services import Services


__all__ = ["WorkspaceContent"]


class WorkspaceContent:
    """The parts of a workspace that templates reach."""

    def __init__(self, services: Services, /) -> None:
        self._services = services

    @property
    def content_blocks(self) -> dict[str, str]:
        """Content Blocks by name."""
        return self._services.braze.workspace.content_blocks

    @property
    def catalogs(self) -> dict[str, Any]:
        """Catalogs by name, as `Renderer` takes them."""
        return self._services.braze.workspace.catalogs

    @property
    def promotions(self) -> dict[str, Sequence[str]]:
        """Promotion codes by the name of their list; each message takes one."""
        return self._services.braze.workspace.promotions

    @property
    def credentials(self) -> dict[str, Any]:
        """Stored credentials by name, as `Renderer` takes them."""
        return self._services.braze.workspace.credentials

    @property
    def variables(self) -> dict[str, Any]:
        """Plain Liquid variables that every template sees.

        From the start there are ``endpoint_core``, ``endpoint_connect``,
        ``appkey_core``, ``apikey_core`` and ``retailer_id``, as on the partner page.
        """
        return self._services.braze.workspace.variables
