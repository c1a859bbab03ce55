"""The manifest of a run: every artifact, what made it and from what; a function of content alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import JobError, SourceError, VerificationError
from ..home import INSTALLED, source
from ..home import file as file_of
from ..home import name as name_of
from ..registry.cut import before, current
from .content import canonical, describe, footer_and_hash, sha256, text_hash
from .fingerprint import closure, code_hash
from .made import Job
from .manifest_names import LOCK, RESULTS, pins

SCHEMA = "mesenluth-manifest-1"
CODE = (
    "Snakefile",
    "config.yaml",
    "pyproject.toml",
    "rules",
    "scripts",
    "src/mesenluth",
    "src/snakemake_logger_plugin_mesenluth",
    "schemas",
    "envs",
    "profiles",
)
"""What of the project a run depends on, as far as files go."""
ADDS_UP = {"quality", "picture"}
"""Rules whose lineage names the sum over partitions, not what lies in the files."""
LEFT = {"__pycache__", INSTALLED.name}
UNMANAGED = {".snakemake_timestamp"}


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, at any depth, sorted, without what interpreters and Snakemake leave."""
    return sorted(
        p
        for p in folder.rglob("*")
        if p.is_file() and p.name not in UNMANAGED and not LEFT & set(p.relative_to(folder).parts)
    )


def code_files(root: Path) -> list[str]:
    """Return the files of the project that a run depends on, relative to it, sorted."""
    found: list[str] = []
    for part in CODE:
        path = file_of(root, part)
        files = [path] if path.is_file() else files_in(path)
        found += [name_of(root, f) for f in files]
    return sorted(found)


def _cut_files(study: Mapping[str, Any], root: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the cut a run is about, and the records of it and of the one before it."""
    cut, earlier = current(study, root), before(study, root)
    records = [f"{c.folder.as_posix()}/{c.name}/cut.json" for c in (cut, earlier[0] if earlier else None) if c]
    files = json.loads((root / records[0]).read_text(encoding="utf-8"))["source"]["files"]
    about = {"name": cut.name, "date": study["cut"]["date"], "content": cut.content, "source": files}
    return {**about, "before": earlier[0].name if earlier else None}, records


def _gate(path: Path) -> dict[str, Any]:
    """Return whether the cut passed, and each condition that does not hold, with who answers for it."""
    import pyarrow.parquet as pq

    columns = ["condition", "passed", "message", "released_by", "released_because"]
    rows = pq.read_table(path, columns=columns).to_pylist()
    broken = [{k: v for k, v in r.items() if k != "passed"} for r in rows if not r["passed"]]
    return {"passed": not broken, "broken": broken}


def build(
    study: Mapping[str, Any], root: Path, made: Mapping[str, Job], previous: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the manifest of a run that is complete.

    Parameters
    ----------
    study : mapping
        The resolved study file.
    root : path
        The project.
    made : mapping of str to Job
        Every job, by name.
    previous : mapping, optional
        Name (`release`) and hash of the manifest (`manifest`) of the release before.

    Raises
    ------
    VerificationError
        If a table does not hold what its footer says, or was made by other code than there is.
    """
    out = study["output"]
    artifacts: dict[str, Any] = {}
    needed: set[str] = set()
    jobs: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    codes: dict[str, str] = {}
    for name, job in sorted(made.items()):
        if codes.setdefault(job.script, code_hash(file_of(root, job.script), source(root))) != job.code:
            raise VerificationError(f"{name}: made by other code than there is now", do="run the workflow again")
        outputs = []
        for output in job.outputs:
            place = root / output
            for file in files_in(place) if place.is_dir() else [place]:
                path = _named(file.relative_to(root).as_posix(), out)
                if not file.is_file():
                    raise JobError(f"{output}: the file is missing", do="run the workflow again")
                if file.is_symlink() or place.is_symlink():
                    raise VerificationError(
                        f"{path}: a link instead of the artifact", do="remove it and run the workflow again"
                    )
                artifacts[path] = {**describe(file), "job": name}
                outputs.append(path)
        inputs = [_named(i, out) for i in job.inputs]
        needed.update(i for i in inputs if not i.startswith(RESULTS))
        told = json.loads(job.settings) if job.settings else None
        key = text_hash(canonical(told))
        parameters[key] = told
        jobs[name] = {
            "rule": job.rule, "script": job.script, "code": job.code, "environment": job.env, "parameters": key,
            "arguments": job.arguments, "inputs": sorted(inputs), "outputs": sorted(outputs),
        }  # fmt: skip
    cut, records = _cut_files(study, root)
    outside = sorted(p for p in needed if Path(p).is_absolute() or ".." in Path(p).parts)
    if outside:
        raise SourceError(f"{outside[0]}: lies outside the project, a release could not hold it", do="move it inside")
    return {
        "schema": SCHEMA,
        "study": {k: study["study"][k] for k in ("id", "title", "data", "notice")},
        "cut": cut,
        "package": __version__,
        "environment": {"lock": LOCK, "sha256": sha256(file_of(root, LOCK)), "pinned": pins(file_of(root, LOCK))},
        "settings": dict(study),
        "gate": _gate(root / out / "quality" / "gate.parquet"),
        "jobs": jobs,
        "parameters": parameters,
        "artifacts": artifacts,
        # A cut's record holds when it was registered; its content is named above.
        "inputs": {p: describe(root / p) for p in sorted(needed)},
        "records": sorted(records),
        "code": {p: sha256(file_of(root, p)) for p in code_files(root)},
        "scripts": {s: _within(root, s) for s in sorted({j.script for j in made.values()})},
        "previous": dict(previous) if previous else None,
    }


def _named(path: str, out: str) -> str:
    return RESULTS + path.removeprefix(f"{out}/") if path.startswith(f"{out}/") else path


def _within(root: Path, script: str) -> list[str]:
    return [name_of(root, f) for f in closure(file_of(root, script), source(root))]


def lineage_faults(path: str, file: Path, manifest: Mapping[str, Any]) -> Iterable[str]:
    """Yield what a table's footer says of its making that the manifest does not say."""
    record = manifest["artifacts"][path]
    job = manifest["jobs"][record["job"]]
    about, logical = footer_and_hash(file)
    if logical != record["logical"]:
        yield "its rows do not match the manifest"
    if about.get("sha256") != logical:
        yield "its rows do not match the hash in its footer"
    told = about.get("lineage", {})
    for word, said, known in (
        ("code", told.get("code"), job["code"]),
        ("environment", told.get("env"), job["environment"]),
        ("parameters", told.get("settings") or None, manifest["parameters"].get(job["parameters"]) or None),
    ):
        if said != known:
            yield f"its footer names other {word} than the manifest"
    if job["rule"] in ADDS_UP:
        return
    tables: dict[str, list[str]] = {}
    for name in job["inputs"]:
        known = manifest["artifacts"].get(name) or manifest["inputs"].get(name) or {}
        if known.get("table"):
            # A stored file is called after its content, not after its table.
            for called in {Path(name).stem, known["table"]}:
                tables.setdefault(called, []).append(known["logical"])
    for table, said in told.get("inputs", {}).items():
        hashes = sorted(tables.get(table, []))
        # Several partitions are hashed as one table: that takes reading them together, and their bytes are linked.
        known = {text_hash(" ".join(hashes)), *(hashes if len(hashes) == 1 else ())}
        if len(hashes) < 2 and said not in known:
            yield f"its footer names another input {table} than the manifest"
