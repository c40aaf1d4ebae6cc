import json
import re
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


class TestToken:
    @pytest.mark.parametrize(
        ("arguments", "token"),
        [(["--token"], "[A-Za-z0-9_-]{43}"), (["--token", "abc"], "abc")],
    )
    def test_the_printed_urls_hold_it(self, arguments, token):
        """With the option alone it is a new one, and nothing else opens the sandbox."""
        command = [sys.executable, "-m", "sessionm_braze", "serve", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            printed = json.loads(process.stdout.readline())
            with urllib.request.urlopen(printed["core"] + "/_sandbox/") as response:
                about = json.load(response)
            bare = printed["core"].rpartition("/")[0]
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(bare + "/_sandbox/")
            refused.value.close()
            process.send_signal(signal.SIGINT)

        assert re.fullmatch(rf"http://127\.0\.0\.1:\d+/{token}", printed["core"])
        assert printed["core"] == printed["environ"]["SESSIONM_CORE_ENDPOINT"]
        assert printed["environ"] == about["environ"]
        assert 403 == refused.value.code

    def test_one_that_fits_into_no_url_is_one_line_and_code_two(self, capsys):
        """It is told what a token is made of."""
        assert 2 == main(["serve", "--token", "a/b"])
        told = capsys.readouterr().err
        assert told.startswith("sessionm_braze serve: token must be letters, digits")
        assert 1 == told.count("\n")


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
