"""``tablerow``."""

from __future__ import annotations

from typing import Any

from liquid.builtin.tags.tablerow_tag import TablerowNode as LiquidTablerowNode
from liquid.exceptions import BreakLoop, ContinueLoop

from .._context import BrazeContext
from .._engine import Stream
from .._expressions.loops import Loop, LoopDrop
from .._expressions.reader import Reader
from .._values import is_true
from .base import BrazeTag, Guarded, expression, parse_block


class TableRow(LoopDrop):
    """What a template sees as ``tablerowloop``."""

    __slots__ = ("col", "cols", "row")

    fields = LoopDrop.fields | {"col", "col0", "col_first", "col_last", "row"}
    label = "Liquid::TablerowloopDrop"

    def __init__(self, length: int, cols: int) -> None:
        super().__init__(length)
        self.cols = cols
        self.row = 1
        self.col = 1

    @property
    def col0(self) -> int:
        """Column, counted from 0."""
        return self.col - 1

    @property
    def col_first(self) -> bool:
        """Whether a row begins here."""
        return self.col == 1

    @property
    def col_last(self) -> bool:
        """Whether a row ends here."""
        return self.col == self.cols

    def step(self) -> None:
        """Go on to the next cell."""
        self.index0 += 1
        if self.col_last:
            self.col = 1
            self.row += 1
        else:
            self.col += 1


class TablerowNode(Guarded, LiquidTablerowNode):
    """``{% tablerow item in list %}…{% endtablerow %}``."""

    __slots__ = ()

    expression: Loop  # type: ignore[assignment]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print rows and cells; without a list print nothing."""
        if not is_true(self.expression.iterable.evaluate(context)):
            return 0
        items = self.expression.cells(context)
        context.count_turns(len(items), self.token)
        loop = TableRow(len(items), self.expression.columns(context))
        frame: dict[str, object] = {"tablerowloop": loop}
        context.frames.append(frame)
        buffer.write('<tr class="row1">\n')
        try:
            for item in items:
                context.check_turn(buffer, self.token)
                frame[self.expression.identifier] = item
                buffer.write(f'<td class="col{loop.col}">')
                try:
                    self.block.render(context, buffer)
                except ContinueLoop:
                    pass
                except BreakLoop:
                    buffer.write("</td>")
                    break
                buffer.write("</td>")
                if loop.col_last and not loop.last:
                    buffer.write(f'</tr>\n<tr class="row{loop.row + 1}">')
                loop.step()
        finally:
            context.frames.pop()
        buffer.write("</tr>\n")
        return 0


class TablerowTag(BrazeTag):
    """Reads ``tablerow``."""

    name = "tablerow"
    end = "endtablerow"
    example = (
        "{% tablerow o in offers cols: columns limit: most %}"
        "{{ o.name }}{{ tablerowloop.col }}{% endtablerow %}"
    )

    def parse(self, stream: Stream) -> TablerowNode:  # type: ignore[override]
        """Read the loop and its block."""
        token = stream.current
        loop = stream.read(Reader.row, expression(stream, "'item in list'"))
        block = parse_block(self, stream, (self.end,))
        stream.finish(self.end)
        node = TablerowNode(token, loop, block)  # type: ignore[arg-type]
        node.blank, block.blank = block.blank, False
        return node
