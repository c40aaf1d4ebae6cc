"""Tables of pandas, for those who have it: stable columns, even when empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from pandas import DataFrame


TEXT = "string"
WHOLE = "Int64"
NUMBER = "Float64"
FLAG = "boolean"
MOMENT = "datetime64[us, UTC]"
ANYTHING = "object"


def frame(
    columns: Mapping[str, str], records: Iterable[Mapping[str, Any]]
) -> DataFrame:
    """Return *records* as a frame.

    Args:
        columns: Name and type of each column, in order: ``string``, ``Int64``,
            ``Float64``, ``boolean``, ``datetime64[us, UTC]`` or ``object``.
        records: Values by column; what is absent is missing in the frame.

    Raises:
        ImportError: If pandas is not installed.
    """
    try:
        import pandas  # noqa: ICN001, PLC0415 - an extra, loaded when it is needed
    except ImportError:
        raise ImportError(
            "frames need pandas: pip install 'sessionm-braze[notebook]'"
        ) from None
    rows = list(records)
    return pandas.DataFrame(
        {
            name: pandas.Series([row.get(name) for row in rows], dtype=kind)
            for name, kind in columns.items()
        },
        columns=list(columns),
    )
