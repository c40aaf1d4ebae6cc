"""One view for all small models: receipts, tags, balances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from .._secrets import MASK
from .markup import Html, badge
from .panels import Section, panel
from .tables import pairs, table
from .texts import counted, shown


_FIELDS_APART = frozenset({"extra", "meta", "raw"})
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BADGE_KINDS = {
    "accepted": "good",
    "accepted_with_errors": "warning",
    "not_sent": "bad",
}


def model_html(model: Any) -> Html:
    """Return the view of a model: its fields, its lists as tables, how the call went.

    It is made to be a model's ``_repr_html_``.
    """
    fields = dict(model_fields(model))
    lists = {
        name: value
        for name, value in fields.items()
        if value and isinstance(value, Sequence) and not isinstance(value, str)
    }
    single = {name: value for name, value in fields.items() if name not in lists}
    sections = [
        Section(title=name, body=_list(values), count=len(values), open=True)
        for name, values in lists.items()
    ]
    state = getattr(model, "state", None)
    kind = _BADGE_KINDS.get(str(state), "plain")
    return panel(
        _WORD_START.sub(" ", type(model).__name__),
        facts=[
            counted(len(each), name.removesuffix("s")) for name, each in lists.items()
        ],
        badges=[] if state is None else [badge(state, kind)],
        lead=pairs(single) if single else "",
        sections=[*sections, *closing(model)],
    )


def closing(model: Any) -> Iterator[Section]:
    """Yield the sections that many models end with: unknown fields, and the call."""
    extra = getattr(model, "extra", None)
    if extra:
        yield Section(title="unknown fields", body=pairs(extra), count=len(extra))
    meta = getattr(model, "meta", None)
    if meta is not None:
        yield Section(title="call", body=pairs(model_fields(meta)))


def model_fields(model: Any) -> Iterator[tuple[str, Any]]:
    """Yield names and values of a model's own fields, without what is told apart."""
    for field in attrs.fields(type(model)):
        if field.name not in _FIELDS_APART and not field.name.startswith("_"):
            value = getattr(model, field.name)
            if value is None or value in ((), ""):
                continue
            yield field.name, MASK if "secret" in field.metadata else _plain(value)


def _plain(value: Any) -> Any:
    """Return a model within a model as a mapping, and several texts as one."""
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return dict(model_fields(value)) if attrs.has(type(value)) else value


def _row(value: Any) -> Mapping[str, Any]:
    if attrs.has(type(value)):
        return dict(model_fields(value))
    return value if isinstance(value, Mapping) else {"": value}


def _list(values: Sequence[Any]) -> Html:
    rows = [_row(value) for value in values]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return table(
        columns,
        ([shown(row.get(name), name) for name in columns] for row in rows),
        total=len(values),
    )
