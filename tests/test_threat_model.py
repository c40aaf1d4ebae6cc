"""The page on threats, whose promises name their tests."""

import re
from pathlib import Path


ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/explanation/threat-model.rst").read_text("utf-8")


def test_every_test_that_is_named_is_there():
    """A promise whose test was moved or removed fails."""
    folder, found = Path("tests"), 0
    for name in re.findall(r"``((?:tests/)?[\w/]+(?:\.py|/))``", PAGE):
        path = Path(name) if name.startswith("tests/") else folder / name
        folder = path.parent
        assert (ROOT / path).exists(), name
        found += 1
    assert found > 30
