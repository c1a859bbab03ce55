"""Fingerprints of code and environment, so that content decides what is computed again.

Snakemake notices neither an edited import nor an upgraded library. Each rule therefore carries as parameters the hash
of its program with every module of the project that it imports, directly or not, and the hash of the lock file.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = "mesenluth"


def _module_file(source: Path, dotted: str) -> Path | None:
    base = source.joinpath(*dotted.split("."))
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _dotted(source: Path, file: Path) -> str:
    parts = list(file.relative_to(source).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imports(file: Path, text: str, source: Path) -> tuple[Path, ...]:
    """Return the project's files that `file` with this `text` imports itself, imports inside functions included."""
    tree = ast.parse(text, filename=str(file))
    package: list[str] = []
    if file.is_relative_to(source):
        package = list(file.relative_to(source).parts[:-1])
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module.split(".") if node.module else [])])
            names.append(module)
            names += [f"{module}.{alias.name}" for alias in node.names]
    found: list[Path] = []
    for dotted in names:
        parts = dotted.split(".")
        if parts[0] != PACKAGE:
            continue
        # Importing a.b.c runs the packages a and a.b too.
        for length in range(1, len(parts) + 1):
            imported = _module_file(source, ".".join(parts[:length]))
            if imported is not None:
                found.append(imported)
    return tuple(dict.fromkeys(found))


def closure(program: str | Path, source: str | Path) -> list[Path]:
    """Return the program and every file of the project it depends on, sorted.

    Data files (rules, texts) that lie in the packages of imported modules count too.

    Parameters
    ----------
    program : path
        A script.
    source : path
        Folder that holds the package.
    """
    program, source = Path(program).resolve(), Path(source).resolve()
    seen: dict[Path, None] = {program: None}
    todo = [program]
    while todo:
        file = todo.pop()
        for imported in _imports(file, file.read_text(encoding="utf-8"), source):
            if imported not in seen:
                seen[imported] = None
                todo.append(imported)
    data = {
        f
        for folder in {m.parent for m in seen if m.is_relative_to(source)}
        for f in folder.iterdir()
        if f.is_file() and f.suffix in (".yaml", ".json", ".csv", ".txt", ".html", ".css", ".js")
    }
    return sorted({*seen, *data})


def code_hash(program: str | Path, source: str | Path) -> str:
    """Return the hash of a program and everything of the project it depends on.

    It is a function of names within the project and contents, not of where the project lies.
    """
    program, source = Path(program).resolve(), Path(source).resolve()
    sink = hashlib.sha256()
    modules = [f.relative_to(source) for f in closure(program, source) if f != program and f.is_relative_to(source)]
    # The program first, wherever it lies: within the package where that is installed, beside it in a clone.
    for name, file in [(program.name, program), *((m.as_posix(), source / m) for m in sorted(modules))]:
        sink.update(f"{name}\x00".encode())
        sink.update(hashlib.sha256(file.read_bytes()).digest())
    return sink.hexdigest()[:16]


def file_hash(path: str | Path) -> str:
    """Return the short hash of one file's content."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
