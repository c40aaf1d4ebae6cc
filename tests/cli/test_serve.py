import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from sessionm_braze._cli import main


@pytest.fixture
def served(tmp_path):
    """Return the process that serves a customer, and what it printed."""
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"customers": [{"user_id": "u-1"}]}), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "sessionm_braze", "serve", "--seed", str(seed)],
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process, json.loads(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()


class TestServe:
    def test_prints_urls_that_answer_until_interrupted(self, served):
        """The line names every service, the state is there, and Ctrl-C ends it."""
        process, printed = served
        environ = printed["environ"]
        core = f"{printed['core']}/priv/v1/apps/{environ['SESSIONM_CORE_API_KEY']}"
        request = urllib.request.Request(f"{core}/users/u-1")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        refused.value.close()
        process.send_signal(signal.SIGINT)

        assert {"braze", "connect", "core", "environ", "storage"} == set(printed)
        assert 401 == refused.value.code
        assert 0 == process.wait(10)


class TestWrongUse:
    def test_a_missing_seed_is_one_line_and_code_two(self, tmp_path, capsys):
        """A seed that is not there is told with its name."""
        assert 2 == main(["serve", "--seed", str(tmp_path / "none.json")])
        assert "none.json: No such file or directory\n" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "text",
        [
            '{"surprise": []}',
            "[1]",
            '{"customers": [{"tags": ["vip"]}]}',
            '{"campaigns": [{"template": "{% if %}"}]}',
        ],
    )
    def test_a_broken_seed_is_one_line_and_code_two(self, tmp_path, capsys, text):
        """A seed that is not understood is told with what is wrong."""
        seed = tmp_path / "seed.json"
        seed.write_text(text, "utf-8")

        assert 2 == main(["serve", "--seed", str(seed)])
        assert 1 == capsys.readouterr().err.count("\n")

    def test_a_port_out_of_range_is_one_line_and_code_two(self, capsys):
        """A port that no machine has is told."""
        assert 2 == main(["serve", "--port", "70000"])
        assert capsys.readouterr().err.startswith("sessionm_braze serve: port 70000: ")
