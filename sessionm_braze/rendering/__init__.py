"""A Braze message on your own machine: Liquid, connected_content, catalogs."""

from __future__ import annotations

from ._connected_content.cache import ConnectedContentCache
from ._connected_content.canned_fetcher import CannedFetcher
from ._connected_content.http_fetcher import HttpFetcher
from ._connected_content.messages import (
    ConnectedContentCall,
    ConnectedContentRequest,
    ConnectedContentResponse,
    Fetcher,
)
from ._inspect import CallUse, Finding, TemplateReport, inspect_template
from ._limits import RenderLimits
from ._message import RenderedMessage
from ._profiles import profile_variables
from ._renderer import Renderer, Template
from ._resources import BasicAuth, Catalog, HeaderAuth


__all__ = [
    "BasicAuth",
    "CallUse",
    "CannedFetcher",
    "Catalog",
    "ConnectedContentCache",
    "ConnectedContentCall",
    "ConnectedContentRequest",
    "ConnectedContentResponse",
    "Fetcher",
    "Finding",
    "HeaderAuth",
    "HttpFetcher",
    "RenderLimits",
    "RenderedMessage",
    "Renderer",
    "Template",
    "TemplateReport",
    "inspect_template",
    "profile_variables",
]
