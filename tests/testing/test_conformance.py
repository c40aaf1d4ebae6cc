"""The cores are pure, and the page of the documentation says what they do."""

import ast
import importlib.util
from pathlib import Path

import pytest

from sessionm_braze import testing


SCRIPT = Path(__file__).parents[2] / "docs" / "_sandbox_conformance.py"
CORES = sorted(
    path
    for room in ("_braze", "_sessionm")
    for path in Path(testing.__file__).parent.joinpath(room).glob("*.py")
)


@pytest.mark.parametrize("path", CORES, ids=lambda path: path.name)
def test_cores_are_pure(path):
    """A core has no sockets, no threads, no chance and no clock of its own."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    names |= {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not node.level
    }
    calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert set() == names & {"socket", "threading", "time", "random", "os", "requests"}
    assert set() == calls & {"now", "utcnow", "today"}


def test_page_is_up_to_date():
    """The page in the documentation is the one made from the code and the tests."""
    spec = importlib.util.spec_from_file_location("_sandbox_conformance", SCRIPT)
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)

    assert writer.sandbox_conformance() == writer.PAGE.read_text("utf-8")
