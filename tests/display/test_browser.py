import html
import json
import os
import re
import shutil
import subprocess
from datetime import timedelta

import pytest

from sessionm_braze._cli import main
from sessionm_braze.rendering import CannedFetcher, Renderer, inspect_template
from sessionm_braze.testing import Sandbox


BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        BROWSER is None, reason="no Chromium here: pages are not tried in a browser"
    ),
]

RUN = "top.document.title='pwned';document.title='pwned'"
HOSTILE = [
    f"<script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f'\'><svg onload="{RUN}">',
    f"</style></title></textarea></pre><script>{RUN}</script>",
    f'<iframe srcdoc="<script>{RUN}</script>"></iframe>',
    f'<a href="javascript:{RUN}">x</a><details open ontoggle="{RUN}">',
]
MEASURE = """<script>
const wide = [];
for (const each of document.querySelectorAll('.smb, .smb *')) {
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  if (each.tagName === 'STYLE' || style.display === 'inline' || !box.width) continue;
  if (each.scrollWidth > each.clientWidth + 1 && each.clientWidth)
    wide.push(each.tagName + '.' + each.className);
  const room = each.closest('.room').getBoundingClientRect();
  if (box.right > room.right + 1) wide.push('outside: ' + each.tagName);
}
const head = document.querySelector('.smb');
const colours = getComputedStyle(head);
document.body.insertAdjacentHTML('beforeend', '<output></output>');
document.querySelector('output').textContent =
  JSON.stringify({
    wide: wide, text: colours.color, base: colours.backgroundColor,
    cell: look('td'), heading: look('th'), row: look('tbody tr'),
  });
function look(selector) {
  const found = document.querySelector('.smb ' + selector);
  if (!found) return null;
  const style = getComputedStyle(found);
  return [style.textAlign, style.verticalAlign, style.backgroundColor];
}
</script>"""

JUPYTERLAB = """<style>
:root {
  --jp-content-font-color1: rgb(1, 2, 3); --jp-layout-color1: rgb(250, 251, 252);
  --jp-layout-color0: red;
}
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr {
  vertical-align: middle; padding: 0.5em; line-height: normal;
}
.jp-RenderedHTMLCommon:not(.jp-RenderedMarkdown) td,
.jp-RenderedHTMLCommon:not(.jp-RenderedMarkdown) th,
.jp-RenderedHTMLCommon:not(.jp-RenderedMarkdown) tr { text-align: right; }
.jp-RenderedHTMLCommon table { table-layout: fixed; margin-left: auto; font-size: 9px; }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: var(--jp-layout-color0); }
</style>"""
"""What JupyterLab's own style sheet says of tables, and names of its colours."""


@pytest.fixture
def loaded(tmp_path):
    """Return a function that loads a page in the browser and returns its DOM."""

    def load(text, *options):
        file = tmp_path / "page.html"
        file.write_text(text, "utf-8")
        command = [
            BROWSER,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--virtual-time-budget=2000",
            f"--user-data-dir={tmp_path / 'profile'}",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            *options,
            "--dump-dom",
            file.as_uri(),
        ]
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=120, check=True
        )
        assert "</html>" in run.stdout
        return run.stdout

    return load


def title_of(dom):
    """Return the title that the page has in the end."""
    return re.search(r"<title>(.*?)</title>", dom, re.DOTALL)[1]


def result_of(dom):
    """Return what the page measured of itself."""
    found = re.search(r"<output>(\{.*?)</output>", dom, re.DOTALL)[1]
    return json.loads(html.unescape(found))


def whole(*views):
    """Return a page around views, without any protection of its own."""
    return f"<!doctype html><meta charset=utf-8><title>calm</title>{''.join(views)}"


@pytest.fixture(scope="module")
def wallet():
    """Return a wallet whose offers are hostile, and long."""
    with Sandbox() as sandbox:
        ana = sandbox.sessionm.add_customer(first_name=HOSTILE[0], points=1_240_500)
        for text in [*HOSTILE, "Unbrokenwordwithoutanyend" * 8]:
            sandbox.sessionm.issue_offer(
                ana,
                name=text,
                description=text,
                terms=text,
                offer_type=text,
                logo="https://img.invalid/x.png",
                expires=timedelta(days=3),
            )
        return sandbox.connect.get_wallet(ana.user_id)


@pytest.fixture(scope="module")
def balances():
    """Return balances, which have a table of many columns with long names."""
    with Sandbox() as sandbox:
        sandbox.sessionm.add_customer(user_id="u-1", points=1_240_500)
        return sandbox.connect.get_point_balances("u-1")


@pytest.fixture(scope="module")
def message():
    """Return a message that is hostile, with a hostile trace."""
    fetcher = CannedFetcher({"https://a.test/?q=1": {"x": "".join(HOSTILE)}})
    call = "{% connected_content https://a.test/?q=1 :save r %}{{r.x}}"
    return Renderer(fetcher).render("<h1>Hi</h1>" + call)


class TestNothingRuns:
    def test_the_check_itself_works(self, loaded):
        """Without escaping, the same texts do run in this browser."""
        assert "pwned" == title_of(loaded(whole(HOSTILE[0])))
        assert "pwned" == title_of(loaded(whole(HOSTILE[1])))

    def test_in_any_view(self, loaded, wallet, message):
        """Wallets, messages and reports with hostile texts run none of them."""
        report = inspect_template("".join(f"{{{{${{{x}}}}}}}" for x in HOSTILE))
        views = [wallet.to_html(logos=True), message._repr_html_()]
        views += [report._repr_html_(), wallet[0]._repr_html_()]

        assert "calm" == title_of(loaded(whole(*views)))

    def test_in_a_preview(self, loaded, tmp_path):
        """The page of a preview runs nothing, in the frame or around it."""
        (tmp_path / "a.liquid").write_text("<p>x</p>{{x}}" + HOSTILE[0], "utf-8")
        variables = {"x": "".join(HOSTILE), HOSTILE[0]: HOSTILE[1]}
        (tmp_path / "a.json").write_text(json.dumps(variables), "utf-8")
        target = tmp_path / "out.html"
        main(["render", str(tmp_path / "a.liquid"), "--html", str(target)])

        dom = loaded(target.read_text("utf-8"))

        assert title_of(dom).endswith("a.liquid")


class TestLayout:
    @pytest.fixture
    def measured(self, loaded):
        """Return a function that lays views out in a given width and measures them."""

        def measure(width, *views, dark=False):
            room = f'<div class="room" style="width:{width}px">{"".join(views)}</div>'
            everything = room.replace("<details>", "<details open>")
            options = ["--blink-settings=preferredColorScheme=0"] if dark else []
            dom = loaded(whole(everything, MEASURE), "--window-size=1300,900", *options)
            return result_of(dom)

        return measure

    @pytest.mark.parametrize("width", [400, 760, 840, 1200])
    def test_nothing_is_cut(self, measured, wallet, message, balances, width):
        """With all sections unfolded nothing is wider than its place."""
        report = inspect_template("{{ ${first_nme} | " + "x" * 120 + " }}")
        views = [wallet.to_html(), message._repr_html_(), report._repr_html_()]
        views += [balances._repr_html_(), wallet[-1]._repr_html_()]

        assert [] == measured(width, *views)["wide"]

    @pytest.mark.parametrize(("width", "dark"), [(400, True), (1200, False)])
    def test_nothing_of_a_preview_is_cut(self, loaded, tmp_path, width, dark):
        """The page of a preview fits into narrow and wide windows."""
        source = "{% assign a = 'x' | nope %}<b>{{ ${first_name} }}</b>"
        (tmp_path / "mail.liquid").write_text(source + "{{x}}" * 3, "utf-8")
        (tmp_path / "mail.json").write_text(json.dumps({"x": "y" * 300}), "utf-8")
        target = tmp_path / "out.html"
        arguments = ["--lax", "--html", str(target)]
        main(["render", str(tmp_path / "mail.liquid"), *arguments])
        page = re.sub(
            r'<meta http-equiv="[^>]*>', "", target.read_text("utf-8"), count=1
        )
        page = page.replace("<details>", "<details open>")
        page = page.replace("<body>", f'<body class="room" style="width:{width}px">')
        options = ["--blink-settings=preferredColorScheme=0"] if dark else []

        dom = loaded(page.replace("</body>", f"{MEASURE}</body>"), *options)

        assert [] == result_of(dom)["wide"]

    def test_looks_the_same_in_jupyterlab(self, measured, wallet):
        """The notebook's rules for tables do not win, and its colours do."""
        view = f'<div class="jp-RenderedHTMLCommon">{wallet.to_html()}</div>'
        alone = measured(900, wallet.to_html())
        inside = measured(900, JUPYTERLAB, view, dark=True)

        assert "rgb(1, 2, 3)" == inside["text"]
        assert "rgb(250, 251, 252)" == inside["base"]
        for part in ("cell", "heading", "row", "wide"):
            assert alone[part] == inside[part]

    def test_text_stands_out_in_both_themes(self, measured, wallet):
        """In a light and in a dark theme, text and ground are far apart."""
        for dark in (False, True):
            found = measured(800, wallet.to_html(), dark=dark)
            text, base = (
                sum(map(int, re.findall(r"\d+", found[key])[:3]))
                for key in ("text", "base")
            )
            assert (text > base) == dark
            assert abs(text - base) > 400
