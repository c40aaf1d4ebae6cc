"""Writes the source of one function, and knows which names mean what in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from sys import intern

import attrs
from liquid.ast import BlockNode, Node
from liquid.token import Token

from .._deadline import CheckTime


MAX_LOOP_DEPTH = 6
"""Loops in each other that are compiled; Python nests 20 blocks, a loop takes two."""

MAX_INDENT = 40
"""Levels of indentation, of which Python takes 100."""

MAX_EXPRESSION_DEPTH = 40
"""Brackets in each other in an expression, of which Python takes 200."""

NODES_BETWEEN_CHECKS = 128
"""Nodes that may run before time and output are checked."""


MAX_PART_LINES = 400
"""Lines of source from which the next nodes become another function.

Python takes up to 20 kB a line to compile a function.
"""

MAX_LINES = 1_500
"""Lines from which nodes that are left, within blocks, are walked."""


class Unsupported(Exception):  # noqa: N818 - a decision, not an error
    """The node cannot be compiled; it is walked."""


@attrs.define
class Assumptions:
    """What is assumed about a template while its source is written; each only grows.

    If writing the source shows that more has to be assumed, it is written again.
    """

    assigned: set[str] = attrs.field(factory=set)
    """Variables that the template binds."""

    walked: bool = False
    """Whether a node is walked, which may bind any name."""

    resumed: bool = False
    """Whether a loop continues where another one over the same list ended."""

    full_loops: set[int] = attrs.field(factory=set)
    """Loops (by the id of their node) that need a ``forloop`` and real interrupts."""


@attrs.frozen
class LoopScope:
    """A loop around the code that is being written."""

    key: int
    name: str
    """Of its element, in the template."""

    named: str
    """Under which the source finds that name."""

    variable: str
    forloop: str | None


class Emitter:
    """Collects lines of source, and the objects that they name.

    The source consists of the compiler's own words and of names made here, from a
    letter and a number.  Whatever comes from the template (a text, a number, a name, a
    key) goes through `object`: the source is the same whatever it says.

    Args:
        assumptions: What is assumed about the template.
        check_time: Called with the token of each node.
        walked: Whether every node is walked.
    """

    def __init__(
        self, assumptions: Assumptions, check_time: CheckTime, *, walked: bool
    ) -> None:
        self._check_time = check_time
        self._walked = walked
        self.assumed = assumptions
        self.found = Assumptions()
        self.lines: list[str] = []
        self.template_lines: list[int] = []
        """For each line of source, the line of the template it comes from."""

        self.objects: dict[str, object] = {}
        self.loops: list[LoopScope] = []
        self.parts = "parts"
        self.quiet = False
        self.nodes = 0
        """How many have been written."""

        self.may_fault = False
        """Whether an expression written since this was reset can meet a fault."""

        self._indent = 1
        self._name_count = 0
        self._template_line = 1
        self._counted_to = 0

    def next_part(self) -> Emitter:
        """Return what collects the source of the next function."""
        part = Emitter(self.assumed, self._check_time, walked=self._walked)
        part.found, part.nodes = self.found, self.nodes
        part._template_line = self._template_line
        part._counted_to = self._counted_to
        return part

    # Lines

    def line(self, text: str) -> None:
        """Write one line."""
        self.lines.append(" " * self._indent + text)
        self.template_lines.append(self._template_line)

    @contextmanager
    def indented(self, head: str) -> Iterator[None]:
        """Write *head*, and what follows as its block."""
        if self._indent >= MAX_INDENT:
            raise Unsupported
        self.line(head)
        self._indent += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self._indent -= 1

    def fresh(self, letter: str) -> str:
        """Return a new name."""
        self._name_count += 1
        return f"{letter}{self._name_count}"

    def object(self, value: object) -> str:
        """Return the name under which the source finds *value*."""
        name = self.fresh("k")
        if type(value) is str and value.isidentifier():
            value = intern(value)  # dictionaries compare what is the same object first
        self.objects[name] = value
        return name

    def print(self, code: str) -> None:
        """Write that the text *code* is printed."""
        self.line(f"w{self.parts}({code})")

    # Nodes

    def block(self, block: BlockNode) -> None:
        """Write a block; one that is blank as a whole prints nothing."""
        quiet, self.quiet = self.quiet, self.quiet or block.blank
        for node in block.nodes:
            self.node(node)
        self.quiet = quiet

    def node(self, node: Node) -> None:
        """Write a node, or a call that walks it."""
        self._check_time(node.token)
        self._move_to(node.token)
        self.nodes += 1
        if self.nodes % NODES_BETWEEN_CHECKS == 0:
            self.line(f"check(c, {self.parts}, {self.object(node)})")
        emit: Callable[[Emitter], None] | None = getattr(node, "emit", None)
        if emit is None or self._walked or len(self.lines) >= MAX_LINES:
            self.walk(node)
            return
        lines, indent, loops = len(self.lines), self._indent, list(self.loops)
        parts, quiet = self.parts, self.quiet
        try:
            emit(self)
        except Unsupported:
            del self.lines[lines:], self.template_lines[lines:]
            self._indent, self.loops = indent, loops
            self.parts, self.quiet = parts, quiet
            self.walk(node)

    def _move_to(self, token: Token) -> None:
        """Count the template's lines up to *token*, from where it was counted to."""
        if token.start_index > self._counted_to:
            start, self._counted_to = self._counted_to, token.start_index
            self._template_line += token.source.count("\n", start, self._counted_to)

    def walk(self, node: Node) -> None:
        """Write a call that walks *node*, because it cannot be compiled."""
        self.found.walked = True
        self.need_full_loops()
        self.line(self.walking(node))

    def walking(self, node: Node) -> str:
        """Return the call that walks *node*, with the loops around it."""
        parts = "None" if self.quiet else self.parts
        frames = ""
        for loop in self.loops:
            forloop = f", FORLOOP: {loop.forloop}" if loop.forloop else ""
            frames += f"{{{loop.named}: {loop.variable}{forloop}}},"
        return f"walk(c, {self.object(node)}, {parts}, ({frames}))"

    @contextmanager
    def guarded(self, node: Node) -> Iterator[None]:
        """Write a block; on a fault in it, *node* is walked instead."""
        with self.indented("try:"):
            yield
        with self.indented("except LiquidError:"):
            self.line(self.walking(node))

    def need_full_loops(self) -> None:
        """Note that the loops around this code need a ``forloop`` and interrupts."""
        self.found.full_loops.update(loop.key for loop in self.loops)

    # Names

    def variable(self, name: str) -> str:
        """Return the expression for the Liquid variable *name*."""
        for loop in reversed(self.loops):
            if name == loop.name:
                return loop.variable
            if name == "forloop":
                self.need_full_loops()
                return loop.forloop or "None"
        key = self.object(name)
        slow = f"c.variable({key})"
        if self.assumed.walked:
            return f"(L[{key}] if {key} in L else {slow})"
        given = f"G[{key}] if {key} in G else {slow}"
        if name in self.assumed.assigned:
            return f"(L[{key}] if {key} in L else {given})"
        return f"({given})"

    def weighed(self, code: str) -> str:
        """Return *code*, whose result is looked at if it may be large."""
        name = self.fresh("t")
        small = f"type({name} := {code}) is str and len({name}) < M"
        known = f"{small} or type({name}) in SIMPLE"
        return f"({name} if {known} else c.weighed({name}))"
