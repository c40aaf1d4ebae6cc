"""Filters on text."""

from __future__ import annotations

import re

from .. import _values
from .._errors import FaultError, LimitError
from .._plain import plain
from .._values import to_integer, to_text
from .._walk import is_list
from .base import MAX_ITEMS, MAX_RESULT_LENGTH, liquid_filter


_SPACE_CHARS = " \t\n\v\f\r"
_STRIPPED_CHARS = " \t\n\v\f\r\0"
_HTML_ENTITIES = str.maketrans(
    {"&": "&amp;", ">": "&gt;", "<": "&lt;", '"': "&quot;", "'": "&#39;"}
)
_HTML_ENTITIES_BUT_AMPERSAND = {
    code: entity for code, entity in _HTML_ENTITIES.items() if code != ord("&")
}
_UNESCAPED_AMPERSAND = re.compile(r"&(?!([a-zA-Z]+|(#\d+));)", re.ASCII)
_HTML_BLOCK_ENDS = {"<script": "</script>", "<!--": "-->", "<style": "</style>"}
_HTML_BLOCK_START = re.compile("|".join(_HTML_BLOCK_ENDS))
_HTML_TAG = re.compile("<[^>]*>")
_WORD = re.compile(rf"[^{_SPACE_CHARS}]+")


@liquid_filter()
def append(value: object, text: object) -> str:
    """Put *text* after the value."""
    return to_text(value) + to_text(text)


@liquid_filter()
def prepend(value: object, text: object) -> str:
    """Put *text* before the value."""
    return to_text(text) + to_text(value)


@liquid_filter(bounded=True)
def capitalize(value: object) -> str:
    """Make the first letter upper case and the others lower case."""
    text = to_text(value)
    return text[:1].title() + _lower(text[1:])


@liquid_filter(bounded=True)
def downcase(value: object) -> str:
    """Make all letters lower case."""
    return _lower(to_text(value))


def _lower(text: str) -> str:
    """Return *text* in lower case; Ruby knows no sigma for the end of a word."""
    return "".join(map(str.lower, text)) if "\u03a3" in text else text.lower()


@liquid_filter(bounded=True)
def upcase(value: object) -> str:
    """Make all letters upper case."""
    return to_text(value).upper()


@liquid_filter()
def escape(value: object) -> str | None:
    """Escape what HTML would read as markup."""
    if value is None:
        return None
    return to_text(value).translate(_HTML_ENTITIES)


@liquid_filter(documented=False)
def escape_once(value: object) -> str:
    """Escape for HTML, but leave what is escaped already."""
    text = _UNESCAPED_AMPERSAND.sub("&amp;", to_text(value))
    return text.translate(_HTML_ENTITIES_BUT_AMPERSAND)


@liquid_filter()
def newline_to_br(value: object) -> str:
    """Put ``<br />`` before every line end."""
    return to_text(value).replace("\r\n", "\n").replace("\n", "<br />\n")


@liquid_filter(bounded=True)
def strip_newlines(value: object) -> str:
    """Take the line ends out."""
    return to_text(value).replace("\r\n", "").replace("\n", "")


@liquid_filter(bounded=True)
def strip_html(value: object) -> str:
    """Take HTML tags, scripts, styles and comments out."""
    text = _without_blocks(to_text(value))
    end = text.rfind(">") + 1  # behind it a search for the end of a tag is in vain
    return _HTML_TAG.sub("", text[:end]) + text[end:]


def _without_blocks(text: str) -> str:
    """Remove scripts, styles and comments that have an end.

    A pattern would search the rest of the text for every one without an end.
    """
    kept, at, start, open_ended = [], 0, 0, set()
    while (match := _HTML_BLOCK_START.search(text, start)) is not None:
        start, close = match.end(), _HTML_BLOCK_ENDS[match[0]]
        stop = -1 if close in open_ended else text.find(close, start)
        if stop < 0:
            open_ended.add(close)
            if len(open_ended) == len(_HTML_BLOCK_ENDS):
                break
            continue
        kept.append(text[at : match.start()])
        at = start = stop + len(close)
    return "".join(kept) + text[at:]


@liquid_filter(bounded=True)
def strip(value: object) -> str:
    """Take blanks off both ends."""
    return to_text(value).strip(_STRIPPED_CHARS)


@liquid_filter(documented=False, refused=True, bounded=True)
def lstrip(value: object) -> str:
    """Take blanks off the start."""
    return to_text(value).lstrip(_STRIPPED_CHARS)


@liquid_filter(documented=False, refused=True, bounded=True)
def rstrip(value: object) -> str:
    """Take blanks off the end."""
    return to_text(value).rstrip(_STRIPPED_CHARS)


@liquid_filter()
def replace(value: object, old: object, new: object = "") -> str:
    """Replace every *old* with *new*."""
    text, wanted = to_text(value), to_text(old)
    instead = _replacement(new, wanted)
    if len(text) + text.count(wanted) * len(instead) > MAX_RESULT_LENGTH:
        raise LimitError("a value grew larger than the limit on output")
    return text.replace(wanted, instead)


@liquid_filter()
def replace_first(value: object, old: object, new: object = "") -> str:
    """Replace the first *old* with *new*."""
    wanted = to_text(old)
    return to_text(value).replace(wanted, _replacement(new, wanted), 1)


_BACK_REFERENCE = re.compile(r"\\([0&\\]|[1-9`'])")
_NAMED_BACK_REFERENCE = re.compile(rf"{_BACK_REFERENCE.pattern}|\\k<[^>]*>")


def _replacement(given: object, old: str) -> str:
    r"""Expand ``\0`` and ``\\`` in a replacement, as Ruby does even for plain texts."""
    new = to_text(given)
    if "\\" not in new:
        return new
    wholes = new.count("\\0") + new.count("\\&")
    if len(new) + wholes * len(old) > MAX_RESULT_LENGTH:
        raise LimitError("a value grew larger than the limit on output")

    def expand(match: re.Match[str]) -> str:
        if match[1] in {"0", "&"}:
            return old
        if match[1] == "\\":
            return "\\"
        return "" if match[1] and match[1].isdigit() else match[0]

    named = new.rfind(">") + 1  # behind it a search for the end of a name is in vain
    return _NAMED_BACK_REFERENCE.sub(expand, new[:named]) + _BACK_REFERENCE.sub(
        expand, new[named:]
    )


@liquid_filter(documented=False)
def replace_last(value: object, old: object, new: object) -> str:
    """Replace the last *old* with *new*."""
    text, wanted = to_text(value), to_text(old)
    # searching from the end takes Python a time that grows with both lengths multiplied
    after = text[::-1].find(wanted[::-1])
    if after < 0:
        return text
    at = len(text) - after - len(wanted)
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


@liquid_filter(bounded=True)
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
    value = plain(value)
    whole = list(value) if is_list(value) else to_text(value)
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
    count = text.count(between) if between else len(text)
    if count > MAX_ITEMS:
        raise LimitError("a list grew longer than a template may work on")
    parts = list(text) if between == "" else text.split(between)
    while parts and not parts[-1]:
        parts.pop()
    return parts


@liquid_filter(bounded=True)
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
