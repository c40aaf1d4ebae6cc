"""Checks the names of Braze values: spelt right, written with ${}, with a default."""

from __future__ import annotations

import re
from collections.abc import Collection

from liquid.token import Token

from .._namespaces import (
    CONTENT_BLOCKS,
    DEFAULT_ATTRIBUTES,
    NAMESPACES,
    closest,
    meant_attribute,
)
from .._tags.output import bare_references, in_script
from .expression_mistakes import note_placeholder
from .findings import FindingCollector
from .reads_and_bindings import Read
from .walker import Reading


_PRESENT_ATTRIBUTES = frozenset(
    {
        "braze_id",
        "cblid",
        "email_footer",
        "preference_center_url",
        "random_bucket_number",
        "set_user_to_opted_in_url",
        "set_user_to_subscribed_url",
        "set_user_to_unsubscribed_url",
        "unsubscribe_url",
        "user_id",
    }
)
_OPTIONAL_NAMESPACES = frozenset(
    {
        None,
        "api_trigger_properties",
        "canvas_entry_properties",
        "context",
        "custom_attribute",
        "event_properties",
    }
)


def check_names(reading: Reading) -> None:
    """Note what is wrong with the names in *reading*."""
    bound = reading.bound()
    settled = {_root(each) for each in reading.reads() if each.role == "condition"}
    braced: set[tuple[int, str]] = set()
    for read in reading.reads():
        if read.personal and read.name.startswith("<") and read.name.endswith(">"):
            note_placeholder(read.name, read.at, reading.findings)
        elif read.personal:
            _check_namespace(read, bound, reading.findings)
            if _check_attribute(read, reading.findings):
                _check_default(read, settled, reading.findings)
        elif read.name not in bound:
            _check_braces(read, braced, reading.findings)
    for text in reading.texts():
        _check_text(text, reading.findings)


def _root(read: Read) -> tuple[str | None, str]:
    """Return the value that *read* is a part of: one that is there has the others."""
    return read.namespace, re.split(r"[.\[]", read.name, maxsplit=1)[0].strip()


def _check_namespace(
    read: Read, bound: Collection[str], findings: FindingCollector
) -> None:
    known = {*NAMESPACES, CONTENT_BLOCKS}
    name = read.namespace
    if name is None or name in known or name in bound:
        return
    close = closest(name, known)
    findings.add(
        "unknown-namespace",
        read.at,
        f"Braze has no namespace '{name}'",
        suggestion=None if close is None else f"did you mean '{close}'?",
        severity="warning" if close is None else "error",
    )


def _check_attribute(read: Read, findings: FindingCollector) -> bool:
    """Return whether Braze knows the name, and note it if not."""
    name = re.split(r"[.\[]", read.name, maxsplit=1)[0].strip()
    known: Collection[str] = DEFAULT_ATTRIBUTES
    if read.namespace is not None:
        known = NAMESPACES.get(read.namespace, ())
    if not known or name in known or read.name in known:
        return True
    hint = _meant(read, name, known)
    where = "default attribute" if read.namespace is None else read.namespace
    own = f"one of your own is custom_attribute.${{{name}}}"
    inside = findings.source.index("${", read.at) + len("${")
    findings.add(
        "unknown-attribute",
        findings.source.index(name, inside),
        f"Braze's {where} names do not include '{name}'",
        suggestion=hint or (own if read.namespace is None else None),
        severity="warning" if read.namespace is None or hint is None else "error",
    )
    return False


def _meant(read: Read, name: str, known: Collection[str]) -> str | None:
    """Return a guess at what was meant by a name that Braze does not know."""
    if read.namespace is None and name in NAMESPACES and "." in read.name:
        rest = read.name.partition(".")[2].strip()
        return f"did you mean {name}.${{{rest}}}?"
    if name == "id" and "api_id" in known:
        return "did you mean ${api_id}?"
    close = meant_attribute(name) if read.namespace is None else closest(name, known)
    return None if close is None else f"did you mean ${{{close}}}?"


def _check_default(
    read: Read, settled: set[tuple[str | None, str]], findings: FindingCollector
) -> None:
    """Note a value without a default, once, unless it is in *settled*."""
    if (
        read.role not in {"output", "text"}
        or read.defaulted
        or read.namespace not in _OPTIONAL_NAMESPACES
        or (read.namespace is None and read.name in _PRESENT_ATTRIBUTES)
        or _root(read) in settled
    ):
        return
    settled.add(_root(read))
    shown = f"{read.namespace}." if read.namespace else ""
    findings.add(
        "missing-default",
        read.at,
        f"{shown}${{{read.name}}} prints nothing where it is not set",
        suggestion="add | default: '…', or test it first",
    )


def _check_braces(
    read: Read, known: set[tuple[int, str]], findings: FindingCollector
) -> None:
    """Note a Braze value without ``${}``, unless *known* has its line and name."""
    right = None
    if read.name in DEFAULT_ATTRIBUTES:
        right = f"${{{read.name}}}"
    elif read.name in NAMESPACES or read.name == CONTENT_BLOCKS:
        step = read.steps[0] if read.steps else None
        if isinstance(step, str):
            right = f"{read.name}.${{{step}}}"
    noted = any(
        ("reference-form", at) in findings.found
        for at in range(read.at - 3, read.at + 1)
    )
    if right is None or noted:
        return
    line = findings.source.count("\n", 0, read.at)
    if (line, read.name) not in known:
        known.add((line, read.name))
        findings.add(
            "missing-braces",
            read.at,
            f"'{read.name}' is a Braze value and prints nothing without ${{}}",
            suggestion=f"write {right}",
        )


_OTHER_BRACES = re.compile(r"(?<![{$\w])\{\s*(\w+)\s*\}(?!\})|\$\(\s*(\w+)\s*\)")
"""A name in single braces, or as in a shell."""


def _check_text(text: Token, findings: FindingCollector) -> None:
    for match in _OTHER_BRACES.finditer(text.value):
        name, at = match[1] or match[2], text.start_index + match.start()
        if name in DEFAULT_ATTRIBUTES and not in_script(text.source, at):
            findings.add(
                "bare-reference",
                at,
                f"{match[0]} in the text stays as it is",
                suggestion=f"write {{{{${{{name}}}}}}}",
            )
    for reference in bare_references(text):
        findings.add(
            "bare-reference",
            reference.start_index,
            f"{reference.value} in the text stays as it is",
            suggestion=f"write {{{{{reference.value}}}}}",
        )
