"""Filters on text."""

from __future__ import annotations

import re

from .. import _values
from .._errors import FaultError, LimitError
from .._values import to_integer, to_text
from .base import MAX_RESULT_LENGTH, liquid_filter


_SPACE_CHARS = " \t\n\v\f\r"
_STRIPPED_CHARS = " \t\n\v\f\r\0"
_HTML_ENTITIES = {"&": "&amp;", ">": "&gt;", "<": "&lt;", '"': "&quot;", "'": "&#39;"}
_HTML_CHARS = re.compile("[&<>\"']")
_UNESCAPED_HTML_CHARS = re.compile(r"[\"><']|&(?!([a-zA-Z]+|(#\d+));)", re.ASCII)
_HTML_BLOCK_ENDS = {"<script": "</script>", "<!--": "-->", "<style": "</style>"}
_HTML_BLOCK_START = re.compile("|".join(_HTML_BLOCK_ENDS))
_HTML_TAG_ENDS = {"<": ">"}
_LINE_END = re.compile(r"\r?\n")
_WORD = re.compile(rf"[^{_SPACE_CHARS}]+")


@liquid_filter(light=True)
def append(value: object, text: object) -> str:
    """Put *text* after the value."""
    return to_text(value) + to_text(text)


@liquid_filter(light=True)
def prepend(value: object, text: object) -> str:
    """Put *text* before the value."""
    return to_text(text) + to_text(value)


@liquid_filter(light=True, bounded=True)
def capitalize(value: object) -> str:
    """Make the first letter upper case and the others lower case."""
    text = to_text(value)
    return text[:1].title() + _lower(text[1:])


@liquid_filter(light=True, bounded=True)
def downcase(value: object) -> str:
    """Make all letters lower case."""
    return _lower(to_text(value))


def _lower(text: str) -> str:
    """Return *text* in lower case; Ruby knows no sigma for the end of a word."""
    return "".join(map(str.lower, text)) if "\u03a3" in text else text.lower()


@liquid_filter(light=True, bounded=True)
def upcase(value: object) -> str:
    """Make all letters upper case."""
    return to_text(value).upper()


@liquid_filter()
def escape(value: object) -> str | None:
    """Escape what HTML would read as markup."""
    if value is None:
        return None
    return _HTML_CHARS.sub(lambda match: _HTML_ENTITIES[match[0]], to_text(value))


@liquid_filter(documented=False)
def escape_once(value: object) -> str:
    """Escape for HTML, but leave what is escaped already."""
    return _UNESCAPED_HTML_CHARS.sub(
        lambda match: _HTML_ENTITIES[match[0]], to_text(value)
    )


@liquid_filter()
def newline_to_br(value: object) -> str:
    """Put ``<br />`` before every line end."""
    return _LINE_END.sub("<br />\n", to_text(value))


@liquid_filter(bounded=True)
def strip_newlines(value: object) -> str:
    """Take the line ends out."""
    return _LINE_END.sub("", to_text(value))


@liquid_filter(bounded=True)
def strip_html(value: object) -> str:
    """Take HTML tags, scripts, styles and comments out."""
    text = _without(to_text(value), _HTML_BLOCK_ENDS, _HTML_BLOCK_START)
    return _without(text, _HTML_TAG_ENDS, re.compile("<"))


def _without(text: str, pairs: dict[str, str], opening: re.Pattern[str]) -> str:
    """Remove everything from an opening to its end in *pairs*, if it has one.

    A pattern would search the rest of the text for every opening without an end.
    """
    kept, at, start, open_ended = [], 0, 0, set()
    while (match := opening.search(text, start)) is not None:
        start, close = match.end(), pairs[match[0]]
        stop = -1 if close in open_ended else text.find(close, start)
        if stop < 0:
            open_ended.add(close)
            if len(open_ended) == len(pairs):
                break
            continue
        kept.append(text[at : match.start()])
        at = start = stop + len(close)
    return "".join(kept) + text[at:]


@liquid_filter(light=True, bounded=True)
def strip(value: object) -> str:
    """Take blanks off both ends."""
    return to_text(value).strip(_STRIPPED_CHARS)


@liquid_filter(documented=False, refused=True, light=True, bounded=True)
def lstrip(value: object) -> str:
    """Take blanks off the start."""
    return to_text(value).lstrip(_STRIPPED_CHARS)


@liquid_filter(documented=False, refused=True, light=True, bounded=True)
def rstrip(value: object) -> str:
    """Take blanks off the end."""
    return to_text(value).rstrip(_STRIPPED_CHARS)


@liquid_filter()
def replace(value: object, old: object, new: object = "") -> str:
    """Replace every *old* with *new*."""
    text, wanted, instead = to_text(value), to_text(old), to_text(new)
    found = text.count(wanted)
    if len(text) + found * len(instead) > MAX_RESULT_LENGTH:
        raise LimitError("a value grew larger than the limit on output")
    return text.replace(wanted, _back_references(instead, wanted))


@liquid_filter()
def replace_first(value: object, old: object, new: object = "") -> str:
    """Replace the first *old* with *new*."""
    wanted = to_text(old)
    return to_text(value).replace(wanted, _back_references(to_text(new), wanted), 1)


_BACK_REFERENCE = re.compile(r"\\([0&\\]|[1-9`']|k<[^>]*>)")


def _back_references(new: str, old: str) -> str:
    r"""Expand ``\0`` and ``\\`` in a replacement, as Ruby does even for plain texts."""
    if "\\" not in new:
        return new

    def expand(match: re.Match[str]) -> str:
        if match[1] in {"0", "&"}:
            return old
        if match[1] == "\\":
            return "\\"
        return "" if match[1].isdigit() else match[0]

    return _BACK_REFERENCE.sub(expand, new)


@liquid_filter(documented=False)
def replace_last(value: object, old: object, new: object) -> str:
    """Replace the last *old* with *new*."""
    text, wanted = to_text(value), to_text(old)
    at = text.rfind(wanted)
    if at < 0:
        return text
    return text[:at] + to_text(new) + text[at + len(wanted) :]


@liquid_filter()
def remove(value: object, old: object) -> str:
    """Take every *old* out."""
    return to_text(value).replace(to_text(old), "")


@liquid_filter()
def remove_first(value: object, old: object) -> str:
    """Take the first *old* out."""
    return to_text(value).replace(to_text(old), "", 1)


@liquid_filter(documented=False)
def remove_last(value: object, old: object) -> str:
    """Take the last *old* out."""
    return replace_last(value, old, "")


@liquid_filter(light=True, bounded=True)
def slice_(value: object, offset: object, length: object = None) -> object:
    """Return a part, from *offset* on, counted from the end if it is negative."""
    if (
        type(value) is str
        and type(offset) is int
        and type(length) is int
        and 0 <= offset < _values.INDEX_LIMIT
        and 0 <= length < _values.INDEX_LIMIT
    ):
        return value[offset : offset + length]
    start = to_integer(offset)
    count = to_integer(length) if _values.is_true(length) else 1
    _values.check_place(start)
    _values.check_place(count)
    whole = list(value) if isinstance(value, list | tuple) else to_text(value)
    nothing: object = "" if isinstance(whole, str) else []
    if start < 0:
        start += len(whole)
    if start < 0 or start > len(whole) or count < 0:
        return nothing
    return whole[start : start + count]


@liquid_filter()
def split(value: object, separator: object) -> list[str]:
    """Return the parts between separators; empty ones at the end are dropped."""
    text, between = to_text(value), to_text(separator)
    if between == " ":
        return _WORD.findall(text)
    parts = list(text) if between == "" else text.split(between)
    while parts and not parts[-1]:
        parts.pop()
    return parts


@liquid_filter(light=True, bounded=True)
def truncate(
    value: object, length: object = 50, ellipsis: object = "..."
) -> str | None:
    """Cut to *length* characters, the ellipsis among them."""
    if value is None:
        return None
    text, most, mark = to_text(value), to_integer(length), to_text(ellipsis)
    if len(text) <= most:
        return text
    return text[: max(most - len(mark), 0)] + mark


@liquid_filter(bounded=True)
def truncatewords(
    value: object, words: object = 15, ellipsis: object = "..."
) -> str | None:
    """Cut to a number of *words*."""
    if value is None:
        return None
    text, most = to_text(value), max(to_integer(words), 1)
    if most > _MAX_WORD_COUNT:
        raise FaultError(f"integer {most} too big for truncatewords")
    found = _WORD.findall(text)
    if len(found) < most or (len(found) == most and text[-1:] not in set(_SPACE_CHARS)):
        return text
    if len(found) == most:
        return " ".join(found) + to_text(ellipsis)
    return " ".join(found[:most]) + to_text(ellipsis)


_MAX_WORD_COUNT = (1 << 31) - 2


h = escape.alias("h", documented=False)
