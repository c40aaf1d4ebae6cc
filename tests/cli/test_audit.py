import json
import subprocess
import sys

import pytest

from sessionm_braze._cli import main


TEMPLATE = (
    "{% if custom_attribute.${tier} == 'none' %}{% abort_message('no tier') %}"
    "{% endif %}\n{{greeting}} {{${first_name}}}"
    "{% for o in wallet.payload.user_offers %} {{ o.name }}{% endfor %}"
)
PEOPLE = [
    {"user_id": "u-1", "first_name": "Ana"},
    {"user_id": "u-2", "custom_attribute": {"tier": "none"}},
    {"user_id": "u-3"},
    {"user_id": "u-4", "first_name": "Rui"},
]
OFFER = {"offer_id": "o-1", "name": "Tea", "expiration_date": "2026-04-01T00:00:00Z"}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file, a list as JSON Lines."""

    def written(name, content):
        path = tmp_path / name
        if isinstance(content, list):
            content = "".join(json.dumps(item) + "\n" for item in content)
        elif not isinstance(content, str):
            content = json.dumps(content)
        path.write_text(content, "utf-8")
        return str(path)

    return written


@pytest.fixture
def command(write):
    """The words of a sound audit."""
    wallet = {"payload": {"user_id": "u-1", "user_offers": [OFFER]}}
    return [
        "audit",
        write("mail.liquid", TEMPLATE),
        "--recipients",
        write("people.jsonl", PEOPLE),
        "--wallets",
        write("wallets.jsonl", [wallet]),
        "--variables",
        write("common.json", {"greeting": "Hi"}),
        "--now",
        "2026-05-01T12:00:00+00:00",
    ]


class TestReport:
    def test_is_printed(self, command, capsys):
        """The report goes to standard output, with code 0 whatever it finds."""
        assert 0 == main(command)

        printed = capsys.readouterr()
        assert printed.out.startswith("4 recipients, sent 2026-05-01 12:00 UTC\n")
        assert "            3   75.00%  sent\n" in printed.out
        assert "            1  no tier  [u-2]\n" in printed.out
        assert "${first_name}  line 2, column 16  [u-3]\n" in printed.out
        assert "Tea (o-1), 2026-04-01 00:00 UTC" in printed.out
        assert "" == printed.err

    def test_obeys_its_settings(self, command, capsys):
        """Length, sample and ends are those asked for."""
        main([*command, "--max-length", "4", "--sample", "1", "--ends-within", "0.5"])

        out = capsys.readouterr().out
        assert "2  more than 4 characters  [u-1, …]" in out

    def test_is_printed_for_programs(self, command, capsys):
        """JSON holds everything that the report holds."""
        main([*command, "--format", "json"])

        report = json.loads(capsys.readouterr().out)
        assert (4, 1) == (report["recipients"], report["aborted"])
        assert "2026-05-01T12:00:00+00:00" == report["now"]
        assert ["u-2"] == report["aborts"][0]["sample"]

    def test_is_written_as_a_page(self, command, tmp_path):
        """A page can be kept beside the build."""
        target = tmp_path / "report.html"

        main([*command, "--html", str(target)])

        page = target.read_text("utf-8")
        assert page.startswith("<!doctype html>")
        assert "no tier" in page

    def test_goes_on_calls_that_are_answered(self, write, capsys):
        """Answers are those that ``render`` takes."""
        template = "{% connected_content https://a.test/ %}{{connected.x}}"
        answers = [{"url": "https://a.test/", "json": {"x": 1}}]

        code = main(
            [
                "audit",
                write("a.liquid", template),
                "--recipients",
                write("p.jsonl", ["u-1", "u-2"]),
                "--answers",
                write("answers.json", json.dumps(answers)),
            ]
        )

        assert 0 == code
        out = capsys.readouterr().out
        assert "2 calls, 0 failed (200: 2)" in out
        assert "            2  1  [u-1, …]" in out

    def test_can_be_lax(self, write, capsys):
        """What the reference engine passes over is passed over on request."""
        words = [
            "audit",
            write("a.liquid", "{{ 'a' | no_such_filter }}"),
            "--recipients",
            write("p.jsonl", ["u-1"]),
        ]

        assert (1, 0) == (main(words), main([*words, "--lax"]))
        assert "unknown filter 'no_such_filter'" in capsys.readouterr().err


class TestThresholds:
    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("--aborted-above", "1 of 4 aborted (25.00%, allowed 20.00%)"),
            ("--ended-above", "1 of 4 with ended offers (25.00%, allowed 20.00%)"),
        ],
    )
    def test_that_are_passed_give_code_1(self, command, capsys, name, problem):
        """The report is printed all the same; the error says what was passed."""
        assert 1 == main([*command, name, "0.2"])

        printed = capsys.readouterr()
        assert printed.out.startswith("4 recipients")
        assert f"sessionm_braze audit: {problem}\n" == printed.err

    def test_that_are_kept_give_code_0(self, command, capsys):
        """A share that is just reached is allowed."""
        words = ["--aborted-above", "0.25", "--empty-above", "0", "--error-above", "0"]

        assert 0 == main([*command, *words])
        assert "" == capsys.readouterr().err

    def test_all_are_told(self, command, capsys):
        """Each threshold that is passed has its line."""
        main([*command, "--aborted-above", "0", "--ended-above", "0"])

        assert 2 == len(capsys.readouterr().err.splitlines())


class TestWorkers:
    def test_print_the_same(self, command, capsys):
        """Processes that read parts of the file find what one finds."""
        main(command)
        alone = capsys.readouterr().out
        words = [sys.executable, "-m", "sessionm_braze", *command, "--workers", "2"]

        shared = subprocess.run(words, capture_output=True, text=True, check=True)

        assert (alone, "") == (shared.stdout, shared.stderr)

    def test_tell_a_broken_line_in_one(self, command, write):
        """A mistake in a worker's part is one line too, and code 2."""
        write("people.jsonl", '"u-1"\n"u-2"\n"u-3"\n{oops}\n')
        words = [sys.executable, "-m", "sessionm_braze", *command, "--workers", "2"]

        done = subprocess.run(words, capture_output=True, text=True, check=False)

        assert (2, "") == (done.returncode, done.stdout)
        assert 1 == len(done.stderr.splitlines())
        assert "people.jsonl, line 4: no JSON" in done.stderr


class TestWrongUse:
    @pytest.mark.parametrize(
        ("name", "content", "problem"),
        [
            ("people.jsonl", "{oops}", "people.jsonl, line 1: no JSON: "),
            ("people.jsonl", "7\n", "a recipient is a mapping or an id, not int"),
            ("people.jsonl", '{"${name}": "x"}', "give 'name' instead"),
            ("wallets.jsonl", "{}", "wallets.jsonl, line 1: a wallet is an answer"),
            ("common.json", "[]", "common.json: expected an object of variables"),
            ("common.json", "{", "common.json: no JSON"),
        ],
    )
    def test_a_wrong_file_is_told(self, command, write, capsys, name, content, problem):  # noqa: PLR0917
        """What cannot be read is told with its place, in a line, with code 2."""
        write(name, content)

        assert 2 == main(command)

        printed = capsys.readouterr()
        assert printed.err.startswith("sessionm_braze audit: ")
        assert problem in printed.err
        assert 1 == len(printed.err.splitlines())
        assert "" == printed.out

    @pytest.mark.parametrize("place", [1, 3, 5, 7])
    def test_a_file_that_is_not_there_is_told(self, command, capsys, place):
        """Every file has to be there."""
        command[place] += ".none"

        assert 2 == main(command)
        assert ".none: No such file or directory\n" in capsys.readouterr().err

    def test_a_page_that_cannot_be_written_is_told(self, command, capsys, tmp_path):
        """The target has to be writable."""
        assert 2 == main([*command, "--html", str(tmp_path / "none" / "a.html")])
        assert "a.html: No such file or directory" in capsys.readouterr().err

    def test_a_template_that_does_not_parse_gives_code_1(self, command, write, capsys):
        """It is not to be sent; the error has line and column."""
        write("mail.liquid", "Hi\n{% if x %}")

        assert 1 == main(command)
        err = capsys.readouterr().err
        assert "mail.liquid: 'if' is never closed, 'endif' is missing (line 2" in err
        assert 1 == len(err.splitlines())

    @pytest.mark.parametrize(
        "words",
        [
            ("--aborted-above", "5"),
            ("--empty-above", "x"),
            ("--ends-within", "-1"),
            ("--ends-within", "inf"),
            ("--max-length", "-1"),
            ("--workers", "0"),
            ("--now", "soon"),
        ],
    )
    def test_a_wrong_value_is_told(self, command, capsys, words):
        """Each setting has its range."""
        with pytest.raises(SystemExit) as info:
            main([*command, *words])

        assert 2 == info.value.code
        assert words[0] in capsys.readouterr().err

    def test_recipients_are_needed(self, capsys):
        """An audit is for somebody."""
        with pytest.raises(SystemExit):
            main(["audit", "mail.liquid"])

        assert "--recipients" in capsys.readouterr().err
