"""Artifacts that are not what was recorded of them are taken away before a run, so that it makes them again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..errors import JobError, VerificationError
from .content import footer_and_hash, sha256
from .made import record
from .manifest_names import FOLDER, MANIFEST, RESULTS


def damaged(root: Path, out: str) -> Iterator[Path]:
    """Yield the artifacts of a study that are not what was recorded of them.

    A file is held against the manifest of the last complete run, unless a job has made it since; a table is held
    against its own footer too, so that one of a run that did not end is found as well.

    Parameters
    ----------
    root : path
        The project.
    out : str
        Folder of the study's artifacts.
    """
    place = root / out / FOLDER / MANIFEST
    known: dict[str, str] = {}
    written = 0.0
    try:
        artifacts = json.loads(place.read_text(encoding="utf-8"))["artifacts"]
        known = {f"{out}/{p.removeprefix(RESULTS)}": about["sha256"] for p, about in artifacts.items()}
        written = place.stat().st_mtime
    except (OSError, ValueError, KeyError, TypeError):
        # No run has ended yet, or its manifest is damaged itself; the next one writes it anew.
        pass
    for name in sorted({*known, *(p.relative_to(root).as_posix() for p in (root / out).rglob("*.parquet"))}):
        path = root / name
        if not path.is_file():
            continue
        if name in known and sha256(path) == known[name]:
            continue
        if path.suffix == ".parquet" and not is_whole(path) or name in known and not _made_since(root, name, written):
            yield path


def is_whole(path: Path) -> bool:
    """Return whether a table can be read and its rows are those that its footer tells of."""
    try:
        about, logical = footer_and_hash(path)
    except VerificationError:
        return False
    return about.get("sha256") == logical


def _made_since(root: Path, name: str, written: float) -> bool:
    """Return whether a job has ended after a time that made this file, alone or in a folder."""
    for made in (name, *map(str, Path(name).parents)):
        try:
            if record(root, made)["endtime"] > written:
                return True
        except (JobError, KeyError, TypeError):
            continue
    return False


def mend(root: Path, out: str) -> list[str]:
    """Take away the artifacts that are not what was recorded of them, and return which, relative to the project."""
    found = [path.relative_to(root).as_posix() for path in damaged(root, out)]
    for name in found:
        (root / name).unlink()
    return found
