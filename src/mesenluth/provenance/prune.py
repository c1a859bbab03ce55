"""Retention: which registered cuts are kept, and what goes with those that are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SourceError
from ..registry.cut import Cut, before, load, registered
from .release import read, releases
from .verify import verify


@dataclass
class Retention:
    """What pruning keeps and removes.

    Attributes
    ----------
    kept : dict of str to str
        Cut -> why it is kept.
    removed : list of str
        Cuts that are not, the oldest first.
    files : list of Path
        Their records and the stored tables that no cut that is kept has, relative to the project.
    bytes : int
        Size of these files.
    """

    kept: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    bytes: int = 0


def cuts(study_id: str, root: Path) -> list[Cut]:
    """Return every registered cut of a study, the oldest first; SourceError if a record is damaged."""
    folder = Path("cuts") / study_id
    found = [load(path, folder) for path in (root / folder).glob("*/cut.json")]
    return sorted(found, key=lambda cut: (cut.name[:10], int(cut.name[11:] or 1)))


def last_verified(study_id: str, root: Path) -> str | None:
    """Return the cut of the newest release that is what was released; None if there is none."""
    for folder in reversed(releases(root, study_id)):
        if not verify(folder):
            return str(read(folder)["cut"]["name"])
    return None


def stored_files(cut: Cut) -> set[Path]:
    """Return the stored tables of a cut, relative to the project."""
    return {Path(p) for part in cut.partitions for p in [*cut.paths(part), *cut.places_paths(part)]}


def retention(study: Mapping[str, Any], root: Path, keep: int) -> Retention:
    """Return what would be kept and removed.

    Parameters
    ----------
    study : mapping
        The resolved study file.
    root : path
        The project.
    keep : int
        How many of the newest cuts stay, 1 at least.

    Raises
    ------
    SourceError
        If no cut is registered, or the record of one is damaged: what it needs is not known, and nothing is removed.
    """
    study_id = study["study"]["id"]
    known = cuts(study_id, root)
    if not known:
        raise SourceError(f"study {study_id}: no cut is registered", do="`mesenluth register`")
    found = Retention()
    # Of the reasons that hold the first is told.
    if verified := last_verified(study_id, root):
        found.kept[verified] = "the last one whose release is verified"
    for cut in registered(study, root)[-1:]:
        found.kept.setdefault(cut.name, "the one of the study file")
    if earlier := before(study, root):
        found.kept.setdefault(earlier[0].name, "the one that the study's is compared with")
    for cut in known[-keep:]:
        found.kept.setdefault(cut.name, f"among the newest {keep}")
    found.removed = [cut.name for cut in known if cut.name not in found.kept]
    needed = set().union(*(stored_files(cut) for cut in known if cut.name in found.kept))
    gone = [cut for cut in known if cut.name in found.removed]
    files = {cut.folder / cut.name / "cut.json" for cut in gone}.union(*(stored_files(cut) - needed for cut in gone))
    found.files = sorted(file for file in files if (root / file).is_file())
    found.bytes = sum((root / file).stat().st_size for file in found.files)
    found.kept = {cut.name: found.kept[cut.name] for cut in known if cut.name in found.kept}
    return found


def remove(found: Retention, root: Path) -> None:
    """Remove what is not kept: records first, so that no record is left whose tables are gone."""
    for file in sorted(found.files, key=lambda f: (f.name != "cut.json", f)):
        path = root / file
        path.unlink()
        folder = path.parent
        while folder != root / "cuts" and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
