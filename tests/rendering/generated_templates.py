"""Random templates of the standard part of the dialect, and data for them."""

import re

from hypothesis import strategies as st


VARIABLES = {
    "n": 7, "neg": -3, "zero": 0, "big": 12345678901234567890, "f": 2.5, "g": -0.75,
    "h": 1e20, "s": "hello world", "t": "  Ünï code\n", "num": "12.5", "dig": "42abc",
    "html": "<b>Tom & \"Jo's\"</b><!-- x -->", "e": "", "sp": "  ", "nil": None,
    "yes": True, "no": False, "list": [3, 1, 2], "words": ["pear", "Apple", "fig", "apple"],  # noqa: E501
    "mix": ["a", None, 1, True, 2.5, ["x", ["y"]], {"k": "v"}], "none": [],
    "objs": [
        {"name": "b", "v": 2, "on": True}, {"name": "A", "v": 1, "on": False},
        {"name": "c", "v": None, "tags": ["p", "q"]},
    ],
    "o": {"a": 1, "b": {"c": [1, 2, {"d": "deep"}]}, "size": "own", "first": "f1"},
    "empty_o": {}, "date": "2021-06-03 17:13:41 UTC", "iso": "2022-09-07T08:43:50+02:00",  # noqa: E501
    "day": "1995-03-09", "ts": 1433351621, "x": "abc", "key": "name",
}  # fmt: skip

NAMES = sorted(VARIABLES)

moments = st.builds(
    lambda parts, between: between.join(parts),
    st.lists(
        st.sampled_from([
            "2021", "21", "1999-12-31", "2024-02-29", "6/3/2021", "3.6.2021", "June",
            "3rd", "3", "31", "Thu", "friday", "17:13", "17:13:41.25", "5pm", "12 am",
            "UTC", "EST", "+02:00", "-0330", "Z", "T", "2021-W22-4", "2021-154", "noon",
            "'21", "H31.04.30", "10:60", "25:00", "10h05", "jun",
        ]),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([" ", " ", " ", ", ", "-", "T", "/"]),
).filter(lambda text: not ("25:00" in text and "-154" in text))  # fmt: skip
"""Texts with dates in them, or nearly."""

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.integers(),
    st.floats(-1000, 1000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-100, 100, places=2).map(str),
    st.text(st.characters(max_codepoint=0x24F), max_size=12),
    st.text("aé€🎁\u0301\u200d日", max_size=6),
    st.text("aB<>&\"' \n\r\t-+,.;:15éßŸ*%/=?#~_\\$@!|(){}[]^`", max_size=20),
    st.sampled_from([
        "2024-02-29", "2021-06-03T17:13:41Z", "2021-06-03T17:13:41.123456+02:00",
        "Thu, 03 Jun 2021 17:13:41 GMT", "June 3, 2021", "3 Jun 21 5pm", "6/3/2021",
        "now", "today", "17:13", "1433351621", "20210603", "May", "2021-06", "31st",
    ]),
)  # fmt: skip
data = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["name", "v", "on", "a", "b", "size", "first"])
            | st.text("aé €.[1", max_size=3),
            inner,
            max_size=4,
        ),
        st.lists(st.fixed_dictionaries({"name": inner, "v": inner}), max_size=4),
    ),
    max_leaves=6,
)
ENDS = ["n", "zero"]
"""Names that stand in ranges, which may not grow without bounds."""

small = st.one_of(
    st.integers(-20, 20), st.sampled_from([2.5, "5", "x1", "", None, True, [], [3], {}])
)
changes = st.builds(
    lambda some, ends: {**some, **ends},
    st.dictionaries(
        st.sampled_from([name for name in NAMES if name not in ENDS]), data, max_size=5
    ),
    st.dictionaries(st.sampled_from(ENDS), small, max_size=1),
)
"""Other data under the names that templates use."""

STRINGS = [
    "a",
    "",
    " ",
    ",",
    "b c",
    "1",
    "2.5",
    "-4",
    "hello",
    "x'y",
    "name",
    "v",
    "Z",
    "%Y",
    "o",
]

literals = st.one_of(
    st.sampled_from([f'"{text}"' for text in STRINGS]),
    st.integers(-20, 20).map(str),
    st.floats(-50, 50).map(lambda value: f"{value:.2f}"),
    st.sampled_from(
        ["true", "false", "nil", "blank", "empty", "(1..4)", "(n..9)", "(3..1)"]
    ),
)
paths = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from([
        "o.a", "o.b.c", "o.b.c[2].d", "o['a']", 'o["b"]["c"][0]', "list[0]", "list[-1]",
        "list[n]", "list.size", "list.first", "list.last", "s.size", "o.size", "o.first",  # noqa: E501
        "objs[0].name", "objs.first.v", "objs[1][key]", "words[zero]", "mix[5]", "mix.last.k",  # noqa: E501
        "missing", "missing.a.b", "s.first", "s[0]", "n.size", "empty_o.first", "none.last",  # noqa: E501
        "forloop.index", "forloop.last", "i", "i.name", "c1", "v1", "v2", "o.missing.x",
        "tablerowloop.col", "forloop.parentloop.index0", "forloop.name", "list['first']", "h.size", "nil.x",  # noqa: E501
    ]),
)  # fmt: skip
values = st.one_of(paths, paths, literals)

ARGUMENTS = {
    "abs": 0, "append": 1, "at_least": 1, "at_most": 1, "base64_encode": 0, "capitalize": 0,  # noqa: E501
    "ceil": 0, "compact": "maybe key", "concat": 1, "date": "date",
    "default": "default", "divided_by": 1, "downcase": 0, "escape": 0, "escape_once": 0,
    "first": 0, "floor": 0, "join": 1, "last": 0, "lstrip": 0, "map": "key", "minus": 1,
    "modulo": 1, "newline_to_br": 0,
    "plus": 1, "prepend": 1, "remove": 1, "remove_first": 1, "replace": 2,
    "replace_first": 2, "reverse": 0, "round": "digits", "rstrip": 0, "size": 0,
    "slice": "slice", "sort": "maybe key", "sort_natural": "maybe key", "split": 1, "strip": 0,  # noqa: E501
    "strip_html": 0, "strip_newlines": 0, "times": 1, "truncate": "cut",
    "truncatewords": "cut", "uniq": "maybe key", "upcase": 0, "url_decode": 0,
    "url_encode": 0, "where": "where", "nosuch": 0, "replace_last": 2, "remove_last": 1,
    "base64_url_safe_encode": 0,
}  # fmt: skip

PATTERNS = [
    "%Y-%m-%d", "%b %d, %y", "%H:%M:%S", "%-d.%-m. %l:%M %P", "%s", "%%n%n%t", "",
    "%j %U %W %V %G %u %w", "%A %^a %-I %p", "%e|%k|%3N|%L|%:z|%z|%Z",
    "%C %h %B %^B %#p", "%10Y|%-y|%_m|%05d", "%D %F %T %R %r %c %x %X", "plain", "%q",
    "100%",
]  # fmt: skip
directives = st.builds(
    "%{}{}{}".format,
    st.text("-0^#_", max_size=2),
    st.sampled_from(["", "", "", "1", "3", "10", "012", "E", "O", ":"]),
    st.sampled_from("aAbBcCdDeFgGhHIjklLmMnNpPrRsStTuUvVwWxXyYzZ%q+"),
).filter(lambda directive: not ("-" in directive and directive.endswith("z")))
patterns = st.one_of(
    st.sampled_from(PATTERNS),
    st.lists(st.one_of(directives, st.text("ab .:", max_size=2)), max_size=4).map(
        "".join
    ),
).map("'{}'".format)
keys = st.sampled_from(['"name"', '"v"', '"on"', '"nope"', "key"])
counts = st.integers(-4, 12).map(str)
zoned = st.builds(
    "{{{{ {} | time_zone: {} | date: '%F %T %z' }}}}".format,
    st.sampled_from(["date", "iso", "day", "ts", "'now'", "'2024-07-01T12:00:00Z'"]),
    st.sampled_from([
        "'America/New_York'", "'Eastern Time (US & Canada)'", "'Tokyo'", "'UTC'", "nil",
        "-0005", "5.5", "-3.5", "9", "1", "3600", "'Europe/Lisbon'", "'Chennai'",
    ]),
)  # fmt: skip
"""Times in zones, which Rails knows by names and numbers."""

given_arguments = {
    0: st.just(()),
    1: st.tuples(values),
    2: st.tuples(values, values),
    "date": st.tuples(patterns),
    "default": st.tuples(values)
    | st.tuples(values, st.sampled_from(["true", "no"]).map("allow_false: {}".format)),
    "key": st.tuples(keys),
    "maybe key": st.just(()) | st.tuples(keys),
    "where": st.tuples(keys) | st.tuples(keys, values),
    "digits": st.just(()) | st.tuples(st.integers(-3, 4).map(str)),
    "cut": st.just(()) | st.tuples(counts) | st.tuples(counts, values),
    "slice": st.tuples(counts) | st.tuples(counts, counts),
}


@st.composite
def filters(draw):
    """A filter with arguments that mostly fit it."""
    name = draw(st.sampled_from(sorted(ARGUMENTS)))
    arguments = draw(given_arguments[ARGUMENTS[name]])
    if draw(st.integers(0, 30)) == 0:
        arguments = (*arguments, draw(values))
    return f" | {name}" + (": " + ", ".join(arguments) if arguments else "")


filtered = st.builds(
    lambda value, chain: value + "".join(chain), values, st.lists(filters(), max_size=3)
)
comparisons = st.one_of(
    values,
    st.builds(
        lambda left, operator, right: f"{left} {operator} {right}",
        values,
        st.sampled_from(["==", "!=", "<>", "<", ">", "<=", ">=", "contains"]),
        values,
    ),
)
conditions = st.builds(
    lambda first, rest: first + "".join(rest),
    comparisons,
    st.lists(
        st.builds(
            lambda word, term: f" {word} {term}",
            st.sampled_from(["and", "or"]),
            comparisons,
        ),
        max_size=3,
    ),
)
iterables = st.one_of(
    paths,
    st.sampled_from(
        ["(1..3)", "(1..n)", "(zero..list.size)", "list", "objs", "o", "mix"]
    ),
)
dashes = st.sampled_from(["", "", "", "-"])
texts = st.sampled_from(
    ["text", " ", "\n", "  a  \n", "", "}", "{ x }", "%", "é\n\n", "$"]
)
assigned = st.sampled_from(["v1", "v2", "c1", "s", "list"])


@st.composite
def tag(draw, content):
    """A tag with or without dashes."""
    return "{%" + draw(dashes) + f" {content} " + draw(dashes) + "%}"


@st.composite
def output(draw):
    """An output with or without dashes."""
    return "{{" + draw(dashes) + " " + draw(filtered) + " " + draw(dashes) + "}}"


@st.composite
def simple_tag(draw):
    """A tag without a block."""
    content = draw(
        st.one_of(
            st.builds("assign {} = {}".format, assigned, filtered),
            st.builds("echo {}".format, filtered),
            st.builds(
                "cycle {}".format,
                st.lists(values, min_size=1, max_size=3).map(", ".join),
            ),
            st.builds(
                "cycle {}: {}".format,
                st.sampled_from(["'g'", "n", "v1", "s"]),
                st.lists(values, min_size=1, max_size=3).map(", ".join),
            ),
            st.sampled_from(["increment c1", "decrement c1", "increment n", "# note"]),
            st.builds("liquid\n assign v1 = {}\n echo v1\n".format, filtered),
            st.builds(
                "liquid\n for i in {}\n if {}\n echo i\n endif\n endfor\n".format,
                paths,
                conditions,
            ),
        )
    )
    return draw(tag(content))


@st.composite
def block(draw, inner):
    """A tag with a block."""
    kind = draw(
        st.sampled_from(
            [
                "if",
                "unless",
                "case",
                "for",
                "for",
                "capture",
                "comment",
                "raw",
                "tablerow",
                "ifchanged",
            ]
        )
    )
    body = draw(inner)
    if kind == "capture":
        name = draw(assigned)
        shown = draw(st.sampled_from(["", "[{{ " + name + " }}]"]))
        start, end = draw(tag(f"capture {name}")), draw(tag("endcapture"))
        return start + body + end + shown
    if kind == "comment":
        noted = draw(texts | inner)
        return draw(tag("comment")) + noted + draw(tag("endcomment"))
    if kind == "ifchanged":
        return draw(tag("ifchanged")) + body + draw(tag("endifchanged"))
    if kind == "raw":
        return (
            "{% raw %}"
            + draw(st.sampled_from(["{{ x }}", "{% if %}", "text", ""]))
            + "{% endraw %}"
        )
    if kind == "case":
        return draw(case_block(inner))
    if kind == "tablerow":
        columns = draw(
            st.sampled_from(["", " cols:2", " cols:2 limit:3", " offset:1", " cols:n"])
        )
        return (
            draw(tag(f"tablerow i in {draw(iterables)}{columns}"))
            + body
            + draw(tag("endtablerow"))
        )
    if kind == "for":
        return draw(for_block(body, inner))
    parts = [draw(tag(f"{kind} {draw(conditions)}")), body]
    if draw(st.booleans()):
        parts += [draw(tag(f"elsif {draw(conditions)}")), draw(inner)]
    if draw(st.booleans()):
        parts += [draw(tag("else")), draw(inner)]
    return "".join(parts) + draw(tag(f"end{kind}"))


@st.composite
def case_block(draw, inner):
    """A case with branches."""
    parts = [draw(tag(f"case {draw(values)}")), draw(st.sampled_from(["", "\n"]))]
    for _ in range(draw(st.integers(1, 3))):
        choices = draw(st.sampled_from([", ", " or "])).join(
            draw(st.lists(values, min_size=1, max_size=2))
        )
        parts += [draw(tag(f"when {choices}")), draw(inner)]
    if draw(st.booleans()):
        parts += [draw(tag("else")), draw(inner)]
    return "".join(parts) + draw(tag("endcase"))


@st.composite
def for_block(draw, body, inner):
    """A loop, perhaps with options and a default."""
    options = draw(
        st.sampled_from(
            ["", "", " reversed", " limit:2", " offset:1", " limit:2 offset:1", " reversed limit: 2",  # noqa: E501
             " offset:continue", " offset:continue limit:1", " limit:n", " limit:list.size offset:zero",  # noqa: E501
             " limit:1 limit:2", " offset:continue limit:3 offset:2", " offset:1 offset:continue"]  # noqa: E501
        )
    )  # fmt: skip
    iterable = draw(iterables)
    ending = draw(
        st.sampled_from(
            [
                "",
                "",
                "",
                "{% break %}",
                "{% if forloop.first %}{% continue %}{% endif %}",
            ]
        )
    )
    parts = [draw(tag(f"for i in {iterable}{options}")), ending, body]
    if draw(st.booleans()):
        parts += [draw(tag("else")), draw(inner)]
    return "".join(parts) + draw(tag("endfor"))


pieces = st.recursive(
    st.one_of(texts, output(), output(), simple_tag()),
    lambda inner: st.one_of(
        block(inner), st.lists(inner, min_size=1, max_size=3).map("".join)
    ),
    max_leaves=8,
)
DOCUMENTED = re.compile(
    r"\b(big|h)\b.*date:|date:.*\b(big|h)\b|\{%-\s*endraw|\u00a0"
    r"|sort_natural:|\bbase64\b|\[[^\]{}]*\["
    r"|append: (?:date|iso|day)\b.*date:",
    re.DOTALL,
)
"""Differences with a reason: years beyond 9999, a dash before ``endraw``, blanks beyond
ASCII, which Ruby takes for letters in some places and not others, a filter of Braze's
that damage can make of another, the order of elements without the property they are
sorted by, which Ruby leaves to chance, brackets in brackets, and years with digits of
another number before them."""

templates = (
    st.lists(pieces, min_size=1, max_size=4)
    .map("".join)
    .filter(lambda template: not DOCUMENTED.search(template))
)


COMMENTED = re.compile(
    r"(?<!end)comment -?%\}(?!(?:(?!\{[{%]).)*\{%-? endcomment)", re.DOTALL
)
"""A comment around a tag, which Ruby still refuses if the tag is broken."""

YEARS = re.compile(r"(?<!\.)\d{9}|-\d{7}")
"""What may be a year that Python does not know, or the seconds until then."""


def with_data(templates):
    """Templates, each with its data: what is above, with some of it changed."""
    return (
        st.tuples(templates, changes)
        .filter(lambda both: "date:" not in both[0] or not YEARS.search(str(both[1])))
        .map(lambda both: (both[0], {**VARIABLES, **both[1]}))
    )


INSIDES = re.compile(r"(?<=\{\{)[^{}]*(?=\}\})|(?<=\{%)[^{}%]*(?=%\})")
SPLINTERS = [
    "|", ":", ",", "'", '"', "-", ".", "[", "]", "(", ")", " ", "&", "=", "<", ">", "==",  # noqa: E501
    "and", "or", "contains", "x", "1", "2.5", "a b", "..", "nil", "blank", "?", "!", "%",  # noqa: E501
    "n", "s.size", "limit:1", "reversed", "#", "@", "\n", "\u00a0", "~", "0", '"q"',
    " | upcase", " | plus: 1", '| default: "d", allow_false: true', ": 1, 2", "[0]",
    ".first", "for", "if", "empty", "true",
]  # fmt: skip


@st.composite
def damaged(draw):
    """A template with something wrong inside of one of its tags or outputs."""
    template = draw(templates.filter(lambda text: not COMMENTED.search(text)))
    insides = list(INSIDES.finditer(template))
    if not insides:
        return template
    chosen = insides[draw(st.integers(0, len(insides) - 1))]
    text = chosen[0]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 2))
        splinter = "" if cut else draw(st.sampled_from(SPLINTERS))
        text = text[:at] + splinter + text[at + cut :]
    return template[: chosen.start()] + text + template[chosen.end() :]


SHELLS = [
    "{{ 0 }}", "{{- 0 -}}", "{% assign v1 = 0 %}[{{ v1 }}]", "{% assign 0 %}[{{ v1 }}]",
    "{% if 0 %}A{% elsif 1 %}B{% else %}C{% endif %}", "{% unless 0 %}A{% endunless %}",
    "{% for i in 0 %}{{ i }};{% else %}E{% endfor %}", "{% for 0 %}{{ i }}{% endfor %}",
    "{% case 0 %}{% when 1 %}A{% when 2 %}B{% else %}C{% endcase %}", "{% echo 0 %}",
    "{% cycle 0 %}{% cycle 1 %}", "{% tablerow i in 0 %}{{ i }}{% endtablerow %}",
    "{% capture 0 %}x{% endcapture %}{{ v1 }}{% increment 1 %}{% decrement 2 %}",
]  # fmt: skip
WORDS = [
    *SPLINTERS, *NAMES[:12], "v1", "i", "in", "(1..3)", "(n..2)", "'a b'", "7", "-3",
    "| size", "| join: ','", "o.b.c[0]", "list[", "]", "cols", "offset", "continue",
    "!=", "..", "||", "1.5.2", "x-y", "x?", "=", "assign",
]  # fmt: skip


@st.composite
def soups(draw):
    """Tags and outputs full of words that may or may not make sense."""
    soup = st.builds(
        lambda words, between: between.join(words),
        st.lists(st.sampled_from(WORDS), max_size=7),
        st.sampled_from([" ", " ", ""]),
    )
    insides = [draw(soup) for _ in range(3)]
    return re.sub(
        r"\b[012]\b",
        lambda match: insides[int(match[0])],
        draw(st.sampled_from(SHELLS)),
    )
