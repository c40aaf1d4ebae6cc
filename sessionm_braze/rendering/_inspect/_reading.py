"""Walks through a template and writes down what it reads, binds, calls and uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs
from liquid.exceptions import LiquidSyntaxError
from liquid.expression import Expression
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, Token

from .._environment import BrazeEnvironment
from .._expressions._loops import Loop
from .._expressions._reader import Reader
from .._lexer import FREE_GRAMMAR
from .._namespaces import CONTENT_BLOCKS
from .._tags._liquid import line_tokens
from ._blocks import Blocks
from ._book import InspectingBook
from ._calls import CallFound, read_call
from ._events import Bind, Event, Read, Role, Unbind, reads
from ._mistakes import note_curly_quotes, note_mistakes
from ._notes import Notes
from ._tokens import fragments, tokens


_LOOPS = frozenset({"for", "tablerow"})
_CONDITIONS = frozenset({"if", "elsif", "unless"})


@attrs.define
class Reading:
    """What was found in one source."""

    env: BrazeEnvironment
    notes: Notes
    events: list[Event] = attrs.field(factory=list)
    calls: list[CallFound] = attrs.field(factory=list)
    tags: dict[str, None] = attrs.field(factory=dict)
    catalogs: dict[str, None] = attrs.field(factory=dict)
    texts: list[Token] = attrs.field(factory=list)
    """The text between outputs and tags."""

    strict: Reader = attrs.field(init=False)
    lax: Reader = attrs.field(init=False)
    used: dict[str, None] = attrs.field(init=False)
    """The filters."""

    blocks: Blocks = attrs.field(init=False)
    _loops: list[str] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        book = InspectingBook(self.env.filters, self.notes, strict=True)
        self.strict, self.used = Reader(book), book.used
        self.lax = Reader(InspectingBook(self.env.filters, self.notes, strict=False))
        self.blocks = Blocks(self.env, self.notes)

    def read(self) -> None:
        """Walk through the source."""
        self._walk(tokens(self.notes.source, self.notes), "output")
        self.blocks.finish()

    def bound(self) -> set[str]:
        """Return every name that the template sets somewhere."""
        return {each.name for each in self.events if isinstance(each, Bind)}

    def reads(self) -> list[Read]:
        """Return every value that is read."""
        return [each for each in self.events if isinstance(each, Read)]

    def block_names(self) -> dict[str, None]:
        """Return the content blocks, in the order of their first use."""
        return {
            each.name: None
            for each in self.reads()
            if each.personal and each.namespace == CONTENT_BLOCKS
        }

    def _walk(self, found: Iterator[Token], role: Role) -> None:
        pending: Token | None = None
        for token in found:
            if token.kind == TOKEN_EXPRESSION and pending is not None:
                self._construct(pending, token, role)
                pending = None
                continue
            if pending is not None:
                self._construct(pending, None, role)
                pending = None
            if token.kind == TOKEN_CONTENT:
                self.texts.append(token)
            else:
                pending = token
        if pending is not None:
            self._construct(pending, None, role)

    def _construct(self, opening: Token, text: Token | None, role: Role) -> None:
        if opening.kind == TOKEN_OUTPUT:
            if text is not None:
                self._expression("output", text, role, Reader.filtered)
            return
        name = opening.value
        self.blocks.tag(opening)
        if name.startswith("end") or name in {"raw", "comment", "#"}:
            self._end(name)
            return
        if name in self.env.tags:
            self.tags[name] = None
        if text is not None:
            self._tag(name, opening, text)

    def _end(self, name: str) -> None:
        if name.removeprefix("end") in _LOOPS and self._loops:
            self.events.append(Unbind(name=self._loops.pop()))

    def _tag(self, name: str, opening: Token, text: Token) -> None:
        if name in FREE_GRAMMAR:
            self._free(name, opening, text)
        elif name in _CONDITIONS:
            self._expression(name, text, "condition", Reader.condition)
        elif name in {"case", "when"}:
            method = Reader.value if name == "case" else Reader.choices
            self._expression(name, text, "condition", method)
        elif name in _LOOPS:
            method = Reader.loop if name == "for" else Reader.row
            self._expression(name, text, "value", method)
        elif name == "assign":
            self._expression(name, text, "value", Reader.assignment)
        elif name == "echo":
            self._expression(name, text, "output", Reader.filtered)
        elif name == "cycle":
            self._expression(name, text, "value", Reader.cycle)
        elif name in {"capture", "increment", "decrement"}:
            self._expression(name, text, "value", Reader.target)
        elif name == "liquid":
            self._lines(text)

    def _lines(self, text: Token) -> None:
        try:
            self._walk(line_tokens(text), "output")
        except LiquidSyntaxError as error:
            self._refused(error, text)

    def _expression(
        self,
        tag: str,
        text: Token,
        role: Role,
        method: Callable[[Reader, Token], object],
    ) -> None:
        """Read an expression, loosely where it has a mistake."""
        wrong = note_mistakes(tag, text, self.notes)
        try:
            value = method(self.strict, text)
        except LiquidSyntaxError as error:
            if not wrong:
                self._refused(error, text)
            value = self._loosely(text, method)
        self._note(tag, text, value, role)

    def _refused(self, error: LiquidSyntaxError, text: Token) -> None:
        place = error.token or text
        self.notes.add("syntax-error", place.start_index, str(error.message))

    def _loosely(
        self, text: Token, method: Callable[[Reader, Token], object]
    ) -> object:
        try:
            return method(self.lax, text)
        except LiquidSyntaxError:
            return None

    def _note(self, tag: str, text: Token, value: object, role: Role) -> None:
        match value:
            case str():
                self.events.append(Bind(at=text.start_index, name=value))
            case (str() as name, Expression() as given):
                self._read(given, role)
                self.events.append(Bind(at=text.start_index, name=name, value=given))
            case Loop():
                self._read(value, role)
                self._loop(text, value)
            case list() | tuple():
                for part in value:
                    self._note(tag, text, part, role)
            case Expression():
                self._read(value, role)

    def _loop(self, text: Token, loop: Loop) -> None:
        name = loop.identifier
        self.events.append(
            Bind(at=text.start_index, name=name, value=loop.iterable, element=True)
        )
        for own in ("forloop", "tablerowloop"):
            self.events.append(Bind(at=text.start_index, name=own))
        self._loops.append(name)

    def _read(self, value: Expression, role: Role) -> None:
        self.events.extend(reads(value, role))

    def _free(self, name: str, opening: Token, text: Token) -> None:
        if name == "connected_content":
            call = read_call(opening, text, self.notes)
            self._walk(fragments(text, 0, len(text.value)), "text")
            self.calls.append(call)
            self.events.append(
                Bind(at=opening.start_index, name=call.use.save, url=call.url)
            )
            return
        if name in {"promotion", "catalog_items", "catalog_selection_items"}:
            note_curly_quotes(text, self.notes)
        self._walk(fragments(text, 0, len(text.value)), "text")
        if name in {"catalog_items", "catalog_selection_items"}:
            self.catalogs[text.value.split()[0]] = None
            self.events.append(Bind(at=opening.start_index, name="items"))
        elif name == "shopping_cart":
            self.events.append(Bind(at=opening.start_index, name="shopping_cart"))
