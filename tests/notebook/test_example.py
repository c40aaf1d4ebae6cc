import json
import subprocess
import sys
from pathlib import Path

import pytest


NOTEBOOK = Path(__file__).parents[2] / "examples" / "explore_offer_wallet.ipynb"
RUN = """
import sys, nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[2])
"""


def outputs_of(notebook):
    """Return for each code cell the kinds of its outputs."""
    return [
        [
            kind
            for output in cell["outputs"]
            for kind in output.get("data", {output["output_type"]: ""})
        ]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Return the notebook, run from top to bottom."""
    for library in ("nbclient", "ipykernel", "pandas", "matplotlib"):
        pytest.importorskip(library, reason=f"no {library} here: not executed")
    target = tmp_path_factory.mktemp("executed") / "notebook.ipynb"
    run = subprocess.run(
        [sys.executable, "-c", RUN, str(NOTEBOOK), str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == run.returncode, run.stderr
    return json.loads(target.read_text("utf-8"))


class TestExample:
    def test_is_committed_without_outputs(self):
        """The file holds no output and no count, so that runs do not change it."""
        cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]

        assert [] == [cell for cell in code if cell["outputs"]]
        assert {None} == {cell["execution_count"] for cell in code}

    def test_runs_from_top_to_bottom(self, executed):
        """Every cell runs, quietly."""
        kinds = {kind for cell in outputs_of(executed) for kind in cell}

        assert {"text/html", "text/plain", "image/png", "stream"} == kinds

    def test_shows_tables_pictures_and_a_message(self, executed):
        """The wallet, the frame, three pictures and the message are there."""
        shown = json.dumps(executed["cells"], ensure_ascii=False)

        assert 3 == sum("image/png" in cell for cell in outputs_of(executed))
        assert "ends in 3 days" in shown
        assert "1 gained" in shown
        assert "1240 points are yours to spend." in shown
        assert "connected_content" in shown

    def test_shows_no_secret(self, executed):
        """The call's trace in the output masks the authorization."""
        assert "Authorization: ***" in json.dumps(executed["cells"])
