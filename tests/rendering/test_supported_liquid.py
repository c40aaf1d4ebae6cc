"""The page that lists what the renderer knows."""

import importlib.util
from pathlib import Path

import pytest

from sessionm_braze.rendering._tags.connected_content import OPTIONS


SCRIPT = Path(__file__).parents[2] / "docs" / "_supported_liquid.py"


@pytest.fixture
def writer():
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("_supported_liquid", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestPage:
    def test_is_what_the_code_says(self, writer):
        """The page in the documentation is the one made from the code."""
        assert writer.supported_liquid() == writer.PAGE.read_text("utf-8")

    @pytest.mark.parametrize(
        "name",
        ["abort_message", "catalog_items", "connected_content", "for", "liquid", "#", "translation",  # noqa: E501
         "hmac_sha256_base64", "time_zone", "number_with_delimiter", "escape_once",
         "api_trigger_properties", "random_bucket_number", "contains"],
    )  # fmt: skip
    def test_names_what_there_is(self, writer, name):
        """Tags, filters, options and names are on the page."""
        assert f"``{name}``" in writer.supported_liquid()

    def test_names_every_option(self, writer):
        """Each option of connected_content has its row."""
        page = writer.supported_liquid()

        assert all(f"``:{name}``" in page for name in OPTIONS)
