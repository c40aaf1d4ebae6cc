"""Nothing that a template or its data says becomes code."""

import ast
import builtins
import re

import pytest
from generated_templates import NAMES, damaged, templates
from hypothesis import given, reject, strategies as st

from sessionm_braze.exceptions import SessionMBrazeError, TemplateError
from sessionm_braze.rendering import Catalog, ConnectedContentResponse, Renderer
from sessionm_braze.rendering._compiled import compile_nodes
from sessionm_braze.rendering._deadline import without_end


HOSTILE = [
    "tripwire()",
    "'+str(tripwire())+'",
    '"+str(tripwire())+"',
    "'+str(__import__(\"builtins\").tripwire())+' < '{0}",
    "{tripwire()}",
    "{0.__class__.__init__.__globals__}",
    "{}",
    "{0}",
    "{{0}}",
    "}",
    "{",
    "%s",
    "%(tripwire)s",
    "${tripwire()}",
    "$tripwire",
    "\\",
    "\\'",
    '\\"',
    "\\N{BULLET}",
    "'''",
    '"""',
    "'",
    '"',
    "'); tripwire() #",
    '"); tripwire() #',
    "]); tripwire(); ([",
    "\ntripwire()\n",
    "\n tripwire()",
    "\r tripwire()",
    "\u2028 tripwire()",
    "\x85 tripwire()",
    "\x0c tripwire()",
    "\0",
    "\0tripwire()",
    "\ud800",
    "\udfff tripwire()",
    "k1",
    "c.env",
    "parts",
    "wparts",
    "__builtins__",
    "lambda: tripwire()",
    "(t := tripwire())",
    "#",
    "9" * 5_000,
    "1e999",
    "-0x1f",
    "None",
    "True",
    "é = tripwire()",
]

PLACES = {
    "text": "a§b",
    "output": "{{ § }}",
    "single quotes": "{{ '§' }}",
    "double quotes": '{{ "§" }}',
    "name": "{{ a§ }}",
    "property": "{{ o.§ }}",
    "key": "{{ o['§'] }}{{ o[\"§\"].x }}",
    "place": "{{ list[§] }}",
    "variable key": "{{ o[§] }}{{ [§] }}",
    "attribute": "{{ ${§} }}{{${first_name}.§}}",
    "namespace": "{{ custom_attribute.${§} }}{{ custom_attribute.${tier}['§'] }}",
    "any namespace": "{{ §.${x} }}",
    "filter": "{{ s | § }}",
    "argument": "{{ s | append: '§' | replace: \"§\", '§' }}",
    "bare argument": "{{ s | append: § }}",
    "keyword": "{{ s | default: 'x', allow_false: '§' }}{{ s | default: 1, §: true }}",
    "property to map": "{{ list | map: '§' | where: \"§\", '§' | sort: '§' }}",
    "pattern": "{{ 'now' | date: '§' }}",
    "zone": "{{ 'now' | time_zone: '§' | number_with_delimiter: '§' }}",
    **{
        f"condition {sign}": f"{{% if s {sign} '§' %}}a{{% elsif '§' {sign} \"§\" %}}b"
        f'{{% endif %}}{{% unless "§" {sign} s %}}c{{% endunless %}}'
        for sign in ("==", "!=", "<>", "<", "<=", ">", ">=", "contains")
    },
    "bare condition": "{% if § %}a{% elsif s < § %}b{% endif %}",
    "operator": "{% if s § 'x' %}a{% endif %}",
    "relation": "{% if s == 'a' § s == 'b' %}a{% endif %}",
    "choice": "{% case '§' %}{% when \"§\", '§' %}a{% when § %}b{% endcase %}",
    "loop": "{% for i in '§' %}{{ i }}{{ forloop.name }}{% endfor %}",
    "bare loop": "{% for i in § %}{{ i }}{% endfor %}",
    "element": "{% for § in list %}{{ § }}{% cycle 1, 2 %}{% endfor %}",
    "limit": "{% for i in list limit:'§' offset:\"§\" %}{{ i }}{% endfor %}",
    "bare limit": "{% for i in list limit:§ %}{{ i }}{% endfor %}",
    "option": "{% for i in list §:1 %}{{ i }}{% endfor %}",
    "range": "{{ (1..'§') }}{% for i in ('§'..3) %}{{ i }}{% endfor %}",
    "bare range": "{% for i in (§..3) %}{{ i }}{% endfor %}",
    "assign": "{% assign x = '§' | append: \"§\" %}{{ x }}",
    "bare assign": "{% assign x = § %}{{ x }}",
    "assigned name": "{% assign § = 1 %}{{ § }}{% assign a§ = 1 %}{{ a§ }}",
    "capture": "{% capture § %}§{% endcapture %}{{ § }}",
    "quoted capture": "{% capture '§' %}§{% endcapture %}",
    "counter": "{% increment § %}{% decrement § %}",
    "cycle": "{% cycle '§', \"§\" %}{% cycle '§': 1, 2 %}{% cycle § %}",
    "tablerow": "{% tablerow § in list cols:'§' limit:§ %}§{% endtablerow %}",
    "raw": "{% raw %}§{{ § }}{% endraw %}",
    "comment": "{% comment %}§{% endcomment %}{% # § %}",
    "liquid": "{% liquid\nassign x = '§'\necho \"§\"\nif x < '§'\necho x\nendif\n%}",
    "echo": "{% echo '§' | prepend: \"§\" %}",
    "tag": "{% § %}",
    "end": "{% if true %}{% end§ %}",
    "ifchanged": "{% ifchanged %}§{{ '§' }}{% endifchanged %}",
    "call": (
        "{% connected_content https://h.test/§?x={{ '§' | url_param_escape }}"
        ' :method post :headers {"X": "§"} :body a=§ :save r %}{{ r["§"] }}'
    ),
    "saved name": "{% connected_content https://h.test/ :save § %}{{ § }}",
    "call option": "{% connected_content https://h.test/ :§ § %}",
    "rerendered": "{{${first_name}}}{% connected_content https://h.test/§ :rerender %}",
    "abort": "{% if s == 'x' %}{% abort_message('§') %}{% endif %}",
    "reached abort": "{% abort_message('§') %}",
    "extras": "{% message_extras :key § :value § %}",
    "catalog": "{% catalog_items § {{ '§' }} %}{{ items[0]['§'] }}",
    "selection": "{% catalog_selection_items Shoes § %}{{ items }}",
    "promotion": "{% promotion('§') %}",
    "cart": "{% shopping_cart {{ '§' }} %}",
    "landing page": "{% landing_page_url § %}",
    "translation": "{% translation § %}§{{ '§' }}{% endtranslation %}",
    "random": "{% random § %}",
    "content block": "{{ content_blocks.${§} }}{{ content_blocks.${B} | id: '§' }}",
}
"""One template for each place where a text of its author can stand, at the sign §."""


@pytest.fixture
def tripped(monkeypatch):
    """A list that grows when a text of a template runs."""
    calls = []
    monkeypatch.setattr(
        builtins, "tripwire", lambda: calls.append(1) or "", raising=False
    )
    return calls


def renderers(text):
    """Yield a strict and a lax renderer with *text* in everything that they hold."""
    for strict in (True, False):
        yield Renderer(
            lambda _: ConnectedContentResponse(body=text),
            content_blocks={text: text, "B": text},
            catalogs={text: [{"id": text}], "Shoes": Catalog(items=[{"id": text}])},
            promotions={text: [text]},
            shopping_carts={text: {"products": []}},
            landing_pages={text: text},
            translations={text: text},
            strict=strict,
        )


def test_the_tripwire_works(tripped):
    """The trap would catch what it is for."""
    eval("tripwire()")

    assert [1] == tripped


@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_text_in_every_place(place, tripped):
    """A render ends with a message or with one of our errors, and nothing has run."""
    for text in HOSTILE:
        template = PLACES[place].replace("§", text)
        data = {
            "s": text,
            text: text,
            "list": [text, {text: text}],
            "o": {text: {"x": text}},
            "custom_attribute": {text: text, "tier": {text: 1}},
        }
        if "${" in text:
            del data[text]  # refused by name, which has a test of its own
        for renderer in renderers(text):
            for given_text in (
                template,
                "{% for j in list %}" + template + "{% endfor %}",
            ):
                try:
                    renderer.render(given_text, data)
                except SessionMBrazeError:
                    continue

    assert [] == tripped


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE if not set("'\\") & set(text)]
)
def test_a_hostile_text_is_printed(text):
    """A text between quotes prints as it stands, through comparisons and filters."""
    template = (
        f"{{% assign x = '{text}' %}}{{{{ x }}}}{{{{ o['{text}'] }}}}"
        f"{{% if x == '{text}' %}}same{{% endif %}}"
        f"{{% if x < '{text}' %}}less{{% endif %}}"
        f"{{{{ '' | append: '{text}' }}}}"
    )

    message = Renderer().render(template, {"o": {text: 1}})

    assert f"{text}1same{text}" == message.text


@pytest.mark.parametrize("text", HOSTILE)
def test_data_never_reaches_a_program(text):
    """A caller's names and values are looked up when a program runs."""
    template = Renderer().parse("{{ v }}{% for i in list %}{{ i }}{% endfor %}")
    before = template._parsed.program(without_end)[0].source

    for _ in ("walked", "compiled"):
        printed = Renderer().render(template, {"v": text, "list": [text], "x": text})

        assert text * 2 == printed.text
    assert before == template._parsed.program(without_end)[0].source


QUOTED = re.compile(r"(['\"])(.*?)\1", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.'\"-])-?\d+(\.\d+)?(?![\w.'\"])")
NAMED = "|".join(re.escape(name) for name in NAMES if name not in {"nil", "date"})
NAME = re.compile(rf"(?<![\w'\"])({NAMED})(?![\w'\"])")
INSIDE = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)


def retold(template, texts, numbers):
    """Return *template* with other literals, and with other names for its variables."""

    def other(inside):
        shown = NAME.sub(lambda match: f"{match[1]}_other", inside[0])
        shown = NUMBER.sub(lambda m: f"{next(numbers)}{'.5' * bool(m[1])}", shown)
        return QUOTED.sub(lambda match: f"{match[1]}{next(texts)}{match[1]}", shown)

    return INSIDE.sub(other, template)


TEXTS = ["", " ", "a", "b c", "{0}", "}", "{", "%s", "\\", "#", "\u2028", "é.:,|", "k1"]


def cycled(items):
    """Repeat *items* for ever."""
    while True:
        yield from items


def source_of(template, *, strict):
    """Return the source of a compiled template; it must parse."""
    program = Renderer(strict=strict).parse(template)._parsed.program(without_end)
    return "".join(function.source for function in program)


class TestSource:
    @pytest.mark.parametrize("strict", [True, False])
    @given(
        template=templates,
        texts=st.lists(st.sampled_from(TEXTS), min_size=1),
        numbers=st.lists(st.integers(-99, 99), min_size=1),
    )
    def test_does_not_depend_on_literals(self, template, texts, numbers, strict):
        """Templates that differ in texts, numbers and names compile to one source."""
        other = retold(template, cycled(texts), cycled(numbers))
        try:
            before = source_of(template, strict=strict)
            after = source_of(other, strict=strict)
        except TemplateError:
            reject()

        assert before == after

    @pytest.mark.parametrize(
        ("template", "literals"),
        [
            ("{{ § }}{{ s | append: § }}", "'a' \"{0}\" 1 2.5 nil true blank"),
            (
                "{% if s == § %}{% elsif s != § %}{% endif %}",
                "'a' 1 2.5 nil true blank",
            ),
            ("{% if s < § or s >= § %}{% endif %}", "'a' '}' 1 2.5 nil true blank"),
            ("{% if § == s and § contains § %}{% endif %}", "'a' 1 nil false empty"),
            ("{% case s %}{% when § %}{% endcase %}", "'a' 1 nil true"),
            ("{% for i in list limit:§ %}{{ i }}{% endfor %}", "'}' 1 2.5 nil"),
            ("{{ list[§] }}{{ o[§].x }}", "'a' \"b\" 0 -1 99"),
            ("{{ o.§ }}{{ §.§ }}{{ custom_attribute.${§} }}", "a b size first x1"),
            (
                "{% assign § = 1 %}{{ § }}{% for § in list %}{{ § }}{% endfor %}",
                "a b c1",
            ),
            ("{% cycle §: §, § %}{% capture x %}§{% endcapture %}", "'a' 'b' 1"),
        ],
    )
    @pytest.mark.parametrize("strict", [True, False])
    def test_is_the_same_for_every_literal(self, template, literals, strict):
        """The kind of a literal (text, number, word) makes no difference."""
        sources = {
            source_of(template.replace("§", literal), strict=strict)
            for literal in literals.split(" ")
        }

        assert 1 == len(sources)

    @pytest.mark.parametrize("strict", [True, False])
    @given(template=templates | damaged())
    def test_consists_of_known_words(self, template, strict):
        """Names, attributes and constants of every program are from a closed list."""
        try:
            source = source_of(template, strict=strict)
        except TemplateError:
            reject()

        for node in ast.walk(ast.parse(source)):
            assert isinstance(node, KINDS), ast.dump(node)
            if isinstance(node, ast.Name):
                known = node.id in WORDS or GENERATED.fullmatch(node.id)
                assert known, node.id
            elif isinstance(node, ast.Attribute):
                assert node.attr in ATTRIBUTES
            elif isinstance(node, ast.Constant):
                assert node.value is None or isinstance(node.value, bool)


GENERATED = re.compile(r"[a-z][0-9]+|wp[0-9]+", re.ASCII)
WORDS = {
    *("SIMPLE", "TRUE", "is_true"),
    *("BreakLoop", "ContinueLoop", "FORLOOP", "ForLoop", "G", "L", "LiquidError", "M"),
    *(
        "between",
        "bind",
        "c",
        "check",
        "contains",
        "equals",
        "full_turns",
        "len",
    ),
    *("list", "look_up_braced", "lookup", "order", "parts", "show", "str", "turns"),
    *("type", "walk", "wparts"),
}
ATTRIBUTES = {
    *("append", "assign", "elements", "get", "globals", "large", "locals"),
    *("loop_stack", "parentloop", "personal", "pop", "variable", "weighed"),
}
KINDS = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Load, ast.Store),
    *(ast.Assign, ast.Expr, ast.If, ast.For, ast.Try, ast.ExceptHandler, ast.Pass),
    *(ast.Break, ast.Continue, ast.Return, ast.Name, ast.Attribute, ast.Constant),
    *(ast.Call, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.IfExp, ast.NamedExpr),
    *(ast.Subscript, ast.Dict, ast.Tuple, ast.List, ast.boolop, ast.cmpop, ast.Not),
)


class TestGuard:
    @pytest.mark.parametrize(
        "code",
        [
            *("open", "tripwire()", "c.__class__", "'text'", "1", "(lambda: None)()"),
            *("__builtins__", "bind.__builtins__"),
        ],
    )
    def test_a_mistake_in_an_emitter_does_not_run(self, code, monkeypatch, tripped):
        """A program that reaches more than it was given is refused before it runs."""
        kind = type(Renderer().parse("text")._parsed.nodes[0])
        line = f"x = {code}"
        monkeypatch.setattr(kind, "emit", lambda _, emitter: emitter.line(line))

        with pytest.raises(RuntimeError, match="reaches what it was not given"):
            compile_nodes(Renderer().parse("other text")._parsed.nodes, without_end)

        assert [] == tripped

    def test_a_program_has_no_builtins(self):
        """Whatever a program named, Python's own functions would not be among it."""
        (made,) = Renderer().parse("{{ a }}")._parsed.program(without_end)

        assert {} == made.run.__builtins__
        assert {} == made.run.__globals__["__builtins__"]
