"""Clients on a stand-in transport: what would be sent is kept, answers are given."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter

from sessionm_braze import BrazeClient, SessionMConnectClient, SessionMCoreClient


class Wire(BaseAdapter):
    """Answers requests in turn, and keeps what they held."""

    def __init__(self):
        super().__init__()
        self.answers = []
        self.requests = []
        self.answer = {"status": "ok", "message": "success"}

    def send(self, request, **_):
        """Return the next answer: JSON data, status with data, or a function."""
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else self.answer
        if callable(answer):
            answer = answer(self.body)
        status, data = answer if isinstance(answer, tuple) else (200, answer)
        response = requests.Response()
        response.status_code = status
        response._content = json.dumps(data).encode()
        response.request = request
        return response

    def close(self):
        """Nothing is open."""

    @property
    def paths(self):
        """Paths asked for."""
        return [urlsplit(request.url).path for request in self.requests]

    @property
    def query(self):
        """Query of the last request."""
        return parse_qs(urlsplit(self.requests[-1].url).query)

    @property
    def body(self):
        """Decoded body of the last request."""
        body = self.requests[-1].body
        return json.loads(body) if body else None


@pytest.fixture
def wire():
    """A stand-in for the network."""
    return Wire()


@pytest.fixture
def settings(wire):
    """Settings that put a client on the wire."""
    session = requests.Session()
    session.mount("https://", wire)
    waits = []
    return {"http": session, "clock": lambda: 0.0, "sleep": waits.append}


@pytest.fixture
def core(settings):
    """A client of SessionM Core."""
    return SessionMCoreClient(
        "core.example", api_key="core-key", api_secret="core-secret", **settings
    )


@pytest.fixture
def connect(settings):
    """A client of SessionM Connect."""
    return SessionMConnectClient(
        "connect.example",
        authorization="Basic Zm9vOmJhcg==",
        retailer_id="retailer-1",
        **settings,
    )


@pytest.fixture
def braze(settings):
    """A client of Braze."""
    return BrazeClient("US-03", api_key="braze-key", **settings)
