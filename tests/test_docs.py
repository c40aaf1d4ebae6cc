import doctest
import importlib
import json
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest

import sessionm_braze
from sessionm_braze.testing import Sandbox


TOP = Path(__file__).parent.parent
PAGES = sorted((TOP / "docs").rglob("*.rst"))
README = TOP / "README.md"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(sessionm_braze.__path__, "sessionm_braze.")
    if not module.name.endswith("__main__")
)
DIRECTIVE = re.compile(
    r"^\.\. (?:auto|py:)(\w+):: ([\w.]+).*\n((?: +:.*\n)*)", re.MULTILINE
)
BLOCK = re.compile(r"^( *)\.\. code-block:: (\S+)\n\n((?:\1 +.*\n|\n)+)", re.MULTILINE)


def readme_blocks():
    """Return the Python blocks of the README, in order."""
    return re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(TOP).as_posix())
def test_examples_of_a_page_work(page):
    """Every example in the documentation gives what the page says."""
    result = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS)

    assert 0 == result.failed


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_docstring_work(name):
    """Every example in a docstring gives what the docstring says."""
    result = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)

    assert 0 == result.failed


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(TOP).as_posix())
def test_python_on_a_page_is_always_an_example(page):
    """No page shows Python that nothing runs, nor JSON that does not parse."""
    for _, language, body in BLOCK.findall(page.read_text("utf-8")):
        assert language in {"console", "json", "liquid", "text"}
        if language == "json":
            json.loads(body)


def test_the_readme_shows_one_block_for_each_kind_of_user():
    """An app, a notebook and a test suite each have their ten lines."""
    assert 3 == len(readme_blocks())


def test_the_app_lines_of_the_readme_work(capsys, monkeypatch):
    """The first block takes its clients from the environment, tags, and sends."""
    with Sandbox() as sandbox:
        ana = sandbox.sessionm.add_customer(user_id="u-1")
        sandbox.sessionm.issue_offer(ana, name="Free coffee")
        template = "{{api_trigger_properties.${offer_title}}}"
        sandbox.dashboard.add_campaign("c-1", template=template)
        sandbox.serve()
        for name, value in sandbox.environ.items():
            monkeypatch.setenv(name, value)

        exec(readme_blocks()[0], {"user_id": "u-1", "campaign_id": "c-1"})

        assert "accepted\n" == capsys.readouterr().out
        assert ["Free coffee"] == [sent.text for sent in sandbox.outbox]
        assert {"spring_segment"} == sandbox.sessionm.tags_of(ana).keys()


def test_the_notebook_lines_of_the_readme_work(capsys):
    """The second block prints a wallet and what a template sees."""
    exec(readme_blocks()[1], {})

    printed = capsys.readouterr().out
    assert "1 offer, 100 points available" in printed
    assert printed.endswith("\n100\n")


def test_the_test_suite_lines_of_the_readme_work():
    """The third block is a test, and it passes."""
    names = {}
    exec(readme_blocks()[2], names)

    names["test_the_customer_hears_of_the_offer"]()


@cache
def documented():
    """Return what the pages of the reference describe, by identity."""
    found = []
    for page in (TOP / "docs" / "reference").glob("*.rst"):
        for kind, path, options in DIRECTIVE.findall(page.read_text("utf-8") + "\n"):
            if kind != "module":
                found.append(pkgutil.resolve_name(path))
            elif ":no-members:" not in options:
                module = importlib.import_module(path)
                found += [getattr(module, name) for name in module.__all__]
    return {id(value) for value in found}


@pytest.mark.parametrize(
    "module", ["sessionm_braze", *(name for name in MODULES if "._" not in name)]
)
def test_every_public_name_is_in_the_reference(module):
    """Nobody has to read the source to learn that something exists."""
    public = importlib.import_module(module)
    missing = [
        name for name in public.__all__ if id(getattr(public, name)) not in documented()
    ]

    assert [] == missing
