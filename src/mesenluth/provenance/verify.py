"""Whether a release is what was released: every hash computed anew, every link followed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import VerificationError
from .content import canonical, footer_and_hash, sha256, text_hash
from .fingerprint import code_hash
from .manifest import SCHEMA, lineage_faults
from .manifest_names import MANIFEST, RESULTS, RUN, sections
from .release import SIGNATURE, STUDY, SUMS, told_of

PROJECT = "project"
WORDS = {
    "changed": "changed",
    "added": "added",
    "removed": "removed",
    "link": "does not fit",
}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is not as it was released.

    Attributes
    ----------
    kind : str
        `changed`, `added`, `removed`, or `link`: two parts of the release contradict each other.
    what : str
        File of the release, or part of its manifest.
    why : str
        What was expected instead.
    """

    kind: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{WORDS[self.kind]}: {self.what} ({self.why})"


def verify(folder: Path, chain: bool = True) -> list[Fault]:
    """Return everything that is not as it was released; empty for a release that is intact.

    Parameters
    ----------
    folder : path
        The release, wherever it lies.
    chain : bool
        Whether the release before it must be there, beside it, and be the one it was chained to.
    """
    faults = list(_files(folder))
    try:
        text = (folder / MANIFEST).read_bytes()
        manifest = json.loads(text)
        if manifest["schema"] != SCHEMA:
            raise ValueError(f"schema {manifest['schema']!r}")
        if canonical(manifest) != text:
            faults.append(Fault("changed", MANIFEST, "not as it was written"))
        faults += _artifacts(folder, manifest)
        faults += _links(folder, manifest)
        faults += _code(folder, manifest)
        faults += _cut(folder, manifest)
        faults += _run(folder, sha256(folder / MANIFEST))
        faults += _told(folder, manifest)
        if chain:
            faults += _chain(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        faults.append(Fault("changed", MANIFEST, f"cannot be followed: {type(error).__name__} {error}"))
    return sorted(set(faults))


def _files(folder: Path) -> Iterator[Fault]:
    """Hold every file against the list of hashes, and the list against the manifest."""
    path = folder / SUMS
    if not path.is_file():
        yield Fault("removed", SUMS, "the list of hashes")
        return
    known = _known(folder)
    listed: dict[str, str] = {}
    for number, line in enumerate(path.read_bytes().decode("utf-8", errors="replace").split("\n"), 1):
        digest, gap, name = line.partition("  ")
        if gap and len(digest) == 64 and name not in listed:
            listed[name] = digest
        elif line:
            yield Fault("changed", f"{SUMS}, line {number}", "one hash and one file a line, each file once")
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()}
    for name, file in sorted(there.items()):
        if name in (SUMS, SIGNATURE):
            continue
        if name not in listed:
            yield Fault("added", name, f"not in {SUMS}")
        elif file.is_symlink():
            yield Fault("changed", name, "a link instead of the file")
        elif (digest := sha256(file)) != listed[name]:
            if digest == known.get(name):
                yield Fault("changed", SUMS, f"names another hash of {name} than {MANIFEST}")
            else:
                yield Fault("changed", name, f"sha256 {listed[name]} in {SUMS}")
    for name in sorted(listed.keys() - there.keys()):
        yield Fault("removed", name, f"named in {SUMS}")
    expected = "".join(f"{listed[n]}  {n}\n" for n in sorted(listed))
    if path.read_bytes() != expected.encode():
        yield Fault("changed", SUMS, "not as it was written")


def _known(folder: Path) -> dict[str, str]:
    """Return the hashes of files that the manifest names; none if it cannot be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {path: record["sha256"] for path, record in _wanted(manifest).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _wanted(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the record of each file of the release that the manifest names."""
    return {
        **manifest["artifacts"],
        **{f"{PROJECT}/{path}": record for path, record in manifest["inputs"].items()},
        **{f"{PROJECT}/{path}": {"sha256": digest} for path, digest in manifest["code"].items()},
    }


def _artifacts(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Hold artifacts and inputs against the manifest, and tables against their footers."""
    wanted = _wanted(manifest)
    for path, record in wanted.items():
        file = folder / path
        if not file.is_file():
            yield Fault("removed", path, f"named in {MANIFEST}")
            continue
        if sha256(file) != record["sha256"]:
            yield Fault("changed", path, f"sha256 {record['sha256']} in {MANIFEST}")
        if file.stat().st_size != record.get("bytes", file.stat().st_size):
            yield Fault("changed", path, f"{record['bytes']} bytes in {MANIFEST}")
        if file.suffix == ".parquet":
            try:
                if path in manifest["artifacts"]:
                    for why in lineage_faults(path, file, manifest):
                        yield Fault("link", path, why)
                elif footer_and_hash(file)[1] != record["logical"]:
                    yield Fault("changed", path, f"its rows are not those of {MANIFEST}")
            except VerificationError as error:
                yield Fault("changed", path, error.what.removeprefix(f"{file}: "))
    allowed = {*wanted, STUDY, *(f"{PROJECT}/{p}" for p in manifest["records"])}
    for part in (RESULTS.rstrip("/"), PROJECT):
        for file in sorted((folder / part).rglob("*")):
            path = file.relative_to(folder).as_posix()
            if not file.is_dir() and path not in allowed:
                yield Fault("added", path, f"not in {MANIFEST}")


def _links(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Follow jobs to what they read and wrote, and parameters to the study file."""
    made: dict[str, str] = {}
    for name, job in manifest["jobs"].items():
        for path in job["outputs"]:
            if path in made:
                yield Fault("link", path, f"made by two jobs, {made[path]} and {name}")
            made[path] = name
        for path in job["inputs"]:
            known = manifest["artifacts"] if path.startswith(RESULTS) else manifest["inputs"]
            if path not in known and not any(p.startswith(f"{path}/") for p in known):
                yield Fault("link", f"{MANIFEST}, job {name}", f"reads {path}, which is not recorded")
        told = manifest["parameters"].get(job["parameters"], ...)
        if told is ... or text_hash(canonical(told)) != job["parameters"]:
            yield Fault("changed", f"{MANIFEST}, parameters of {name}", "do not match their hash")
            continue
        for section, value in sections(told, manifest["settings"]).items():
            if not _within(value, manifest["settings"][section]):
                yield Fault("link", f"{MANIFEST}, parameters of {name}", f"{section} is not that of the study")
    for path, record in manifest["artifacts"].items():
        if made.get(path) != record["job"]:
            yield Fault("link", path, f"said to be made by {record['job']}, which does not list it")
    for path in made.keys() - manifest["artifacts"].keys():
        yield Fault("link", path, f"written by {made[path]}, and not recorded")
    study = folder / STUDY
    if not study.is_file() or study.read_bytes() != canonical(manifest["settings"]):
        yield Fault("changed", STUDY, f"not the settings of {MANIFEST}")


def _within(part: Any, whole: Any) -> bool:
    """Return whether a step was told what the study says: its sections, or those keys of them that it depends on."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(k in whole and _within(v, whole[k]) for k, v in part.items())
    return bool(part == whole)


def _code(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Compute the hash of each program anew from the code that was released."""
    project = folder / PROJECT
    found: dict[str, str] = {}
    lock = project / manifest["environment"]["lock"]
    env = sha256(lock)[:16] if lock.is_file() else ""
    for name, job in manifest["jobs"].items():
        script = job["script"]
        if script not in found:
            try:
                found[script] = code_hash(project / script, project / "src")
            except (OSError, SyntaxError, ValueError):
                found[script] = ""
        if found[script] != job["code"]:
            yield Fault("link", f"{MANIFEST}, job {name}", f"the code of {script} that was released is another")
        if env != job["environment"]:
            yield Fault("link", f"{MANIFEST}, job {name}", "the lock that was released is another")


def _cut(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Hold the registered cut against its own record."""
    contents = {}
    for path in manifest["records"]:
        try:
            record = json.loads((folder / PROJECT / path).read_text(encoding="utf-8"))
            plain = {"tables": record["tables"], "readings": record["readings"]}
            contents[record["cut"]] = text_hash(json.dumps(plain, sort_keys=True))
            if contents[record["cut"]] != record["content"]:
                yield Fault("changed", f"{PROJECT}/{path}", "its content does not match its own hash")
        except (OSError, ValueError, KeyError, TypeError):
            yield Fault("changed", f"{PROJECT}/{path}", "not a readable record of a cut")
    if contents.get(manifest["cut"]["name"]) != manifest["cut"]["content"]:
        yield Fault("link", f"{MANIFEST}, cut", "not the content of the cut's record")
    for path, record in manifest["inputs"].items():
        if "/store/" in path and record.get("logical") != Path(path).stem:
            yield Fault("link", f"{PROJECT}/{path}", "is called after other rows than it holds")


def _run(folder: Path, digest: str) -> Iterator[Fault]:
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
        if run["manifest"] != digest:
            yield Fault("link", RUN, "belongs to another manifest")
        if canonical(run) != (folder / RUN).read_bytes():
            yield Fault("changed", RUN, "not as it was written")
    except (OSError, ValueError, KeyError, TypeError):
        yield Fault("changed", RUN, "not a readable record of the run")


def _told(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Make crate and PROV anew from manifest and run.json."""
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
        wanted = told_of(manifest, run)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        # Manifest or run.json is what was changed, and is named as that.
        return
    for name, text in wanted.items():
        if not (folder / name).is_file():
            yield Fault("removed", name, "part of every release")
        elif (folder / name).read_bytes() != text:
            yield Fault("changed", name, f"not what {MANIFEST} and {RUN} say")


def _chain(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    link = manifest["previous"]
    if link is None:
        return
    before = folder.parent / link["release"] / MANIFEST
    if not before.is_file():
        yield Fault("removed", link["release"], f"the release before {folder.name}")
    elif sha256(before) != link["manifest"]:
        yield Fault("changed", f"{link['release']}/{MANIFEST}", f"not the one that {folder.name} was chained to")
