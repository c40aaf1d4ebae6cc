"""How a filter describes itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Generic, ParamSpec, TypeVar

import attrs
from liquid import RenderContext

from .._errors import FaultError


P = ParamSpec("P")
T_co = TypeVar("T_co", covariant=True)

MAX_RESULT_LENGTH = 20_000_000
"""Characters one filter may produce; the limit of the render is usually lower."""

MAX_ITEMS = 1_000_000
"""Elements of the longest list that a filter makes of something else."""


@attrs.frozen
class Filter(Generic[P, T_co]):
    """A filter, made by `liquid_filter`.  Called directly, it is its function."""

    name: str
    """Name in templates."""

    function: Callable[P, T_co]
    """Takes the value and the arguments, first the context if `contextual`."""

    min_arguments: int
    """Fewest arguments."""

    max_arguments: int
    """Most arguments."""

    contextual: bool
    """Whether the function is given the render's context."""

    documented: bool
    """Whether Braze lists the filter; otherwise it is one of Liquid 5."""

    refused: bool
    """Whether Braze lists it as not supported."""

    bounded: bool
    """Whether its result is about as long as the value, or an argument."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T_co:
        return self.function(*args, **kwargs)

    def apply(
        self, context: RenderContext, left: object, arguments: Sequence[object]
    ) -> object:
        """Return the filter's result in a template.

        Raises:
            FaultError: If the number of arguments is wrong, in Ruby's words.
        """
        if not self.accepts(len(arguments)):
            least, most = self.min_arguments + 1, self.max_arguments + 1
            expected = f"{least}" if least == most else f"{least}..{most}"
            given = len(arguments) + 1
            raise FaultError(
                f"wrong number of arguments (given {given}, expected {expected})"
            )
        function: Callable[..., object] = self.function
        if self.contextual:
            return function(context, left, *arguments)
        return function(left, *arguments)

    def accepts(self, count: int) -> bool:
        """Return whether the filter takes *count* arguments."""
        return self.min_arguments <= count <= self.max_arguments

    def alias(self, name: str, *, documented: bool = True) -> Filter[P, T_co]:
        """Return the same filter under another name."""
        return attrs.evolve(self, name=name, documented=documented)

    @property
    def remark(self) -> str:
        """A warning if Braze does not list the filter, else an empty text."""
        if self.documented:
            return ""
        says = "lists it as not supported" if self.refused else "does not list it"
        return f"the filter '{self.name}' is Liquid's; Braze {says}"

    @property
    def expected(self) -> str:
        """The number of arguments in words."""
        least, most = self.min_arguments, self.max_arguments
        if least == most:
            return f"{least} argument" + ("" if least == 1 else "s")
        return f"{least} to {most} arguments"


def liquid_filter(
    *,
    documented: bool = True,
    refused: bool = False,
    bounded: bool = False,
) -> Callable[[Callable[P, T_co]], Filter[P, T_co]]:
    """Return a decorator that makes a function a filter of the same name.

    An underscore at the end of the function's name is left out.  A function whose first
    parameter is called ``context`` is given the render's context.

    Args:
        documented: Whether Braze lists the filter.
        refused: Whether Braze lists it as not supported.
        bounded: Whether its result is about as long as the value, or an argument.
    """

    def describe(function: Callable[P, T_co]) -> Filter[P, T_co]:
        parameters = list(inspect.signature(function).parameters.values())
        contextual = parameters[0].name == "context"
        parameters = parameters[1 + contextual :]
        return Filter(
            name=function.__name__.rstrip("_"),
            function=function,
            min_arguments=sum(each.default is each.empty for each in parameters),
            max_arguments=len(parameters),
            contextual=contextual,
            documented=documented,
            refused=refused,
            bounded=bounded,
        )

    return describe
