"""What all tests share: the environment, and how far a property is searched."""

import pytest
from hypothesis import HealthCheck, settings


settings.register_profile(
    "default",
    max_examples=40,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=600)

FOREIGN = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"),
)
"""Variables that send requests through somebody else, or trust other certificates."""


def pytest_configure(config):
    """Search thoroughly wherever slow tests are not left out."""
    thorough = "not slow" not in config.option.markexpr
    settings.load_profile("thorough" if thorough else "default")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Count a test of a property as slow when it is searched thoroughly."""
    if settings.get_current_profile_name() == "thorough":
        for item in items:
            if item.get_closest_marker("hypothesis"):
                item.add_marker("slow")


@pytest.fixture(scope="session", autouse=True)
def _plain_environment():
    """Run the same wherever it is, children included."""
    with pytest.MonkeyPatch.context() as patch:
        for name in FOREIGN:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield
