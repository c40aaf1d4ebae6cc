import json
import re
from pathlib import Path

import pytest

from sessionm_braze.rendering import Renderer, inspect_template
from sessionm_braze.rendering._inspect import CODES


TEMPLATE = """\
{% assign endpoint = host %}
{% connected_content {{endpoint}}/a?user={{${user_id}}}&api_key=s3cr3t
   :method post :headers {"X-Trace": "1", "Authorization": "Basic c2VjcmV0"}
   :body q={{context.${q}}} :save answer :retry %}
{% if answer.__http_status_code__ == 200 %}{{answer.x | upcase}}{% endif %}
{% catalog_items Toys t1 %}{{items[0].name}}
{{content_blocks.${footer}}} {{custom_attribute.${tier} | default: 'x' | downcase}}
"""


@pytest.fixture(scope="module")
def report():
    """Return the report on a template with a bit of everything."""
    return Renderer().parse(TEMPLATE).inspect()


class TestTemplateReport:
    def test_lists_variables_by_namespace(self, report):
        """Names stand under their namespace; those the template sets are left out."""
        assert {
            "liquid": ("host",),
            "default_attributes": ("user_id",),
            "context": ("q",),
            "custom_attribute": ("tier",),
        } == dict(report.variables)

    def test_lists_calls(self, report):
        """A call has its place, method, address and variable."""
        (call,) = report.calls

        assert (2, 4, "POST", "answer") == (
            call.line,
            call.column,
            call.method,
            call.save,
        )
        assert ("body", "headers", "method", "retry", "save") == call.options
        assert ("X-Trace", "Authorization") == call.headers

    def test_shows_no_secret(self, report):
        """Neither the report nor any form of it holds a secret of the template."""
        forms = [repr(report), json.dumps(report.to_dict()), report._repr_html_()]
        forms += [str(finding) for finding in report.findings]

        assert [] == [form for form in forms if "s3cr3t" in form or "c2Vj" in form]
        assert "api_key=***" in report.calls[0].url

    def test_quotes_no_secret(self):
        """A message that quotes a part of a tag masks what it holds of a secret."""
        text = (
            "{% connected_content https://a.test/?key=s3cr3tkey"
            ' :headers {"X-Api-Key": "s3cr3tkey"} s3cr3tkey %}'
        )
        report = inspect_template(text)

        assert "syntax-error" in {finding.code for finding in report.findings}
        assert "s3cr3tkey" not in json.dumps(report.to_dict())

    def test_lists_what_is_used(self, report):
        """Blocks, catalogs, filters and tags are there by name."""
        assert ("footer",) == report.content_blocks
        assert ("Toys",) == report.catalogs
        assert {"upcase", "default", "downcase"} == set(report.filters)
        assert ("assign", "connected_content", "if", "catalog_items") == report.tags

    def test_counts_in_its_repr(self, report):
        """The repr is one line with the counts."""
        assert "TemplateReport(2 warnings, 4 remarks; 1 call)" == repr(report)
        assert "TemplateReport(no findings; 0 calls)" == repr(inspect_template(""))

    def test_is_json(self, report):
        """The report goes through JSON unharmed."""
        again = json.loads(json.dumps(report.to_dict()))

        assert report.findings[0].message == again["findings"][0]["message"]

    def test_escapes_what_it_shows(self):
        """A template's text is foreign, and cannot break out of the report."""
        html = inspect_template("{{custom_attribute.${<script>x}}}")._repr_html_()

        assert "<script" not in html
        assert "&lt;script&gt;x" in html

    def test_a_lax_template_can_be_inspected(self):
        """What only a lax renderer takes is inspected just as strictly."""
        report = Renderer(strict=False).parse("{{ 'a' | nosuch }}").inspect()

        assert ["unknown-filter"] == [finding.code for finding in report.errors]

    def test_passes_on_what_to_ignore(self):
        """`inspect` takes the codes to leave out."""
        template = Renderer().parse("{{${city}}}")

        assert () == template.inspect(ignore=["missing-default"]).findings

    def test_survives_hostile_nesting(self):
        """A template that nests without end is a finding, not a crash."""
        text = "{% liquid " + "liquid " * 3000 + "echo x %}"

        assert inspect_template(text).errors

    def test_every_code_is_explained(self):
        """The reference has a section for each code, with the right severity."""
        page = Path(__file__).parents[2] / "docs" / "reference" / "findings.rst"
        sections = re.findall(
            r"^([\w-]+)\n-+\n\n\*(\w+)\*", page.read_text("utf-8"), re.MULTILINE
        )

        assert [(c, code.severity) for c, code in CODES.items()] == sections

    def test_every_code_has_a_meaning(self):
        """Each code says in a sentence what it is about."""
        assert all(code.meaning.endswith(".") for code in CODES.values())
