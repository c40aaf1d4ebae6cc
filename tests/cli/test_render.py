import json

import pytest

from sessionm_braze._cli import main


CALL = (
    "{% connected_content https://api.test/w?u={{${user_id}}}"
    ' :headers {"Authorization": "Basic c2VjcmV0MTIz"} :save w %}'
)
ANSWERS = [
    {"method": "GET", "url": "https://api.test/w?u=u-1", "json": {"points": 7}},
]


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes files, JSON ones from values."""

    def write(files):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, "utf-8")
        return tmp_path

    return write


class TestOneTemplate:
    def test_takes_the_variables_beside_it(self, folder, capsys):
        """The JSON file of the same name holds the variables."""
        path = folder(
            {"a.liquid": "Hi {{${first_name}}}", "a.json": {"first_name": "Ana"}}
        )

        assert 0 == main(["render", str(path / "a.liquid")])
        assert "Hi Ana\n" == capsys.readouterr().out

    def test_needs_no_variables(self, folder, capsys):
        """Without such a file the template is rendered with none."""
        path = folder({"a.liquid": "2 + 2 = {{ 2 | plus: 2 }}"})

        assert 0 == main(["render", str(path / "a.liquid")])
        assert "2 + 2 = 4\n" == capsys.readouterr().out

    def test_takes_given_files(self, folder, capsys):
        """Variables and answers can be given by name."""
        path = folder(
            {
                "a.liquid": CALL + "{{w.points}}",
                "vars/v.json": {"user_id": "u-1"},
                "vars/h.json": {"http": ANSWERS},
            }
        )
        arguments = ["--variables", str(path / "vars/v.json")]
        arguments += ["--answers", str(path / "vars/h.json")]

        assert 0 == main(["render", str(path / "a.liquid"), *arguments])
        assert "7\n" == capsys.readouterr().out

    def test_takes_the_answers_beside_it(self, folder, capsys):
        """Answers are looked for beside the template too."""
        path = folder(
            {
                "a.liquid": CALL + "{{w.points}}",
                "a.json": {"user_id": "u-1"},
                "a.answers.json": ANSWERS,
            }
        )

        assert 0 == main(["render", str(path / "a.liquid")])
        assert "7\n" == capsys.readouterr().out

    def test_takes_what_a_workspace_holds(self, folder, capsys):
        """The file of answers can hold blocks, catalogs, codes and credentials."""
        path = folder(
            {
                "a.liquid": "{{content_blocks.${foot}}}{% catalog_items T t1 %}"
                "{{items[0].name}}{% catalog_selection_items T s %}{{items.size}}"
                "{% promotion('p') %}"
                "{% connected_content https://a.test :basic_auth k :save x %}",
                "answers.json": {
                    "http": [],
                    "content_blocks": {"foot": "F"},
                    "catalogs": {"T": [{"id": "t1", "name": "Kite"}]},
                    "catalog_selections": {"T": {"s": ["t1"]}},
                    "promotions": {"p": ["CODE"]},
                    "credentials": {"k": {"username": "u", "password": "p"}},
                },
            }
        )

        assert 0 == main(["render", str(path / "a.liquid")])
        assert "FKite1CODE\n" == capsys.readouterr().out

    def test_repeats_no_call(self, folder, capsys):
        """As in Braze's previews, a call with ``:retry`` is made once; it says so."""
        call = "{% connected_content https://a.test :retry :save r %}[{{r.x}}]"
        answers = [{"url": "https://a.test", "status": 503}]
        path = folder({"a.liquid": call, "answers.json": answers})

        assert 0 == main(["render", str(path / "a.liquid")])
        out, notes = capsys.readouterr()
        assert "[]\n" == out
        assert "a preview does not repeat this call" in notes

    def test_renders_at_a_given_time(self, folder, capsys):
        """The time is what it is told to be."""
        path = folder({"a.liquid": "{{ 'now' | date: '%F' }}"})

        main(["render", str(path / "a.liquid"), "--now", "2026-05-04T12:00:00Z"])

        assert "2026-05-04\n" == capsys.readouterr().out

    def test_renders_laxly_when_told(self, folder, capsys):
        """What strict rendering refuses can be passed over."""
        path = folder({"a.liquid": "{{ 'a' | nosuch }}"})

        assert 1 == main(["render", str(path / "a.liquid")])
        assert 0 == main(["render", str(path / "a.liquid"), "--lax"])
        assert "a\n" == capsys.readouterr().out

    def test_tells_that_a_message_is_aborted(self, folder, capsys):
        """A message that is not sent prints its reason beside the output."""
        path = folder({"a.liquid": "x{% abort_message('no stock') %}"})

        assert 0 == main(["render", str(path / "a.liquid")])
        captured = capsys.readouterr()
        assert "" == captured.out
        assert captured.err.endswith("a.liquid: aborted: no stock\n")

    def test_a_broken_template_is_a_line_and_code_one(self, folder, capsys):
        """What does not render is one line with its place, no traceback."""
        path = folder({"a.liquid": "a\n{{ b | nosuch }}"})

        assert 1 == main(["render", str(path / "a.liquid")])
        error = capsys.readouterr().err
        assert "unknown filter 'nosuch' (line 2, column 8)" in error
        assert 1 == error.count("\n")

    def test_a_call_without_answers_says_how_to_give_them(self, folder, capsys):
        """Whoever forgot the answers is told the option."""
        path = folder({"a.liquid": CALL})

        assert 1 == main(["render", str(path / "a.liquid")])
        assert "(line 1): give a file of them with --answers" in capsys.readouterr().err

    def test_a_name_written_as_in_a_template_is_told(self, folder, capsys):
        """Such a variable would never be read: one line says how it is named."""
        path = folder({"a.liquid": "x", "a.json": {"${first_name}": "Ana"}})

        assert 2 == main(["render", str(path / "a.liquid")])
        assert capsys.readouterr().err.endswith(
            "a.liquid: variables: '${first_name}' is how a template reads it, "
            "give 'first_name' instead\n"
        )


class TestFolder:
    FILES = {  # noqa: RUF012 - never changed
        "hello.liquid": "Hi {{${first_name} | default: 'you'}}",
        "hello.ana.json": {"first_name": "Ana"},
        "hello.more.json": [{"first_name": "Rui"}, {}],
        "hello/noa.json": {"first_name": "Noa"},
        "deep/points.txt": CALL + "{{w.points}}",
        "deep/points.json": {"user_id": "u-1"},
        "deep/answers.json": ANSWERS,
        "bad.html": "<b>{{ x | nosuch }}</b>",
    }

    def test_renders_every_template_with_every_data_set(self, folder, capsys):
        """One call goes through all of them, and a failure stops none."""
        assert 1 == main(["render", str(folder(self.FILES))])
        captured = capsys.readouterr()

        told = [line for line in captured.out.splitlines() if "==" not in line]
        assert ["7", "Hi Ana", "Hi Rui", "Hi you", "Hi Noa"] == told
        assert "bad.html: unknown filter 'nosuch'" in captured.err

    def test_shows_no_secret_of_a_failed_call(self, folder, capsys):
        """Neither the terminal, nor the page, nor the index has the key in a URL."""
        template = "{% connected_content ftp://a.test/?api_key=k3y-9f8e7d6c %}"
        path = folder({"a.liquid": template, "answers.json": ANSWERS})

        main(["render", str(path), "--html", str(path / "out")])

        told = capsys.readouterr().err
        texts = [told, *(each.read_text("utf-8") for each in (path / "out").iterdir())]
        assert 3 == sum("ftp://a.test/?api_key=***" in text for text in texts)
        assert not any("k3y-9f8e7d6c" in text for text in texts)

    def test_writes_pages_and_an_index(self, folder):
        """Each render gets a page, and an index leads to them."""
        path = folder(self.FILES)

        main(["render", str(path), "--html", str(path / "out")])
        pages = sorted(each.name for each in (path / "out").iterdir())
        index = (path / "out" / "index.html").read_text("utf-8")

        assert 7 == len(pages)
        assert all(name in index for name in pages if name != "index.html")
        assert 1 == index.count("failed")

    def test_does_not_take_its_own_pages_for_templates(self, folder):
        """A second run over the same folder finds the same templates."""
        path = folder(self.FILES)

        for _ in range(2):
            main(["render", str(path), "--html", str(path / "out")])

        assert 7 == len(list((path / "out").iterdir()))

    def test_gives_a_data_set_to_one_template(self, folder, capsys):
        """A file named after a longer name is not the shorter one's."""
        path = folder(
            {
                "hello.liquid": "short {{x}}",
                "hello.world.liquid": "long {{x}}",
                "hello.world.json": {"x": 1},
                "hello.json": {"x": 2},
            }
        )
        main(["render", str(path)])

        out = capsys.readouterr().out
        assert ["short 2", "long 1"] == out.splitlines()[1::2]

    def test_tells_data_sets_apart_in_titles(self, folder, capsys):
        """A title names the template and the data set."""
        main(["render", str(folder(self.FILES))])

        out = capsys.readouterr().out
        assert "hello.liquid ana\n" in out
        assert "hello.liquid more.2\n" in out


class TestPage:
    @pytest.fixture
    def page(self, folder):
        """Return a function that renders a template and returns its page."""

        def make(template, variables, *arguments, answers=()):
            path = folder(
                {
                    "a.liquid": template,
                    "a.json": variables,
                    "answers.json": list(answers),
                }
            )
            target = path / "a.html"
            main(["render", str(path / "a.liquid"), "--html", str(target), *arguments])
            return target.read_text("utf-8")

        return make

    def test_holds_message_variables_calls_and_findings(self, page):
        """Everything on a render stands on one page."""
        text = page(
            CALL + "<p>{{w.points}} points</p>", {"user_id": "u-1"}, answers=ANSWERS
        )

        assert "&lt;p&gt;7 points&lt;/p&gt;" in text
        assert "&quot;user_id&quot;: &quot;u-1&quot;" in text
        assert "1. GET https://api.test/w?u=u-1" in text
        assert "missing-status-check" in text

    def test_shows_no_secret_of_a_call(self, page):
        """Neither the trace nor the template as it is shown has the credential."""
        text = page(CALL, {"user_id": "u-1"}, answers=ANSWERS)

        assert "Authorization: ***" in text
        assert "&quot;Authorization&quot;: &quot;***&quot;" in text
        assert "c2VjcmV0MTIz" not in text

    def test_shows_no_secret_in_an_error(self, page):
        """A line of the template that is shown with an error is masked too."""
        text = page(CALL.replace(":save", ":bogus"), {})

        assert "unknown option" in text
        assert "c2VjcmV0MTIz" not in text

    def test_masks_variables_named_as_secrets(self, page):
        """A variable whose name says so is masked."""
        assert "hush" not in page("x", {"api_key": "hush", "token": "hush"})

    def test_frames_the_message(self, page):
        """The message stands in a sandbox that allows nothing, and loads nothing."""
        text = page("<b>Hi</b><img src=https://img.test/x.png>", {})

        assert '<iframe sandbox srcdoc="' in text
        assert "default-src &#x27;none&#x27;" in text
        assert "img-src data:&quot;" in text.replace("&amp;", "&")

    def test_loads_images_only_when_asked(self, page):
        """The option lets images in, and nothing else."""
        assert "img-src data: http: https:" not in page("<b>Hi</b>", {})
        assert "img-src data: http: https:" in page("<b>Hi</b>", {}, "--images")

    def test_shows_why_there_is_no_message(self, page):
        """A template that fails has a page that says so."""
        text = page("{{ b | nosuch }}", {})

        assert "failed" in text
        assert "unknown filter &#x27;nosuch&#x27;" in text


WRONG = {
    "missing template": ({}, ["none.liquid"], "none.liquid: No such file"),
    "broken variables": ({"a.json": "{"}, ["a.liquid"], "a.json: no JSON: "),
    "variables of the wrong kind": ({"a.json": [1]}, ["a.liquid"], "@ $[0]"),
    "answers of the wrong kind": (
        {"answers.json": 3},
        ["a.liquid"],
        "expected a list of answers, or an object",
    ),
    "an unknown key of answers": (
        {"answers.json": {"htpp": []}},
        ["a.liquid"],
        "unknown key 'htpp'; known are catalog_selections",
    ),
    "an answer without url": ({"answers.json": [{}]}, ["a.liquid"], "needs a 'url'"),
    "a missing file": ({}, ["a.liquid", "--variables", "no.json"], "no.json: No such"),
    "no place for the page": (
        {},
        ["a.liquid", "--html", "no/a.html"],
        "no/a.html: No such",
    ),
}


class TestWrongUse:
    @pytest.mark.parametrize("name", WRONG)
    def test_is_one_line_and_code_two(self, folder, capsys, monkeypatch, name):
        """Wrong use ends with one line on standard error and code 2."""
        files, arguments, said = WRONG[name]
        monkeypatch.chdir(folder({"a.liquid": "x", **files}))

        assert 2 == main(["render", *arguments])
        error = capsys.readouterr().err
        assert error.startswith("sessionm_braze render: ")
        assert said in error
        assert 1 == error.count("\n")

    def test_a_time_that_is_none_is_refused(self, capsys):
        """A time that cannot be read is wrong use."""
        with pytest.raises(SystemExit) as info:
            main(["render", "a.liquid", "--now", "tomorrow"])

        assert 2 == info.value.code
        assert "--now" in capsys.readouterr().err
