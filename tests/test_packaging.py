import ast
import importlib
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import sessionm_braze
import sessionm_braze.clients
import sessionm_braze.models


ROOT = Path(sessionm_braze.__file__).parent
HEAVY = ("requests", "liquid", "cattrs", "pandas", "matplotlib", "pytest", "responses")


def loaded_after(code):
    """Return the top-level modules that a fresh interpreter has after *code*."""
    script = (
        f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def typed_names(package):
    """Return the names that *package* shows to type checkers."""
    names = set()
    for node in ast.walk(ast.parse(Path(package.__file__).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            origin = f"{'.' * node.level}{node.module}"
            names.update(importlib.import_module(origin, package.__name__).__all__)
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname for alias in node.names)
    return {name for name in names if name and not name.startswith("_")}


def test_version_agrees_with_the_metadata():
    """The version in the code is the version that was installed."""
    assert sessionm_braze.__version__ == importlib.metadata.version("sessionm-braze")


def test_type_checkers_are_told():
    """The package carries the marker that it is typed."""
    assert (ROOT / "py.typed").exists()


def test_importing_the_root_loads_nothing_heavy():
    """A bare import brings neither a dependency nor an extra."""
    assert set() == loaded_after("import sessionm_braze") & set(HEAVY)


def test_a_client_loads_no_liquid():
    """Whoever sends tags never pays for the renderer or for test tools."""
    loaded = loaded_after("from sessionm_braze import BrazeClient, SessionMCoreClient")

    assert set() == loaded & {"liquid", "pandas", "matplotlib", "pytest", "responses"}


@pytest.mark.parametrize("name", sorted(sessionm_braze.__all__))
def test_every_public_name_resolves(name):
    """What the root announces is there."""
    assert getattr(sessionm_braze, name) is not None


@pytest.mark.parametrize(
    "package", [sessionm_braze, sessionm_braze.clients, sessionm_braze.models]
)
def test_type_checkers_and_the_interpreter_see_the_same_names(package):
    """The two lists of a package whose names are loaded late agree."""
    assert typed_names(package) == set(package.__all__)


def test_an_unknown_name_is_an_attribute_error():
    """A misspelt name fails as with any other module."""
    with pytest.raises(AttributeError, match="has no attribute 'Nope'"):
        _ = sessionm_braze.Nope


def test_only_one_top_level_package_is_installed():
    """Nothing lands beside the package: no tests, no docs."""
    tops = {
        Path(str(file)).parts[0]
        for file in importlib.metadata.files("sessionm-braze") or ()
    }

    assert {top for top in tops if top.isidentifier() and not top.startswith("_")} <= {
        "sessionm_braze"
    }


@pytest.mark.slow
def test_a_type_checker_rejects_unknown_names_and_wrong_types(tmp_path):
    """A consumer's mistakes are found before the program runs."""
    pytest.importorskip("mypy")
    consumer = tmp_path / "consumer.py"
    consumer.write_text(
        "import sessionm_braze, sessionm_braze.models\n"
        "sessionm_braze.Nope\n"
        "sessionm_braze.dump\n"
        "sessionm_braze.models.Nope\n"
        "sessionm_braze.BrazeClient('US-03', api_key=3)\n"
        "good: int = len(sessionm_braze.OfferWallet())\n",
        "utf-8",
    )
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", consumer.name],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    lines = [line for line in run.stdout.splitlines() if line.startswith("consumer")]

    assert [f"consumer.py:{number}" for number in range(2, 6)] == [
        line.split(": ")[0] for line in lines
    ]
