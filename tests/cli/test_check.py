import json

import pytest

from sessionm_braze._cli import main


SOUND = "Hi {{${first_name} | default: 'you'}}"
BROKEN = "Hi {{${first_name} | default: 'you'}}\n{{ ${city} | upcas | default: 'x' }}"
DOUBTFUL = "Hi {{${first_name}}}"


@pytest.fixture
def template(tmp_path):
    """Return a function that writes a template and returns its path."""

    def write(text, name="mail.liquid"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return str(path)

    return write


class TestCheck:
    def test_passes_sound_templates(self, template, capsys):
        """A sound template gives a line of summary and code 0."""
        assert 0 == main(["check", template(SOUND)])
        assert "1 template: no findings\n" == capsys.readouterr().out

    def test_fails_on_errors(self, template, capsys):
        """An error is told with file, line and column, and gives code 1."""
        path = template(BROKEN)

        assert 1 == main(["check", path])
        assert (
            f"{path}:2:14: error: there is no filter 'upcas' "
            "(did you mean 'upcase'?) [unknown-filter]\n"
            "1 template: 1 error\n"
        ) == capsys.readouterr().out

    def test_goes_on_after_a_broken_template(self, template, capsys):
        """All templates are looked at, whatever the first one holds."""
        main(["check", template(BROKEN, "a.liquid"), template("{{{'a'}}}", "b.liquid")])

        out = capsys.readouterr().out
        assert "[unknown-filter]" in out
        assert "[triple-braces]" in out
        assert out.endswith("2 templates: 2 errors\n")

    def test_is_told_what_is_set_elsewhere(self, template, tmp_path):
        """Variables that something else sets are named, or stand in a JSON file."""
        path = template("{% connected_content {{base}}/{{path}} :retry %}")
        data = tmp_path / "data.json"
        data.write_text('{"base": "https://a.test", "path": "x"}', "utf-8")

        assert 1 == main(["check", path, "--variables", "base"])
        assert 0 == main(["check", path, "--variables", "base,path"])
        assert 0 == main(["check", path, "--variables", str(data)])

    @pytest.mark.parametrize(("level", "code"), [("warning", 0), ("info", 1)])
    def test_fails_on_milder_findings_when_told(self, template, level, code):
        """The mildest finding that fails can be chosen."""
        assert code == main(["check", template(DOUBTFUL), "--fail-on", level])

    def test_leaves_out_what_is_ignored(self, template, capsys):
        """Codes can be switched off, several at once."""
        ignored = "missing-default,unknown-filter"

        assert 0 == main(["check", template(BROKEN + DOUBTFUL), "--ignore", ignored])
        assert "1 template: no findings\n" == capsys.readouterr().out

    def test_looks_through_folders(self, template, tmp_path, capsys):
        """A folder stands for the templates in it, at any depth."""
        template(SOUND, "a.liquid")
        template(BROKEN, "deep/down/b.html")
        template("{{{ not a template", "notes.md")

        assert 1 == main(["check", str(tmp_path)])
        assert "2 templates: 1 error" in capsys.readouterr().out

    def test_writes_json(self, template, capsys):
        """JSON has a report for each template, findings with their places."""
        path = template(BROKEN)

        assert 1 == main(["check", path, "--format", "json"])
        (entry,) = json.loads(capsys.readouterr().out)
        assert path == entry["template"]
        assert {"default_attributes": ["first_name", "city"]} == entry["variables"]
        (finding,) = entry["findings"]
        assert ("unknown-filter", "error", 2, 14) == (
            finding["code"],
            finding["severity"],
            finding["line"],
            finding["column"],
        )

    def test_writes_annotations(self, template, capsys):
        """For GitHub each finding is a workflow command, its parts escaped."""
        path = template(BROKEN.replace("upcas ", "a_b ") + DOUBTFUL, "50%,a:b.liquid")

        assert 1 == main(["check", path, "--format", "github"])
        first, second = capsys.readouterr().out.splitlines()
        assert first.startswith("::error file=")
        assert "50%25%2Ca%3Ab.liquid,line=2,col=14,title=unknown-filter::" in first
        assert second.startswith("::notice file=")


class TestWrongUse:
    def test_a_missing_file_is_a_line(self, tmp_path, capsys):
        """A template that is not there is one line on standard error, and code 2."""
        assert 2 == main(["check", str(tmp_path / "none.liquid")])
        error = capsys.readouterr().err
        assert error.startswith("sessionm_braze check: ")
        assert error.endswith("none.liquid: No such file or directory\n")

    def test_an_empty_folder_is_a_line(self, tmp_path, capsys):
        """A folder without templates is a mistake, not a success."""
        assert 2 == main(["check", str(tmp_path)])
        assert "no template (.liquid, .html, .txt)" in capsys.readouterr().err

    def test_an_unknown_code_is_a_line(self, template, capsys):
        """A misspelt code is refused, with the known ones."""
        assert 2 == main(["check", template(SOUND), "--ignore", "typo"])
        assert "there is no code 'typo'; known are" in capsys.readouterr().err

    def test_a_binary_file_is_a_line(self, tmp_path, capsys):
        """What is no text is told as such."""
        (tmp_path / "a.liquid").write_bytes(b"\xff\xfe\x00")

        assert 2 == main(["check", str(tmp_path)])
        assert "a.liquid: not UTF-8 text" in capsys.readouterr().err
