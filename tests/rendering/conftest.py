import datetime as dt

import pytest

from sessionm_braze.rendering import Renderer


NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def now():
    """The time of every render."""
    return NOW


@pytest.fixture
def render():
    """Render a template strictly at a fixed time and return its text."""

    def text(template, variables=None, **settings):
        return Renderer(now=NOW, **settings).render(template, variables).text

    return text


@pytest.fixture
def lax(render):
    """Render a template as the reference engine does and return its text."""

    def text(template, variables=None, **settings):
        return render(template, variables, strict=False, **settings)

    return text
