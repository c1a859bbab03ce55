"""Which program this is: version, commit and lock."""

from __future__ import annotations

import subprocess
from pathlib import Path

from . import __version__
from .home import INSTALLED, PACKAGE, file, is_project

COMMIT = "COMMIT"
"""File of an installed workflow that names the commit it was built from."""


def commit() -> str:
    """Return the commit of the code, with a mark where files differ from it; empty where it is not known."""
    if INSTALLED.is_dir():
        known = INSTALLED / COMMIT
        return known.read_text(encoding="utf-8").strip() if known.is_file() else ""
    clone = PACKAGE.parents[1]
    return described(clone) if is_project(clone) else ""


def described(folder: Path) -> str:
    """Return the commit of a folder that git knows as its own; empty where it does not."""
    try:
        top = _git(folder, "rev-parse", "--show-toplevel")
        # A folder may lie in somebody else's repository: its commit is not the program's.
        if Path(top).resolve() != folder.resolve():
            return ""
        changed = "+" if _git(folder, "status", "--porcelain", "--untracked-files=no") else ""
        return _git(folder, "rev-parse", "--short=12", "HEAD") + changed
    except (OSError, subprocess.CalledProcessError):
        return ""


def _git(folder: Path, *arguments: str) -> str:
    said = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, timeout=20
    )  # fmt: skip
    return said.stdout.strip()


def words() -> str:
    """Return one line: version, commit and the hash of the lock, as the lineage of every table names it."""
    from .provenance.fingerprint import file_hash
    from .provenance.manifest_names import LOCK

    root = INSTALLED if INSTALLED.is_dir() else PACKAGE.parents[1]
    return f"mesenluth {__version__} (commit {commit() or 'not known'}, lock {file_hash(file(root, LOCK))})"
