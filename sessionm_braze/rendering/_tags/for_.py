"""``for``, ``break`` and ``continue``."""

from __future__ import annotations

from typing import Any

from liquid.ast import BlockNode
from liquid.builtin.tags.for_tag import (
    BreakNode as LiquidBreakNode,
    ContinueNode as LiquidContinueNode,
    ForNode as LiquidForNode,
)
from liquid.exceptions import BreakLoop, ContinueLoop
from liquid.token import Token

from .._compiled.emitter import (
    MAX_LOOP_DEPTH,
    NODES_BETWEEN_CHECKS,
    Emitter,
    LoopScope,
    Unsupported,
)
from .._compiled.expressions import value
from .._context import BrazeContext
from .._engine import Stream
from .._expressions.loops import ForLoop, Loop
from .._expressions.reader import Reader
from .base import (
    BrazeTag,
    Guarded,
    drop_blank_text,
    expression,
    parse_block,
)


class ForNode(Guarded, LiquidForNode):
    """``{% for item in list %}…{% else %}…{% endfor %}``."""

    __slots__ = ()

    expression: Loop  # type: ignore[assignment]

    def __init__(
        self, token: Token, loop: Loop, block: BlockNode, default: BlockNode | None
    ) -> None:
        super().__init__(token, loop, block, default)  # type: ignore[arg-type]
        drop_blank_text(self, block, default)

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the block for every element, or the default if there is no element."""
        items = self.expression.evaluate(context)
        if not items:
            return 0 if self.default is None else self.default.render(context, buffer)
        context.count_turns(len(items), self.token)
        loop = ForLoop(self.expression.name, len(items), context.parentloop())
        frame: dict[str, object] = {"forloop": loop}
        context.frames.append(frame)
        context.loop_stack.append(loop)
        name = self.expression.identifier
        try:
            for item in items:
                context.check_turn(buffer, self.token)
                frame[name] = item
                try:
                    self.block.render(context, buffer)
                except ContinueLoop:
                    pass
                except BreakLoop:
                    break
                loop.index0 += 1
        finally:
            context.loop_stack.pop()
            context.frames.pop()
        return 0

    def emit(self, emitter: Emitter) -> None:
        """Write the node as statements."""
        if len(emitter.loops) >= MAX_LOOP_DEPTH:
            raise Unsupported
        items = emitter.fresh("i")
        with emitter.guarded(self):
            emitter.line(f"{items} = {_elements(emitter, self)}")
        with emitter.indented("else:"):
            with emitter.indented(f"if {items}:"):
                _loop(emitter, self, items)
            if self.default is not None:
                with emitter.indented("else:"):
                    emitter.block(self.default)


def _elements(emitter: Emitter, node: ForNode) -> str:
    """Return the code for the elements; a whole list is used as it is."""
    loop, options = node.expression, node.expression.options
    emitter.found.resumed |= options.resume
    parts = [loop.iterable, options.limit, options.offset]
    items, *slice_ = [
        "None" if part is None else value(emitter, part) for part in parts
    ]
    ends, elements = ", ".join(slice_), f"{emitter.object(loop)}.elements"
    plain = options.limit is options.offset is None and not options.reversed
    if not plain or emitter.assumed.resumed or emitter.assumed.walked:
        return f"{elements}(c, {items}, {ends})"
    name = emitter.fresh("t")
    known = f"type({name} := {items}) is list"
    return f"{name} if {known} else {elements}(c, {name}, {ends})"


def _loop(emitter: Emitter, node: ForNode, items: str) -> None:
    key, variable = id(node), emitter.fresh("v")
    full = key in emitter.assumed.full_loops
    forloop = emitter.fresh("f") if full else None
    every, before = emitter.fresh("k"), emitter.nodes
    turns = f"turns(c, {items}, {emitter.parts}, {emitter.object(node)}, {every})"
    name = str(node.expression.identifier)
    emitter.loops.append(LoopScope(key, name, emitter.object(name), variable, forloop))
    if forloop is not None:
        label = emitter.object(node.expression.name)
        emitter.line(f"{forloop} = ForLoop({label}, len({items}), c.parentloop())")
        turns = f"full_turns(c, {turns}, {forloop})"
    with emitter.indented(f"for {variable} in {turns}:"):
        if full:
            with emitter.indented("try:"):
                emitter.block(node.block)
            with emitter.indented("except ContinueLoop:"):
                emitter.line("continue")
            with emitter.indented("except BreakLoop:"):
                emitter.line("break")
        else:
            emitter.block(node.block)
    emitter.objects[every] = max(
        1, NODES_BETWEEN_CHECKS // max(1, emitter.nodes - before)
    )
    if forloop is not None:
        emitter.line("c.loop_stack.pop()")
    emitter.loops.pop()


class Jump:
    """Mixed into a node that ends a turn, or outside of loops the template."""

    statement: str

    def __init__(self, token: Token) -> None:
        super().__init__(token)  # type: ignore[call-arg]
        self.blank = False

    def emit(self, emitter: Emitter) -> None:
        """Write the node as a statement."""
        emitter.line(self.statement if emitter.loops else "return True")


class BreakNode(Jump, LiquidBreakNode):
    """``{% break %}``."""

    statement = "break"


class ContinueNode(Jump, LiquidContinueNode):
    """``{% continue %}``."""

    statement = "continue"


class ForTag(BrazeTag):
    """Reads ``for``."""

    name = "for"
    end = "endfor"
    inner = ("else",)
    example = (
        "{% for o in custom_attribute.${offers} limit: most offset: start %}"
        "{{ o.name }}{{ forloop.index }}{% else %}{{ none }}{% endfor %}"
    )

    def parse(self, stream: Stream) -> ForNode:  # type: ignore[override]
        """Read the loop, its block and its default."""
        token = stream.current
        loop = stream.read(Reader.loop, expression(stream, "'item in list'"))
        block = parse_block(self, stream, (self.end, "else"))
        default = None
        while stream.current.is_tag("else"):
            stream.skip_expression()
            default = parse_block(self, stream, (self.end, "else"))
        stream.finish(self.end)
        return ForNode(token, loop, block, default)


class BreakTag(BrazeTag):
    """Reads ``break``."""

    name = "break"
    example = "{% for i in list %}{{ i }}{% break %}{% endfor %}"
    node_class: type[BreakNode | ContinueNode] = BreakNode

    def parse(self, stream: Stream) -> BreakNode | ContinueNode:  # type: ignore[override]
        """Read the tag."""
        token = stream.current
        stream.skip_expression()
        return self.node_class(token)


class ContinueTag(BreakTag):
    """Reads ``continue``."""

    name = "continue"
    example = "{% for i in list %}{{ i }}{% continue %}{% endfor %}"
    node_class = ContinueNode
