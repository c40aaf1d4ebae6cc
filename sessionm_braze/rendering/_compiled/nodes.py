"""Nodes as Python statements: one function for each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from liquid.ast import BlockNode, Node
from liquid.expression import Expression

from .._tags.assign import AssignNode
from .._tags.capture import CaptureNode
from .._tags.case import CaseNode, WhenNode
from .._tags.comment import CommentNode, InlineCommentNode
from .._tags.for_ import BreakNode, ContinueNode, ForNode
from .._tags.if_ import IfNode, UnlessNode
from .._tags.liquid import LiquidNode
from .._tags.output import Content, EchoNode, OutputNode
from .._tags.raw import RawNode
from .._tags.tablerow import TablerowNode
from .emitter import MAX_LOOPS, STEPS, Emitter, LoopScope, Unsupported
from .expressions import truth, value


def _content(emitter: Emitter, node: Content) -> None:
    if node.text and not emitter.quiet:
        emitter.print(emitter.object(node.text))


def _output(emitter: Emitter, node: OutputNode) -> None:
    name, emitter.may_fault = emitter.fresh("t"), False
    code = value(emitter, node.expression)
    key = emitter.object(node)
    if emitter.may_fault:
        with emitter.guarded(node):
            emitter.line(f"{name} = {code}")
        with emitter.indented("else:"):
            _print(emitter, name, f"type({name}) is str", key)
    else:
        _print(emitter, name, f"type({name} := {code}) is str", key)


def _print(emitter: Emitter, name: str, is_text: str, node: str) -> None:
    """Print a value; what is no short text is looked at closer."""
    shown = f"show(c, {name}, {emitter.parts}, {node})"
    emitter.print(f"{name} if {is_text} and len({name}) < M else {shown}")


def _assign(emitter: Emitter, node: AssignNode) -> None:
    emitter.found.assigned.add(str(node.name))
    with emitter.guarded(node):
        name, code = emitter.object(str(node.name)), value(emitter, node.expression)
        emitter.line(f"c.assign({name}, {code})")


def _capture(emitter: Emitter, node: CaptureNode) -> None:
    if any(map(_interrupts, node.block.nodes)):
        raise Unsupported
    emitter.found.assigned.add(str(node.name))
    outside, quiet = emitter.parts, emitter.quiet
    emitter.parts, emitter.quiet = emitter.fresh("p"), False
    emitter.line(f"{emitter.parts} = []")
    emitter.line(f"w{emitter.parts} = {emitter.parts}.append")
    emitter.block(node.block)
    name, block = emitter.object(str(node.name)), emitter.object(node)
    emitter.line(f"bind(c, {name}, {emitter.parts}, {block})")
    emitter.parts, emitter.quiet = outside, quiet


def _if(emitter: Emitter, node: IfNode | UnlessNode) -> None:
    branches: list[tuple[Expression, BlockNode]] = [(node.condition, node.consequence)]
    branches += [(each.expression, each.block) for each in node.alternatives]
    emitter.may_fault = False
    tests = [truth(emitter, condition) for condition, _ in branches]
    if isinstance(node, UnlessNode):
        tests[0] = f"not {tests[0]}"
    blocks = [block for _, block in branches]
    if not emitter.may_fault:
        _branches(emitter, tests, blocks, node.default)
        return
    chosen = emitter.fresh("b")
    numbers = [emitter.object(number) for number in range(len(tests))]
    with emitter.guarded(node):
        for number, test in enumerate(tests):
            emitter.line(f"{_if_word(number)} {test}: {chosen} = {numbers[number]}")
        emitter.line(f"else: {chosen} = None")
    choices = [f"{chosen} is {number}" for number in numbers]
    with emitter.indented("else:"):
        _branches(emitter, choices, blocks, node.default)


def _branches(
    emitter: Emitter,
    tests: list[str],
    blocks: list[BlockNode],
    default: BlockNode | None,
) -> None:
    for number, (test, block) in enumerate(zip(tests, blocks, strict=True)):
        with emitter.indented(f"{_if_word(number)} {test}:"):
            emitter.block(block)
    if default is not None:
        with emitter.indented("else:"):
            emitter.block(default)


def _if_word(number: int) -> str:
    return "elif" if number else "if"


def _case(emitter: Emitter, node: CaseNode) -> None:
    open_ = emitter.fresh("b")
    emitter.line(f"{open_} = True")
    for block in node.blocks:
        if isinstance(block, WhenNode):
            _when(emitter, block, open_)
        elif isinstance(block, BlockNode):
            with emitter.indented(f"if {open_}:"):
                emitter.block(block)


def _when(emitter: Emitter, node: WhenNode, open_: str) -> None:
    choices = node.expression
    if len(choices.values) != 1:
        raise Unsupported
    emitter.may_fault = False
    left = value(emitter, choices.left)
    right = value(emitter, choices.values[0])
    if emitter.may_fault:
        raise Unsupported
    with emitter.indented(f"if equals({left}, {right}):"):
        emitter.line(f"{open_} = False")
        emitter.block(node.block)


def _for(emitter: Emitter, node: ForNode) -> None:
    if len(emitter.loops) >= MAX_LOOPS:
        raise Unsupported
    items = emitter.fresh("i")
    with emitter.guarded(node):
        emitter.line(f"{items} = {_elements(emitter, node)}")
    with emitter.indented("else:"):
        with emitter.indented(f"if {items}:"):
            _loop(emitter, node, items)
        if node.default is not None:
            with emitter.indented("else:"):
                emitter.block(node.default)


def _elements(emitter: Emitter, node: ForNode) -> str:
    """Return the list to go over; a whole one is taken as it is."""
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
        _turn(emitter, node.block, full=full)
    emitter.objects[every] = max(1, STEPS // max(1, emitter.nodes - before))
    if forloop is not None:
        emitter.line("c.loop_stack.pop()")
    emitter.loops.pop()


def _turn(emitter: Emitter, block: BlockNode, *, full: bool) -> None:
    if not full:
        emitter.block(block)
        return
    with emitter.indented("try:"):
        emitter.block(block)
    with emitter.indented("except ContinueLoop:"):
        emitter.line("continue")
    with emitter.indented("except BreakLoop:"):
        emitter.line("break")


def _break(emitter: Emitter, _: BreakNode) -> None:
    emitter.line("break" if emitter.loops else "return")


def _continue(emitter: Emitter, _: ContinueNode) -> None:
    emitter.line("continue" if emitter.loops else "return")


def _liquid(emitter: Emitter, node: LiquidNode) -> None:
    emitter.block(node.block)


def _nothing(_emitter: Emitter, _node: Node) -> None:
    """Write nothing for a comment."""


def _interrupts(node: Node) -> bool:
    """Tell whether *node* may end a turn of a loop around it."""
    if isinstance(node, BreakNode | ContinueNode):
        return True
    if isinstance(node, ForNode | TablerowNode):
        return False
    children: Iterable[Node] = node.children(None, include_partials=False)  # type: ignore[arg-type]
    return any(map(_interrupts, children))


EMITTERS: dict[type[Node], Callable[[Emitter, Any], None]] = {
    AssignNode: _assign,
    BreakNode: _break,
    CaptureNode: _capture,
    CaseNode: _case,
    CommentNode: _nothing,
    Content: _content,
    ContinueNode: _continue,
    EchoNode: _output,
    ForNode: _for,
    IfNode: _if,
    InlineCommentNode: _nothing,
    LiquidNode: _liquid,
    OutputNode: _output,
    RawNode: _content,
    UnlessNode: _if,
}
