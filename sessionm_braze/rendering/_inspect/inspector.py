"""Inspects a template without rendering it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..._secrets import Scrubber, Secret
from .._namespaces import CONTENT_BLOCKS
from .._template_secrets import written_secrets
from .attribute_names import check_names
from .codes import known_codes
from .escaping import check_escaping
from .html_comments import check_comments
from .report import TemplateReport
from .status_checks import check_answers
from .text_mistakes import check_comparisons, check_texts
from .unset_variables import check_variables
from .walker import Reading, read_template
from .wallet_fields import check_wallet


_IGNORE_COMMENT = re.compile(
    r"\{%-?\s*comment\s*-?%\}\s*check:\s*ignore\s(?P<codes>[\w\s,-]+)"
    r"\{%-?\s*endcomment"
)


def inspect_template(
    text: str,
    *,
    ignore: Iterable[str] = (),
    tags: Iterable[str] = (),
    variables: Iterable[str] = (),
) -> TemplateReport:
    """Inspect a template, which need not be one that parses.

    What is wrong is a finding of the report, all of it at once; nothing is raised for
    it.  A comment in the template,
    ``{% comment %}check: ignore missing-default{% endcomment %}``, switches codes off
    as *ignore* does.

    Args:
        text: The template.
        ignore: Codes of findings that are left out.
        tags: Names of tags that Braze has and the library does not know.
        variables: Names of plain variables that something else sets.

    Raises:
        ValueError: If *ignore*, or such a comment, names no known code.

    Example:
        >>> from sessionm_braze.rendering import inspect_template
        >>> report = inspect_template("Hi {{${frist_name} | upcas}}")
        >>> for finding in report.findings:
        ...     print(finding)
        1:8: warning: Braze's default attribute names do not include 'frist_name' ...
        1:22: error: there is no filter 'upcas' (did you mean 'upcase'?) ...
    """
    ignored = known_codes(ignore, "ignore") | _switched_off(text)
    reading = read_template(text, frozenset(tags))
    check_names(reading)
    check_answers(reading)
    check_wallet(reading)
    check_variables(reading, frozenset(variables))
    check_comments(reading.tokens, reading.findings)
    check_texts(reading.tokens, reading.findings)
    check_comparisons(reading.nodes, reading.findings)
    check_escaping(reading.nodes, reading.findings)
    return TemplateReport(
        variables=_variables(reading),
        calls=tuple(call.use for call in reading.calls),
        content_blocks=tuple(reading.block_names()),
        catalogs=tuple(reading.catalogs),
        filters=tuple(reading.filters),
        tags=tuple(reading.tags),
        findings=reading.findings.ordered(ignored),
    )


def secrets_in(text: str) -> Scrubber:
    """Return a scrubber that masks the keys and passwords in a template."""
    found = (*read_template(text).findings.secrets, *written_secrets(text))
    return Scrubber(map(Secret, found))


def _switched_off(text: str) -> frozenset[str]:
    named = [match["codes"] for match in _IGNORE_COMMENT.finditer(text)]
    codes = [code for each in named for code in re.split(r"[\s,]+", each) if code]
    return known_codes(codes, "the comment 'check: ignore'")


def _variables(reading: Reading) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for read in reading.reads():
        if read.personal and read.namespace != CONTENT_BLOCKS:
            namespace = read.namespace or "default_attributes"
            found.setdefault(namespace, {})[read.name] = None
    if plain := reading.plain():
        found["liquid"] = plain
    return {namespace: tuple(names) for namespace, names in found.items()}
