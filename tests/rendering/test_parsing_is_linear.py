"""Four times the text takes four times the work, whatever the text repeats."""

# ruff: noqa: E501 - a table

import importlib
import pkgutil
import re
import sys
from contextlib import suppress

import pytest

import sessionm_braze.rendering
from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import Renderer, inspect_template


MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(
        sessionm_braze.rendering.__path__, "sessionm_braze.rendering."
    )
]


class Counted:
    """A pattern that counts the characters it passes over."""

    def __init__(self, pattern, work):
        self._pattern = pattern
        self._work = work

    def __getattr__(self, name):
        return getattr(self._pattern, name)

    def _found(self, match, text, start, end):
        whole = len(text) if end is None else min(end, len(text))
        self._work.append((whole if match is None else match.end()) - start + 1)
        return match

    def search(self, text, start=0, end=None):
        """Search, which passes over everything before the match."""
        found = self._pattern.search(text, start, sys.maxsize if end is None else end)
        return self._found(found, text, start, end)

    def match(self, text, start=0, end=None):
        """Match at one place."""
        found = self._pattern.match(text, start, sys.maxsize if end is None else end)
        self._work.append(1 if found is None else found.end() - start + 1)
        return found

    def finditer(self, text, start=0, end=None):
        """Yield matches; each passes over what lies before it."""
        last = start
        for match in self._pattern.finditer(
            text, start, sys.maxsize if end is None else end
        ):
            self._work.append(match.end() - last + 1)
            last = match.end()
            yield match
        self._work.append((len(text) if end is None else end) - last)

    def findall(self, text, start=0, end=None):
        """Find all, which passes over the text once."""
        self._work.append((len(text) if end is None else end) - start + 1)
        return self._pattern.findall(text, start, sys.maxsize if end is None else end)

    def sub(self, *args):
        """Replace, which passes over the text once."""
        self._work.append(len(args[1]) + 1)
        return self._pattern.sub(*args)


@pytest.fixture(scope="module")
def work_of():
    """Return a function that counts the work of a call: calls, and characters passed."""
    passed = []
    with pytest.MonkeyPatch.context() as patch:
        for module in MODULES:
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    patch.setattr(module, name, Counted(value, passed))

        def work(action):
            calls = 0

            def count(_frame, event, _arg):
                nonlocal calls
                calls += event in {"call", "c_call"}

            passed.clear()
            sys.setprofile(count)
            try:
                with suppress(TemplateError):
                    action()
            finally:
                sys.setprofile(None)
            return calls + sum(passed)

        yield work


CC = "{% connected_content https://h.test "
REPEATED = [
    *(("{% comment %}", "{% raw %}", end) for end in ("", "{% endcomment %}")),
    *(("{% comment %}", unit, "") for unit in ("{% comment ", "{% endcomment ", "a")),
    *(("{% raw %}", "{% endraw", ""), ("{% raw %}", "{{ a", ""), ("", "{% raw ", "")),
    *(("", "{% connected_content http://h/{{ %}", ""), ("", CC + "{{", "")),
    *((CC, unit, " %}") for unit in ("a ", ":save ", ":save a ", ":body a ", "{{a}} ")),
    *((CC + ":headers ", unit, " %}") for unit in ('{"a": ', "{", '"', "} ")),
    *(("", "{% abort_message {{ %}", ""), ("", "{% catalog_items {{ %}", "")),
    *(("{% catalog_items a ", "{{a}} ", " %}"), ("{% promotion(", "'a' ", ") %}")),
    *(
        ("{% message_extras ", unit, " %}")
        for unit in (":key a ", ":key a :value ", " ")
    ),
    *(
        ("{{ ", unit, " }}")
        for unit in ("a[", "[a]", "(", "(1..", "'", "'\"", "9", "é")
    ),
    *(
        ("{{ ", unit, " }}")
        for unit in ("${a} ", "{{ a ", "1 ", "a ", "\ue000\U000f0000")
    ),
    *(
        ("{{ a", unit, " }}")
        for unit in (".b", "[0]", "['b']", "]", "[", "?", "-", " ", ".")
    ),
    *(
        ("{{ a ", unit, " }}")
        for unit in ("|", "| upcase ", "| zzz ", "| append: ${a} ")
    ),
    *(
        ("{{ a | b: ", unit, " }}")
        for unit in (",", "c, ", "c: d, ", "{{ c }}, ", ": ")
    ),
    *(
        ("", unit, "")
        for unit in ("{{", "{{ '", "{{ ' }}", "{{ a[a[a[ }}", "{{ a | b: ' }} ")
    ),
    *(
        ("", unit, "")
        for unit in ("{% ", "{% if '", "{% if a == ' %}", "{%- -%}", "-%} {%- ")
    ),
    *(
        ("", unit, "")
        for unit in ("${", "{{${", "${zzz} ", "}}", "{{ a }}", "\n{{ a }}")
    ),
    *(
        ("", unit, "")
        for unit in ("{% zzz %}", "{{ a | zzz }}", "{{${zzz}}}\n", "a ", "\n")
    ),
    *(
        ("", unit, "")
        for unit in ("{% if a %}{% endif %}", "{% assign a = b %}", "{% liquid ")
    ),
    *(
        ("{% if ", unit, " %}{% endif %}")
        for unit in ("and ", "a or", "=", "{{", "contains ")
    ),
    *(("{% if a ", unit, " %}{% endif %}") for unit in ("and b ", "== b ", " ", "(a ")),
    *(
        ("{% assign ", unit, " = 1 %}")
        for unit in ("a", "a = ", "[a]", "(a)", "a.", "= ")
    ),
    *(("{% for ", unit, " %}{% endfor %}") for unit in ("a ", "a in ", "(1..2) ")),
    *(("{% for a in b ", unit, " %}{% endfor %}") for unit in ("limit:", "a", "a b ")),
    *(("{% tablerow ", unit, " in b %}{% endtablerow %}") for unit in ("a", "a ")),
    *(
        ("{% case a %}{% when ", unit, " %}{% endcase %}")
        for unit in ("a or ", "a, ", "a ")
    ),
    *(("{% cycle ", unit, " %}") for unit in ("a,", "a:", "a ")),
    ("{% case a %}", "{% when a %}", "{% endcase %}"),
    ("{% if a %}", "{% elsif b %}", "{% endif %}"),
    ("{% for a in b %}", "{% else %}", "{% endfor %}"),
    *(
        ("{% liquid\n", unit, "%}")
        for unit in ("echo a\n", "comment\n", "if a\n", "\n")
    ),
    *(("{% capture ", unit, " %}{% endcapture %}") for unit in ("a", "( ")),
    *(
        ("{% # ", "\n", " %}"),
        ("{% increment ", "a ", " %}"),
        ("{% random ", "a ", " %}"),
    ),
]
SHORT = 300
"""Characters of the shorter of two texts, about."""

MOST_FAULTS = 30
"""An inspection goes on after a fault, but not after so many."""


@pytest.mark.parametrize("way", ["strict", "lax", "inspect"])
@pytest.mark.parametrize(("start", "unit", "end"), REPEATED)
def test_four_times_the_text_is_four_times_the_work(work_of, way, start, unit, end):
    """No construct is gone over again for each of those before it."""

    def action(times):
        text = start + unit * times + end
        if way == "inspect":
            return lambda: inspect_template(text)
        return lambda: Renderer(strict=way == "strict").parse(text)

    times = max(SHORT // len(unit), MOST_FAULTS)
    fixed = work_of(action(1))
    once, fourfold = (work_of(action(count)) - fixed for count in (times, 4 * times))

    assert fourfold <= 5.5 * max(once, 0) + 2_000
