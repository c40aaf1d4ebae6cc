"""The filters, by the kind of value they work on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from .._errors import FaultError
from . import _array, _date, _hash, _json, _misc, _number, _string, _url


if TYPE_CHECKING:
    from .._context import BrazeContext
    from .._environment import BrazeEnvironment


_MODULES = (_array, _date, _hash, _json, _misc, _number, _string, _url)


REFUSED = ("lstrip", "rstrip")
"""Filters of Liquid's that Braze's page names as not supported."""


@attrs.frozen
class FilterFunction:
    """A filter as templates call it."""

    name: str
    """Name in templates."""

    function: Callable[..., object]
    """Takes the value and the arguments, first the context if `contextual`."""

    least: int
    """Fewest arguments."""

    most: int
    """Most arguments."""

    contextual: bool
    """Whether the function is given the render's context."""

    documented: bool
    """Whether Braze lists the filter; otherwise it is one of Liquid 5."""

    @property
    def remark(self) -> str:
        """What is worth knowing of a filter of Liquid's; nothing of Braze's own."""
        if self.documented:
            return ""
        says = (
            "lists it as not supported" if self.name in REFUSED else "does not list it"
        )
        return f"the filter '{self.name}' is Liquid's; Braze {says}"

    @property
    def expected(self) -> str:
        """The number of arguments in words."""
        if self.least == self.most:
            return f"{self.least} argument" + ("" if self.least == 1 else "s")
        return f"{self.least} to {self.most} arguments"

    def __call__(
        self, context: BrazeContext, left: object, arguments: Sequence[object]
    ) -> object:
        """Return the filter's result.

        Raises:
            FaultError: If the number of arguments is wrong, in Ruby's words.
        """
        if not self.least <= len(arguments) <= self.most:
            least, most = self.least + 1, self.most + 1
            expected = f"{least}" if least == most else f"{least}..{most}"
            given = len(arguments) + 1
            raise FaultError(
                f"wrong number of arguments (given {given}, expected {expected})"
            )
        if self.contextual:
            return self.function(context, left, *arguments)
        return self.function(left, *arguments)


def add_filters(env: BrazeEnvironment) -> None:
    """Register every filter with *env*."""
    for module in _MODULES:
        for name, function in module.FILTERS.items():
            documented = name not in getattr(module, "UNLISTED", ())
            env.filters[name] = _described(name, function, documented=documented)


def _described(
    name: str, function: Callable[..., Any], *, documented: bool
) -> FilterFunction:
    parameters = list(inspect.signature(function).parameters.values())
    contextual = parameters[0].name == "context"
    parameters = parameters[1 + contextual :]
    least = sum(parameter.default is parameter.empty for parameter in parameters)
    return FilterFunction(
        name, function, least, len(parameters), contextual, documented
    )
