"""Names of a package that are loaded when they are first used."""

from __future__ import annotations


TYPE_CHECKING = False  # checkers know the name; importing typing would cost more
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazy(
    package: str, rooms: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` for *package*.

    Args:
        package: The package's ``__name__``.
        rooms: Names by the module, relative to the package, that has them; several
            are separated by blanks.
    """
    room_of = {name: room for room, names in rooms.items() for name in names.split()}
    public = sorted(room_of)

    def load(name: str) -> object:
        if name not in room_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only when needed

        value = getattr(import_module(room_of[name], package), name)
        setattr(import_module(package), name, value)
        return value

    return load, lambda: public, public
