"""Where the workflow's own files lie: in the project somebody works in, or in the package that was installed.

A *root* is the folder that data, cuts and results go to. In a clone it holds the workflow too. Outside of one the
workflow comes from the installed package; its files keep the names that they have in a clone.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = PACKAGE / "_project"
"""The workflow as a wheel installs it; a clone does not have it."""
SIGN = ("Snakefile", "config.yaml", "schemas/study.schema.yaml")
"""Files by which a project is known: other workflows have a Snakefile and a config.yaml too."""


def is_project(folder: Path) -> bool:
    """Return whether a folder holds the workflow."""
    return all((folder / name).is_file() for name in SIGN)


def home(root: str | Path) -> Path:
    """Return the folder of the workflow's files: the root itself where it holds them."""
    root = Path(root)
    return INSTALLED if INSTALLED.is_dir() and not is_project(root) else root


def source(root: str | Path) -> Path:
    """Return the folder that holds the package whose code counts."""
    return home(root) / "src" if home(root) != INSTALLED else PACKAGE.parent


def file(root: str | Path, name: str | Path) -> Path:
    """Return where a file lies by its name in a project: in the root, else among the workflow's own."""
    root, name = Path(root), Path(name)
    if name.parts[:1] == ("src",) and home(root) == INSTALLED:
        return PACKAGE.parent.joinpath(*name.parts[1:])
    there = root / name
    return there if there.exists() or home(root) == root else home(root) / name


def name(root: str | Path, path: Path) -> str:
    """Return a file's name in a project, `file` the other way round."""
    for folder, before in ((home(root), ""), (source(root), "src/"), (Path(root), "")):
        if path.resolve().is_relative_to(folder.resolve()):
            return before + path.resolve().relative_to(folder.resolve()).as_posix()
    return path.as_posix()


def project_root(start: Path | None = None) -> Path:
    """Return the root: the nearest project upwards, else the clone the package runs from, else the current folder."""
    here = (start or Path.cwd()).resolve()
    clone = PACKAGE.parents[1]
    for folder in (here, *here.parents, clone):
        if is_project(folder):
            return folder
    return here
