"""The conformance sheet of the documentation is the one the code and tests give.

``python tests/testing/test_conformance.py`` writes it anew.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sessionm_braze import testing
from sessionm_braze.testing._conformance import conformance_sheet


HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "sandbox-conformance.rst"
PARTS = {
    "SessionM Core": "test_core.py",
    "SessionM Connect": "test_connect.py",
    "Braze: triggers": "test_braze_triggers.py",
    "Braze: schedules": "test_braze_schedules.py",
    "Braze: users, segments, lists": "test_braze_users.py",
    "Braze: rate limits": "test_limits.py",
    "Faults": "test_faults.py",
    "Dashboards": "test_dashboard.py",
    "Requests of the platforms' own pages": "test_documented_requests.py",
    "Every method of the clients": "test_whole_client.py",
    "Clients of other projects and languages": "test_foreign_clients.py",
    "The sandbox as a whole": "test_sandbox.py",
}


def promises(name):
    """Return the docstrings of the tests in a file, in order."""
    tree = ast.parse((HERE / name).read_text("utf-8"))
    return [
        ast.get_docstring(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def sheet():
    """Return the sheet as it should be."""
    return conformance_sheet({title: promises(name) for title, name in PARTS.items()})


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


def test_sheet_is_up_to_date():
    """The page says what the code does."""
    assert sheet() == PAGE.read_text("utf-8")


if __name__ == "__main__":
    PAGE.write_text(sheet(), "utf-8")
