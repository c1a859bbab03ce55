"""When, where and by whom a run was made: what may differ between two equal runs, kept apart from what may not."""

from __future__ import annotations

import datetime
import getpass
import importlib.metadata
import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import __version__
from ..home import file as file_of
from .made import Job, measured
from .manifest_names import LOCK, pins


def instant(seconds: float) -> str:
    """Return a time of the clock in UTC, to the second."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds")


def _git(root: Path, *arguments: str) -> str | None:
    try:
        said = subprocess.run(["git", *arguments], cwd=root, check=False, capture_output=True, text=True)
    except OSError:
        return None
    return said.stdout.strip() if said.returncode == 0 else None


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def libraries(root: Path) -> dict[str, str]:
    """Return the versions installed of the libraries that the lock names."""
    found = {}
    for name in pins(file_of(root, LOCK)):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return dict(sorted(found.items()))


def describe_run(root: Path, out: str, made: Mapping[str, Job], cut_record: Path, manifest: str) -> dict[str, Any]:
    """Return the record of a run.

    Parameters
    ----------
    root : path
        The project.
    out : str
        Folder of the study's artifacts.
    made : mapping of str to Job
        Every job, by name; a job that was not run again keeps the times of its own run.
    cut_record : path
        cut.json of the cut.
    manifest : str
        SHA-256 of the manifest.

    Returns
    -------
    dict
        Clock, host, user, commit and whether the tree was clean, versions, and for each job when it ran, wall time
        and CPU time (s) and largest memory (MB).
    """
    status = _git(root, "status", "--porcelain")
    measures = measured(root, out, made)
    return {
        "manifest": manifest,
        "recorded": instant(datetime.datetime.now(datetime.UTC).timestamp()),
        "host": platform.node(),
        "system": platform.platform(),
        "user": _user(),
        "commit": _git(root, "rev-parse", "HEAD"),
        "clean": None if status is None else not status,
        "package": __version__,
        "python": platform.python_version(),
        "libraries": libraries(root),
        "cut_registered": json.loads(cut_record.read_text(encoding="utf-8"))["registered"],
        "jobs": {
            name: {"began": instant(job.began), "ended": instant(job.ended), **measures.get(name, {})}
            for name, job in sorted(made.items())
        },
    }
