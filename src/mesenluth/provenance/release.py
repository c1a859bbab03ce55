"""A release: a read-only, complete copy of a run, chained to the release before it.

releases/<study>/<cut>/manifest.json     what every artifact is and what made it; content alone
                       run.json          clock, host, user, commit, times and memory of each job
                       ro-crate-metadata.json   both as a Workflow Run RO-Crate
                       prov.json         lineage as W3C PROV
                       SHA256SUMS        every other file; `sha256sum --check` reads it
                       results/          the artifacts
                       project/          what they were made from: code, study, registered cuts
                       logs/
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from ..home import file as file_of
from .content import canonical, sha256
from .crate import CRATE, crate
from .manifest_names import MANIFEST, RESULTS, RUN
from .prov import PROV, prov

FOLDER = "releases"
SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"
STUDY = "project/study.json"


def releases(root: Path, study_id: str) -> list[Path]:
    """Return the releases of a study, in the order of their chain; those outside it last."""
    folders = {p.parent.name: p.parent for p in (root / FOLDER / study_id).glob(f"[!.]*/{MANIFEST}")}
    before: dict[str, str | None] = {}
    for name, folder in folders.items():
        try:
            link = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["previous"]
            before[name] = link["release"] if link else None
        except (ValueError, KeyError, TypeError, OSError):
            before[name] = None
    follows = {b: n for n, b in sorted(before.items(), reverse=True) if b}
    firsts = sorted(n for n, b in before.items() if b is None or b not in folders)
    chain: list[str] = []
    for name in firsts:
        at: str | None = name
        while at is not None and at not in chain:
            chain.append(at)
            at = follows.get(at)
    return [folders[n] for n in [*chain, *sorted(folders.keys() - set(chain))]]


def find(root: Path, study_id: str, named: str) -> Path:
    """Return the folder of a release, named by its folder or by its name; ConfigurationError if there is none."""
    for folder in (root / FOLDER / study_id / named, Path(named)):
        if (folder / MANIFEST).is_file() or (folder / SUMS).is_file():
            return folder.resolve()
    known = ", ".join(p.name for p in releases(root, study_id)) or "none yet: `mesenluth release` makes one"
    raise ConfigurationError(f"release {named!r}: no such release", f"a folder, or one of {known}")


def read(folder: Path) -> dict[str, Any]:
    """Return the manifest of a release."""
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


def sums(folder: Path) -> str:
    """Return the hashes of all files of a release but the list itself and its signature, in the form of sha256sum."""
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() or p.is_symlink())
    return "".join(f"{sha256(folder / f)}  {f}\n" for f in files if f not in (SUMS, SIGNATURE))


def told_of(manifest: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, bytes]:
    """Return crate and PROV of a release, by file name: its manifest and run.json in public vocabularies."""
    return {CRATE: canonical(crate(manifest, run)), PROV: canonical(prov(manifest, run))}


def previous_of(root: Path, study_id: str) -> tuple[Path | None, dict[str, str] | None]:
    """Return the newest release of a study, and the link to it."""
    known = releases(root, study_id)
    if not known:
        return None, None
    return known[-1], {"release": known[-1].name, "manifest": sha256(known[-1] / MANIFEST)}


def unlinked(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest without its place in the chain: what two equal runs have in common."""
    return {k: v for k, v in manifest.items() if k != "previous"}


def publish(
    manifest: Mapping[str, Any], run: Mapping[str, Any], root: Path, out: str, check: Callable[[Path], None]
) -> tuple[Path, bool]:
    """Write a release and check it, unless the newest one has the same content.

    Parameters
    ----------
    manifest : mapping
        As `manifest.build` returns it, linked to the newest release.
    run : mapping
        As `circumstances.describe_run` returns it.
    root : path
        The project.
    out : str
        Folder of the study's artifacts.
    check : callable
        Raises if a folder is no release that holds together; then nothing is published.

    Returns
    -------
    folder : Path
    new : bool
    """
    from ..tables.io import atomic_write

    study_id = manifest["study"]["id"]
    newest, _ = previous_of(root, study_id)
    if newest and unlinked(read(newest)) == unlinked(manifest):
        check(newest)
        return newest, False
    place = root / FOLDER / study_id
    name, number = manifest["cut"]["name"], 1
    while (place / name).exists():
        number += 1
        name = f"{manifest['cut']['name']}-{number}"
    part = place / f".{name}.part"
    if part.exists():
        remove(part)
    try:
        for path in manifest["artifacts"]:
            _copy(root / out / path.removeprefix(RESULTS), part / path)
        for path in [*manifest["inputs"], *manifest["records"], *manifest["code"]]:
            _copy(file_of(root, path), part / "project" / path)
        logs = root / out / "logs"
        for job in manifest["jobs"]:
            for file in (f"{job}.log", f"{job}.benchmark.tsv"):
                if (logs / file).is_file():
                    _copy(logs / file, part / "logs" / file)
        atomic_write(part / STUDY, canonical(manifest["settings"]))
        atomic_write(part / MANIFEST, canonical(manifest))
        atomic_write(part / RUN, canonical(run))
        for file, text in told_of(manifest, run).items():
            atomic_write(part / file, text)
        atomic_write(part / SUMS, sums(part).encode())
        check(part)
        protect(part)
        part.rename(place / name)
    finally:
        if part.exists():
            remove(part)
    return place / name, True


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)


def protect(folder: Path) -> None:
    """Take away the right to write from everything in a folder, and from it."""
    for here, _, files in os.walk(folder, topdown=False):
        for file in files:
            Path(here, file).chmod(0o440)
        Path(here).chmod(0o550)


def remove(folder: Path) -> None:
    """Remove a folder that `protect` was applied to."""
    for here, _, _ in os.walk(folder):
        Path(here).chmod(0o750)
    shutil.rmtree(folder)
