import ast
from pathlib import Path

import pytest

import sessionm_braze


ROOT = Path(sessionm_braze.__file__).parent
LAYERS = [
    ["_foreign"],
    ["_addresses", "_checks", "_files", "_lazy", "_secrets", "_version", "exceptions"],
    ["_display"],
    ["models"],
    ["_http"],
    ["clients", "rendering", "tag_csv", "snippets"],
    ["bulk", "audit", "notebook"],
    ["testing", "_pytest_plugin"],
    ["_cli", "__main__"],
    ["__init__"],
]
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
MODULES = sorted(ROOT.rglob("*.py"))
RENDERING = [
    ["_limits", "_namespaces", "_resources", "_template_secrets"],
    ["_lexer"],
    ["_errors"],
    ["_deadline", "_plain"],
    ["_parsed", "_texts"],
    ["_walk"],
    ["_profiles", "_values"],
    ["_dates", "_references"],
    [
        *("_connected_content.cache", "_connected_content.canned_fetcher"),
        *("_connected_content.http_fetcher", "_connected_content.messages"),
    ],
    ["_context", "_message"],
    ["_filters", "_parts"],
    ["_connected_content", "_expressions"],
    ["_compiled", "_engine"],
    ["_tags"],
    ["_environment"],
    ["_inspect"],
    ["_renderer"],
    ["__init__", "_instrumentation"],
]
"""The rooms of rendering; the answers of calls lie below a render, the calls above."""
WITHIN_A_ROW = {("_pytest_plugin", "testing"), ("__main__", "_cli")}


def room_of(path):
    """Return the room of a module: its first step below the package."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path):
    """Yield the rooms that a module imports from, wherever in its code."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            steps = package[: len(package) - node.level + 1]
            steps += tuple((node.module or "").split(".")) if node.module else ()
            names = [steps[0]] if steps else [alias.name for alias in node.names]
            yield from names
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            if node.module.split(".")[0] == "sessionm_braze":
                yield f"absolute import of {node.module}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "sessionm_braze":
                    yield f"absolute import of {alias.name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_down(path):
    """A module uses only rooms of a lower layer than its own, and never the root."""
    room = room_of(path)
    wrong = [
        other
        for other in imported_rooms(path)
        if other != room
        and (room, other) not in WITHIN_A_ROW
        and RANK.get(other, len(LAYERS)) >= RANK[room]
    ]

    assert [] == wrong


def place_in_rendering(module):
    """Return row and folder of a module of rendering, named from there."""
    folder = module.split(".")[0]
    for name in (module, folder):
        for row, rooms in enumerate(RENDERING):
            if name in rooms:
                return row, folder
    raise LookupError(module)


def imported_in_rendering(path):
    """Yield the modules of rendering that a module of it imports, wherever."""
    package = path.relative_to(ROOT / "rendering").parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        up = node.level - 1
        if up > len(package):
            continue
        steps = [*package[: len(package) - up], *(node.module or "").split(".")]
        steps = [step for step in steps if step]
        for alias in node.names:
            deeper = ROOT.joinpath("rendering", *steps, f"{alias.name}.py")
            known = deeper.exists() or deeper.with_suffix("").is_dir()
            yield ".".join([*steps, alias.name] if known else steps)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "rendering").rglob("*.py")),
    ids=lambda p: p.relative_to(ROOT / "rendering").as_posix(),
)
def test_imports_within_rendering_point_down(path):
    """A module of rendering uses its own room and the rows below, types included."""
    steps = path.relative_to(ROOT / "rendering").with_suffix("").parts
    module = ".".join(step for step in steps if step != "__init__" or len(steps) == 1)
    place = place_in_rendering(module)
    wrong = [
        other
        for other in imported_in_rendering(path)
        if place_in_rendering(other) != place
        and place_in_rendering(other)[0] >= place[0]
    ]

    assert [] == wrong


def test_files_in_private_folders_have_plain_names():
    """The underscore stands once, at the folder: no module below it has another."""
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if path.name.startswith("_") and path.name != "__init__.py"
        if any(part.startswith("_") for part in path.relative_to(ROOT).parent.parts)
    ]

    assert [] == wrong


def name_of(path):
    """Return the dotted name of a module, without the package's."""
    steps = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(step for step in steps if step != "__init__")


def imported_modules(path):
    """Return the modules of the package that a module imports, types included."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            steps = [*package[: len(package) - node.level + 1]]
            steps += (node.module or "").split(".") if node.module else []
            for alias in node.names:
                inner = ".".join([*steps, alias.name])
                found.add(inner if inner in NAMES else ".".join(steps))
    return found - {name_of(path), ""}


NAMES = {name_of(path) for path in MODULES}


def test_there_is_no_circle():
    """No module imports itself by way of others, not even for its annotations."""
    imports = {name_of(path): imported_modules(path) for path in MODULES}
    while free := {name for name, used in imports.items() if not used & set(imports)}:
        for name in free:
            del imports[name]

    assert {} == imports


def test_the_root_reaches_every_row():
    """The rule above sees the root's lazy names, which are its only way down."""
    assert "clients" in set(imported_rooms(ROOT / "__init__.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_only_the_transport_imports_requests(path):
    """Nothing but the transport, and the kit that replaces it, knows requests."""
    tree = ast.parse(path.read_text("utf-8"))
    found = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }

    allowed = room_of(path) in {"_http", "testing", "clients"}
    assert allowed or "requests" not in found
