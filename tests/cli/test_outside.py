"""Files, templates and scenarios from outside do no more than they may."""

import io
import json
import os
import re
import sys

import pytest

from sessionm_braze._cli import main


STEERING = {chr(n) for n in (*range(32), *range(127, 160), 0x2028, 0x2029, 0x202E)}
EVIL = "\n::error file=a::b\r::add-mask::c\x1b[2J\x9b2J\u202e\u2028##[error]d"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys):
    """Return a function that runs a command: exit code, output, errors."""

    def run(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return run


def steers(text):
    """Return what in *text* steers a terminal or a CI system."""
    commands = re.findall(r"^\s*::.*|##\w*\[", text, re.MULTILINE)
    return commands + [char for char in set(text) & STEERING if char != "\n"]


def everything_in(folder):
    """Return the bytes of every file below *folder*."""
    files = (each for each in folder.rglob("*") if each.is_file())
    return {each: each.read_bytes() for each in files}


class TestPrinted:
    @pytest.mark.parametrize("form", ["text", "json", "github"])
    def test_findings_and_names_write_no_line_of_their_own(self, form, here, run):
        """A template, and its name, cannot forge a finding or a CI command."""
        template = f"{{{{${{{EVIL}}}}}}}{{% foo{EVIL} %}}{{{{ x | {EVIL} }}}}"
        for name in ("::add-mask::a.liquid", "b\n::error::c.liquid", "\x1b[2Jd.liquid"):
            (here / name).write_text(template)

        _, out, err = run("check", ".", "--format", form)

        if form == "github":
            own = re.compile(
                r"^::(error|warning|notice) file=(?=.*col=\d)", re.MULTILINE
            )
            assert 3 <= len(own.findall(out))
            out = own.sub("", out)
        assert "unknown-filter" in out or form == "json"
        assert [] == steers(out) + steers(err)

    def test_a_message_is_raw_only_where_no_terminal_is(self, here, run, monkeypatch):
        """A pipe gets the message as it is, a terminal nothing that steers it."""
        (here / "a.liquid").write_text("{{ x }}")
        (here / "a.json").write_text(json.dumps({"x": EVIL}))

        assert f"{EVIL}\n" == run("render", "a.liquid")[1]

        class Terminal(io.StringIO):
            encoding = "utf-8"

            def isatty(self):
                return True

        terminal = Terminal()
        monkeypatch.setattr(sys, "stdout", terminal)
        assert 0 == main(["render", "a.liquid"])
        assert not set(terminal.getvalue()) & STEERING - {"\n"}

    def test_reasons_warnings_and_wrong_words(self, here, run):
        """Standard error says foreign text on lines of its own."""
        reason = EVIL.replace("'", "")
        (here / "a.liquid").write_text(f"{{% abort_message('{reason}') %}}")

        for words in (["render", "a.liquid"], ["render", EVIL], [f"--{EVIL}"], [EVIL]):
            _, out, err = run(*words)
            assert [] == steers(out) + steers(err)

    def test_a_rehearsal(self, here, run):
        """Names, ids and texts of a scenario stay within their lines."""
        scenario = {
            "title": EVIL,
            "customers": [{"user_id": "u", "profile": {"first_name": EVIL}}],
            "previews": [
                {"customer": "u", "template": f"{EVIL}{{{{${{first_name}}}}}}"}
            ],
        }
        (here / "s.json").write_text(json.dumps(scenario))

        code, out, _ = run("rehearse", "s.json")

        assert (0, []) == (code, steers(out))

    def test_a_long_line_makes_no_long_lines(self, here, run):
        """The frame of a message grows with its text, not with its square."""
        text = "x" * 3000 + "\ny" * 3000
        previews = [{"customer": "u", "template": text}]
        scenario = {"customers": [{"user_id": "u"}], "previews": previews}
        (here / "s.json").write_text(json.dumps(scenario))

        code, out, _ = run("rehearse", "s.json")

        assert 0 == code
        assert f" {'x' * 3000} " in out
        assert len(out) < 1_000_000

    def test_a_rehearsal_shows_no_key(self, here, run):
        """Whatever way a key stands in a template, it is masked wherever it shows."""
        keys = [f"{letter}-planted-{letter}9" for letter in "abcdefg"]
        template = """
            {% assign api_key = 'A' %}{% assign plain = 'B' %}
            {% capture token %}C{% endcapture %}
            {% connected_content {{endpoint_core}}/priv/v1/apps/D/x?secret=E
               :headers {"Authorization": "Basic {{plain}}", "X-Key": "F"}
               :method post :body {"password": "G"} :save w %}
            {{api_key}} {{plain}} {{token}}
            """
        for letter, key in zip("ABCDEFG", keys, strict=True):
            template = re.sub(rf"\b{letter}\b", key, template)
        scenario = {
            "customers": [{"user_id": "u"}],
            "previews": [{"customer": "u", "template": template}],
        }
        (here / "s.json").write_text(json.dumps(scenario))

        code, out, _ = run("rehearse", "s.json")

        assert 0 == code
        assert [] == [key for key in keys if key in out]


class TestOutputs:
    @pytest.fixture
    def inputs(self, here):
        """A template with its data, and other names of both."""
        (here / "t.liquid").write_text("Hi {{x}}")
        (here / "t.json").write_text('{"x": 1}')
        (here / "answers.json").write_text("[]")
        (here / "people.jsonl").write_text('"u-1"\n')
        (here / "wallets.jsonl").write_text('{"user_id": "u-1", "user_offers": []}\n')
        os.link(here / "t.json", here / "hard.html")
        (here / "soft.html").symlink_to("t.liquid")
        (here / "round").symlink_to(".")
        return here

    @pytest.mark.parametrize(
        "target",
        [
            *("t.liquid", "./t.liquid", "round/t.liquid", "t.json", "answers.json"),
            *("hard.html", "soft.html"),
        ],
    )
    def test_a_page_replaces_nothing_that_is_read(self, target, inputs, run):
        """Under whatever name: the command is refused, and no byte changes."""
        before = everything_in(inputs)

        code, out, err = run("render", "t.liquid", "--html", target)

        assert (2, "", 1) == (code, out, err.count("\n"))
        assert before == everything_in(inputs)

    @pytest.mark.parametrize("target", ["people.jsonl", "wallets.jsonl", "soft.html"])
    def test_an_audits_page_neither(self, target, inputs, run):
        """Recipients, wallets and the template are spared."""
        before = everything_in(inputs)
        files = ["--recipients", "people.jsonl", "--wallets", "wallets.jsonl"]

        code, out, _ = run("audit", "t.liquid", *files, "--html", target)

        assert (2, "") == (code, out)
        assert before == everything_in(inputs)

    @pytest.mark.parametrize("name", ["t.json", "of.json"])
    def test_an_empty_list_of_variables_is_no_page(self, name, here, run):
        """Nothing can be rendered for it, which is said, and it is not replaced."""
        (here / "t.liquid").write_text("A")
        (here / name).write_text("[]")
        words = ["--variables", name] if name == "of.json" else []

        code, out, err = run("render", "t.liquid", *words, "--html", name)

        assert (2, "", 1) == (code, out, err.count("\n"))
        assert "[]" == (here / name).read_text()

    @pytest.mark.parametrize("kind", ["foreign", "link", "dangling", "pipe", "page"])
    def test_a_folder_of_pages_replaces_only_pages(self, kind, here, run):
        """What is no page of an earlier run is in the way, and links are."""
        (here / "in").mkdir()
        (here / "in/a.liquid").write_text("A")
        assert 0 == run("render", "in", "--html", "out")[0]
        page = next((here / "out").glob("001-*"))
        place = page if kind == "page" else here / "out/index.html"
        (here / "victim").write_text("mine")
        place.unlink()
        if kind == "pipe":
            os.mkfifo(place)
        elif kind in {"link", "page"}:
            place.symlink_to("../victim")
        elif kind == "dangling":
            place.symlink_to("../nowhere")
        else:
            place.write_text("mine")
        before = everything_in(here)

        assert 2 == run("render", "in", "--html", "out")[0]
        assert before == everything_in(here)

    def test_pages_are_their_owners(self, here, run):
        """Others can read neither the pages nor the folders that were made."""
        (here / "in").mkdir()
        (here / "in/a.liquid").write_text("A")
        before = os.umask(0)
        try:
            assert 0 == run("render", "in", "--html", "new/out")[0]
        finally:
            os.umask(before)

        made = [here / "new", *(here / "new").rglob("*")]
        assert [] == [each for each in made if each.stat().st_mode & 0o077]


class TestFolders:
    @pytest.mark.parametrize("name", [".liquid", "..liquid", "...liquid"])
    def test_a_name_of_dots_is_no_way_out(self, name, here, run):
        """The data of a template is never that of another folder."""
        (here / "in").mkdir()
        (here / "secret.json").write_text('{"x": "SECRET"}')
        (here / "in/other.json").write_text('{"x": "SECRET"}')
        (here / "in" / name).write_text("[{{x}}]")

        assert (0, "[]\n") == run("render", here / "in" / name)[:2]

    def test_links_leave_a_folder_only_when_asked(self, here, run):
        """A link to elsewhere is passed over, and said to be; one inside is read."""
        (here / "in/deep").mkdir(parents=True)
        (here / "out").mkdir()
        for name in ("in/a.liquid", "out/b.liquid", "c.liquid"):
            (here / name).write_text(f"[{name}]")
        (here / "in/c.liquid").symlink_to("../c.liquid")
        (here / "in/d.liquid").symlink_to("a.liquid")
        (here / "in/deep/out").symlink_to("../../out")
        (here / "in/deep/round").symlink_to("..")

        code, out, err = run("render", "in")
        assert (0, 2, 2) == (code, out.count("[in/a.liquid]"), out.count("== "))
        assert "in/c.liquid" in err
        assert "in/deep/out" in err

        _, out, _ = run("render", "in", "--follow-links")
        assert 4 == out.count("== ")

    def test_data_does_not_leave_either(self, here, run):
        """Data that is a link to elsewhere is refused, with the way out."""
        (here / "in").mkdir()
        (here / "secret.json").write_text('{"x": "SECRET"}')
        (here / "in/a.liquid").write_text("{{x}}")
        (here / "in/a.json").symlink_to("../secret.json")

        code, out, err = run("render", "in")
        assert (2, "") == (code, out)
        assert "--follow-links" in err
        assert "SECRET" in run("render", "in", "--follow-links")[1]

    @pytest.mark.parametrize("name", ["a.json", "answers.json"])
    def test_pipes_are_refused_without_waiting(self, name, here, run):
        """A pipe that nobody writes to does not hold a command."""
        (here / "a.liquid").write_text("A")
        os.mkfifo(here / name)

        assert 2 == run("render", ".")[0]

        (here / name).unlink()
        os.mkfifo(here / "b.liquid")
        code, out, err = run("render", ".")
        assert (0, "== a.liquid\nA\n") == (code, out)
        assert "b.liquid" in err
        assert 2 == run("check", "b.liquid")[0]
        assert 2 == run("audit", "a.liquid", "--recipients", "b.liquid")[0]

    def test_a_scenario_does_not_wait_for_standard_input(self, here, run):
        """It is the user's to hand over, not that of a file from elsewhere."""
        reading, writing = os.pipe()
        name = f"/dev/fd/{reading}"
        previews = [{"customer": "u", "template_file": name}]
        scenario = {"customers": [{"user_id": "u"}], "previews": previews}
        (here / "s.json").write_text(json.dumps(scenario))

        code, _, err = run("rehearse", "s.json")

        os.close(reading)
        os.close(writing)
        assert 2 == code
        assert f"{name}: not a regular file @ $.previews[0].template_file" in err

    def test_own_pages_that_are_passed_over_are_named(self, here, run):
        """A page among the templates is no template, and that is said."""
        (here / "a.liquid").write_text("A")
        assert 0 == run("render", "a.liquid", "--html", "page.html")[0]

        code, out, err = run("check", ".")

        assert (0, "1 template: no findings\n") == (code, out)
        assert "page.html: passed over" in err


@pytest.mark.parametrize(
    "text", ["[" * 10_000, '{"a":' * 500 + "1" + "}" * 500, '{"a": ' + "9" * 5000 + "}"]
)
@pytest.mark.parametrize(
    "words",
    [
        ["render", "t.liquid", "--variables", "f.json"],
        ["render", "t.liquid", "--answers", "f.json"],
        ["audit", "t.liquid", "--recipients", "f.json"],
        ["audit", "t.liquid", "--recipients", "p.jsonl", "--wallets", "f.json"],
        ["rehearse", "f.json"],
        ["serve", "--seed", "f.json"],
    ],
    ids=lambda words: " ".join(words[::2]),
)
def test_json_beyond_measure_is_one_line(words, text, here, run):
    """Whatever a file of the command line holds: exit code 2, file and line named."""
    (here / "t.liquid").write_text("{{x}}")
    (here / "p.jsonl").write_text('"u-1"\n')
    (here / "f.json").write_text(text)

    code, out, err = run(*words)

    assert (2, "", 1) == (code, out, err.count("\n"))
    assert "f.json" in err
    assert "line 1" in err


def test_an_endless_file_is_read_as_far_as_it_may_be_long(here, run):
    """A file of a terabyte, which takes no room on the disk, takes no memory either."""
    with (here / "t.liquid").open("wb") as file:
        file.truncate(1 << 40)

    code, out, err = run("check", ".")

    assert (2, "", 1) == (code, out, err.count("\n"))
    assert "t.liquid: longer than 100,000,000 characters" in err


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, "\udcff", "d", "/dev/zero"])
@pytest.mark.parametrize(
    "words",
    [
        *(["render"], ["check"], ["rehearse"], ["serve", "--seed"]),
        *(["render", "t.liquid", flag] for flag in ("--variables", "--html")),
        ["audit", "t.liquid", "--recipients"],
    ],
    ids=lambda words: words[-1],
)
def test_odd_paths_are_one_line(words, path, here, run):
    """A path that is none, or of no file, is wrong use and no traceback."""
    (here / "d/e").mkdir(parents=True)
    (here / "t.liquid").write_text("A")
    whole = words in (["render"], ["check"]) and not path

    code, _, err = run(*words, path)

    if path == "\udcff" and "--html" in words:
        assert 0 == code
    elif not whole:
        assert (2, 1) == (code, err.count("\n"))


def test_half_characters_are_shown(here, run):
    """Half a surrogate pair in data is printed as its code, on pages as a sign."""
    (here / "t.liquid").write_text("{{x}}")
    (here / "t.json").write_text('{"x": "\\ud800!"}')

    assert 0 == run("render", "t.liquid", "--html", "t.html")[0]
    assert "\ufffd!" in (here / "t.html").read_text("utf-8")
