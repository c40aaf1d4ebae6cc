"""What all tests share: the environment, and how far a property is searched."""

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings


settings.register_profile(
    "default",
    max_examples=40,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=600)
settings.register_profile("random", settings.get_profile("thorough"), derandomize=False)

FOREIGN = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"),
)
"""Variables that send requests through somebody else, or trust other certificates."""


def slow_is_left_out(config):
    """Return whether slow tests are left out, as they are unless asked for."""
    return "not slow" in config.option.markexpr


def pytest_configure(config):
    """Search thoroughly where slow tests run; ``--hypothesis-profile`` still wins."""
    settings.load_profile("default" if slow_is_left_out(config) else "thorough")


def pytest_collection_modifyitems(config, items):
    """Count a property among the slow tests where these run, for then it is one."""
    if not slow_is_left_out(config):
        for item in items:
            if is_hypothesis_test(getattr(item, "obj", None)):
                item.add_marker("slow")


@pytest.fixture(scope="session", autouse=True)
def _plain_environment():
    """Run the same wherever it is, children included."""
    with pytest.MonkeyPatch.context() as patch:
        for name in FOREIGN:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield
