"""``connected_content``: shape of the tag (Braze docs, making an API call)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Self

import attrs
from liquid.builtin.expressions import Identifier
from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from .._connected_content.call import call
from .._connected_content.request import Options
from .._context import BrazeContext
from .._engine import Stream
from .._errors import did_you_mean
from .._expressions.reader import Reader
from .._parts import Part, Span
from .base import BrazeNode, BrazeTag, expression
from .words import first_word, words


FLAG_OPTIONS = {
    "no_cache": "do not keep the answer",
    "rerender": "render the Liquid in the answer, once",
    "retry": "repeat a failing call up to five times, then abort the message",
}
"""Options that take no value."""

WORD_OPTIONS = {
    "accept": "sets ``Accept``",
    "auth_credentials": "stored headers to send, to their domain alone",
    "basic_auth": "stored user name and password to send",
    "cache": "an older spelling of ``:cache_max_age``",
    "cache_max_age": "seconds to keep the answer, 300 to 14,400; keeps POST, too",
    "content_type": "sets ``Content-Type`` and ``Accept``; JSON turns a form into JSON",
    "method": "``get`` or ``post``",
    "save": "variable for the answer, ``connected`` without this option",
}
"""Options that take a word."""

TEXT_OPTIONS = {
    "body": "body to send, up to the next option",
    "headers": "JSON object of headers; they go before all others",
}
"""Options whose value may have blanks."""

OPTIONS = {**FLAG_OPTIONS, **WORD_OPTIONS, **TEXT_OPTIONS}
"""Everything that may follow a colon."""

_OPTION = re.compile(r"(?<!\S):([a-z_]+)(?!\w)")
_TEXT_PARTS = re.compile(rf"{_OPTION.pattern}|\$\{{[^{{}}]*\}}|\{{\{{|\}}\}}")
_JSON_PARTS = re.compile(
    r"\"(?>\\.|\{\{.*?\}\}|[^\"\\])*+\"|\{\{.*?\}\}|[{}]", re.DOTALL
)
"""Strings and outputs, which are skipped, and braces."""

_GLUED_OPTION = re.compile(rf":(?:{'|'.join(OPTIONS)})\Z")
_LEADING_BLANKS = re.compile(r"\s*")
_VARIABLE_NAME = re.compile(r"[\w-]+", re.ASCII)


class ConnectedContentNode(BrazeNode):
    """``{% connected_content URL :option value … %}``."""

    __slots__ = ("options", "url")

    def __init__(self, token: Token, url: Part, options: Options) -> None:
        super().__init__(token)
        self.url = url
        self.options = options

    def __str__(self) -> str:
        return f"{{% connected_content {self.url.text} %}}"

    def parts(self) -> Iterator[Part]:
        """Return the URL and the values of the options."""
        yield self.url
        yield from self.options.parts()

    def template_scope(self) -> list[Identifier]:
        """Return the name that is bound."""
        return [Identifier(self.options.saved_as, token=self.token)]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Make the call; print its answer, or bind it if it is JSON."""
        if context.rerendering:
            context.warn(
                "a connected_content tag in fetched text is left out", self.token
            )
            return 0
        return int(buffer.write(call(self.url, self.options, context, self.token)))


class ConnectedContentTag(BrazeTag):
    """Reads ``connected_content``."""

    name = "connected_content"
    text = "free"
    example = (
        "{% connected_content https://h.test/{{${user_id}}}?c={{context.${c}}}"
        ' :method post :headers {"X": "{{custom_attribute.${tier} | json_escape}}"}'
        " :body a={{ b }} :save r %}"
        "{% if r.__http_status_code__ == 200 %}{{ r.points }}{% endif %}"
    )

    def parse(self, stream: Stream) -> ConnectedContentNode:  # type: ignore[override]
        """Read the URL and the options, which come in any order."""
        token = stream.current
        text = expression(stream, "a URL")
        scan = stream.read(Scan.of, text)
        if scan.url is None:
            raise LiquidSyntaxError("'connected_content' needs a URL", token=token)
        parts = {name: stream.part(text, span) for name, span in scan.values.items()}
        url = stream.part(text, scan.url)
        return ConnectedContentNode(
            token, url, Options(flags=frozenset(scan.flags), **parts)
        )


@attrs.define
class Scan:
    """Takes the tag's text apart."""

    token: Token
    strict: bool = attrs.field(kw_only=True)
    warnings: list[tuple[str, Token]] = attrs.field(kw_only=True)
    url: Span | None = None
    values: dict[str, Span] = attrs.field(factory=dict)
    flags: set[str] = attrs.field(factory=set)
    options: list[re.Match[str]] = attrs.field(factory=list)

    @classmethod
    def of(cls, reader: Reader, token: Token) -> Self:
        """Return the parts of the text *token*, read as strictly as *reader* does."""
        return cls(token, strict=reader.strict, warnings=reader.warnings)

    def __attrs_post_init__(self) -> None:
        at, text = 0, self.token.value
        self.options = _options(text)
        while at < len(text):
            option = self.next_option(at)
            self.loose(at, len(text) if option is None else option.start())
            if option is None:
                break
            at = self.option(option)
        self.check()

    def next_option(self, at: int) -> re.Match[str] | None:
        """Return the next known option outside of ``{{ }}``."""
        found = bisect_left(self.options, at, key=lambda match: match.start())
        return self.options[found] if found < len(self.options) else None

    def option(self, match: re.Match[str]) -> int:
        """Read one option; return where it ends."""
        name, at = match[1], match.end()
        if name in FLAG_OPTIONS:
            self.flags.add(name)
            return at
        span = self.long(name, at) if name in TEXT_OPTIONS else self.word(name, at)
        if span is not None:
            self.values["cache_max_age" if name == "cache" else name] = span
            return span.stop
        return at

    def word(self, name: str, at: int) -> Span | None:
        option = self.next_option(at)
        stop = len(self.token.value) if option is None else option.start()
        found = first_word(self.token.value, at, stop)
        if name in {"cache", "cache_max_age"} and (
            found is None or found.text[0] not in "0123456789{"
        ):
            self.flags.add("cache_max_age")
            return None
        if found is None:
            raise LiquidSyntaxError(f"':{name}' needs a value", token=self.token_at(at))
        return found

    def long(self, name: str, at: int) -> Span | None:
        """Read a body, to the next option, or a header object, to its last brace."""
        text = self.token.value
        blanks = _LEADING_BLANKS.match(text, at)
        start = at if blanks is None else blanks.end()
        stop = None
        if name == "headers" and text.startswith("{", start):
            stop = _closing_brace(text, start)
        if stop is None:
            option = self.next_option(start)
            stop = len(text) if option is None else option.start()
        value = text[start:stop].rstrip()
        return Span(start, start + len(value), value)

    def loose(self, start: int, stop: int) -> None:
        """Read the text between options, where only the URL may be."""
        for word in words(self.token.value, start, stop):
            if word.text.startswith(":"):
                self.refuse(_unknown(word.text), word)
            elif self.url is None:
                self.url = word
                if (glued := _GLUED_OPTION.search(word.text)) is not None:
                    at = word.start + glued.start()
                    self.refuse(_unknown(glued[0]), Span(at, word.stop, glued[0]))
            else:
                self.refuse(f"'{word.text}' belongs to no option", word)

    def refuse(self, message: str, word: Span) -> None:
        if self.strict:
            raise LiquidSyntaxError(message, token=self.token_at(word.start))
        self.warnings.append((f"{message} and is ignored", self.token_at(word.start)))

    def check(self) -> None:
        """Check what can be checked before anything is filled in."""
        method = self.values.get("method")
        if (
            method is not None
            and "{" not in method.text
            and method.text.lower() not in {"get", "post"}
        ):
            message = f"':method' is get or post, not '{method.text}'"
            raise LiquidSyntaxError(message, token=self.token_at(method.start))
        name = self.values.get("save")
        if name is not None and not _VARIABLE_NAME.fullmatch(name.text):
            message = f"':save' needs a plain name, not '{name.text}'"
            raise LiquidSyntaxError(message, token=self.token_at(name.start))

    def token_at(self, at: int) -> Token:
        """Return a token that points at *at*."""
        return Token(
            self.token.kind,
            "",
            self.token.start_index + min(at, max(len(self.token.value) - 1, 0)),
            self.token.source,
        )


def _unknown(word: str) -> str:
    if word[1:] in OPTIONS:
        return f"a blank is missing before '{word}'"
    question = did_you_mean(word[1:], OPTIONS)
    return f"unknown option '{word}'" + (f", {question}" if question else "")


def _options(text: str) -> list[re.Match[str]]:
    """Return the known options outside of ``{{ }}``."""
    found, depth = [], 0
    for match in _TEXT_PARTS.finditer(text):
        if match[0] in {"{{", "}}"}:
            depth = max(depth + (1 if match[0] == "{{" else -1), 0)
        elif not depth and match[1] in OPTIONS:
            found.append(match)
    if depth:
        raise LiquidSyntaxError("an output is not closed, '}}' is missing", token=None)
    return found


def _closing_brace(text: str, start: int) -> int | None:
    """Return where the JSON object at *start* ends; braces in its strings end none."""
    depth = 0
    for match in _JSON_PARTS.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    return None
