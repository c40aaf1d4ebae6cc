"""Output reaches any console, files may begin with a mark, a closed pipe is quiet."""

import codecs
import io
import json
import subprocess
import sys

import pytest

from sessionm_braze._cli import main
from sessionm_braze.audit import JsonLines, WalletLines


ENCODINGS = ["utf-8", "cp1252", "ascii", "latin-1", "cp850"]
MARK = codecs.BOM_UTF8


@pytest.fixture
def folder(tmp_path):
    """A folder with a template full of characters, and its variables."""
    (tmp_path / "mail.liquid").write_text(
        "{{${first_name}}} 🎁 żółw → {{ x }}", "utf-8"
    )
    (tmp_path / "mail.json").write_text('{"first_name": "Añá 日本"}', "utf-8")
    (tmp_path / "broken.liquid").write_text("{{ ${żółw} | 🎁upcas }}", "utf-8")
    return tmp_path


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["rehearse"], 0),
        (["render", "mail.liquid"], 0),
        (["check", "mail.liquid", "broken.liquid"], 1),
        (["check", "broken.liquid", "--format", "github"], 1),
        (["check", "nothing-żółw.liquid"], 2),
        (["--help"], 0),
    ],
)
def test_a_console_without_the_characters(
    command, expected, encoding, folder, monkeypatch
):
    """Whatever a console's encoding lacks, a command ends as it would elsewhere."""
    out, err = (
        io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors)
        for errors in ("strict", "backslashreplace")
    )
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)

    try:
        code = main(command)
    except SystemExit as stop:
        code = stop.code
    out.flush()
    err.flush()

    assert code == expected
    assert b"Traceback" not in err.buffer.getvalue()
    assert out.buffer.getvalue() or err.buffer.getvalue()


def test_own_signs_have_lookalikes(monkeypatch):
    """Lines and arrows of a rehearsal become plain ones where a console has none."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)

    assert 0 == main(["rehearse"])
    out.flush()

    shown = out.buffer.getvalue().decode("ascii")
    assert "-> POST " in shown
    assert "\\u2500" not in shown


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_stays_json(encoding, folder, monkeypatch):
    """The JSON of a command can be read whatever the console's encoding is."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "stdout", out)

    main(["check", "broken.liquid", "--format", "json"])
    out.flush()

    found = json.loads(out.buffer.getvalue().decode(encoding))
    assert "żółw" in json.dumps(found, ensure_ascii=False)


class TestByteOrderMark:
    def test_in_front_of_templates_and_data(self, tmp_path, capsys):
        """A mark does not get into the message, and JSON behind it is read."""
        (tmp_path / "mail.liquid").write_bytes(MARK + b"Hi {{${first_name}}}{{ w.n }}")
        (tmp_path / "mail.json").write_bytes(MARK + b'{"first_name": "Ana"}')

        assert 0 == main(["render", str(tmp_path / "mail.liquid")])
        assert capsys.readouterr().out.startswith("Hi Ana")

    def test_in_front_of_answers(self, tmp_path, capsys):
        """A file of answers may begin with a mark."""
        (tmp_path / "m.liquid").write_text(
            "{% connected_content https://h.test/ :save w %}{{ w.n }}"
        )
        (tmp_path / "a.json").write_bytes(
            MARK + b'[{"method": "GET", "url": "https://h.test/", "json": {"n": 7}}]'
        )
        command = ["render", str(tmp_path / "m.liquid")]

        assert 0 == main([*command, "--answers", str(tmp_path / "a.json")])
        assert capsys.readouterr().out.startswith("7")

    def test_in_front_of_json_lines(self, tmp_path):
        """Recipients and wallets are read behind a mark, from the first line on."""
        path = tmp_path / "people.jsonl"
        path.write_bytes(MARK + b'{"user_id": "u-1"}\n{"user_id": "u-2"}\n')
        wallets = tmp_path / "wallets.jsonl"
        wallets.write_bytes(MARK + b'{"user_id": "u-1", "user_offers": []}\n')

        assert ["u-1", "u-2"] == [each["user_id"] for each in JsonLines(path)]
        assert {"user_id": "u-1", "user_offers": []} == WalletLines(wallets)("u-1")


def test_a_closed_pipe_ends_a_command_quietly(tmp_path):
    """When the reader has gone, nothing is said, and the exit code is the shell's."""
    for number in range(400):
        (tmp_path / f"{number}.liquid").write_text("{{ x | upcas }}" * 20)
    command = [sys.executable, "-m", "sessionm_braze", "check", str(tmp_path)]

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        run.stdout.read(1)
        run.stdout.close()
        said = run.stderr.read()

    assert (141, b"") == (run.returncode, said)
