"""Checks that a template bears the failure of a call, and does not end ``:retry``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from liquid.ast import BlockNode, Node
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from .. import _values
from .._connected_content.call import STATUS_KEY
from .._expressions.nodes import Comparison, Condition, Constant, Filtered, Variable
from .._parts import children_of
from .._tags.abort_message import AbortMessageNode
from .._tags.assign import AssignNode
from .._tags.case import CaseNode, Choices, WhenNode
from .._tags.connected_content import ConnectedContentNode
from .._tags.for_ import ForNode
from .._tags.if_ import IfNode, UnlessNode
from .reads_and_bindings import Bind, Read, reads
from .walker import Reading


Branch = tuple[Expression | None, Node, bool]
_LIST_STEPS = frozenset({"first", "last", "size"})


def check_answers(reading: Reading) -> None:
    """Note calls whose failure goes unnoticed, and aborts that end ``:retry``."""
    for abort in _Failed().aborts(reading.nodes):
        reading.findings.add(
            "retry-and-abort",
            abort.token.start_index,
            "this abort comes before ':retry' repeats the call",
            suggestion="take out the abort or ':retry'; a call with :retry that keeps"
            " failing aborts by itself",
        )
    for call, uses in zip(reading.calls, _uses(reading), strict=False):
        name, reads_ = call.use.save, [each for each in uses if isinstance(each, Read)]
        guarded = any(each.role == "condition" or each.defaulted for each in reads_)
        if not reads_ or guarded or "retry" in call.use.options:
            continue
        is_list = any(_takes_list(each, name) for each in uses)
        failed = f"{name} == blank" if is_list else f"{name}.{STATUS_KEY} != 200"
        reading.findings.add(
            "missing-status-check",
            call.at,
            f"'{name}' is used whether or not the call succeeds",
            suggestion=f"abort if {failed}, or test what you print",
        )


def _takes_list(use: Read | Bind, name: str) -> bool:
    """Return whether the answer *name* is used as a list."""
    if isinstance(use, Bind):
        value = use.value
        return isinstance(value, Variable) and value.root == name and not value.steps
    step = use.steps[0] if use.steps and use.name == name else None
    return isinstance(step, int) or step in _LIST_STEPS


def _uses(reading: Reading) -> list[list[Read | Bind]]:
    """Return for each call the reads of its answer, and of what is taken out of it.

    Loops over it are among them.
    """
    uses: list[list[Read | Bind]] = []
    origins: dict[str, frozenset[int]] = {}
    for event in reading.events:
        if isinstance(event, Read):
            for call in () if event.personal else origins.get(event.name, ()):
                uses[call].append(event)
        elif isinstance(event, Bind):
            if event.url is not None:
                origins[event.name] = frozenset({len(uses)})
                uses.append([])
            elif event.value is not None:
                names = [each.name for each in reads(event.value, "value")]
                taken = frozenset().union(*(origins.get(each, ()) for each in names))
                for call in taken if event.element else ():
                    uses[call].append(event)
                if taken:
                    origins[event.name] = origins.get(event.name, frozenset()) | taken
    return uses


class _Failed:
    """What is known of the variables once every call with ``:retry`` has failed."""

    def __init__(self) -> None:
        self.known: dict[str, object] = {}

    def aborts(
        self, nodes: Iterable[Node], *, covered: bool = False
    ) -> Iterator[AbortMessageNode]:
        """Yield the aborts that the failure may lead to.

        Args:
            nodes: Where to look.
            covered: Whether they are reached because of the failure.
        """
        for node in nodes:
            if isinstance(node, AbortMessageNode):
                if covered:
                    yield node
            elif isinstance(node, ConnectedContentNode):
                self.known.pop(node.options.saved_as, None)
                if "retry" in node.options.flags:
                    self.known[node.options.saved_as] = None
            elif isinstance(node, AssignNode):
                concerned = self.concerns(node.expression)
                value = self.value(node.expression)
                self.known.pop(str(node.name), None)
                if concerned:
                    self.known[str(node.name)] = value
            elif branches := _branches(node):
                yield from self.branches(branches, covered=covered)
            else:
                yield from self.aborts(children_of(node), covered=covered)

    def branches(
        self, branches: Iterable[Branch], *, covered: bool
    ) -> Iterator[AbortMessageNode]:
        """Yield the aborts in the branches that may be taken."""
        for condition, block, negated in branches:
            held: object = True
            if condition is not None:
                covered = covered or self.concerns(condition)
                held = self.value(condition)
                if held is not _UNKNOWN:
                    held = _values.is_true(held) != negated
            if held is not False:
                yield from self.aborts(children_of(block), covered=covered)
            if held is True:
                return

    def concerns(self, expression: Expression) -> bool:
        """Return whether *expression* reads what the failure has left empty."""
        left = expression.left if isinstance(expression, Choices) else None
        return any(
            not each.personal and each.name in self.known
            for part in (left, expression)
            for each in reads(part, "value")
        )

    def value(self, expression: object) -> object:
        """Return the value of *expression* after the failure, if it is known."""
        match expression:
            case Constant():
                return expression.value
            case Filtered() if not expression.filters:
                return self.value(expression.left)
            case Variable() if expression.root in self.known:
                return None if expression.steps else self.known[str(expression.root)]
            case Comparison():
                return self.compared(expression)
            case Condition():
                return self.joined(expression)
            case Choices():
                left = self.value(expression.left)
                found = [self.value(each) for each in expression.values]
                if left is _UNKNOWN or _UNKNOWN in found:
                    return _UNKNOWN
                return any(_values.equals(left, each) for each in found)
        return _UNKNOWN

    def compared(self, comparison: Comparison) -> object:
        left, right = self.value(comparison.left), self.value(comparison.right)
        if left is _UNKNOWN or right is _UNKNOWN or comparison.test is None:
            return _UNKNOWN
        try:
            return comparison.test(left, right)
        except LiquidError:
            return _UNKNOWN

    def joined(self, condition: Condition) -> object:
        """Return what terms joined by ``and`` and ``or``, read from the right, give."""
        *values, held = [
            each if each is _UNKNOWN else _values.is_true(each)
            for each in map(self.value, condition.terms)
        ]
        for relation, value in zip(
            reversed(condition.relations), reversed(values), strict=True
        ):
            decides = relation == "or"
            if decides in (value, held):
                held = decides
            elif _UNKNOWN in (value, held):
                held = _UNKNOWN
        return held


_UNKNOWN = object()


def _branches(node: Node) -> list[Branch]:
    """Return the blocks of *node*, their conditions, and whether those are negated."""
    match node:
        case IfNode() | UnlessNode():
            rest = [(each.expression, each.block, False) for each in node.alternatives]
            first = (node.condition, node.consequence, node.negated)
            return [first, *rest, *_default(node.default)]
        case CaseNode():
            choices = [each for each in node.blocks if isinstance(each, WhenNode)]
            others = [each for each in node.blocks if isinstance(each, BlockNode)]
            whens = [(each.expression, each.block, False) for each in choices]
            return [*whens, *(branch for each in others for branch in _default(each))]
        case ForNode():
            loop = (node.expression.iterable, node.block, False)
            return [loop, *_default(node.default)]
    return []


def _default(block: Node | None) -> list[Branch]:
    return [] if block is None else [(None, block, False)]
