"""The pytest plugin: one fixture, nothing automatic, nothing loaded before its use."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest


if TYPE_CHECKING:
    from .testing import Sandbox


MARKER = "sessionm_braze_sandbox"

_SANDBOX: pytest.StashKey[Sandbox] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest about the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**settings): settings of the sandbox, as Sandbox takes them",
    )


@pytest.fixture
def sessionm_braze_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Return a fresh `sessionm_braze.testing.Sandbox`.

    While it is in use, clients of this package refuse hosts other than the sandbox's.
    The marker ``sessionm_braze_sandbox`` takes settings for it, such as
    ``braze_external_id="external_id"``.
    """
    from .testing import Sandbox  # noqa: PLC0415 - loads requests and Liquid

    settings: dict[str, Any] = {}
    for mark in request.node.iter_markers(MARKER):
        settings = {**mark.kwargs, **settings}
    sandbox = Sandbox(**settings)
    request.node.stash[_SANDBOX] = sandbox
    with sandbox.hosts_guarded():
        yield sandbox
    sandbox.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed although its sandbox found something astray."""
    result = yield
    sandbox = item.stash.get(_SANDBOX, None)
    if sandbox is not None and sandbox.strict:
        sandbox.verify()
    return result
