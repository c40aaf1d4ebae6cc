"""The renderer: a Braze message on your own machine."""

from __future__ import annotations

import datetime as dt
import random as random_module
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar

import attrs
from liquid.exceptions import LiquidError

from ..exceptions import TemplateError
from ._connected_content.cache import ConnectedContentCache
from ._connected_content.messages import Fetcher
from ._context import MAX_RETRIES, MAX_WARNINGS, BrazeContext, GivenTag, Workspace
from ._deadline import CheckTime, deadline
from ._engine import Engine
from ._environment import environment
from ._errors import (
    Aborted,
    LimitError,
    message_of,
    render_error,
    with_position,
)
from ._inspect import TemplateReport, inspect_template
from ._limits import RenderLimits
from ._message import RenderedMessage
from ._parsed import Parsed
from ._plain import ForeignValueError
from ._profiles import PROFILE_WARNING, is_profile
from ._resources import BasicAuth, Catalog, HeaderAuth, as_catalog
from ._tags import TAGS
from ._tags.given import GivenTag as GivenTagReader
from ._tags.illegal import INTERNAL_TAGS


T = TypeVar("T")
_Kind = tuple[tuple[type, ...], str]


class Template:
    """A parsed template; it can be rendered any number of times, from any thread."""

    __slots__ = ("_env", "_parsed", "_warnings")

    def __init__(self, parsed: Parsed, env: Engine) -> None:
        self._env = env
        self._parsed = parsed
        few = parsed.warnings[:MAX_WARNINGS]
        self._warnings = tuple(with_position(*warning) for warning in few)

    @property
    def source(self) -> str:
        """The template's text."""
        return self._parsed.source

    def inspect(
        self, *, ignore: Iterable[str] = (), variables: Iterable[str] = ()
    ) -> TemplateReport:
        """Return what the template reads and calls, and what is doubtful about it.

        Args:
            ignore: Codes of findings that are left out.
            variables: Names of plain variables that something else sets.

        Raises:
            ValueError: If *ignore* names no known code.
        """
        known = self._env.tags.items()
        given = [name for name, tag in known if isinstance(tag, GivenTagReader)]
        return inspect_template(
            self.source, ignore=ignore, tags=given, variables=variables
        )

    def __repr__(self) -> str:
        first = self.source.strip().split("\n", 1)[0]
        return f"Template({first[:60]!r})"


class Renderer:
    """Renders Braze's Liquid dialect as Braze does.

    Renders share nothing but what is given here, and nothing of it is changed except a
    *cache*.  A renderer can be used from several threads.

    Args:
        fetcher: Who answers connected_content calls; without one they are an error.
        content_blocks: Text of each content block by name.
        catalogs: Each catalog by name, as a `Catalog` or as its items.
        promotions: Codes of each promotion code list by name.
        credentials: Stored credentials by name, `BasicAuth` or `HeaderAuth`.
        shopping_carts: Each cart by id; ``abandoned: False`` in one aborts the message.
        landing_pages: Address of each landing page by handle.
        translations: Text of each translation by identifier.
        now: The time that is *now*: an aware moment, or a function that returns one.
        random: Source of ``{% random %}``.
        limits: How much a template may ask for.
        cache: Answers to share between renders; by default each render has its own.
        strict: Whether what the reference engine passes over is an error.
        preview: Whether this is a preview, in which Braze does not repeat calls with
            ``:retry``.
        html_comments: Whether comments of HTML are ``"kept"``, and Liquid in them runs,
            or ``"removed"`` before any Liquid is read, as Braze's documents have it.
        tags: What tags print that Braze has and the library does not know, by their
            names: a text, or a function of the text behind the name, which has its
            outputs filled in, and no quotes around it.

    Raises:
        TypeError: If one of these is of another kind; the text names it.
        ValueError: If *html_comments* is another word, or *tags* has a name that no
            such tag may have.

    Example:
        >>> from sessionm_braze.rendering import Renderer
        >>> message = Renderer().render("Hi {{${first_name}}}!", {"first_name": "Ana"})
        >>> message.text
        'Hi Ana!'
    """

    def __init__(  # noqa: PLR0917 - each can be named
        self,
        fetcher: Fetcher | None = None,
        content_blocks: Mapping[str, str] | None = None,
        catalogs: Mapping[str, Catalog | Sequence[Mapping[str, Any]]] | None = None,
        promotions: Mapping[str, Sequence[str]] | None = None,
        credentials: Mapping[str, BasicAuth | HeaderAuth] | None = None,
        shopping_carts: Mapping[str, Any] | None = None,
        landing_pages: Mapping[str, str] | None = None,
        translations: Mapping[str, str] | None = None,
        now: dt.datetime | Callable[[], dt.datetime] | None = None,
        random: random_module.Random | None = None,
        limits: RenderLimits | None = None,
        cache: ConnectedContentCache | None = None,
        *,
        strict: bool = True,
        preview: bool = False,
        html_comments: Literal["kept", "removed"] = "kept",
        tags: Mapping[str, GivenTag] | None = None,
    ) -> None:
        if fetcher is not None and not callable(fetcher):
            kind = type(fetcher).__name__
            raise TypeError(f"fetcher: expected a function of a request, not {kind}")
        self._workspace = Workspace(
            fetcher=fetcher,
            content_blocks=_mapping("content_blocks", content_blocks, _TEXT_KIND),
            catalogs={
                name: as_catalog(given)
                for name, given in _mapping("catalogs", catalogs, _CATALOG_KIND).items()
            },
            promotions=_mapping("promotions", promotions, _CODES_KIND),
            credentials=_mapping("credentials", credentials, _CREDENTIAL_KIND),
            shopping_carts=_mapping("shopping_carts", shopping_carts, _CART_KIND),
            landing_pages=_mapping("landing_pages", landing_pages, _TEXT_KIND),
            translations=_mapping("translations", translations, _TEXT_KIND),
            now=_clock(now),
            random=_instance("random", random, random_module.Random)
            or random_module.Random(),  # noqa: S311 - not for secrets
            limits=_instance("limits", limits, RenderLimits) or RenderLimits(),
            cache=_instance("cache", cache, ConnectedContentCache),
            strict=strict,
            preview=preview,
            html_comments=_one_of("html_comments", html_comments, _COMMENTS),
            tags=_tags(tags),
        )
        self._env = environment(**self._workspace.grammar())

    def __getstate__(self) -> Workspace:
        return self._workspace

    def __setstate__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._env = environment(**workspace.grammar())

    def parse(self, text: str) -> Template:
        """Parse a template.

        Args:
            text: The template.

        Raises:
            TemplateSyntaxError: If it does not parse; the error has line and column.
            TypeError: If *text* is no text.
        """
        return self._parse(text, deadline(self._workspace.limits.seconds))

    def _parse(self, text: str, check_time: CheckTime) -> Template:
        if not isinstance(text, str):
            kind = type(text).__name__
            raise TypeError(f"text: expected the template's text, not {kind}")
        try:
            return Template(self._env.parsed(text, check_time), self._env)
        except RecursionError:
            raise TemplateError("the template nests too deep") from None

    def render(
        self, template: Template | str, variables: Mapping[str, Any] | None = None
    ) -> RenderedMessage:
        """Render a template for one recipient.

        Args:
            template: A template's text, or what `parse` returned.
            variables: Default attributes and plain Liquid variables by name
                (``first_name``, not ``${first_name}``), and each namespace
                (``custom_attribute``, ``event_properties``, …) as a mapping.  They are
                not changed.  Of an exported profile, `profile_variables` makes them;
                one that is given as it is gets a warning.

        Raises:
            TemplateSyntaxError: If the text does not parse.
            ConnectedContentError: If a call cannot be made.
            TemplateError: If rendering fails or a limit is reached.
            TypeError: If *template* or *variables* is of the wrong kind, or a value is
                one that templates do not know; the text names it.
            ValueError: If the name of a variable is written with ``${``, as only a
                template does.
        """
        if variables is None:
            variables = {}
        elif type(variables) is not dict and not isinstance(variables, Mapping):
            kind = type(variables).__name__
            raise TypeError(f"variables: expected a mapping, not {kind}")
        check_time = deadline(self._workspace.limits.seconds)
        if isinstance(template, Template):
            parsed = template
        else:
            parsed = self._parse(template, check_time)
        env, source = parsed._env, parsed.source  # noqa: SLF001
        earlier: BrazeContext | None = None
        repeats = 0
        while True:
            context = BrazeContext(env, source, variables, self._workspace, check_time)
            if is_profile(variables):
                context.warn(PROFILE_WARNING)
            if earlier is not None:
                context.follow(earlier)
            message = _rendered(parsed, context)
            failing = context.failing
            if message.aborted or failing is None:
                return message
            if repeats == MAX_RETRIES:
                failed = with_position("repeating the call did not help", failing)
                warnings = (*message.warnings, failed)
                return attrs.evolve(message, text="", aborted=True, warnings=warnings)
            repeats, earlier = repeats + 1, context


def _rendered(template: Template, context: BrazeContext) -> RenderedMessage:
    parts: list[str] = []
    text, aborted, reason = "", False, ""
    try:
        template._parsed.render(context, context.check_time, parts)  # noqa: SLF001
        text = "".join(parts)
        context.check_length(len(text))
    except Aborted as abort:
        aborted, reason = True, abort.reason
    except LiquidError as error:
        if context.failing is None or isinstance(error, LimitError):
            raise render_error(error) from None
        # the answer is missing for now, and the message is rendered again
        context.warn(message_of(error), error.token)
    except ForeignValueError as error:
        raise TypeError(f"{context.path_of(error.value)}: {error}") from None
    except RecursionError:
        raise render_error(LimitError("values or blocks nest too deep")) from None
    return RenderedMessage(
        text=text,
        aborted=aborted,
        abort_reason=reason,
        extras=context.extras,
        calls=tuple(context.calls),
        warnings=(*template._warnings, *context.warned),  # noqa: SLF001
    )


_TEXT_KIND: _Kind = ((str,), "a text")
_CATALOG_KIND: _Kind = ((Catalog, Sequence), "a Catalog or a list of items")
_CODES_KIND: _Kind = ((Sequence,), "a list of codes")
_CREDENTIAL_KIND: _Kind = ((BasicAuth, HeaderAuth), "a BasicAuth or a HeaderAuth")
_CART_KIND: _Kind = ((Mapping,), "a mapping")


def _mapping(name: str, given: Any, kind: _Kind) -> Mapping[str, Any]:
    """Return *given*, or an empty mapping for None, if its values are of *kind*."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(f"{name}: expected a mapping, not {type(given).__name__}")
    classes, expected = kind
    for key, value in given.items():
        if not isinstance(value, classes) or (
            isinstance(value, str) and str not in classes
        ):
            found = type(value).__name__
            raise TypeError(f"{name}[{key!r}]: expected {expected}, not {found}")
    return given


def _one_of(name: str, given: T, known: Sequence[T]) -> T:
    """Return *given* if it is one of the *known* values."""
    if given not in known:
        expected = " or ".join(map(repr, known))
        raise ValueError(f"{name}: expected {expected}, not {given!r}")
    return given


def _tags(given: Mapping[str, GivenTag] | None) -> Mapping[str, GivenTag]:
    """Return *given* if these can be tags: words that are no part of a block."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(f"tags: expected a mapping, not {type(given).__name__}")
    blocks = [tag for tag in TAGS.values() if tag.end]
    taken = {tag.name for tag in blocks} | {tag.end for tag in blocks} | INTERNAL_TAGS
    taken.update(*(getattr(tag, "inner", ()) for tag in blocks))
    for name, value in given.items():
        if not isinstance(name, str) or not _TAG_NAME.fullmatch(name):
            raise ValueError(
                f"tags: {name!r} is no name of a tag: it is one ASCII word"
            )
        if name in taken:
            raise ValueError(
                f"tags: {name!r} belongs to a block of Liquid, leave it out"
            )
        if not isinstance(value, str) and not callable(value):
            kind = type(value).__name__
            raise TypeError(
                f"tags[{name!r}]: expected a text or a function, not {kind}"
            )
    return given


_COMMENTS: tuple[Literal["kept", "removed"], ...] = ("kept", "removed")
_TAG_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def _instance(name: str, given: T | None, cls: type[T]) -> T | None:
    """Return *given* if it is a *cls*, or None."""
    if given is not None and not isinstance(given, cls):
        kind = type(given).__name__
        raise TypeError(f"{name}: expected a {cls.__name__}, not {kind}")
    return given


def _clock(
    now: dt.datetime | Callable[[], dt.datetime] | None,
) -> Callable[[], dt.datetime]:
    """Return *now* as a function that returns moments in UTC.

    It can be pickled, if what was given can.
    """
    if now is None:
        return partial(dt.datetime.now, dt.UTC)
    if isinstance(now, dt.datetime):
        return partial(_aware, now)
    if not callable(now):
        kind = type(now).__name__
        raise TypeError(f"now: expected a datetime or a function, not {kind}")
    return partial(_aware_of, now)


def _aware_of(now: Callable[[], dt.datetime]) -> dt.datetime:
    return _aware(now())


def _aware(moment: dt.datetime) -> dt.datetime:
    if not isinstance(moment, dt.datetime):
        kind = type(moment).__name__
        raise TypeError(f"now: the function has to return a datetime, not {kind}")
    if moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC)
