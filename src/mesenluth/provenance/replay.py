"""A release made again from its own code, study file and registered cut, and held against it byte for byte."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, JobError, VerificationError
from .circumstances import libraries
from .content import footer_and_hash, sha256
from .manifest_names import RESULTS, RUN
from .release import STUDY, read


def rebuild(folder: Path, to: Path, extra: Sequence[str]) -> None:
    """Make a release's artifacts again in a new folder.

    Parameters
    ----------
    folder : path
        The release.
    to : path
        Folder that does not exist yet; it becomes a project of its own.
    extra : sequence of str
        Further arguments for Snakemake.

    Raises
    ------
    ConfigurationError
        If the new folder exists.
    JobError
        If the workflow does not finish.
    """
    if to.exists():
        raise ConfigurationError(f"{to}: is there already", "a folder that does not exist yet")
    shutil.copytree(folder / "project", to, copy_function=shutil.copyfile)
    for here, _, _ in os.walk(to):
        Path(here).chmod(0o750)
    call = [sys.executable, "-m", "snakemake", "--snakefile", str(to / "Snakefile"), "--directory", str(to)]
    call += ["--configfile", str(to / Path(STUDY).name), *(extra or ["--cores", "all"])]
    environment = {**os.environ, "PYTHONPATH": str(to / "src")}
    if subprocess.run(call, cwd=to, check=False, env=environment).returncode:
        raise JobError("the release could not be made again; the workflow's messages stand above")


def order(manifest: Mapping[str, Any]) -> list[str]:
    """Return the artifacts, each after those it was made from."""
    depth: dict[str, int] = {}
    jobs, artifacts = manifest["jobs"], manifest["artifacts"]

    def of(name: str) -> int:
        if name not in depth:
            depth[name] = 0
            makers = {artifacts[p]["job"] for p in jobs[name]["inputs"] if p in artifacts}
            depth[name] = 1 + max((of(m) for m in makers), default=0)
        return depth[name]

    return sorted(artifacts, key=lambda path: (of(artifacts[path]["job"]), path))


def differences(folder: Path, to: Path) -> list[tuple[str, str]]:
    """Return the artifacts that came out otherwise, the first in the order of the workflow first, and how.

    Parameters
    ----------
    folder, to : path
        The release, and the project it was made again in.
    """
    manifest = read(folder)
    out = to / manifest["settings"]["output"]
    found = []
    for path in order(manifest):
        record, file = manifest["artifacts"][path], out / path.removeprefix(RESULTS)
        if not file.is_file():
            found.append((path, "was not made"))
        elif sha256(file) != record["sha256"]:
            how = "other bytes"
            if file.suffix == ".parquet":
                rows_differ = footer_and_hash(file)[1] != record["logical"]
                how = "other rows" if rows_differ else "the same rows in other bytes"
            found.append((path, how))
    return found


def reasons(folder: Path) -> list[str]:
    """Return what is different here from where the release was made: Python, system, libraries."""
    run = json.loads((folder / RUN).read_text(encoding="utf-8"))
    here = libraries(folder / "project")
    said = []
    for what, then, now in (
        ("python", run["python"], platform.python_version()),
        ("system", run["system"], platform.platform()),
    ):
        if then != now:
            said.append(f"{what} {then} then, {now} here")
    for name in sorted({*run["libraries"], *here}):
        then, now = run["libraries"].get(name, "none"), here.get(name, "none")
        if then != now:
            said.append(f"library {name} {then} then, {now} here")
    return said


def replay(folder: Path, to: Path, extra: Sequence[str]) -> int:
    """Make a release again and compare; return how many artifacts are the same, byte for byte.

    Raises
    ------
    VerificationError
        Naming the first artifact that came out otherwise, and what is different here.
    """
    rebuild(folder, to, extra)
    found = differences(folder, to)
    number = len(read(folder)["artifacts"])
    if not found:
        return number
    path, how = found[0]
    because = reasons(folder) or ["Python, system and libraries are those of the release: look for chance or the clock"]
    raise VerificationError(
        f"{len(found)} of {number} artifacts came out otherwise; the first is {path}: {how}\n  " + "\n  ".join(because),
        do=f"compare {folder / path} with {to}",
    )
