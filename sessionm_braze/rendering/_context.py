"""One render: the variables in reach, and what has happened so far."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any, Literal, Protocol

import attrs
from liquid import RenderContext
from liquid.ast import Node
from liquid.exceptions import LiquidError
from liquid.token import Token

from .._secrets import Secret
from ._connected_content.cache import ConnectedContentCache
from ._connected_content.messages import (
    ConnectedContentCall,
    ConnectedContentResponse,
    Fetcher,
)
from ._deadline import CheckTime
from ._errors import (
    CallError,
    FaultError,
    LimitError,
    errors_in,
    message_of,
    shortened,
    with_position,
)
from ._limits import RenderLimits
from ._namespaces import (
    CONTENT_BLOCKS,
    DEFAULT_ATTRIBUTES,
    MAX_BLOCK_DEPTH,
    NAMESPACE_ALIASES,
    NAMESPACES,
    USER_NAMESPACES,
    meant_attribute,
)
from ._parsed import Parsed
from ._plain import PLAIN_TYPES, SIMPLE_TYPES, ForeignValueError, plain
from ._references import Braced, look_up_braced
from ._resources import BasicAuth, Catalog, HeaderAuth
from ._walk import path_to


MAX_RETRIES = 5
"""Repeats of a call with ``:retry`` (Braze docs, Connected Content retries)."""

MAX_WARNINGS = 100
LIST_SIZE_FACTOR = 16
"""How many times fewer elements a list may have than a text has characters."""

LARGE_VALUE_LENGTH = 1_000
"""Length from which the limits are checked for a text or a list."""

KEPT_SIZE_FACTOR = 10
"""How many times the limit on output all that a render keeps may add up to."""

ELEMENT_SIZE = 16
"""Characters that an element of a list counts for."""

PARSED_SIZE_FACTOR = 4
"""Characters that one of JSON counts for when it is parsed."""


GivenTag = str | Callable[[str], str]
"""What a tag prints that the library does not know: a text, or a function's result."""


class Parser(Protocol):
    """The methods of an engine that a render uses."""

    def parsed(self, source: str, check_time: CheckTime) -> Parsed:
        """Return *source* parsed, and remember it."""

    def parse_once(
        self, source: str, check_time: CheckTime, *, bare: bool = False
    ) -> Parsed:
        """Return *source* parsed."""


@attrs.frozen(kw_only=True)
class Workspace:
    """What a renderer was given, shared by its renders and never changed by them."""

    fetcher: Fetcher | None
    content_blocks: Mapping[str, str]
    catalogs: Mapping[str, Catalog]
    promotions: Mapping[str, Sequence[str]]
    credentials: Mapping[str, BasicAuth | HeaderAuth]
    shopping_carts: Mapping[str, Any]
    landing_pages: Mapping[str, str]
    translations: Mapping[str, str]
    now: Callable[[], dt.datetime]
    random: random.Random
    limits: RenderLimits
    cache: ConnectedContentCache | None
    strict: bool
    preview: bool
    html_comments: Literal["kept", "removed"]
    tags: Mapping[str, GivenTag]

    def grammar(self) -> dict[str, Any]:
        """Return what counts when a template is parsed."""
        return {
            "strict": self.strict,
            "nesting": self.limits.nesting,
            "comments": self.html_comments == "kept",
            "tags": frozenset(self.tags),
        }


class BrazeContext(RenderContext):
    """The engine's context, with Braze's two kinds of names and the render's record."""

    __slots__ = (
        "answers",
        "answers_before",
        "attributes",
        "block_depth",
        "bound_size",
        "calls",
        "check_time",
        "cycles",
        "extras",
        "failing",
        "frames",
        "held_size",
        "iterations",
        "kept_answers",
        "large",
        "limits",
        "loaded",
        "loop_stack",
        "namespaces",
        "offsets",
        "output_size",
        "promotions",
        "rerendering",
        "secrets",
        "source",
        "strict",
        "warned",
        "weight",
        "workspace",
    )

    env: Parser  # type: ignore[assignment]

    def __init__(  # the engine's own makes chains of scopes that nothing here uses
        self,
        env: Parser,
        source: str,
        variables: Mapping[str, Any],
        workspace: Workspace,
        check_time: CheckTime,
    ) -> None:
        self.env = env
        self.source = source
        self.locals = {}
        self.counters = {}
        self.disabled_tags = []
        self.autoescape = False
        self.tag_namespace = {"ifchanged": ""}
        self.attributes, self.namespaces, self.globals = split_variables(variables)
        self.workspace = workspace
        self.strict = workspace.strict
        self.limits = workspace.limits
        self.kept_answers = workspace.cache
        self.frames: list[dict[str, object]] = []
        self.loop_stack: list[object] = []
        self.offsets: dict[str, int] = {}
        self.cycles: dict[object, int] = {}
        self.calls: list[ConnectedContentCall] = []
        self.answers: dict[object, list[ConnectedContentResponse]] = {}
        self.answers_before: dict[object, list[ConnectedContentResponse]] = {}
        self.failing: Token | None = None
        self.extras: dict[str, str] = {}
        self.promotions: dict[str, str] = {}
        self.secrets: list[Secret] = []
        self.warned: dict[str, None] = {}
        self.loaded: frozenset[tuple[str | None, str]] | None = None
        self.block_depth = 0
        self.rerendering = 0
        self.iterations = 0
        self.bound_size = 0
        self.held_size = 0
        self.weight = 0
        self.output_size = workspace.limits.output_size
        self.large = min(LARGE_VALUE_LENGTH, self.output_size // LIST_SIZE_FACTOR)
        self.check_time = check_time

    def follow(self, earlier: BrazeContext) -> None:
        """Go on from a render of the message in which a call with ``:retry`` failed.

        Calls that succeeded are not made again, and a code is the same one.
        """
        self.answers_before = earlier.answers
        self.calls, self.secrets = earlier.calls, earlier.secrets
        self.promotions, self.kept_answers = earlier.promotions, earlier.kept_answers

    # Names

    def variable(self, name: Any) -> object:
        """Return the Liquid variable *name*, or None."""
        scopes: tuple[Mapping[Any, object], ...] = (
            *reversed(self.frames),
            self.locals,
            self.counters,
            self.globals,
        )
        for scope in scopes:
            if name in scope:
                return scope[name]
        if name in self.attributes:
            self.warn(f"{{{{{name}}}}} prints nothing, Braze wants {{{{${{{name}}}}}}}")
        elif name in self.namespaces or name == CONTENT_BLOCKS:
            self.warn(f"'{name}' is reached as {name}.${{...}} alone")
        return None

    def personal(self, namespace: str | None, name: Braced) -> object:
        """Return the Braze value *name* of *namespace*, or None."""
        if self.rerendering and not self._is_loaded(namespace, name):
            return None
        if namespace is None:
            known = name in self.attributes
            attributes = self.attributes if known else self._attributes_with(name)
            return look_up_braced(attributes, name)
        if namespace == CONTENT_BLOCKS:
            return self.content_block(str(name))
        values = self.namespaces.get(namespace)
        if values is None and namespace not in NAMESPACES:
            return look_up_braced(self.variable(namespace), name)
        return look_up_braced(values, name)

    def _attributes_with(self, name: Braced) -> Mapping[str, Any]:
        """Return where the default attribute *name* is, also one that nobody knows."""
        root = str(name.path[0] if name.path else name)
        if root in self.attributes or root in DEFAULT_ATTRIBUTES:
            return self.attributes
        meant = meant_attribute(root)
        hint = f", did you mean ${{{meant}}}?" if meant else ""
        self.warn(f"${{{root}}} is not one of Braze's default attributes{hint}")
        return self.globals

    def content_block(self, name: str) -> str | None:
        """Return the text of the content block *name*, rendered."""
        source = self.workspace.content_blocks.get(name)
        if source is None:
            self.refuse(f"there is no content block '{name}'")
            return None
        if self.block_depth >= MAX_BLOCK_DEPTH:
            self.warn(f"the content block '{name}' stands too deep and is left out")
            return ""
        self.block_depth += 1
        try:
            with errors_in(f"the content block '{name}'"):
                parsed = self.env.parsed(source, self.check_time)
                for remark, token in parsed.warnings:
                    self.warn(f"{remark} (content block '{name}')", token)
                return self.rendered(parsed.nodes)
        finally:
            self.block_depth -= 1

    def rendered(self, nodes: Sequence[Node]) -> str:
        """Return what *nodes* print."""
        buffer = StringIO()
        for node in nodes:
            node.render(self, buffer)
        return buffer.getvalue()

    def _is_loaded(self, namespace: str | None, name: str) -> bool:
        if self.loaded is None or namespace not in USER_NAMESPACES:
            return True
        if (namespace, name) in self.loaded:
            return True
        reason = "the message does not name it before"
        self.warn(f"${{{name}}} in fetched text is empty, {reason}")
        return False

    def assign(self, key: str, val: object) -> None:
        """Bind a variable for the rest of the message."""
        self.locals[key] = val
        if type(val) is str or type(val) is list:
            self.bound_size += _weight(val)
            self._check_kept()

    def hold(self, size: int) -> None:
        """Count *size* characters that stay until the render's end.

        Raises:
            LimitError: If they are too many, with all that variables hold.
        """
        self.held_size += size
        self._check_kept()

    def _check_kept(self) -> None:
        most = self.output_size * KEPT_SIZE_FACTOR - self.held_size
        if self.bound_size > most:  # some of it was bound twice, or is no longer bound
            bound = {id(value): _weight(value) for value in self.locals.values()}
            self.bound_size = sum(bound.values())
            if self.bound_size > most:
                raise LimitError("the variables grew larger than the limit on output")

    def parentloop(self) -> object:
        """Return the loop around the next one, or None."""
        return self.loop_stack[-1] if self.loop_stack else None

    @property
    def cache(self) -> ConnectedContentCache:
        """The shared cache of answers, which may be empty, or one for this render."""
        if self.kept_answers is None:
            self.kept_answers = ConnectedContentCache()
        return self.kept_answers

    # The record

    def warn(self, message: str, token: Token | None = None) -> None:
        """Add a warning, at *token* if given."""
        if token is not None:
            message = with_position(message, token)
        if len(self.warned) < MAX_WARNINGS:
            self.warned[shortened(message)] = None

    def fault(self, error: LiquidError, node: Node, buffer: Any) -> int:
        """Raise *error* with its position, or in lax mode print it as Ruby does."""
        error.token = error.token or node.token
        if self.strict or isinstance(error, LimitError | CallError):
            raise error
        self.warn(message_of(error), error.token)
        if node.blank:
            return 0
        return int(buffer.write(f"Liquid error: {message_of(error)}"))

    def refuse(self, message: str, token: Token | None = None) -> None:
        """Raise a fault in strict mode; otherwise add a warning."""
        if self.strict:
            raise FaultError(message, token=token)
        self.warn(message, token)

    # Limits

    def weighed(self, value: object) -> object:
        """Return *value*, which work is done with, unless it is too large.

        Raises:
            LimitError: If it is, or if it may take time and the time is over.
        """
        if type(value) in SIMPLE_TYPES:
            return value
        if isinstance(value, str):
            if len(value) < self.large:
                return value
            most = self.output_size
        else:
            most = self.output_size // LIST_SIZE_FACTOR
        if isinstance(value, str | list | tuple) and len(value) > most:
            raise LimitError("a value is larger than the limit on output")
        self.check_time()
        return value

    def count_turns(self, number: int, token: Token | None = None) -> None:
        """Count iterations of the loop at *token*."""
        self.iterations += number
        most = self.limits.iterations
        if self.iterations > most:
            raise LimitError(f"more than {most} turns of loops", token=token)

    def check_turn(self, buffer: Any, token: Token) -> None:
        """Make sure that time and output are within the limits."""
        self.check_time(token)
        self.check_length(buffer.tell(), token)

    def check_length(self, length: int, token: Token | None = None) -> None:
        """Make sure that an output of *length* characters is not too long."""
        if length > self.output_size:
            message = f"the output is longer than {self.output_size} characters"
            raise LimitError(message, token=token)

    def path_of(self, value: object) -> str:
        """Return where *value* is in what the render was given, or fetched."""
        given = {**self.attributes, **self.namespaces, **self.globals, **self.locals}
        return path_to(value, given) or "a value"

    def get_buffer(self, buf: Any = None) -> StringIO:  # noqa: ARG002
        """Return a buffer for a part of the message."""
        return StringIO()


def _weight(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return len(value) * ELEMENT_SIZE if isinstance(value, list | tuple) else 0


def split_variables(
    variables: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return *variables* split into default attributes, namespaces and plain ones.

    Raises:
        TypeError: If templates do not know a value.
        ValueError: If a name is written with ``${``, as in a template.
    """
    attributes: dict[str, Any] = {}
    namespaces: dict[str, Any] = {}
    plain_ones: dict[str, Any] = {}
    for name, given in variables.items():
        value = given if type(given) in PLAIN_TYPES else _plain(name, given)
        if name in DEFAULT_ATTRIBUTES:
            attributes[name] = value
        elif name in NAMESPACES and isinstance(value, Mapping):
            if not PLAIN_TYPES.issuperset(map(type, value.values())):
                for key, item in value.items():
                    _plain(f"{name}.{key}", item)
            namespaces[name] = value
        elif type(name) is str and "${" in name:
            raise _misnamed(name)
        else:
            plain_ones[name] = value
    for name, other in NAMESPACE_ALIASES.items():
        if name in namespaces:
            namespaces.setdefault(other, namespaces[name])
    return attributes, namespaces, plain_ones


def _plain(name: str, given: object) -> object:
    try:
        return plain(given)
    except ForeignValueError as error:
        raise TypeError(f"{name}: {error}") from None


def _misnamed(name: str) -> ValueError:
    space, dot, rest = name.replace("${", "").replace("}", "").partition(".")
    right = f"{{{space!r}: {{{rest!r}: …}}}}" if dot else repr(space)
    return ValueError(
        f"variables: {name!r} is how a template reads it, give {right} instead"
    )
