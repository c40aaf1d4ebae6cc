"""Names of a package that are loaded when they are first used."""

from __future__ import annotations


TYPE_CHECKING = False  # checkers know the name; importing typing would cost more
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazy(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` for *package*.

    Args:
        package: The package's ``__name__``.
        names: Names by the module, relative to the package, that has them; several
            are separated by blanks.
    """
    module_of = {name: module for module in names for name in names[module].split()}
    public = sorted(module_of)

    def load(name: str) -> object:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only when needed

        value = getattr(import_module(module_of[name], package), name)
        setattr(import_module(package), name, value)
        return value

    return load, lambda: public, public
